"""What an admin writes before something is done to somebody."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from .base import Form


class AccountForm(Form):
    """What is to be done with an account, and why: the reason stays on record."""

    act = RadioField("What shall be done?", [InputRequired("Choose what shall be done.")], choices=[])
    why = TextAreaField(
        "Why",
        [DataRequired("Write why: it stays on record."), Length(max=500, message="Shorten it to 500 characters.")],
        description="One sentence for the record. When a listing is taken down its holder reads it",
    )
