"""Photos are handed back to their owner and to nobody else, and are never kept by a cache."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.papers import PDF, picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.registering import (
    CLAIM,
    NEW,
    draft_path,
    read,
    signed_in,
    upload,
)
from trainers.core.models import Evidence


@pytest.fixture
def dana(client: PageClient, made: Factory) -> PageClient:
    return signed_in(client, made, made.trainer(state="draft").account)


def kept_path(dana: PageClient, store: Session, data: bytes) -> str:
    dana.post(NEW, data=CLAIM)
    upload(dana, f"{draft_path(store)}/photo", data)
    return f"/dashboard/evidence/{read(store, select(Evidence))[0].uuid}"


def test_its_owner_sees_a_picture(dana: PageClient, store: Session) -> None:
    answer = dana.get(kept_path(dana, store, picture("PNG")))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Content-Disposition" not in answer.headers


def test_a_pdf_is_only_handed_out(dana: PageClient, store: Session) -> None:
    answer = dana.get(kept_path(dana, store, PDF))
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="certificate.pdf"'
    assert answer.headers.get_all("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("roles", [(), ("reviewer",)])
def test_somebody_else_does_not_find_it(
    app: Flask, dana: PageClient, made: Factory, store: Session, roles: tuple[str, ...]
) -> None:
    path = kept_path(dana, store, picture())
    other = signed_in(app.test_client(), made, made.trainer("Bob", account=made.account(roles=roles)).account)  # type: ignore[arg-type]
    assert other.get(path).status_code == 404


def test_a_visitor_is_asked_to_sign_in(app: Flask, dana: PageClient, store: Session) -> None:
    path = kept_path(dana, store, picture())
    assert "/login" in app.test_client().get(path).headers["Location"]


@pytest.mark.parametrize("uuid", ["00000000-0000-0000-0000-000000000000", "nonsense", "..%2f..%2fsecret_key"])
def test_what_is_not_there_is_not_found(dana: PageClient, uuid: str) -> None:
    assert dana.get(f"/dashboard/evidence/{uuid}").status_code == 404
