from wtforms import BooleanField
from wtforms.validators import DataRequired

from .base import Form, email_field


class FollowForm(Form):
    email = email_field("Nobody sees it, the trainer included")
    adult = BooleanField("I am 18 or over", [DataRequired("Tick the box if you are 18 or over.")])
