"""How reports and contests end."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from trainers.core.review.contests import OUTCOMES

from .base import Form


class NoteForm(Form):
    """How a report or a contest was settled."""

    answer = TextAreaField(
        "The answer",
        [Length(max=2000, message="Shorten the answer to 2,000 characters.")],
        description="The trainer reads it, and who reported, if there is an address. Name nobody",
    )
    note = TextAreaField(
        "What you found and did",
        [Length(max=2000, message="Shorten the note to 2,000 characters.")],
        description="For the other reviewers. The trainer and the sender do not see it",
    )


class TakeDownForm(Form):
    """Why a listing goes. Its holder and who reported it read it."""

    why = TextAreaField(
        "Why it goes",
        [
            DataRequired("Write why it goes: its holder is told."),
            Length(max=500, message="Shorten it to 500 characters."),
        ],
        description="One sentence for the person whose account made the listing, and for who reported it. "
        "Name nobody who reported it",
    )


class ContestForm(Form):
    outcome = RadioField(
        "Who keeps the number?", [InputRequired("Choose who keeps the number.")], choices=list(OUTCOMES.items())
    )
    answer = TextAreaField(
        "The reason, for both trainers",
        [Length(max=2000, message="Shorten the reason to 2,000 characters.")],
        description="Both read it. Name nobody",
    )
