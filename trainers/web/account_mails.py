"""Mails about accounts, put into the outbox in the transaction of their cause: both are kept or neither."""

import re
from typing import Any
from uuid import uuid4

from flask import Response, after_this_request, render_template
from flask_security import MailUtil

from trainers.core.accounts import fold_email
from trainers.core.mail import outbox
from trainers.web import site

SAMPLE_ADDRESS = re.compile(r"[a-z0-9.-]+@sample\.invalid")


def tell(to: str, template: str, subject: str, **words: Any) -> None:
    """Write to an account's address; `template` is a text of templates/security/email."""
    queue(to, subject, render_template(f"security/email/{template}.txt", site=site.settings(), **words))


def queue(to: str, subject: str, body: str) -> None:
    session, context = site.session(), {"subject": subject, "body": body}
    recipient = outbox.recipient_for(session, to)
    key = f"account:{uuid4()}"
    outbox.queue(session, to=recipient, template="account", context=context, dedupe_key=key, now=site.now())


def commit(response: Response) -> Response:
    """Some of Flask-Security's views that send a mail write nothing else, and so do not commit. An error page has
    undone everything before."""
    site.commit()
    return response


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
        queue(to, str(subject), body or "")
        after_this_request(commit)

    def normalize(self, email: str) -> str:
        return self.validate(email)

    def validate(self, email: str) -> str:
        """Addresses in .invalid belong to the sample directory and pass outside production only."""
        if not site.settings().production and SAMPLE_ADDRESS.fullmatch(fold_email(email)):
            return fold_email(email)
        return str(super().validate(email))
