from datetime import date

from flask_wtf.file import FileField
from wtforms import SelectField, StringField

from trainers.core.errors import DomainError
from trainers.core.long_work import roster_check
from trainers.core.long_work.spreadsheets import FIELD, LARGEST
from trainers.core.rules import rule_book

from .base import DateField, Form, no_line_breaks


class FileForm(Form):
    file = FileField("CSV file")

    @property
    def file_name(self) -> str:
        return (self.file.data.filename if self.file.data else None) or ""

    def read(self) -> bytes:
        """The file that was sent, one byte more than is allowed at most. Raises DomainError without one."""
        if not self.file.data:
            raise DomainError("Choose a CSV file first.", field=FIELD)
        data: bytes = self.file.data.stream.read(LARGEST + 1)
        return data


class RosterForm(FileForm):
    issuer = SelectField(
        "Whose list is it?",
        choices=lambda: [(each.code, each.name) for each in rule_book().main_issuers],
    )
    listed_on = DateField("The day of the list", missing="Enter the day on which the issuer made the list.")
    file = FileField("CSV file")

    def sound_day(self, today: date) -> date | None:
        """The day of the list; None, with a sentence at the field, for one that is too old or to come."""
        day: date | None = self.listed_on.date_value
        try:
            return roster_check.demand_fresh(day, today) if day else None
        except DomainError as error:
            self.refuse(error)
            return None


class AuditForm(Form):
    about = StringField(
        "About one trainer only",
        [no_line_breaks],
        description="The address of the listing, or its number such as trainer:7. Empty means everybody",
    )
    since = DateField("From this day", description="Empty means from the beginning")
    until = DateField("To this day, which is included", description="Empty means up to now")
