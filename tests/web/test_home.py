import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.page_client import words
from trainers.core.articles import list_articles


def test_the_start_page_asks_where_first_then_offers_a_check_and_the_hip(client: FlaskClient) -> None:
    tree = html5lib.parse(client.get("/").text, namespaceHTMLElements=False)
    forms = [form for form in tree.iter("form") if form.get("role") == "search"]
    assert [form.get("action") for form in forms] == ["/trainers", "/trainers"]
    assert [[field.get("name") for field in form.iter("input")] for form in forms] == [["place"], ["name"]]
    text = words(tree.find("body"))
    assert "Find a trainer whose NASM or ACSM certification was checked, and see when" in text
    assert "Does your hip hurt?" in text
    for article in list_articles():
        assert article.title in text


def test_the_start_page_names_its_one_address_however_it_was_reached(client: FlaskClient, app: Flask) -> None:
    site_url = app.extensions["settings"].site_url
    pages = {client.get("/", base_url=base).text for base in ("http://localhost", "http://elsewhere.example")}
    (page,) = pages
    assert f'<link rel="canonical" href="{site_url}/">' in page


def test_the_start_pages_search_leads_to_results(client: FlaskClient) -> None:
    assert client.get("/trainers?place=97005&radius=25").status_code == 200


def test_health_says_ok(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text, response.mimetype) == (200, "ok\n", "text/plain")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_health_says_503_when_the_database_does_not_answer(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("unable to open database file"))

    monkeypatch.setattr(Session, "execute", unreachable)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert "database" in response.text
