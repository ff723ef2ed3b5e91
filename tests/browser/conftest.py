from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.live import CHROMIUM, NO_CHROMIUM, LiveSite, launch_options, live_site
from tests.browser.people import Person
from tests.browser.watch import Watch


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium in place of Playwright's own download."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    return browser_type_launch_args | launch_options()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test starts a site of its own, so there is no one address."""


@pytest.fixture
def site(template_db: Path, tmp_path: Path) -> Iterator[LiveSite]:
    """A running site of the test's own."""
    with live_site(template_db, tmp_path) as site:
        yield site


@pytest.fixture
def meet(site: LiveSite, new_context: Any) -> Iterator[Callable[..., Person]]:
    """Brings people to the site, each with a browser; afterwards none of them may have seen anything break."""
    watches = []

    def meet(email: str, *, javascript: bool = True, home: str = site.url, **habits: Any) -> Person:
        context = new_context(base_url=home, locale="en-US", java_script_enabled=javascript, **habits)
        watches.append(Watch(context, home))
        return Person(email, context.new_page(), site, javascript=javascript)

    yield meet
    assert [problem for watch in watches for problem in watch.take()] == []
