import re

from wtforms import BooleanField, Field, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from trainers.core.contact import LONGEST

from .base import Form, email_field, no_line_breaks

MOST_LINKS = 1
LINK = re.compile(r"\w+://|www\.", re.IGNORECASE)


def few_links(_form: Form, field: Field) -> None:
    """Who offers something to everybody sends links; who looks for a trainer hardly ever does."""
    if len(LINK.findall(field.data or "")) > MOST_LINKS:
        raise ValidationError("Leave out all web addresses but one.")


class ContactForm(Form):
    name = StringField(
        "Your name",
        [DataRequired("Enter your name; the first name is enough."), Length(max=80), no_line_breaks],
        description="First name is enough",
    )
    email = email_field()
    body = TextAreaField(
        "Your message",
        [
            DataRequired("Write your message."),
            Length(max=LONGEST, message=f"Shorten your message to {LONGEST:,} characters."),
            few_links,
        ],
        description=(
            "What you want to train for, and when you are free. Leave out medical details."
            f" Up to {LONGEST:,} characters"
        ),
    )
    adult = BooleanField("I am 18 or over", [DataRequired("Tick the box if you are 18 or over.")])


class EmptyForm(Form):
    """A button that acts: nothing but the token."""
