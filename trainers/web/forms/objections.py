from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from trainers.core.review.objections import LONGEST, REASONS

from .base import Form


class ObjectionForm(Form):
    reason = RadioField("What is wrong?", [InputRequired("Choose what is wrong.")], choices=list(REASONS.items()))
    body = TextAreaField(
        "What should the reviewer know?",
        [Length(max=LONGEST, message=f"Shorten this to {LONGEST:,} characters.")],
        description="For example a former name on the record, or how your number is written there",
    )
