from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from trainers.core import evidence
from trainers.core.drafts import LONGEST_NAME, LONGEST_NUMBER, NO_END_DATE, Printed, needs_end_date
from trainers.core.errors import DomainError
from trainers.core.models import ClaimDraft, CredentialType
from trainers.core.rules import rule_book

from .base import DateField, DateParts, Form, no_line_breaks

PHOTO_HINT = "JPEG, PNG, WebP or PDF, up to 10 MB. Only reviewers see it. Cover your address"


def titles() -> list[SelectChoice]:
    """The exact titles, grouped by issuer."""
    book = rule_book()
    names = {issuer.code: issuer.name for issuer in book.issuers}
    first = SelectChoice("", "Choose the exact title")
    return [first, *(SelectChoice(rule.key, rule.full_name, optgroup=names[rule.issuer]) for rule in book.rules)]


class ClaimForm(Form):
    """What is printed on the certificate."""

    type = SelectField(
        "Which certification?",
        [DataRequired("Choose the exact title printed on the certificate.")],
        choices=titles,
        description="The exact title. “NASM Certified Personal Trainer” and “NASM Personal Trainer Certificate” "
        "are different",
    )

    name = StringField(
        "Name on the certificate",
        [
            DataRequired("Enter the name printed on the certificate."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
            no_line_breaks,
        ],
        description="As printed. Private if it differs from the name you show",
    )
    number = StringField(
        "Certificate number",
        [
            DataRequired("Enter the certificate number: every letter and digit."),
            Length(max=LONGEST_NUMBER, message=f"Shorten the number to {LONGEST_NUMBER} characters."),
            no_line_breaks,
        ],
        description="Every letter and digit. We show the last four",
    )
    issued_on = DateField(
        "Start date",
        missing="Enter the start date printed on the certificate.",
        description="As printed, for example 3 / 12 / 2025",
    )
    expires_on = DateField(
        "End date",
        description="As printed, for example 3 / 12 / 2027. Leave it empty only if the certificate shows none",
    )

    link = StringField(
        "Its public page, if it has one",
        [Length(max=500), no_line_breaks],
        description="The address of your digital badge, or of the state's page about your licence",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def validate(self, extra_validators: Any = None) -> bool:
        """Says at once all that is missing, the end date too where the title that was chosen has one."""
        whole: bool = super().validate(extra_validators)
        end: DateParts = self.expires_on.form
        if end.empty and self.type and not self.type.errors and needs_end_date(self.type.data, today=self.today):
            end.form_errors.append(NO_END_DATE)
            return False
        return whole

    @property
    def printed(self) -> Printed:
        return Printed(
            number=self.number.data or "",
            name=self.name.data or "",
            issued_on=self.issued_on.date_value,
            expires_on=self.expires_on.date_value,
            link=self.link.data or None,
        )

    def fits(self, type: CredentialType) -> bool:
        """Whether this is the title that was chosen."""
        return bool(self.type and self.type.data == key_of(type))


class CorrectionForm(ClaimForm):
    """The title of what was sent in stays as it is."""

    type = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issued_on.missing = None  # a renewal that is corrected was told without one


def key_of(type: CredentialType) -> str:
    return f"{type.issuer}/{type.code}"


def filled_from(draft: ClaimDraft) -> dict[str, Any]:
    """The draft's answers by the names of the form's fields."""
    return {
        "type": key_of(draft.type),
        "name": draft.name_on_certificate,
        "number": draft.number,
        "issued_on": draft.issued_on,
        "expires_on": draft.expires_on,
        "link": draft.link or "",
    }


class PhotoForm(Form):
    photo = FileField(
        "Photo of the certificate",
        description=PHOTO_HINT,
    )

    @property
    def sent(self) -> bool:
        return bool(self.photo.data)

    def read(self) -> bytes:
        """The file that was sent, one byte more than is allowed at most. Raises DomainError without one."""
        if not self.sent:
            raise DomainError("Choose a photo or a PDF first.", field=evidence.FIELD)
        data: bytes = self.photo.data.stream.read(evidence.LARGEST + 1)
        return data

    @property
    def file_name(self) -> str:
        return self.photo.data.filename or ""


class RenewalForm(PhotoForm):
    issued_on = DateField(
        "New start date",
        description="As printed on the new certificate, if it shows one. The time from the old end to this day "
        "is then shown as a gap, as the issuer’s record does",
    )
    expires_on = DateField(
        "New end date",
        missing="Enter the new end date printed on the certificate.",
        description="As printed, for example 3 / 12 / 2029",
    )
    photo = FileField("Photo of the new certificate", description=PHOTO_HINT)  # after the date, as on the page

    photo_needed = True

    def __init__(self, *args: Any, begins_anew: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not begins_anew:
            del self.issued_on

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.photo_needed and not self.sent:
            self.photo.errors = ["Choose a photo of the new certificate."]
            return False
        return fine

    @property
    def new_start(self) -> date | None:
        return self.issued_on.date_value if self.issued_on else None

    @property
    def new_end(self) -> date | None:
        return self.expires_on.date_value


class ConsentForm(Form):
    """The two boxes; one that was ticked before is not asked again."""

    listing = BooleanField(
        "List me publicly",
        [DataRequired("Tick this box to be listed. Without it we cannot send your certification in.")],
        description="I have read what is shown, how it is checked, that status changes are public, and that I can "
        "pause or withdraw any day",
    )
    adult = BooleanField("I am 18 or over", [DataRequired("Tick this box if you are 18 or over.")])

    @property
    def given(self) -> list[str]:
        """What was ticked just now."""
        return [field.name for field in self if isinstance(field, BooleanField) and field.data]

    def ask_only(self, purposes: list[str]) -> None:
        for purpose in ("listing", "adult"):
            if purpose not in purposes:
                del self[purpose]
