"""A visitor's browser for tests: it looks closely at each page, so that nobody has to remember to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.full import FULL
from trainers.core.models import Account, Role
from trainers.core.models.account import ROLES
from trainers.web.access import Access

FIELDS = ("input", "select", "textarea")
NO_LABEL = ("hidden", "submit", "button")
NOT_OUR_PAGES = {"development.html"}
"""Mails, shown as they are."""
HX_ASKS = {"hx-get": "get", "hx-post": "post"}
MAY_BE_KEPT = {"places.index"}
"""Fragments that are the same for everybody and change with a release alone."""
HX_MAY_ASK = ("a", "button", "form", "input", "select")
HX_KNOWN = {*HX_ASKS} | {
    f"hx-{name}"
    for name in "boost confirm encoding headers history history-elt include indicator params preserve push-url "
    "replace-url select select-oob swap swap-oob sync target trigger validate vals".split()
}
"""What htmx 2 and 4 both know, without what needs eval or a prompt."""
FOUND_WELL: set[bytes] = set()
"""Digests of the pages that were looked at already: every second one comes again, byte for byte."""


def without_id(response: TestResponse) -> bytes:
    """Pages about errors name the id of the answer; no other page does."""
    name = response.headers["X-Request-ID"].encode()
    if response.status_code < 400:
        assert name not in response.data
    return response.data.replace(name, b"")


class PageClient(FlaskClient):
    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.is_streamed:  # a server reads it to the end and lets go
            response.get_data()
            response.close()
        if not (FULL or on_sqlite(self.application)):  # looking takes as long as answering, and sees the same
            return response
        if endpoint_of(response, self.application) in NOT_OUR_PAGES:
            return response
        if response.mimetype == "text/html" and response.data:
            examine(response, self.application)
        if is_public(response, self.application) and response.status_code != 304:
            self.compare(response)
        return response

    def compare(self, response: TestResponse) -> None:
        """A public page is the same bytes for who is signed in and who is not."""
        app, request = self.application, response.request
        other = FlaskClient(app, app.response_class, use_cookies=True)
        nobody_yet = self.get_cookie("session") is None
        if nobody_yet:
            sign_in(other, "somebody")
        headers = {name: value for name, value in request.headers if name not in ("Cookie", "If-None-Match")}
        with whoever_signs_in_is(app, somebody()) if nobody_yet else nullcontext():
            seen = other.open(request.path, query_string=request.query_string.decode(), headers=headers)
        assert without_id(seen) == without_id(response), (
            f"{request.path}: not the same for who is signed in and who is not"
        )

    def sign_in(self, account: Account) -> "PageClient":
        sign_in(self, account.fs_uniquifier)
        return self

    def sign_out(self) -> "PageClient":
        with self.session_transaction("/login") as session:
            session.clear()
        return self


def on_sqlite(app: Flask) -> bool:
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite")


def sign_in(client: FlaskClient, uniquifier: str) -> None:
    with client.session_transaction("/login") as session:
        session["_user_id"] = uniquifier
        session["_fresh"] = True


def somebody() -> Account:
    """Who is shown more than others wherever that is possible. Stands in no database."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    email = "somebody@example.org"
    roles = [Role(name=name) for name in ROLES]
    return Account(id=1, email=email, email_key=email, active=True, fs_uniquifier="somebody", roles=roles,
                   confirmed_at=now, created_at=now)  # fmt: skip


@contextmanager
def whoever_signs_in_is(app: Flask, account: Account) -> Iterator[None]:
    manager = app.login_manager  # type: ignore[attr-defined]
    loader = manager._user_callback
    manager._user_callback = lambda _id: account
    yield
    manager._user_callback = loader


def endpoint_of(response: TestResponse, app: Flask) -> str | None:
    """The route that answered."""
    request = response.request
    try:
        endpoint: str = app.url_map.bind("").match(request.path, method=request.method)[0]
    except HTTPException:
        return None
    return endpoint


def is_public(response: TestResponse, app: Flask) -> bool:
    """Whether it is an answer of a page that everybody is shown, in whole or in part."""
    view = app.view_functions.get(endpoint_of(response, app) or "")
    return response.request.method == "GET" and getattr(view, "access", None) is Access.PUBLIC


def is_public_page(response: TestResponse, app: Flask) -> bool:
    """Whether it is a whole page that everybody is shown."""
    sent = response.request.headers
    fragment = sent.get("HX-Request") == "true" and not sent.get("HX-History-Restore-Request")
    return is_public(response, app) and response.status_code == 200 and not fragment


def examine(response: TestResponse, app: Flask) -> None:
    where, digest = response.request.path, sha256(response.data).digest()
    if digest not in FOUND_WELL:
        examine_markup(response.get_data(as_text=True), where)
        FOUND_WELL.add(digest)
    examine_cache(response, app, where)


def examine_markup(text: str, where: str) -> None:
    full_page = text.lstrip().lower().startswith("<!doctype")
    tree = parse(text, full_page=full_page)
    elements = list(tree.iter())
    if full_page:
        examine_frame(tree, elements, where)
    examine_ids(elements, where)
    examine_fields(tree, elements, where)
    examine_policy(text, elements, where)
    examine_htmx(elements, where)


def parse(text: str, *, full_page: bool) -> ElementTree.Element:
    """The page as a tree; raises html5lib's ParseError for what a browser would have to guess."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: ElementTree.Element = (
        parser.parse(text)
        if full_page
        else html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(text)
    )
    return tree


def words(element: ElementTree.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def examine_frame(tree: ElementTree.Element, elements: list[ElementTree.Element], where: str) -> None:
    assert words(tree.find(".//title")), f"{where}: no title"
    headings = [element for element in elements if element.tag == "h1"]
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    assert words(headings[0]), f"{where}: empty h1"
    html = tree if tree.tag == "html" else tree.find(".//html")
    assert html is None or html.get("lang"), f"{where}: no language"


def examine_ids(elements: list[ElementTree.Element], where: str) -> None:
    ids = [element.get("id") for element in elements if element.get("id") is not None]
    twice = {each for each in ids if ids.count(each) > 1}
    assert not twice, f"{where}: ids used twice: {twice}"
    assert "" not in ids, f"{where}: empty id"
    for element in elements:
        for each in (element.get("aria-describedby") or "").split():
            assert each in ids, f"{where}: aria-describedby points to {each}, which is not there"


def examine_fields(tree: ElementTree.Element, elements: list[ElementTree.Element], where: str) -> None:
    labelled = {element.get("for") for element in elements if element.tag == "label" and words(element)} - {None}
    inside = {field for label in elements if label.tag == "label" and words(label) for field in label.iter()}
    ids = {element.get("id") for element in elements}
    for field in (element for element in elements if element.tag in FIELDS):
        if field.get("type") in NO_LABEL:
            continue
        named_by = (field.get("aria-labelledby") or "").split()
        named = (
            field.get("id") in labelled
            or field in inside
            or field.get("aria-label")
            or (named_by and ids.issuperset(named_by))
        )
        assert named, f"{where}: field {field.get('name')} has no label"
    for form in (element for element in elements if element.tag == "form"):
        assert form.get("action"), f"{where}: a form without an action"


def examine_policy(text: str, elements: list[ElementTree.Element], where: str) -> None:
    assert "<style" not in text, f"{where}: inline style element"
    for element in elements:
        if not isinstance(element.tag, str):
            continue
        assert element.get("style") is None, f"{where}: inline style on {element.tag}"
        assert not (element.get("href") or "").lower().startswith("javascript:"), f"{where}: a script as a link"
        handlers = [name for name in element.attrib if re.match(r"on[a-z]+$", name)]
        assert not handlers, f"{where}: inline handler {handlers}"
        if element.tag == "script":
            data_only = element.get("type") == "application/ld+json"
            assert data_only or element.get("src"), f"{where}: inline script"
        if element.tag == "img":
            assert element.get("alt") is not None, f"{where}: picture without alt"


def examine_htmx(elements: list[ElementTree.Element], where: str) -> None:
    """htmx only adds to a link or a form that works by itself."""
    parents = {child: parent for parent in elements for child in parent}

    def line(element: ElementTree.Element | None) -> Iterator[ElementTree.Element]:
        while element is not None:
            yield element
            element = parents.get(element)

    for element in elements:
        named = {name for name in element.attrib if name.startswith(("hx-", "data-hx-"))}
        assert named <= HX_KNOWN, f"{where}: {sorted(named - HX_KNOWN)} on {element.tag}"
        for name in named & HX_ASKS.keys():
            tag, address = element.tag, element.get(name, "").split("#")[0]
            assert tag in HX_MAY_ASK, f"{where}: {name} on {tag}, which no key reaches"
            assert any(each.get("hx-target") for each in line(element)), f"{where}: {name} without hx-target"
            if tag == "a":
                same = urlsplit(element.get("href") or "").path == urlsplit(address).path
                assert same, f"{where}: a link elsewhere"
                continue
            form = next((each for each in line(element) if each.tag == "form"), None)
            assert form is not None, f"{where}: {name} on {tag} outside of a form"
            assert (form.get("method") or "get") == HX_ASKS[name], f"{where}: {name} in a form of another method"
            ways = [form.get("action"), *(button.get("formaction") for button in form.iter("button"))]
            assert address in {(way or "").split("#")[0] for way in ways}, f"{where}: no button leads to {address}"


def examine_cache(response: TestResponse, app: Flask, where: str) -> None:
    if is_public_page(response, app):
        assert "Set-Cookie" not in response.headers, f"{where}: a public page sets a cookie"
        assert "csrf_token" not in response.get_data(as_text=True), f"{where}: a public page carries a token"
        assert response.headers["Cache-Control"] == "public, no-cache", (
            f"{where}: {response.headers['Cache-Control']}"
        )
    elif endpoint_of(response, app) in MAY_BE_KEPT and response.status_code == 200:
        assert response.headers["Cache-Control"] == "public, max-age=3600", where
    elif endpoint_of(response, app) != "static":
        assert "no-store" in response.headers["Cache-Control"], f"{where}: may be stored"
