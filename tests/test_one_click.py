"""Stopping mails as mail providers do it: from the mail as it arrived, over a real connection, without a browser.

A provider reads the two headers, and when somebody presses its button it sends one POST (RFC 8058). A scanner on
the way follows every link in the mail, to see what is there.
"""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.commands import mailing
from trainers.core.credentials import visible_credentials
from trainers.core.mail import alerts, watches
from trainers.core.mail.transport import Fate, Meanwhile, Reply
from trainers.core.mail.wire import Mail
from trainers.core.models import Stop

LINK = re.compile(r"http://[^\s<>\"']+")


class Kept:
    """Takes each mail and keeps it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def send(self, mail: Mail, meanwhile: Meanwhile) -> Reply:
        read = message_from_bytes(mail.data, policy=policy.default)
        assert isinstance(read, EmailMessage)
        self.mails.append(read)
        return Reply(Fate.DELIVERED, "250 OK")


@pytest.fixture
def reminder(app: Flask, store: Session, made: Factory) -> EmailMessage:
    """A reminder as it arrived."""
    trainer = made.listed(expires_on=TODAY + timedelta(days=30))
    watches.watch_credential(store, visible_credentials(store, trainer)[0], today=TODAY)
    alerts.plan(store, today=TODAY, now=NOW, zone=ZONE)
    store.commit()
    inbox = Kept()
    with app.app_context():
        mailing.send_all(store, inbox, app.extensions["settings"], clock=lambda: NOW)
    return inbox.mails[0]


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def ask(port: int, method: str, url: str, body: str = "", **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, urlsplit(url).path, body=body or None, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def stops(store: Session) -> set[tuple[str, str]]:
    store.rollback()
    found = {(each.scope, each.subject) for each in store.scalars(select(Stop))}
    store.rollback()
    return found


def links_of(mail: EmailMessage) -> set[str]:
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return {link.rstrip(".,)") for part in parts if part for link in LINK.findall(part.get_content())}


def test_one_press_in_a_mail_program_stops_reminders(store: Session, reminder: EmailMessage, port: int) -> None:
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = reminder["List-Unsubscribe"].strip("<>")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = ask(port, "POST", url, "List-Unsubscribe=One-Click", **form)
    assert answer.status == 200, "providers follow no redirect"
    assert answer.headers["Set-Cookie"] is None
    assert stops(store) == {("kind", "expiry")}
    assert ask(port, "POST", url, "List-Unsubscribe=One-Click", **form).status == 200
    assert len(stops(store)) == 1


def test_a_scanner_that_follows_each_link_stops_nothing(store: Session, reminder: EmailMessage, port: int) -> None:
    links = links_of(reminder) | {reminder["List-Unsubscribe"].strip("<>")}
    assert len(links) > 4
    for method in ("HEAD", "GET", "GET"):
        for link in links:
            assert ask(port, method, link).status < 400, link
    assert stops(store) == set()
