from collections.abc import Callable
from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from trainers.core.education.counting import UNIT_NAMES
from trainers.core.education.dated_items import NAMES, ItemEntry
from trainers.core.education.ledger import Entry
from trainers.core.models import DatedItem, EducationRecord
from trainers.core.units import hours_text, parse_hours, parse_units, units_text

from .base import DateField, no_line_breaks
from .credentials import PhotoForm

PHOTO_HINT = "JPEG, PNG, WebP or PDF, up to 10 MB. Nobody but you can open it"
CATEGORIES = {
    "course": "Course, workshop or conference",
    "cpr": "CPR, AED or first aid course",
    "college": "College course",
    "committee": "Committee work for the issuer",
    "teaching": "Teaching",
    "writing": "Writing an article or a book",
    "reading": "Reading with a test",
    "other": "Something else",
}
APPROVALS = {
    "unknown": "I do not know",
    "nasm": "NASM",
    "acsm": "ACSM",
    "both": "NASM and ACSM",
    "neither": "Neither",
}


def read_by(parse: Callable[[str], int]) -> Callable[[Any, Any], None]:
    """A validator that keeps what was understood beside what was typed."""

    def check(_form: Any, field: Any) -> None:
        field.understood = None
        if field.data:
            try:
                field.understood = parse(field.data)
            except ValueError as error:
                raise ValidationError(str(error)) from error

    return check


class RecordForm(PhotoForm):
    title = StringField("Title", [no_line_breaks], description="As printed on the certificate")
    provider = StringField("Provider", [no_line_breaks], description="Who gave the course")
    completed_on = DateField("Day on which you finished it", description="For example 3 / 12 / 2026")
    hours = StringField(
        "Hours", [no_line_breaks, read_by(parse_hours)], description="Such as 15, 1.5 or 1:30. Issuers count hours"
    )
    units = StringField(
        "Units printed on it", [no_line_breaks, read_by(parse_units)], description="Such as 1.5. Hours decide"
    )
    unit = SelectField("Which units", choices=[("", "None"), *UNIT_NAMES.items()])
    category = SelectField("Kind", choices=list(CATEGORIES.items()))
    approved_by = SelectField(
        "Who has approved the provider?",
        choices=list(APPROVALS.items()),
        description="The certificate or the provider's page says so. NASM asks for a petition otherwise",
    )
    course_number = StringField("Course number", [no_line_breaks], description="If there is one")
    photo = FileField("Photo of the certificate", description=PHOTO_HINT)

    @property
    def entry(self) -> Entry:
        return Entry(
            title=self.title.data or "",
            provider=self.provider.data or "",
            course_number=self.course_number.data or "",
            completed_on=self.completed_on.date_value,
            minutes=getattr(self.hours, "understood", None),
            units=getattr(self.units, "understood", None),
            unit=self.unit.data or None,
            category=self.category.data,
            approved_by=self.approved_by.data,
        )


def filled_from(record: EducationRecord) -> dict[str, Any]:
    """The record's values by the names of the form's fields."""
    hours, minutes = divmod(record.minutes or 0, 60)
    same = ("title", "provider", "course_number", "completed_on", "category", "approved_by")
    return {name: getattr(record, name) for name in same} | {
        "hours": (f"{hours}:{minutes:02d}" if minutes else str(hours)) if record.minutes else "",
        "units": units_text(record.units) if record.units else "",
        "unit": record.unit or "",
    }


class SnapForm(PhotoForm):
    photo = FileField("Photo", description=PHOTO_HINT)


class CardForm(PhotoForm):
    kind = RadioField(
        "What is it?",
        choices=[(kind, name[0].upper() + name[1:]) for kind, name in NAMES.items()],
    )
    expires_on = DateField(
        "Last day", missing="Enter the day on which it ends.", description="For example 3 / 12 / 2027"
    )
    issued_on = DateField("First day", description="If it is printed there")
    provider = StringField("From whom", [no_line_breaks], description="Such as the Red Cross")
    photo = FileField("Photo of the card, both sides if need be", description=PHOTO_HINT)

    @property
    def entry(self) -> ItemEntry:
        return ItemEntry(
            kind=self.kind.data,
            expires_on=self.expires_on.date_value,
            issued_on=self.issued_on.date_value,
            provider=self.provider.data or "",
        )


def card_filled_from(item: DatedItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("kind", "expires_on", "issued_on", "provider")}


def amount_words(record: Any) -> str:
    """ "15 hours, 1.5 NASM CEU"."""
    parts = [hours_text(record.minutes)] if record.minutes else []
    if record.units:
        parts.append(f"{units_text(record.units)} {UNIT_NAMES[record.unit]}")
    return ", ".join(parts) or "no length yet"
