"""Mails about accounts: put into the outbox after the page's own work is done, in a session of their own.

Some of Flask-Security's views commit and some do not; a mail must neither be lost nor keep half a change alive.
"""

import re
from typing import Any
from uuid import uuid4

from flask import Response, g, render_template
from flask_security import MailUtil
from sqlalchemy.orm import Session

from trainers.core import outbox
from trainers.core.accounts import fold_email
from trainers.extensions import db
from trainers.web import site

SAMPLE_ADDRESS = re.compile(r"[a-z0-9.-]+@sample\.invalid")


def tell(to: str, template: str, subject: str, **words: Any) -> None:
    """Write to an account's address; `template` is a text of templates/security/email."""
    body = render_template(f"security/email/{template}.txt", site=site.settings(), **words)
    g.setdefault("account_mails", []).append((to, {"subject": subject, "body": body}))


def post_waiting(response: Response) -> Response:
    mails = g.pop("account_mails", [])
    if mails and response.status_code < 500:
        post(mails)
    return response


def post(mails: list[tuple[str, dict[str, str]]]) -> None:
    db.session.remove()  # whatever the view left open would make this writer wait for itself
    with Session(db.engine) as own, own.begin():
        for to, context in mails:
            recipient = outbox.recipient_for(own, to)
            key = f"account:{uuid4()}"
            outbox.queue(own, to=recipient, template="account", context=context, dedupe_key=key, now=site.now())


class OutboxMailUtil(MailUtil):
    """Puts Flask-Security's mails into the outbox."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        to = recipient if isinstance(recipient, str) else recipient[1]
        g.setdefault("account_mails", []).append((to, {"subject": str(subject), "body": body or ""}))

    def normalize(self, email: str) -> str:
        return self.validate(email)

    def validate(self, email: str) -> str:
        """Addresses in .invalid belong to the sample directory and pass outside production only."""
        if not site.settings().production and SAMPLE_ADDRESS.fullmatch(fold_email(email)):
            return fold_email(email)
        return str(super().validate(email))
