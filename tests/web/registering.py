"""What somebody does who registers, in short words; what the database holds afterwards."""

import io
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.conftest import NOW
from tests.core.papers import picture
from tests.factories import Factory
from tests.page_client import PageClient
from trainers.core.models import Account, ClaimDraft, Review, Term

PASSWORD = "three odd words"
NEW = "/dashboard/certifications/new"
CLAIM = {
    "type": "NASM/NASM-CPT",
    "name": "Dana Fitzgerald",
    "number": "NC-0042",
    "issued_on-month": "12",
    "issued_on-day": "1",
    "issued_on-year": "2025",
    "expires_on-month": "11",
    "expires_on-day": "30",
    "expires_on-year": "2027",
}
BOXES = {"listing": "y", "adult": "y"}


def register(client: FlaskClient, email: str = "dana@example.org", password: str = PASSWORD) -> TestResponse:
    return client.post("/register", data={"email": email, "password": password})


def read(store: Session, query: Select[Any]) -> list[Any]:
    """Rows as they are now; the store's transaction ends, because the application waits for it."""
    store.expunge_all()
    found = list(store.scalars(query))
    store.expunge_all()
    store.rollback()
    return found


def signed_in(client: PageClient, made: Factory, account: Account) -> PageClient:
    """What was made is committed, and no transaction is left open for the application to wait for."""
    made.commit()
    client.sign_in(account)
    made.session.rollback()
    return client


def day(field: str, typed: str) -> dict[str, str]:
    """Three boxes from "12/1/2025"."""
    month, number, year = typed.split("/")
    return {f"{field}-month": month, f"{field}-day": number, f"{field}-year": year}


def draft_path(store: Session) -> str:
    [draft] = read(store, select(ClaimDraft))
    return f"/dashboard/certifications/drafts/{draft.uuid}"


def upload(client: PageClient, path: str, data: bytes, name: str = "", **more: Any) -> TestResponse:
    """Sends a form with a file, named as what it is unless told.

    Encoded here, because the test client would leave large bodies in open files.
    """
    name = name or ("certificate.pdf" if data.startswith(b"%PDF") else "photo.jpg")
    boundary, body = encode_multipart({"photo": FileStorage(io.BytesIO(data), filename=name)} | more)
    return client.post(
        path,
        input_stream=io.BytesIO(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        content_length=len(body),
    )


def send_in(client: PageClient, store: Session, **changes: str) -> str:
    """The whole way; answers the path of the certification."""
    client.post(NEW, data=CLAIM | changes)
    path = draft_path(store)
    upload(client, f"{path}/photo", picture())
    answer = client.post(f"{path}/check", data=BOXES)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/sent")


def confirm(made: Factory) -> None:
    """As a reviewer would: a matching check, and the work closed."""
    term = made.session.scalars(select(Term).order_by(Term.id.desc())).first()
    assert term is not None
    made.check(term)
    close(made, "confirmed")


def close(made: Factory, outcome: str, **more: Any) -> None:
    for work in made.session.scalars(select(Review).where(Review.closed_at.is_(None))):
        work.closed_at, work.closed_by, work.outcome = NOW, "9", outcome
        work.reason, work.note = more.get("reason"), more.get("note", "")
    made.commit()
    made.session.rollback()
