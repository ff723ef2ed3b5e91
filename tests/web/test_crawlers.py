"""What search engines and other programs are told: addresses, titles, what is not theirs, whom to warn."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.access_table import rows
from tests.access_world import World, build
from tests.conftest import TODAY
from tests.factories import Factory
from trainers.core.search import listing, sitemap
from trainers.web.access import Access

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def world(app: Flask, made: Factory) -> World:
    return build(app, made)


def addresses(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    found = [each.text or "" for each in ElementTree.fromstring(answer.text).iter(f"{SITEMAP}loc")]
    assert all(each.startswith(SITE) for each in found)
    return [each.removeprefix(SITE) for each in found]


def head(html: str) -> tuple[str, str, str, bool]:
    """Title, description, canonical address, and whether it may be found."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    meta = {each.get("name"): each.get("content") for each in tree.iter("meta")}
    canonical = [each.get("href") or "" for each in tree.iter("link") if each.get("rel") == "canonical"]
    assert len(canonical) == 1
    return (
        tree.findtext(".//title") or "",
        meta["description"] or "",
        canonical[0],
        meta.get("robots") != "noindex",
    )


@pytest.mark.by_day("sqlite")
def test_each_public_page_has_a_title_a_description_and_an_address_of_its_own(world: World) -> None:
    browser, found = world.browser("anonymous"), {}
    for method, endpoint in rows():
        if method == "GET" and getattr(world.app.view_functions[endpoint], "access", None) is Access.PUBLIC:
            rule = next(rule for rule in world.app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or ()))
            path = world.address(rule, "GET")
            answer = browser.get(path)
            if answer.mimetype == "text/html" and answer.status_code == 200:
                found[path] = head(answer.text)
    assert len(found) > 20
    for part in (0, 1):
        said = [each[part] for each in found.values()]
        assert [each for each in said if said.count(each) > 1] == []
    assert [path for path, each in found.items() if not 40 <= len(each[1]) <= 180] == []
    findable = {path: each[2] for path, each in found.items() if each[3]}
    assert {path: f"{SITE}{path}" for path in findable} == findable
    listed = addresses(browser, "/sitemaps/pages.xml") + addresses(browser, "/sitemaps/trainers-1.xml")
    assert set(findable) <= set(listed)


@pytest.mark.by_day("sqlite")
def test_the_sitemap_names_pages_that_may_be_found_and_no_other(world: World) -> None:
    browser = world.browser("anonymous")
    parts = addresses(browser, "/sitemap.xml")
    assert parts[0] == "/sitemaps/pages.xml"
    listed = [path for part in parts for path in addresses(browser, part)]
    assert len(listed) == len(set(listed)) > 30
    for path in listed:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert head(answer.text)[2:] == (f"{SITE}{path}", True), path


def test_many_listings_are_told_of_in_parts_and_what_is_over_is_not(session: Session, make: Factory) -> None:
    people = [make.listed(f"Number {n}") for n in range(5)]
    make.listed("Robin Over", expires_on=TODAY - timedelta(days=1))
    for each in people:
        listing.refresh(session, each, today=TODAY)
    numbers = list(sitemap.parts(session, today=TODAY, size=2))
    told = [sitemap.slugs(session, number, today=TODAY, size=2) for number in numbers]
    assert all(0 < len(each) <= 2 for each in told)
    assert [slug for part in told for slug in part] == [make.slug(each) for each in people]


def test_a_part_that_there_is_not_is_not_found(client: FlaskClient) -> None:
    for part in ("0", "7", "99999999999999999999"):
        assert client.get(f"/sitemaps/trainers-{part}.xml").status_code == 404


def test_robots_are_led_to_the_sitemap_and_kept_from_forms(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert "Disallow: /trainers/*/contact" in lines
    assert "Disallow: /" not in lines
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"


def test_invented_trainers_are_nothing_for_robots(client: FlaskClient, made: Factory) -> None:
    made.listed("Sam Sample", is_sample=True)
    made.commit()
    assert "Disallow: /" in client.get("/robots.txt").text.splitlines()


def test_who_finds_a_hole_learns_whom_to_tell_and_until_when_that_holds(client: FlaskClient) -> None:
    """RFC 9116: exactly one Expires, less than a year ahead; a contact that is an address."""
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.text.splitlines()]
    said = dict(fields)
    assert len(said) == len(fields)
    assert re.match(r"mailto:\S+@\S+$|http://127\.0\.0\.1:8000/", said["Contact"])
    until = datetime.fromisoformat(said["Expires"])
    now = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    assert timedelta(30) < until - now < timedelta(365)
    assert said["Canonical"] == f"{SITE}/.well-known/security.txt"
    assert 'id="security"' in client.get(said["Policy"].removeprefix(SITE).split("#")[0]).text
