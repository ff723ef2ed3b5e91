"""Pictures of every page, for people who change the look: `python -m tests.browser.shots FOLDER [WORDS…]`.

Each page at 360 and 1280 pixels, by day and by night, whole. With words, only pages whose name has one of them.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright
from tqdm import tqdm

from tests.browser.live import CHROMIUM, NO_CHROMIUM, launch_options, live_site
from tests.browser.pages import Stop, Tour, collect
from tests.browser.world import furnish
from tests.databases import Sqlite

WIDTHS = {360: 740, 1280: 900}
THEMES = ("light", "dark")


def main(folder: Path, words: list[str]) -> int:
    """How many pictures were taken."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home, sync_playwright() as playwright:
        databases = Sqlite(made(Path(home) / "template"))
        browser = playwright.chromium.launch(**launch_options())
        with live_site(databases, made(Path(home) / "site"), by_smtp=False) as site:
            stops = [stop for stop in collect(site, furnish(site)) if wanted(stop, words)]
            tour = Tour(browser, site)
            taken = sum(take(tour, stop, folder) for stop in tqdm(stops, disable=None))
            tour.close()
        browser.close()
    return taken


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def wanted(stop: Stop, words: list[str]) -> bool:
    return not words or any(word in stop.name for word in words)


def take(tour: Tour, stop: Stop, folder: Path) -> int:
    page, _html = tour.open(stop)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.screenshot(path=folder / f"{stop.name}-{width}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="light")
    return len(WIDTHS) * len(THEMES)


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(NO_CHROMIUM)
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(main(Path(sys.argv[1]), sys.argv[2:]), "pictures")
