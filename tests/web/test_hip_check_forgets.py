"""Nothing that people answer at the hip check is kept."""

import logging
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.core.test_hipcheck import CHECK, FINE, FLAGS, Given, with_flags
from tests.factories import Factory
from tests.page_client import words
from tests.web.hip_visitor import ADDRESS, Visitor
from trainers.extensions import db

TITLES = {outcome.title for outcome in CHECK.outcomes}


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def town(made: Factory) -> None:
    made.listed("Dana Fitzgerald", zip="97005", specialties=("return-to-running",), expires_on=date(2027, 3, 12))
    made.commit()


MARKED: Given = FINE | {"how": ["mild"], "where": ["buttock"]}
SLUGS = ("saddle", "hot-joint", "deep-groin", "weight-loss", "buttock")


def test_every_answer_is_sent_in_the_form_alone_and_no_page_may_be_kept(visitor: Visitor) -> None:
    visitor.press("Start")
    while visitor.heading not in TITLES:
        asked = {str(box.get("name")) for box in visitor.main.iter("input") if box.get("type") != "hidden"}
        visitor.press("Continue", **{slug: MARKED[slug] for slug in asked})
        assert visitor.answer.headers["Cache-Control"] == "private, no-store"
        assert visitor.answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in visitor.answer.headers
        assert visitor.answer.request.query_string == b""
        links = [str(link.get("href")) for link in visitor.page.iter("a")]
        assert [link for link in links for slug in SLUGS if slug in link] == []
        assert "outcome" not in words(visitor.page.find(".//title")).lower()


@pytest.mark.parametrize("given", [with_flags(flag) for flag in FLAGS] + [FINE])
@pytest.mark.by_day("sqlite")
def test_the_title_in_the_browsers_history_tells_nothing(visitor: Visitor, given: Given) -> None:
    visitor.goes_through(given)
    assert words(visitor.page.find(".//title")) == "Hip check: what to do · Sound Stride"


def everything_in(app: Flask) -> str:
    """All rows of all tables, but for the places of the country."""
    with app.app_context(), db.engine.connect() as connection:
        names = [table for table in db.metadata.tables if table != "place"]
        return "\n".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names)


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("town")
def test_after_a_run_neither_database_nor_log_nor_instance_holds_an_answer(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The database is compared row by row, so that a count of answers would be found as well."""
    folder = Path(app.instance_path)
    before, files_before = everything_in(app), set(files_of(folder))
    with caplog.at_level(logging.DEBUG):
        for flag in [*FLAGS, ("where", "buttock")]:
            Visitor(visitor.client).goes_through(with_flags(flag))
        Visitor(visitor.client).goes_through(MARKED).press("Show trainers", place=["97201"])
        Visitor(visitor.client).press("Start").press("Continue")
    assert everything_in(app) == before
    logged = caplog.text + "".join(capfd.readouterr())
    kept = {
        path: data for path, data in files_of(folder).items() if path.suffix not in (".db", ".db-wal", ".db-shm")
    }
    assert set(files_of(folder)) == files_before
    for slug in (*SLUGS, "Numb between", "97201"):
        assert slug not in logged
        assert [path for path, data in kept.items() if slug.encode() in data] == []


@pytest.mark.engine("sqlite")
@pytest.mark.usefixtures("town")
def test_nothing_at_all_is_written_into_the_database_file(app: Flask, visitor: Visitor) -> None:
    name = app.extensions["settings"].database_url.removeprefix("sqlite:///").split("?")[0]

    watching = sqlite3.connect(name)
    [before] = watching.execute("PRAGMA data_version").fetchone()
    visitor.goes_through(MARKED).press("Show trainers", place=["97005"])
    [after] = watching.execute("PRAGMA data_version").fetchone()
    watching.close()
    assert before == after


def test_a_page_that_breaks_logs_no_answer(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("broken")

    visitor.press("Start")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("trainers.web.hip_check.next_step", broken)
    visitor.client.post(ADDRESS, data={"now": ["saddle"], "asked": "now"})
    assert "broken" in caplog.text
    assert "saddle" not in caplog.text
