"""Each page of the site, for each kind of person: fit for everybody, on a narrow phone, by day and by night."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from tests.browser.live import LiveSite
from tests.browser.pages import NOT_A_PAGE, Stop, Tour, endpoint_of
from tests.browser.world import World
from tests.missing import missing
from trainers.config import ROOT

NU_CHECKER = ROOT / ".cache/vnu/node_modules/vnu-jar/build/dist/vnu.jar"
NARROWEST: ViewportSize = {"width": 320, "height": 740}
PHONE: ViewportSize = {"width": 360, "height": 740}
COLOURS_ONLY = {"runOnly": ["color-contrast"]}
"""By night only the colours are others."""
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
"""Measuring colours takes long: it is done where there is something to see for the first time."""
LOOKS = """() => [...new Set([...document.querySelectorAll("body *")].map(
  e => e.parentElement.tagName + "." + e.parentElement.className + ">" + e.tagName + "." + e.className))]"""
"""What colours hang on: each kind of element, inside its kind of parent."""
FIND_BARRIERS = """async options => (await axe.run(options)).violations.flatMap(
  rule => rule.nodes.map(node => rule.id + ": " + node.html.slice(0, 160)))"""
PASSES = (
    r"Attribute .hx-.*|The .\w+. role is unnecessary for element .(table|thead|tbody|tr|th|td).*"
    r"|The .role. attribute must not be used on a .(tr|th|td). element which has a .table. ancestor.*"
)
"""The HTML checker knows no htmx, nor that tables laid out as blocks (on a phone) lose their roles unless told."""
QUICK_START = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m"]
STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= wide) return [];
  const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1);
  return out.slice(0, 4).map(e => e.tagName.toLowerCase() + (e.className ? "." + e.className : ""));
}"""


@dataclass(frozen=True)
class Visit:
    """What was seen at one stop."""

    stop: Stop
    html: str
    barriers: list[str]
    barriers_by_night: list[str]
    sticks_out: list[str]
    problems: list[str]


@pytest.fixture(scope="module")
def visits(town: tuple[LiveSite, World], stops: list[Stop], browser: Browser) -> Iterator[list[Visit]]:
    tour = Tour(browser, town[0], script=AXE_SCRIPT)
    seen: set[str] = set()
    yield [visit(tour, stop, seen) for stop in stops]
    tour.close()


def visit(tour: Tour, stop: Stop, seen: set[str]) -> Visit:
    """Colours are looked at, by day and by night, where there is something that no page before had."""
    try:
        page, html = tour.open(stop)
    except PlaywrightError as error:
        return Visit(stop, "", [], [], [], [f"cannot be opened: {error.message}", *tour.problems(stop)])
    looks = set(page.evaluate(LOOKS))
    is_new = not looks <= seen
    seen |= looks
    barriers = barriers_on(page, {} if is_new else ALL_BUT_COLOURS)
    by_night = barriers_by_night(page) if is_new else []
    page.set_viewport_size(NARROWEST)
    sticks_out = page.evaluate(STICKS_OUT)
    page.set_viewport_size(PHONE)
    return Visit(stop, html, barriers, by_night, sticks_out, tour.problems(stop))


def barriers_by_night(page: Page) -> list[str]:
    page.emulate_media(color_scheme="dark")
    found = barriers_on(page, COLOURS_ONLY)
    page.emulate_media(color_scheme="light")
    return found


def barriers_on(page: Page, options: dict[str, Any]) -> list[str]:
    quick = {"resultTypes": ["violations"], "preload": False}
    found: list[str] = page.evaluate(FIND_BARRIERS, options | quick)
    return found


def demand_nothing(found: dict[str, list[str]]) -> None:
    listed = [f"{where}\n    " + "\n    ".join(what) for where, what in found.items() if what]
    if listed:
        pytest.fail("\n".join(listed), pytrace=False)


def test_each_route_is_among_the_pages(town: tuple[LiveSite, World], stops: list[Stop]) -> None:
    site, _world = town
    pages = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    left_out = pages - {endpoint_of(site, stop.path) for stop in stops} - NOT_A_PAGE
    assert not left_out, f"No link leads to {sorted(left_out)}: name them in pages.py."


def test_no_page_has_a_barrier_that_axe_finds(visits: list[Visit]) -> None:
    demand_nothing({visit.stop.name: visit.barriers for visit in visits})


def test_no_page_has_faint_colours_by_night(visits: list[Visit]) -> None:
    demand_nothing({visit.stop.name: visit.barriers_by_night for visit in visits})


def test_no_page_scrolls_sideways_on_the_narrowest_phone(visits: list[Visit]) -> None:
    demand_nothing({visit.stop.name: visit.sticks_out for visit in visits})


def test_no_page_complains_breaks_or_calls_somebody_else(visits: list[Visit]) -> None:
    demand_nothing({visit.stop.name: visit.problems for visit in visits})


def test_all_html_is_by_the_standard(visits: list[Visit], tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or not NU_CHECKER.exists():
        missing("The HTML checker is not there: `bash tests/system.sh` installs Java and vnu-jar.")
    for visit in (visit for visit in visits if visit.html):
        (tmp_path / f"{visit.stop.name}.html").write_text(visit.html)
    options = ["--stdout", "--format", "json", "--exit-zero-always", "--filterpattern", PASSES]
    run = subprocess.run(
        [java, *QUICK_START, "-jar", NU_CHECKER, *options, tmp_path], stdout=subprocess.PIPE, check=True
    )
    messages = json.loads(run.stdout)["messages"]
    found: dict[str, list[str]] = {}
    for each in messages:
        said = f"{each['type']}: {each['message']} | {each.get('extract', '').strip()}"
        found.setdefault(Path(each["url"]).stem, []).append(said)
    demand_nothing(found)
