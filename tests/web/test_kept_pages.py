"""Public pages that are kept: sent again as long as nobody has written, and not a moment longer."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.application import NOW
from tests.factories import Factory
from trainers.core.models import Trainer
from trainers.extensions import db
from trainers.web import data_version, kept_pages
from trainers.web.kept_pages import KeptPage, KeptPages

SEARCH = "/trainers?place=97005&radius=25"


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """The statements that read listings."""
    with app.app_context():
        engine = db.engine
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "listing" in statement:
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed("Dana Fitzgerald")
    made.commit()
    return trainer


def test_a_page_is_made_once_as_long_as_nobody_writes(
    client: FlaskClient, dana: Trainer, asked: list[str]
) -> None:
    first = client.get(SEARCH)
    made_with = len(asked)
    again = client.get(SEARCH)
    assert "Dana Fitzgerald" in first.text
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert made_with > 0
    assert len(asked) == made_with


def test_whatever_anybody_writes_is_seen_at_once(client: FlaskClient, made: Factory, dana: Trainer) -> None:
    assert "Olga Other" not in client.get(SEARCH).text
    made.listed("Olga Other")
    made.commit()
    assert "Olga Other" in client.get(SEARCH).text


def test_what_expires_at_midnight_is_gone_with_the_day(app: Flask, client: FlaskClient, made: Factory) -> None:
    made.listed("Lena Last", expires_on=NOW.date())
    made.commit()
    assert "Lena Last" in client.get(SEARCH).text
    app.config["NOW"] = lambda: NOW + timedelta(days=1)
    assert "Lena Last" not in client.get(SEARCH).text


def test_a_version_tells_writes_apart_and_nothing_else(app: Flask, made: Factory, dana: Trainer) -> None:
    def seen() -> object:
        with app.app_context():
            return data_version.of_app().now()

    before = seen()
    assert seen() == before
    made.listed("Olga Other")
    assert seen() == before, "nothing is committed yet"
    made.commit()
    assert seen() != before


def test_fragments_and_refusals_are_not_kept(app: Flask, client: FlaskClient, dana: Trainer) -> None:
    client.get(SEARCH, headers={"HX-Request": "true"})
    client.get("/trainers?radius=0")
    client.get("/trainers?page=7")
    assert not app.extensions["kept_pages"]._pages


def test_those_asked_for_last_are_kept() -> None:
    pages = KeptPages(most=2)
    for name in "ab":
        pages.put(name, KeptPage(b"", ()))
    pages.get("a")
    pages.put("c", KeptPage(b"", ()))
    assert [name for name in "abc" if pages.get(name)] == ["a", "c"]


def test_after_half_a_minute_a_page_is_made_anew(
    client: FlaskClient, dana: Trainer, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts over all listings may be as old when a page is made."""
    monkeypatch.setattr(kept_pages, "monotonic", lambda: 1_000.0)
    client.get(SEARCH)
    before = len(asked)
    monkeypatch.setattr(kept_pages, "monotonic", lambda: 1_000.0 + kept_pages.SECONDS)
    client.get(SEARCH)
    assert len(asked) == 2 * before


def test_who_has_the_page_is_told_that_it_is_the_same(app: Flask, dana: Trainer) -> None:
    """First and again, with each encoding that a browser may ask for."""
    client = FlaskClient(app, app.response_class)
    for encoding in ("", "br", "gzip", "br"):
        headers = {"Accept-Encoding": encoding}
        tag = client.get(SEARCH, headers=headers).headers["ETag"]
        again = client.get(SEARCH, headers=headers | {"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("encoding", "unpacked"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_public_pages_travel_packed_and_say_so(app: Flask, dana: Trainer, encoding: str, unpacked: object) -> None:
    plain = FlaskClient(app, app.response_class)
    whole = plain.get(SEARCH)
    packed = plain.get(SEARCH, headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert unpacked(packed.data) == whole.data  # type: ignore[operator]
    assert len(packed.data) < len(whole.data) / 3


def test_a_page_with_a_token_in_it_is_never_packed(app: Flask) -> None:
    """How long it becomes would tell of the token."""
    page = FlaskClient(app, app.response_class).get("/login", headers={"Accept-Encoding": "br, gzip"})
    assert page.cache_control.no_store
    assert "Content-Encoding" not in page.headers


def test_a_search_needs_no_more_than_four_requests(client: FlaskClient) -> None:
    page = client.get("/trainers").text
    files = set(re.findall(r'(?:href|src)="(/(?:static|bundles)/[^"]+)"', page))
    assert len(files) <= 3
    for file in files:
        with client.get(file) as answer:
            assert answer.status_code == 200


@pytest.mark.by_day("sqlite")
def test_a_full_page_of_results_with_all_it_loads_is_under_60_kb(app: Flask, made: Factory) -> None:
    for number in range(25):
        made.listed(f"Dana Fitzgerald-Longname {number}", headline="Strong hips for runners over forty", bio="x")
    made.commit()
    browser, packed = FlaskClient(app, app.response_class), {"Accept-Encoding": "br"}
    page = browser.get("/trainers", headers=packed)
    files = set(re.findall(r'(?:href|src)="(/(?:static|bundles)/[^"]+)"', brotli.decompress(page.data).decode()))
    sizes = {"/trainers": len(page.data)}
    for file in files:
        with browser.get(file, headers=packed) as answer:
            sizes[file] = len(answer.data)
    assert sum(sizes.values()) < 60_000, sizes


def test_a_bundle_is_kept_for_a_year_under_an_address_of_its_content(client: FlaskClient) -> None:
    (address,) = re.findall(r'href="(/bundles/site.css\?v=[0-9a-f]{10})"', client.get("/").text)
    sheet = client.get(address)
    assert sheet.mimetype == "text/css"
    assert sheet.cache_control.max_age == 31_536_000
    assert "@media print {" in sheet.text
    assert client.get("/bundles/other.css").status_code == 404
