from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from trainers.core.review.contests import OUTCOMES

from .base import Form


class ContestForm(Form):
    outcome = RadioField(
        "Who keeps the number?", [InputRequired("Choose who keeps the number.")], choices=list(OUTCOMES.items())
    )
    answer = TextAreaField(
        "The reason, for both trainers",
        [Length(max=2000, message="Shorten the reason to 2,000 characters.")],
        description="Both read it. Name nobody",
    )
