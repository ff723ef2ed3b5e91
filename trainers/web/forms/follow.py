from wtforms import BooleanField, EmailField
from wtforms.validators import DataRequired, Email, Length

from .base import Form, no_line_breaks


class FollowForm(Form):
    email = EmailField(
        "Your email address",
        [
            DataRequired("Enter your email address."),
            Email("Enter an email address such as name@example.org."),
            Length(max=254),
            no_line_breaks,
        ],
        description="Nobody sees it, the trainer included",
    )
    adult = BooleanField("I am 18 or over", [DataRequired("Tick the box if you are 18 or over.")])
