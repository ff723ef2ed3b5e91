from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from trainers.core.moderation import DECLINE, HIDE

from .base import Form


class ModerationForm(Form):
    words = RadioField(
        "The words",
        [InputRequired("Choose whether the words are fine.")],
        choices=[
            ("fine", "They are fine"),
            *((key, f"Take them off: {why.lower()}") for key, why in HIDE.items()),
        ],
    )
    picture = RadioField(
        "The picture",
        [InputRequired("Choose whether the picture is fine.")],
        choices=[
            ("fine", "It is fine, or there is none"),
            *((key, f"Take it off: {why.lower()}") for key, why in DECLINE.items()),
        ],
    )
    answer = TextAreaField(
        "More for the trainer",
        [Length(max=1000, message="Shorten this to 1,000 characters.")],
        description="The trainer reads it. Say what to write instead",
    )
