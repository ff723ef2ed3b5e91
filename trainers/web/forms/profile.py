from collections.abc import Collection

from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput

from trainers.core import wording
from trainers.core.rules import load_specialties
from trainers.core.search import places
from trainers.core.search.languages import LANGUAGES
from trainers.core.texts import paragraphs
from trainers.core.trainers import LONGEST_BIO, LONGEST_HEADLINE, LONGEST_NAME

from .base import Form, no_line_breaks

MODES = {"in_person": "In person", "online": "Online", "both": "Both"}
TOWNS_OFFERED = 12


class AboutForm(Form):
    name = StringField(
        "Name to show",
        [
            DataRequired("Enter the name that clients know."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
            no_line_breaks,
        ],
        description="The name clients know. A former name is never shown",
    )
    place = StringField(
        "Where you work",
        [DataRequired("Enter a ZIP code, or a town and state."), Length(max=places.LONGEST_PLACE), no_line_breaks],
        description="ZIP or town. We show the town and a rough distance. Work from home? Give a nearby town",
    )
    which = RadioField("Which place do you mean?", choices=[], validate_choice=False)
    mode = RadioField(
        "How you meet clients",
        [DataRequired("Choose how you meet clients.")],
        choices=[SelectChoice(value, label) for value, label in MODES.items()],
    )

    def find_zip(self, session: Session) -> str | None:
        """The ZIP that was meant. None, with a sentence at the field, when it is not clear."""
        chosen = self.which.data
        found = places.find(session, self.place.data or "")
        offered = offers(found)
        self.which.choices = [SelectChoice(spot.label, spot.label) for spot in offered]
        for spot in offered:
            if spot.label == chosen:
                return spot.zip
        if isinstance(found, places.Spot):
            return found.zip
        self.ask_again(found)
        return None

    def ask_again(self, found: places.Area | places.Several | places.NoPoint | places.Unknown) -> None:
        if isinstance(found, places.Area) or (isinstance(found, places.Several) and not self.which.choices):
            self.place.errors = ["Clients look for you in a town. Type yours, or its ZIP code."]
        elif isinstance(found, places.Several):
            self.which.label.text = f"Which {found.text}?"
            if len(found.spots) > TOWNS_OFFERED:
                self.which.description = f"Not here? Type the state too, such as {found.spots[-1].label}."
            self.which.errors = ["Choose the place that you mean."]
        elif isinstance(found, places.NoPoint):
            sentence = f"{found.label} is a military mail code with no place on our map. Type a town nearby."
            self.place.errors = [sentence]
        else:
            meant = " Did you mean one of these?" if offers(found) else ""
            self.place.errors = [f"We do not know “{found.text}”.{meant} You can also type a 5-digit ZIP."]


def offers(found: places.Found) -> list[places.Spot]:
    """Towns alone: nobody works in a whole county."""
    if isinstance(found, places.Several):
        return towns_of(found.spots)[:TOWNS_OFFERED]
    return towns_of(found.nearest) if isinstance(found, places.Unknown) else []


def towns_of(offered: list[places.Spot | places.Area]) -> list[places.Spot]:
    return [place for place in offered if isinstance(place, places.Spot)]


class ProfileForm(Form):
    headline = StringField(
        "Headline",
        [Length(max=LONGEST_HEADLINE, message=f"Shorten it to {LONGEST_HEADLINE} characters."), no_line_breaks],
        description="One line that stands under your name in the results, such as “Strength for runners over 40”",
    )
    bio = TextAreaField(
        "About you",
        [Length(max=LONGEST_BIO, message=f"Shorten it to {LONGEST_BIO:,} characters.")],
        filters=[lambda typed: paragraphs(typed or "")],
        description="How you work and with whom. It stands apart from what was checked. "
        f"Up to {LONGEST_BIO:,} characters",
    )
    keep_words = BooleanField(
        "I have read this and keep my words",
        description="They are saved, and public once a reviewer has looked at them",
    )
    specialties = SelectMultipleField(
        "Experience",
        choices=[SelectChoice(each.slug, each.name) for each in load_specialties()],
        option_widget=CheckboxInput(),
        description="What you say about yourself. Nobody checks it, and your page says so",
    )
    languages = SelectMultipleField(
        "Languages you work in",
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        option_widget=CheckboxInput(),
    )
    accepting = BooleanField("I am taking new clients now", description="Your page says since when")

    def question(self, proven: Collection[str]) -> bool:
        """Say at the field what may not be said, unless its writer has read that; answers whether it did."""
        if self.keep_words.data:
            return False
        for field in (self.headline, self.bio):
            asked = wording.questions(paragraphs(field.data or ""), proven)  # as it will be kept
            if asked:
                field.errors = [*field.errors, wording.sentence(asked)]
        return self.rejected


class EraseForm(Form):
    sure = BooleanField(
        "Yes, delete my account and everything in it",
        [DataRequired("Tick the box if you want everything deleted.")],
    )
