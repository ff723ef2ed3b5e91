"""A message of the outbox written out as a mail: one folder of templates each, with subject, text and HTML."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from email.headerregistry import Address
from functools import lru_cache
from typing import Any

import idna
from flask import current_app

from trainers.config import Settings
from trainers.core.mail import stop_links
from trainers.core.mail.stops import ASKED_FOR, OPTIONAL
from trainers.core.mail.wire import Mail, write_mail
from trainers.core.models import Message
from trainers.web import site

SENDER = "Sound Stride"
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def compose(message: Message, settings: Settings, *, now: datetime | None = None) -> Mail:
    """The mail. Templates get the message's context (dates under keys that end in `_on` are dates again) and
    `site`, `site_url`, `stop_url`, `as_of`, `in_days`.

    Raises ValueError when the address or a header cannot be written, and whatever a template raises.
    """
    context = template_context(message, settings)
    context["subject"] = subject = one_line(render(message.template, "subject.txt", context))
    return write_mail(
        sender=address(settings.mail_from, SENDER),
        to=address(message.recipient.email),
        subject=subject,
        message_id=f"<{message.message_id}@{settings.host}>",
        date=now or site.now(),
        text=tidy(render(message.template, "body.txt", context)),
        html=render(message.template, "body.html", context),
        headers=headers(message, context),
    )


def template_context(message: Message, settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = revive(message.context or {})
    return found | {
        "site": settings,
        "site_url": settings.site_url,
        "stop_url": stop_url(message, settings),
        "as_of": max(found.get("planned_on", date.min), site.today()),  # true even when the mail was held up
        "in_days": in_days,
    }


def stop_url(message: Message, settings: Settings) -> str | None:
    """The link by which its recipient stops mails of this kind, or has a say about all."""
    if message.template in ASKED_FOR:
        return None
    token = stop_links.token_for(message.recipient, OPTIONAL.get(message.template, ""))
    return f"{settings.site_url}/unsubscribe/{token}"


def headers(message: Message, context: Mapping[str, Any]) -> dict[str, str]:
    found = {"Auto-Submitted": "auto-generated"}
    if "reply_to" in context:
        found["Reply-To"] = str(address(context["reply_to"]))
    if message.template in OPTIONAL:
        found["List-Unsubscribe"] = f"<{context['stop_url']}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


@lru_cache(maxsize=64)
def address(email: str, name: str = "") -> Address:
    """An address for a header, its domain in ASCII. Raises ValueError for what no header can hold."""
    local, _, domain = email.rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError(f"There is no domain {domain!r}.") from error
    return Address(name, username=local, domain=domain)


def render(template: str, part: str, context: Mapping[str, Any]) -> str:
    """Without the site's context processors: a mail is the same wherever it is written."""
    return current_app.jinja_env.get_template(f"email/{template}/{part}").render(context)


def revive(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: revive(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [revive(each, key) for each in value]
    if key.endswith("_on") and isinstance(value, str) and ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    return value


def in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def one_line(text: str) -> str:
    """A header ends at a line break, so there is none."""
    return " ".join(text.split())


def tidy(text: str) -> str:
    """Without the empty lines that conditions in a template leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
