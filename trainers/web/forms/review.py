"""What else a reviewer writes on a claim: why it goes back, a note for the next reviewer."""

from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from trainers.core.review.decisions import RETURN_REASONS

from .base import Form


class ReturnForm(Form):
    """Why a claim goes back to its trainer."""

    term_id = HiddenField()
    reason = RadioField(
        "Why does it go back?",
        [InputRequired("Choose why it goes back.")],
        choices=[SelectChoice(value, label) for value, label in RETURN_REASONS.items()],
    )
    note = TextAreaField(
        "A note to the trainer",
        [Length(max=500, message="Shorten the note to 500 characters.")],
        description="Goes into the mail. Plain and kind",
    )


class RemarkForm(Form):
    body = TextAreaField(
        "A note for the next reviewer", [Length(max=2000, message="Shorten the note to 2,000 characters.")]
    )
