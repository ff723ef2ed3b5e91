from dataclasses import replace
from email.headerregistry import Address
from pathlib import Path

import pytest

from tests.application import NOW, make_app, settings_for
from tests.house import close_database
from trainers.core.mail.transport import open_transport
from trainers.core.mail.wire import write_mail
from trainers.factory import create_app


@pytest.fixture
def folder(app):
    return Path(app.extensions["settings"].mail_url.removeprefix("file://"))


@pytest.fixture
def drop(app):
    """Writes a mail to the folder as the worker does."""

    def drop(subject, text="Hello", html="<p style='color:inherit'>Hello</p>"):
        mail = write_mail(
            sender=Address(addr_spec="notices@localhost"),
            to=Address(addr_spec="dana@example.org"),
            subject=subject,
            message_id=f"<{subject.replace(' ', '')}@localhost>",
            date=NOW,
            text=text,
            html=html,
            headers={},
        )
        with open_transport(app.extensions["settings"].mail_url, host="localhost") as transport:
            transport.send(mail, list)

    return drop


def name_of(folder, subject):
    return next(path.name for path in folder.glob("*.eml") if subject in path.name)


def test_without_mails_the_page_says_what_to_do(client):
    assert "No mail yet" in client.get("/dev/mail").text


def test_the_newest_mail_comes_first(client, drop):
    drop("first")
    drop("second")
    page = client.get("/dev/mail").text
    assert page.index("second") < page.index("first")
    assert "2 mails" in page


def test_a_mail_is_shown_with_its_headers_and_its_links_lead_on(client, drop, folder):
    drop("confirm", text="Follow http://127.0.0.1:8000/confirm/abc <b>now</b>")
    page = client.get(f"/dev/mail/{name_of(folder, 'confirm')}").text
    assert "dana@example.org" in page
    assert '<a href="http://127.0.0.1:8000/confirm/abc"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


def test_the_html_part_is_shown_as_it_is_but_can_run_nothing(app, drop, folder):
    drop("styled", html='<!doctype html><title>x</title><p style="color:red">Hello</p><script>alert(1)</script>')
    answer = app.test_client().get(f"/dev/mail/{name_of(folder, 'styled')}/html")
    assert 'style="color:red"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert len(answer.headers.get_all("Content-Security-Policy")) == 1


@pytest.mark.parametrize("name", ["nothing.eml", "..", "test.db", "%2e%2e%2ftest.db", ".hidden.eml.part"])
def test_nothing_but_a_mail_can_be_read(client, folder, name):
    folder.mkdir()
    (folder / ".hidden.eml.part").write_text("half")
    assert client.get(f"/dev/mail/{name}").status_code == 404
    assert client.get(f"/dev/mail/{name}/html").status_code == 404


def test_with_a_mail_server_there_is_nothing_to_show(tmp_path, database_url):
    app = make_app(tmp_path, database_url=database_url, mail_url="smtp://127.0.0.1:2525")
    assert "MAIL_URL names a mail server" in app.test_client().get("/dev/mail").text
    close_database(app)


def test_production_has_no_such_page(tmp_path):
    public = replace(settings_for(tmp_path), site_url="https://soundstride.example.org")
    app = create_app(public, instance=tmp_path)
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/dev")]
