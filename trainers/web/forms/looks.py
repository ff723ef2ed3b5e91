"""What a source showed, field by field, beside what was claimed."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from trainers.core.cards import RESULTS
from trainers.core.dates import long_date
from trainers.core.models import Term
from trainers.core.review import looks, renewals
from trainers.core.review.decisions import Case
from trainers.core.review.looks import METHODS, Look, Shown, Sitting, methods_for
from trainers.core.standing import comparing
from trainers.core.standing.comparing import NONE_SHOWN, Outcome

from .base import DateField, DateParts, Form, no_line_breaks

NOT_TYPED = "not typed yet"
WHAT = {"shown_number": "number", "shown_expires_on": "end date", "shown_status": "status word"}


class Line(NamedTuple):
    """One field of the comparison; `result` is same, folded, different, absent, or None before it is typed."""

    label: str
    claimed: str
    shown: str
    result: str | None


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

    @classmethod
    def empty(cls, case: Case, sitting: Sitting) -> "LookForm":
        """As it is first shown, with the usual answers to where and when."""
        form = cls(formdata=None).offer(case)
        form.method.data = methods_for(case.rule)[0]
        form.source_url.data = case.term.link or case.rule.lookup_url or ""
        form.looked_on.process(None, sitting.today)
        return form

    def offer(self, case: Case) -> "LookForm":
        """Offer the methods that fit the issuer."""
        self.method.choices = [SelectChoice(method, METHODS[method]) for method in methods_for(case.rule)]
        return self

    @property
    def has_record(self) -> bool:
        return bool(self.found.data == "record")

    def validate(self, extra_validators: Any = None) -> bool:
        """Where a record was shown, each of its fields is either typed or said not to be shown."""
        whole: bool = super().validate(extra_validators)
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
            typed, what = self.is_typed(field), WHAT[field.short_name]
            if typed == bool(none_box.data) and not field.errors:
                both = f"Either type the {what} or tick the box, not both."
                self.complain(field, both if typed else f"Type the {what}, or tick the box below it.")
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
    def look(self) -> Look:
        """Once the form has validated."""
        if self.looked_on.date_value is None:
            raise ValueError("The form has not validated.")
        return Look(
            method=self.method.data,
            source_url=self.source_url.data or "",
            looked_on=self.looked_on.date_value,
            shown=self.shown if self.has_record else None,
            available=self.found.data != "down",
        )

    @property
    def shown(self) -> Shown:
        return Shown(
            name=self.shown_name.data or "",
            number=self.shown_number.data or None,
            expires_on=self.shown_end,
            status=self.shown_status.data or None,
        )

    @property
    def shown_end(self) -> date | None:
        """The end date as far as it can be read."""
        parts: DateParts = self.shown_expires_on.form
        try:
            return parts.date
        except ValueError:
            return None

    def compared(self, term: Term) -> list[Line]:
        """What is typed so far beside what was claimed. The form need not be complete."""
        return list(self.lines(term)) if self.has_record else []

    def lines(self, term: Term) -> Iterator[Line]:
        shown, end = self.shown, self.shown_end
        results = looks.compare(term, shown)
        typed_end = long_date(end) if end else ""
        claimed_end = long_date(term.expires_on) if term.expires_on else "none"
        yield line("Name", term.name_on_certificate, shown.name, results.name, none=False)
        yield line("Number", term.number, shown.number, results.number, none=self.number_none.data)
        yield line("End date", claimed_end, typed_end, results.expiry, none=self.expiry_none.data)
        active = "exact" if comparing.status_word_is_active(shown.status) else "different"
        yield line("Status word", "Active", shown.status, active, none=self.status_none.data)

    def suggested(self, term: Term) -> Outcome | None:
        """What the comparison comes to, once everything is typed."""
        if self.found.data == "down":
            return Outcome.UNAVAILABLE
        if not self.has_record:
            return Outcome.NO_MATCH if self.found.data else None
        if any(each.result is None for each in self.lines(term)):
            return None
        return comparing.outcome_of(*looks.compare(term, self.shown), self.shown.status)

    def shows_renewal(self, term: Term, today: date) -> bool:
        """Whether what is typed so far shows a later end date, which a confirmation records as a renewal."""
        return self.has_record and renewals.is_renewal(term, self.shown, today)


def line(label: str, claimed: str, shown: str | None, result: str, *, none: bool) -> Line:
    if shown:
        return Line(label, claimed, shown, RESULTS[result])
    return Line(label, claimed, NONE_SHOWN, "absent") if none else Line(label, claimed, NOT_TYPED, None)


def number_of(field: HiddenField) -> int:
    """The claim that was on the page; 0, which is none, for what is not a number."""
    typed = field.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
