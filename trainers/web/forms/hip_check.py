"""One screen of the hip check, as its questions stand in content/data/hip_check.toml, and the place at its end."""

from typing import cast

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm
from wtforms import RadioField, SelectChoice

from trainers.core.hipcheck import NONE, Answers, Ask, Question
from trainers.core.search.places import Area, Spot

from .search import Ticked, TrainerSearch

NO_PLACE = "Type a 5-digit ZIP code, or a town with its state, such as Portland, OR."


def screen_form(step: Ask, answers: Answers) -> PlainForm:
    """The questions of a screen with what was answered, and what is missing at its field. Carries no token."""
    fields = {question.slug: field_of(question) for question in step.screen.questions}
    made = cast("type[PlainForm]", type("HipCheckScreen", (PlainForm,), fields))
    form = made(MultiDict([(slug, answer) for slug, given in answers.items() for answer in given]))
    for slug, sentence in step.problems.items():
        form[slug].errors = [sentence]
    return form


def field_of(question: Question) -> RadioField | Ticked:
    choices = {choice.slug: choice.text for choice in question.choices}
    if question.many:
        return Ticked(question.text, choices | {NONE: question.none}, description="Tick all that are true.")
    made = [SelectChoice(value, text) for value, text in choices.items()]
    return RadioField(question.text, choices=made, description=question.hint, validate_choice=False)


class NearForm(TrainerSearch):
    """Where to look for trainers. Sent with the answers, so that it stands in no address either."""

    def __init__(self, typed: str) -> None:
        super().__init__(MultiDict({"place": typed}))

    def spot(self, session: Session) -> Spot | Area | None:
        """None with an error at the field, where what was typed is no one place."""
        found = self.locate(session) if self.validate() else None
        if isinstance(found, Spot | Area):
            return found
        self.place.errors = [*self.place.errors] or [NO_PLACE]
        return None
