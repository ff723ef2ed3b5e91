from wtforms import BooleanField, EmailField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length

from trainers.core.contact import LONGEST

from .base import Form, no_line_breaks


class ContactForm(Form):
    name = StringField(
        "Your name",
        [DataRequired("Enter your name; the first name is enough."), Length(max=80), no_line_breaks],
        description="First name is enough",
    )
    email = EmailField(
        "Your email address",
        [
            DataRequired("Enter your email address."),
            Email("Enter an email address such as name@example.org."),
            Length(max=254),
            no_line_breaks,
        ],
    )
    body = TextAreaField(
        "Your message",
        [
            DataRequired("Write your message."),
            Length(max=LONGEST, message=f"Shorten your message to {LONGEST:,} characters."),
        ],
        description=(
            "What you want to train for, and when you are free. Leave out medical details."
            f" Up to {LONGEST:,} characters"
        ),
    )
    adult = BooleanField("I am 18 or over", [DataRequired("Tick the box if you are 18 or over.")])


class EmptyForm(Form):
    """A button that acts: nothing but the token."""
