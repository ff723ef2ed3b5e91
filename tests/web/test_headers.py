"""What browsers are told with each answer: what a page may load, run and be put into."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import make_app
from tests.factories import Factory
from tests.house import close_database

PATHS = ("/", "/trainers", "/login", "/no-such-page", "/trainers.json", "/robots.txt", "/hip-check", "/dashboard")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "frame-src": "'self'",
}


@pytest.fixture
def public_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, database_url=database_url, site_url="https://trainers.example")
    yield app
    close_database(app)


@pytest.mark.parametrize("path", PATHS)
def test_each_answer_says_what_a_page_may_load_and_that_it_stands_in_no_frame(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path).headers
    said = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";") if part.strip()
    )
    assert said == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin")
    assert headers["Permissions-Policy"] == ("geolocation=(self)" if path == "/trainers" else "geolocation=()")
    assert "Access-Control-Allow-Origin" not in headers
    assert not {"Server", "X-Powered-By"} & set(headers.keys())


def test_only_a_site_with_https_insists_on_it(client: FlaskClient, public_app: Flask) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert public_app.test_client().get("/").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_are_for_https_and_for_no_script(public_app: Flask) -> None:
    answer = public_app.test_client().get("/login", base_url="https://trainers.example")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax")), cookie


def test_the_answers_of_a_profile_are_data_and_no_script(client: FlaskClient, made: Factory) -> None:
    """The only inline script element; browsers run none of this kind, so the policy need not allow any."""
    slug = made.slug(made.listed("Dana Reyes"))
    made.commit()
    page = client.get(f"/trainers/{slug}").text
    assert page.count("<script>") == 0
    assert page.count('<script type="application/ld+json">') == 1


def test_no_method_echoes_what_was_sent(client: FlaskClient) -> None:
    assert client.open("/", method="TRACE").status_code == 405
