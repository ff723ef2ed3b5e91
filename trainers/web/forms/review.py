from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from trainers.core import comparing
from trainers.core.decisions import RETURN_REASONS, Case
from trainers.core.looks import METHODS, Look, Sitting, methods_for
from trainers.core.looks import Shown as Record

from .base import DateField, DateParts, Form, no_line_breaks

NONE_SHOWN = "None shown"


class LookForm(Form):
    """What the source showed, typed by the reviewer. Nothing is filled in from the claim."""

    term_id = HiddenField()
    method = RadioField("Where did you look?")
    found = RadioField(
        "What did it show?",
        [InputRequired("Say whether the source showed a record.")],
        choices=[
            SelectChoice("record", "A record"),
            SelectChoice("nothing", "No record with this name or number"),
            SelectChoice("down", "The page was not available"),
        ],
        default="record",
    )
    shown_name = StringField("Name, as shown", [Length(max=120), no_line_breaks])
    shown_number = StringField("Number, as shown", [Length(max=60), no_line_breaks])
    number_none = BooleanField("No number shown")
    shown_expires_on = DateField("End date, as shown")
    expiry_none = BooleanField("No end date shown")
    shown_status = StringField(
        "Its status word, as shown",
        [Length(max=60), no_line_breaks],
        description="Such as Active. Any other word counts as a mismatch",
    )
    status_none = BooleanField("No status word shown")
    source_url = StringField("Address of the page", [Length(max=500), no_line_breaks])
    looked_on = DateField("The day you looked", missing="Give the day you looked.")

    def begin(self, case: Case, sitting: Sitting) -> None:
        """Choices and, on a form that nobody has filled in yet, the usual answers."""
        methods = methods_for(case.rule)
        self.method.choices = [SelectChoice(method, METHODS[method]) for method in methods]
        if not self.is_submitted():
            self.term_id.data = str(case.term.id)
            self.method.data = methods[0]
            self.source_url.data = case.rule.lookup_url or ""
            self.looked_on.process(None, sitting.today)

    @property
    def has_record(self) -> bool:
        return self.found.data == "record"

    def validate(self, extra_validators: Any = None) -> bool:
        """Where a record was shown, each of its fields is either typed or said not to be shown."""
        whole = super().validate(extra_validators)
        return (self.validate_record() if self.has_record else self.validate_no_record()) and whole

    def validate_no_record(self) -> bool:
        if not any(self.is_typed(field) for field in (self.shown_name, *dict(self.pairs()))):
            return True
        self.complain(self.found, "You typed a record. Choose “A record”, or empty its fields.")
        return False

    def validate_record(self) -> bool:
        if not self.shown_name.data:
            self.complain(self.shown_name, "Type the name as the source shows it.")
        for field, none_box in self.pairs():
            typed = self.is_typed(field)
            if typed == bool(none_box.data) and not field.errors:
                both = "Either type it or tick the box, not both."
                self.complain(field, both if typed else "Type it, or tick the box below.")
        return not self.errors

    def pairs(self) -> tuple[tuple[Any, BooleanField], ...]:
        return (
            (self.shown_number, self.number_none),
            (self.shown_expires_on, self.expiry_none),
            (self.shown_status, self.status_none),
        )

    def is_typed(self, field: Any) -> bool:
        return not field.form.empty if isinstance(field, DateField) else bool(field.data)

    def complain(self, field: Any, sentence: str) -> None:
        if isinstance(field, DateField):
            field.form.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    @property
    def term_number(self) -> int:
        """The claim that was on the page; 0, which is none, for what is not a number."""
        typed = self.term_id.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    @property
    def look(self) -> Look:
        """Once the form has validated."""
        if self.looked_on.date_value is None:
            raise ValueError("The form has not validated.")
        return Look(
            method=self.method.data,
            source_url=self.source_url.data or "",
            looked_on=self.looked_on.date_value,
            shown=self.record if self.has_record else None,
            available=self.found.data != "down",
        )

    @property
    def record(self) -> Record:
        return Record(
            name=self.shown_name.data or "",
            number=self.shown_number.data or None,
            expires_on=self.shown_expires_on.date_value,
            status=self.shown_status.data or None,
        )
