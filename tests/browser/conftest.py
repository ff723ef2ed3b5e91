from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.live import CHROMIUM, NO_CHROMIUM, LiveSite, launch_options, live_site
from tests.browser.pages import Stop, Tour, collect
from tests.browser.people import CALM, Person
from tests.browser.watch import Watch
from tests.browser.world import World, furnish
from tests.databases import Databases
from tests.missing import missing


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium in place of Playwright's own download."""
    if CHROMIUM is None:
        missing(NO_CHROMIUM)
    return browser_type_launch_args | launch_options()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test starts a site of its own, so there is no one address."""


@pytest.fixture
def site(databases: Databases, tmp_path: Path) -> Iterator[LiveSite]:
    """A running site of the test's own."""
    with live_site(databases, tmp_path) as site:
        yield site


@pytest.fixture
def meet(site: LiveSite, new_context: Any) -> Iterator[Callable[..., Person]]:
    """Brings people to the test's own site."""
    yield from watched(site, new_context)


@pytest.fixture(scope="session")
def town(
    databases_of: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveSite, World]]:
    """A running site with somebody in every situation, for all tests that only look. On one engine: pages look the
    same on the other."""
    with live_site(databases_of("sqlite"), tmp_path_factory.mktemp("town"), by_smtp=False) as site:
        yield site, furnish(site)


@pytest.fixture(scope="session")
def stops(town: tuple[LiveSite, World]) -> list[Stop]:
    """Every page of it."""
    return collect(*town)


@pytest.fixture(scope="session")
def tour(town: tuple[LiveSite, World], browser: Browser) -> Iterator[Tour]:
    """A window on a phone for each kind of person, signed in once."""
    tour = Tour(browser, town[0])
    yield tour
    tour.close()


@pytest.fixture
def visit(town: tuple[LiveSite, World], new_context: Any) -> Iterator[Callable[..., Person]]:
    """Brings people to the furnished site."""
    yield from watched(town[0], new_context)


def watched(site: LiveSite, new_context: Any) -> Iterator[Callable[..., Person]]:
    """Each with a browser where nothing slides, which would be waited for; afterwards none of them may have seen
    anything break."""
    watches = []

    def meet(
        email: str = "",
        *,
        kind: type[Person] = Person,
        javascript: bool = True,
        home: str = site.url,
        **habits: Any,
    ) -> Person:
        context = new_context(base_url=home, locale="en-US", java_script_enabled=javascript, **(CALM | habits))
        watches.append(Watch(context, home))
        return kind(email, context.new_page(), site, javascript=javascript)

    yield meet
    assert [problem for watch in watches for problem in watch.take()] == []
