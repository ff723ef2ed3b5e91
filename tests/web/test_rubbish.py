"""Every form of every page, filled with what nobody should type: a sentence comes back, never a broken page."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.access_table import rows
from tests.access_world import WHO, World, build
from tests.application import NOW, TODAY, make_app
from tests.databases import Databases, connect
from tests.factories import Factory
from tests.house import close_database
from tests.test_access import rule_of

TYPED = ("text", "email", "password", "search", "url", "number", "tel")
RUBBISH = {
    "nothing": "",
    "blanks": " \t ",
    "a NUL byte": "\0",
    "a NUL byte inside": "Da\0na",
    "control characters": "\x07\x1b[31m\x7f",
    "line breaks": "Dana\r\nBcc: everybody@example.org",
    "far too much": "long " * 4000,
    "one endless word": "x" * 9000,
    "a number beyond all": "9" * 40,
    "a negative number": "-1",
    "no number": "1e400",
    "figures of another script": "\u0661\u0662\u0663",
    "written from right to left": "\u202eanaD",
    "pictures": "\U0001f3c3\U0001f3fd\u200d\u2640\ufe0f" * 30,
    "marks without letters": "\u0301" * 400,
    "half of a pair": "\ud83c",
    "markup": "<script>alert(1)</script>{{ 7*7 }}${7*7}",
    "a question to the database": "'; DROP TABLE account; --",
    "wildcards": "%_*?\\",
    "the root of all": "../../../../etc/passwd",
}


FOR_EACH_ENGINE = (
    "a NUL byte",
    "a NUL byte inside",
    "far too much",
    "a number beyond all",
    "half of a pair",
    "a question to the database",
    "wildcards",
    "marks without letters",
)
"""What one engine refuses and the other does not, or cuts off, or would run."""


@dataclass(frozen=True)
class PaperForm:
    """A form as it stands on a page."""

    who: str
    page: str
    action: str
    preset: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all the rubbish of an engine: what is refused changes nothing."""
    folder = tmp_path_factory.mktemp("rubbish")
    url = databases.copy()
    app, engine = make_app(folder, database_url=url), connect(url)
    with Session(engine) as session:
        world = build(app, Factory(session, today=TODAY, now=NOW))
        work = world.names["review"]["uuid"]
        assert world.browser("reviewer").post(f"/review/{work}/take").status_code == 303
        yield world
    engine.dispose()
    close_database(app)
    databases.drop(url)


@pytest.fixture(scope="module")
def forms(world: World) -> list[PaperForm]:
    """Those with something to type, of each page that the table says somebody is shown."""
    found = {}
    for (method, endpoint), cells in rows().items():
        who = next((who for who, cell in zip(WHO, cells, strict=True) if cell == "200"), None)
        if method == "GET" and who is not None:
            page = world.address(rule_of(world.app, endpoint, "GET"), "GET")
            for form in forms_on(who, page, world.browser(who).get(page)):
                found[form.action, form.typed] = form
    assert len({urlsplit(action).path for action, _ in found}) > 12
    return list(found.values())


def forms_on(who: str, page: str, answer: TestResponse) -> Iterator[PaperForm]:
    if answer.mimetype != "text/html":
        return
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        preset, typed = read_fields(form)
        if form.get("method") == "post" and typed:
            yield PaperForm(who, page, urljoin(page, form.get("action") or ""), preset, typed)


def read_fields(form: Element) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """What is chosen already (for a choice the first one), and the names of what is typed."""
    preset: dict[str, str] = {}
    typed = []
    for field in form.iter():
        name = field.get("name")
        if not name:
            continue
        if field.tag == "textarea" or (field.tag == "input" and field.get("type", "text") in TYPED):
            typed.append(name)
        elif field.tag == "select":
            values = [option.get("value") for option in field.iter("option")]
            preset[name] = next((value for value in values if value), "")
        elif field.tag in ("input", "button") and field.get("type") != "file":
            preset.setdefault(name, field.get("value") or "y")
    return tuple(preset.items()), tuple(typed)


def send(world: World, form: PaperForm, data: dict[str, str]) -> int:
    encoded = {name.encode(): value.encode("utf-8", "surrogatepass") for name, value in data.items()}
    return world.browser(form.who).post(form.action, data=encoded).status_code


@pytest.mark.parametrize("kind", FOR_EACH_ENGINE)
def test_no_form_breaks_on_either_engine(world: World, forms: list[PaperForm], kind: str) -> None:
    fill_in(world, forms, kind)


@pytest.mark.engine("sqlite")  # whatever engine stands below, these are refused or kept above it
@pytest.mark.parametrize("kind", [kind for kind in RUBBISH if kind not in FOR_EACH_ENGINE])
def test_no_form_breaks(world: World, forms: list[PaperForm], kind: str) -> None:
    fill_in(world, forms, kind)


def fill_in(world: World, forms: list[PaperForm], kind: str) -> None:
    """With the rubbish in what is typed alone, then in the choices and hidden fields as well."""
    for form in forms:
        typed = dict.fromkeys(form.typed, RUBBISH[kind])
        assert send(world, form, dict(form.preset) | typed) < 500, form
        everywhere = dict.fromkeys([name for name, _ in form.preset], RUBBISH[kind]) | typed
        assert send(world, form, everywhere) < 500, form


@pytest.mark.parametrize("kind", FOR_EACH_ENGINE)
def test_no_search_breaks_on_either_engine(world: World, kind: str) -> None:
    look_for(world, kind)


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("kind", [kind for kind in RUBBISH if kind not in FOR_EACH_ENGINE])
def test_no_search_breaks(world: World, kind: str) -> None:
    look_for(world, kind)


def look_for(world: World, kind: str) -> None:
    """In each box alone, then in all at once; `/check` is a page with one box that asks the same search."""
    names = "name place radius credential issuer specialty mode language fms accepting status sort page".split()
    browser = world.browser("anonymous")
    value = RUBBISH[kind].encode("utf-8", "surrogatepass")[:3000]
    for name in names:
        assert browser.get("/trainers", query_string={name: value}).status_code in (200, 404, 422), name
    for path in ("/trainers", "/check"):
        assert browser.get(path, query_string=dict.fromkeys(names, value)).status_code in (200, 404, 422)


@pytest.mark.parametrize(
    "header", ["HX-Current-URL", "HX-Request", "If-None-Match", "Accept", "Cookie", "Referer"]
)
def test_no_header_breaks_a_page(world: World, header: str) -> None:
    for value in ("http://[::1", "%", '"', "true", "*/*;q=x", "session=rubbish; =", "W/", "x" * 4000):
        for more in ({}, {"HX-Request": "true"}):
            answer = world.browser("anonymous").get("/trainers?name=dana", headers=more | {header: value})
            assert answer.status_code in (200, 304), value


def test_what_no_text_holds_is_left_out_and_the_rest_is_kept(world: World) -> None:
    """Pasted from a document it is invisible to who pasted it."""
    browser = world.browser("member")
    page = browser.post("/dashboard/about-you", data={"name": "Da\0na\x0b Fitz", "place": "nowhere\x07"})
    assert page.status_code == 422
    assert 'value="Dana Fitz"' in page.text
    assert 'value="nowhere"' in page.text
