"""What all forms share: stripped text, three boxes for a date, core's refusals at their field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import EmailField, FormField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, Email, Length, ValidationError

from trainers.core.dates import parse_date_parts
from trainers.core.errors import DomainError, NotFound


def strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """A form that posts. Text is stripped; NUL and other control characters are refused in single lines."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField):
                filters = unbound_field.kwargs.get("filters", [])
                unbound_field.kwargs["filters"] = [strip, *(each for each in filters if each is not strip)]
            return unbound_field.bind(form=form, **options)

    def refuse(self, error: DomainError) -> None:
        """Show core's refusal at its field, or at the top when it names none we have.

        What is not there any more cannot be mended in a form: that goes on as it is.
        """
        if isinstance(error, NotFound):
            raise error
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.sentence)
        elif isinstance(field, FormField):
            field.form.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]

    @property
    def rejected(self) -> bool:
        return bool(self.errors)


class DateParts(PlainForm):
    """Month, day and year in three boxes, as printed on a certificate."""

    month = StringField("Month", filters=[strip], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    day = StringField("Day", filters=[strip], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    year = StringField("Year", filters=[strip], render_kw={"inputmode": "numeric", "autocomplete": "off"})

    @property
    def empty(self) -> bool:
        return not any((self.month.data, self.day.data, self.year.data))

    @property
    def date(self) -> date | None:
        """The date that was typed, None for three empty boxes. Raises ValueError with a sentence."""
        if self.empty:
            return None
        return parse_date_parts(self.month.data or "", self.day.data or "", self.year.data or "")


class DateField(FormField):
    """A date typed in three boxes; `date_value` is the date once the form has validated."""

    def __init__(self, label: str, *, missing: str | None = None, **kwargs: Any) -> None:
        """`missing` is the sentence for three empty boxes; without it the date may be left out."""
        super().__init__(DateParts, label, **kwargs)
        self.missing = missing
        self.date_value: date | None = None

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        try:
            self.date_value = self.form.date
            if self.date_value is None and self.missing:
                raise ValueError(self.missing)
        except ValueError as error:
            self.form.form_errors.append(str(error))
            return False
        return True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        if isinstance(data, date):
            data = {"month": str(data.month), "day": str(data.day), "year": str(data.year)}
        super().process(formdata, data if isinstance(data, Mapping) else None)


class SearchForm(PlainForm):
    """A form that only asks: read from the address, no token."""

    @classmethod
    def from_address(cls) -> "SearchForm":
        return cls(request.args)


def no_line_breaks(_form: Any, field: Any) -> None:
    """Refuse what would break a mail header or cannot be stored; the rest of what was typed is kept."""
    typed = field.data or ""
    if any(is_control(character) for character in typed):
        field.data = "".join(" " if is_control(character) else character for character in typed)
        raise ValidationError("Use letters, digits and signs on one line.")


def email_field(description: str = "") -> EmailField:
    """An address that somebody gives without an account."""
    needs = [
        DataRequired("Enter your email address."),
        Email("Enter an email address such as name@example.org."),
        Length(max=254),
        no_line_breaks,
    ]
    return EmailField("Your email address", needs, description=description)


def is_control(character: str) -> bool:
    return ord(character) < 32 or ord(character) == 127
