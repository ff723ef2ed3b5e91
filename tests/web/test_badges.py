"""The short link, its QR code, the badge that tells the truth of the day, the page to print, a day in the past."""

import io
from datetime import date, timedelta
from xml.etree import ElementTree

import html5lib
import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.factories import Factory
from tests.web.test_education import signed_in
from trainers.core import erasure, evidence, slugs, trainers
from trainers.core.models import Trainer

ENDS = date(2027, 3, 12)


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed('Dana "D" <Fitz> & Söhne', expires_on=ENDS)
    trainer.listed_at = NOW - timedelta(days=30)
    made.commit()
    return trainer


def path_of(made: Factory, trainer: Trainer) -> str:
    path = f"/trainers/{made.slug(trainer)}"
    made.session.rollback()
    return path


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_badge_says_what_is_so_today_and_is_grey_and_expired_the_day_after(
    app: Flask, client: FlaskClient, made: Factory, dana: Trainer
) -> None:
    path = path_of(made, dana)
    answer = client.get(f"{path}/badge.svg")
    assert (answer.mimetype, answer.headers["Cross-Origin-Resource-Policy"]) == ("image/svg+xml", "cross-origin")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    name, line, foot = texts(answer.text)
    assert (name, line) == ('Dana "D" <Fitz> & Söhne', "NASM-CPT: Current until 12 March 2027")
    assert foot == "Looked up on 23 November 2026. As of 23 November 2026 · 127.0.0.1"
    assert "#14613a" in answer.text
    again = client.get(f"{path}/badge.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    app.config["NOW"] = lambda: NOW + (ENDS - TODAY)
    assert "ends 12 March 2027" in texts(client.get(f"{path}/badge.svg").text)[1]
    app.config["NOW"] = lambda: NOW + (ENDS - TODAY) + timedelta(days=1)
    ended = client.get(f"{path}/badge.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert texts(ended.text)[1] == "NASM-CPT: Expired: late renewal possible (ended 12 March 2027)"
    assert "#14613a" not in ended.text


def test_the_badge_names_the_first_and_the_last_look_of_what_it_shows(
    client: FlaskClient, made: Factory, dana: Trainer
) -> None:
    term = made.term(made.credential(dana, "NASM/NASM-CES"), expires_on=None)
    made.check(term, looked_on=TODAY - timedelta(days=100))
    made.commit()
    foot = texts(client.get(f"{path_of(made, dana)}/badge.svg").text)[-1]
    assert foot.startswith("Looked up from 15 August 2026 to 23 November 2026.")


def test_the_short_link_outlives_names_and_ends_with_its_trainer(
    app: Flask, client: FlaskClient, made: Factory, store: Session, dana: Trainer
) -> None:
    code = slugs.short_code(store, dana)
    answer = client.get(f"/t/{code.upper()}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/trainers/{made.slug(dana)}")
    trainers.change_name(store, dana, "Dana Reyes", by="1", now=NOW + timedelta(days=1), today=TODAY)
    store.commit()
    assert client.get(f"/t/{code}").headers["Location"] == "/trainers/dana-reyes"
    assert client.get("/t/nobody").status_code == 404
    assert client.get(f"/t/{'x' * 200}").status_code == 404
    path = path_of(made, dana)
    files = evidence.open_files(app.extensions["settings"].uploads_url)
    erasure.erase_trainer(store, files, store.get_one(Trainer, dana.id), by="1", now=NOW)
    store.commit()
    assert client.get(f"/t/{code}").status_code == 410
    gone = client.get(f"{path}/badge.svg")
    assert (gone.status_code, texts(gone.text)[0]) == (410, "This listing is not public")


def test_who_paused_has_a_badge_that_says_so(client: FlaskClient, made: Factory, dana: Trainer) -> None:
    path = path_of(made, dana)
    trainers.pause(made.session, dana, by="1", today=TODAY)
    made.commit()
    answer = client.get(f"{path}/badge.svg")
    assert (answer.status_code, texts(answer.text)[0]) == (404, "This listing is not public")
    assert client.get(f"{path}/print").status_code == 404


def test_the_qr_code_leads_to_the_short_link_and_comes_as_svg_and_png(
    client: FlaskClient, made: Factory, dana: Trainer
) -> None:
    path = path_of(made, dana)
    code = segno.make(f"http://127.0.0.1:8000/t/t{dana.id}", error="m", micro=False)
    for kind in ("svg", "png"):
        expected = io.BytesIO()
        code.save(expected, kind=kind, scale=8, border=4)
        assert client.get(f"{path}/qr.{kind}").data == expected.getvalue()
    assert client.get(f"{path}/qr.gif").status_code == 404


def test_the_trainers_page_holds_the_snippet_and_the_printed_one_its_sources(
    app: Flask, client: FlaskClient, made: Factory, dana: Trainer
) -> None:
    path = path_of(made, dana)
    mine = signed_in(app, made, dana).get("/dashboard/badge").text
    box = html5lib.parse(mine, namespaceHTMLElements=False).find(".//textarea[@id='snippet']")
    assert box is not None
    snippet = html5lib.parse(box.text or "", namespaceHTMLElements=False)
    [link], [picture] = list(snippet.iter("a")), list(snippet.iter("img"))
    assert link.get("href") == f"http://127.0.0.1:8000{path}"
    assert picture.get("src") == f"http://127.0.0.1:8000{path}/badge.svg"
    assert picture.get("alt") == f"{dana.name}: certifications as looked up by Sound Stride"
    assert set(picture.attrib) == {"src", "alt"}
    page = client.get(f"{path}/print").text
    for part in (
        "What our record says on 23 November 2026.",
        "https://www.nasm.org/resources/validate-credentials",
        f"http://127.0.0.1:8000/t/t{dana.id}",
    ):
        assert part in page


def test_a_day_in_the_past_is_a_page_that_no_search_engine_keeps(
    client: FlaskClient, made: Factory, dana: Trainer
) -> None:
    path = path_of(made, dana)
    page = client.get(f"{path}?on={TODAY}")
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text
    assert "On 23 November 2026 our record said: Current until 12 March 2027." in page.text
    for typed, sentence in (
        ("2026-11-24", "This day has not come yet."),
        ("2020-01-01", "Public history goes back to"),
        ("2026-10-01", "was not public on 1 October 2026"),
        ("soon", "Write the date as 2026-11-25 or 11/25/2026."),
        ("2/30/2026", "There is no such day."),
        ("", "Write the date as 2026-11-25 or 11/25/2026."),
    ):
        answer = client.get(f"{path}?on={typed}")
        assert (answer.status_code, sentence in answer.text) == (422, True)
