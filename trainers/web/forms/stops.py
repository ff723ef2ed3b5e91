from collections.abc import Sequence

from wtforms import Form as PlainForm
from wtforms import HiddenField, RadioField, SelectChoice

from trainers.core.errors import DomainError
from trainers.core.mail.stops import Choice


class StopForm(PlainForm):
    """Which mails to stop. `asked` tells our own button from a mail program's; `resume` undoes a stop."""

    stop = RadioField("Which mails shall we stop?", choices=[], validate_choice=False)
    resume = HiddenField()
    asked = HiddenField()

    def offer(self, choices: Sequence[Choice]) -> None:
        self.stop.choices = [SelectChoice(choice.value, choice.label) for choice in choices]

    def refuse(self, error: DomainError) -> None:
        self.stop.errors = [error.sentence]
