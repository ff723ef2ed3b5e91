from wtforms import EmailField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from trainers.core.review.reports import REASONS

from .base import Form, no_line_breaks


class ReportForm(Form):
    reason = RadioField(
        "What is wrong?",
        [InputRequired("Choose what is wrong.")],
        choices=[SelectChoice(value, label) for value, label in REASONS.items()],
    )
    body = TextAreaField(
        "What should we know?",
        [
            DataRequired("Tell us in a sentence or two."),
            Length(max=2000, message="Shorten it to 2,000 characters."),
        ],
        description="Only reviewers read this. Leave out medical details. Up to 2,000 characters",
    )
    email = EmailField(
        "Your email address",
        [Optional(), Email("Enter an email address such as name@example.org."), Length(max=254), no_line_breaks],
        description="Only if you want an answer. The trainer does not see it",
    )
