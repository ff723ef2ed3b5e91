"""A claim in the queue of a running application: Rita and Sam review, Dana is the trainer."""

from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from tests.page_client import PageClient
from trainers.core import evidence
from trainers.core.models import (
    Account,
    AuditEvent,
    Check,
    Credential,
    Evidence,
    Message,
    Review,
    Slug,
    Term,
    Trainer,
)
from trainers.core.review import queue
from trainers.core.search import listing

ENDS = date(2027, 11, 30)
LOOKUP = "https://www.nasm.org/resources/validate-credentials"
JPEG = b"\xff\xd8\xff\xe0 not really a picture"


class Desk:
    """A claim in the queue of a running application."""

    def __init__(self, app: Flask, store: Session, made: Factory) -> None:
        self.app, self.store, self.made = app, store, made
        store.expire_on_commit = False  # what was made can be read without holding the database
        self.rita, self.sam = made.reviewer("rita@example.org"), made.reviewer("sam@example.org")
        self.dana: Trainer = made.trainer("Dana Fitzgerald", specialties=())
        self.credential, self.term = self.claim(self.dana)
        self.work = self.open("new", self.credential)
        listing.refresh(store, self.dana, today=TODAY)
        self.photo = self.file("image/jpeg")
        made.commit()

    def claim(self, trainer: Trainer) -> tuple[Credential, Term]:
        credential = self.made.credential(trainer)
        return credential, self.made.term(credential, number="NC-123456", expires_on=ENDS, recorded_at=NOW)

    def open(self, kind: str, credential: Credential, day: date = TODAY) -> Review:
        trainer = credential.trainer
        return queue.open_review(self.store, kind=kind, trainer=trainer, credential=credential, now=NOW, today=day)

    def file(self, content_type: str) -> Evidence:
        files = evidence.open_files(self.app.extensions["settings"].uploads_url)
        key = f"ab/file{content_type[-3:]}"
        files.write(key, JPEG)
        return self.made.add(
            Evidence(
                trainer_id=self.dana.id,
                term_id=self.term.id,
                state="attached",
                sha256="0" * 64,
                storage_key=key,
                content_type=content_type,
                size=len(JPEG),
                slip_code="K7-429",
                uploaded_at=NOW,
            )
        )

    @property
    def url(self) -> str:
        return f"/review/{self.work.uuid}"

    def browser(self, account: Account) -> PageClient:
        self.app.test_client_class = PageClient
        client: Any = self.app.test_client()
        return client.sign_in(account)

    def take(self, account: Account) -> PageClient:
        client = self.browser(account)
        assert client.post(f"{self.url}/take").status_code == 303
        return client

    def at(self, days: int) -> None:
        """From now on it is so many days later."""
        self.app.config["NOW"] = lambda: NOW + timedelta(days=days)

    def typed(self, **changes: str) -> dict[str, str]:
        """What the decision form sends when the lookup shows just what was claimed."""
        day = self.app.config["NOW"]().date()
        filled = {
            "term_id": str(inspect(self.term).identity[0]),
            "method": "issuer_lookup",
            "found": "record",
            "shown_name": "Dana Fitzgerald",
            "shown_number": "NC-123456",
            "shown_expires_on-month": "11",
            "shown_expires_on-day": "30",
            "shown_expires_on-year": "2027",
            "shown_status": "Active",
            "source_url": LOOKUP,
            "looked_on-month": str(day.month),
            "looked_on-day": str(day.day),
            "looked_on-year": str(day.year),
        }
        return {name: value for name, value in (filled | changes).items() if value}

    def nothing(self, **changes: str) -> dict[str, str]:
        """The same when the lookup shows no record."""
        empty = dict.fromkeys(("shown_name", "shown_number", "shown_status"), "")
        empty |= dict.fromkeys((f"shown_expires_on-{part}" for part in ("month", "day", "year")), "")
        return self.typed(found="nothing", **empty, **changes)

    def decide(self, client: PageClient, decision: str, data: dict[str, str]) -> TestResponse:
        return client.post(f"{self.url}/decide", data={"decision": decision, **data})

    def read(self, query: Select[Any]) -> list[Any]:
        """What the application has written by now."""
        with Session(self.store.get_bind()) as session:
            return list(session.scalars(query))

    def counts(self) -> list[int]:
        return [self.read(select(func.count()).select_from(table))[0] for table in (Check, AuditEvent, Message)]

    def checks(self) -> list[str]:
        return self.read(select(Check.outcome).order_by(Check.id))

    def messages(self) -> list[str]:
        return self.read(select(Message.template).order_by(Message.id))

    def found(self) -> bool:
        """Whether a visitor's search for current trainers nearby shows Dana."""
        page = self.app.test_client().get("/trainers?place=97005").text
        return "Dana Fitzgerald" in page

    def profile(self) -> str:
        slug = self.read(select(Slug.slug).where(Slug.trainer_id == self.dana.id))[0]
        return self.app.test_client().get(f"/trainers/{slug}").text
