from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from trainers.core.moderation import DECLINE, HIDE, Seen

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
    seen_picture = HiddenField()
    seen_words = HiddenField()

    @property
    def seen(self) -> Seen:
        """What was on the page from which this was sent."""
        return Seen(self.seen_picture.data or "", self.seen_words.data or "")

    def show(self, seen: Seen) -> None:
        """What is on the page from now on. Choices about something else are not kept."""
        if self.is_submitted() and self.seen != seen:
            self.words.data = self.picture.data = None
        self.seen_picture.data, self.seen_words.data = seen.picture, seen.words
