"""All pages of the site, by whoever may see them: those that links lead to, and those that they do not.

`python -m tests.browser.shots` and test_every_page.py look at the same collection.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from tests.browser.live import LiveSite
from tests.browser.people import CALM, PATIENCE, Person
from tests.browser.watch import Watch
from tests.browser.world import (
    ADMIN,
    APPLICANT,
    CODE_NEXT,
    EMAILS,
    HALF_WAY,
    LEAVER,
    NEWCOMER,
    PASSKEY_NEXT,
    REVIEWER,
    TRAINER,
    VISITOR,
    World,
    account_of,
)
from tests.core.test_screening import all_at
from tests.web.sheet_visitor import typed
from trainers.core.articles import list_articles
from trainers.core.sheets import files
from trainers.core.sheets.sheet import Sheet

DOORS = {
    VISITOR: ("/", "/login", "/register", "/dev/mail", "/dev/code"),
    TRAINER: ("/dashboard",),
    REVIEWER: ("/review",),
    ADMIN: ("/admin", "/admin/jobs", "/admin/mail"),
    APPLICANT: ("/dashboard",),
}
MAILS = {"development.html"}
FILES = {
    "static",
    "bundles.show",
    "security.static",
    "evidence.show",
    "badges.badge",
    "takeout.download",
    "crawlers.index",
    "crawlers.pages",
    "crawlers.robots",
    "crawlers.security",
    "crawlers.trainers",
    "badges.qr",
    "badges.short",
    "decisions.as_csv",
    "education.show_paper",
    "portraits.own",
    "portraits.show",
    "portraits.to_review",
    "education_files.template",
    "education_files.rejected",
    "education_files.audit_csv",
    "education_files.audit_pdf",
    "review.show_file",
    "corrections.show_file_of_check",
    "jobs.result",
    "jobs.rejected",
    "jobs.verdicts",
    "reminders.feed",
    "my_sheets.as_csv",
    "my_sheets.as_file",
    "kept_sheets.file",
    "runners.as_csv",
}
LEAD_ON = {"security.logout", "security.two_factor_rescue", "security.wan_delete"}
NOT_A_PAGE = FILES | MAILS | LEAD_ON | {"health.healthz", "health.jobs", "metrics.show", "programs.trainers"}
EMPTY_FORMS = (
    (VISITOR, "security.login", "Sign in"),
    (VISITOR, "security.register", "Make my account"),
    (VISITOR, "security.forgot_password", "Send the link"),
    (VISITOR, "contact.write", "Continue"),
    (VISITOR, "reports.report", "Send the report"),
    (VISITOR, "follow.ask", "Send me the link"),
    (VISITOR, "sheets.blank", "Show what it comes to"),
    (VISITOR, "sheets.choose", "Show the progress"),
    (NEWCOMER, "profile.about_you", "Save and go on"),
    (NEWCOMER, "my_sheets.new", "Go on to the seven screens"),
    (NEWCOMER, "my_sheets.bring", "Keep them in my account"),
    (NEWCOMER, "sheet_shares.invite", "Invite Dana Fitzgerald"),
    (LEAVER, "profile.list_again", "List me again"),
    (TRAINER, "credentials.new", "Save and go on"),
    (TRAINER, "credentials.renew", "Send it in"),
    (TRAINER, "education.new", "Save"),
    (TRAINER, "education.new_card", "Save"),
    (TRAINER, "education_files.import_list", "Start the import"),
    (TRAINER, "security.two_factor_setup", "Show me the code to scan"),
    (TRAINER, "security.wan_register", "Add a passkey"),
    (REVIEWER, "security.mf_recovery_codes", "Make my recovery codes"),
    (CODE_NEXT, "security.two_factor_token_validation", "Go on"),
    (CODE_NEXT, "security.mf_recovery", "Go on"),
    (PASSKEY_NEXT, "security.wan_signin", "Use my passkey"),
    (APPLICANT, "credentials.photo", "Send this photo"),
    (APPLICANT, "credentials.check", "Send it in"),
    (REVIEWER, "review.show", "Confirm"),
    (REVIEWER, "moderation.decide", "Decide"),
    (TRAINER, "portraits.edit", "Send this picture"),
    (ADMIN, "jobs.import_bounces", "Start the import"),
    (ADMIN, "jobs.import_roster", "Start the check"),
)
NOTHING_TO_FILL_IN = {"Make a link", "Show me the code to scan", "Make my recovery codes", "Use my passkey"}
"""Their buttons lead on to something, where those of the others bring back what is missing."""
CHANGES_EACH_TIME = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w.@-]{40,}|(?<=/contact/)[\w-]{30,}|(?<=/follow/)[\w-]{20,}|recipientkey\d+"
)
SEND = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: path});
  for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), {name, value}));
  document.body.append(form);
  form.submit();
}"""
EXPECTED = (403, 404, 410, 422)


@dataclass(frozen=True)
class Stop:
    """A page as one person sees it. `send` is a form that is posted to the page first, for what has no address of
    its own; `press` sends the form by that button; `unfold` opens what is closed.

    `name` is the same in each run, and no other stop has it.
    """

    who: str
    path: str
    press: str = ""
    unfold: str = ""
    send: tuple[tuple[str, str], ...] = ()
    endpoint: str = field(default="", compare=False)
    name: str = field(default="", compare=False)


def collect(site: LiveSite, world: World) -> list[Stop]:
    found = no_link_leads_to(world)
    for who in DOORS:
        found += walk(site, who, known={stop.endpoint for stop in found} - {""})
    found += rejected_forms(site, found)
    return named(dict.fromkeys(found))


def named(stops: Iterable[Stop]) -> list[Stop]:
    taken: Counter[str] = Counter()
    found = []
    for stop in stops:
        words = [stop.who, *CHANGES_EACH_TIME.sub("", stop.path).split("/"), stop.press, stop.unfold]
        words += [f"{name} {value}"[:60] for name, value in stop.send[-1:]]
        name = re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")
        taken[name] += 1
        found.append(replace(stop, name=f"{name}-{taken[name]}" if taken[name] > 1 else name))
    return found


def no_link_leads_to(world: World) -> list[Stop]:
    """Searches with and without an answer, errors, and pages that only a mail leads to."""
    searches = [
        "place=97005&radius=25",
        "place=97005&radius=25&page=2",
        "place=97005&radius=25&status=all",
        "place=99950&radius=10&language=es",
        "place=Portlnd%2C+OR",
        "place=Springfield",
        "place=09012",
        "place=Washington+County%2C+OR",
        "place=washington+county",
        "place=new+york",
        "place=Boise%2C+ID",
        "radius=ten&place=97005",
        "name=Nobody+Atall",
        "name=Lena+Gone",
        "name=1160448213",
        "page=1000000000",
    ]
    maps = ("", "?place=97005", "?status=all", "?place=99950", "?place=Springfield", "?place=Oregon")
    starts = ("/places", "/places?place=portl", "/places?place=qqq", "/places?place=" + "x" * 81)
    addresses = [
        *(f"/trainers?{query}" for query in searches),
        *(f"/trainers/map{query}" for query in maps),
        *starts,
        *(f"/guidance/{article.slug}" for article in list_articles()),
        "/no-such-page",
        "/trainers/nobody-of-this-name",
    ]
    return [
        *(Stop(VISITOR, address) for address in addresses),
        *hip_checks(),
        *sheets(),
        *(Stop(who, address) for who, address in world.hidden),
        Stop(VISITOR, "/", unfold="Menu"),
        Stop(VISITOR, "/trainers", unfold="More choices"),
        Stop(TRAINER, "/review"),
        Stop(TRAINER, "/admin/jobs"),
        Stop(TRAINER, "/dashboard/reminders", press="Make a link"),
    ]


def hip_checks() -> Iterator[Stop]:
    """Each screen and outcome, and the last one with trainers, with an unknown place, and with its signs open."""
    fine = [
        ("now", "none"),
        ("weeks", "none"),
        ("you", "none"),
        ("where", "buttock"),
        ("how", "mild"),
        ("long", "no"),
    ]
    fine += [("disease", "no"), ("active", "no")]
    for answered in (0, 1, 2, 3, 6, 7, 8):
        yield Stop(VISITOR, "/hip-check", send=(("asked", ""), *fine[:answered]))
    yield Stop(VISITOR, "/hip-check", send=(*fine[:3], ("asked", "place")), press="Continue")
    for sign in (("now", "chest"), ("weeks", "limp"), ("you", "bones"), ("disease", "unsure")):
        yield Stop(VISITOR, "/hip-check", send=(*fine, sign))
    for place in ("97005", "nowhere"):
        yield Stop(VISITOR, "/hip-check", send=(*fine, ("place", place)))
    yield Stop(VISITOR, "/hip-check", send=(*fine, ("active", "yes")), unfold="The signs that end it at once")


def sheets() -> Iterator[Stop]:
    """What sheets that nobody keeps come to, without and with pain, and progress over two."""
    for score in ("2", "0"):
        yield Stop(VISITOR, "/sheets/fill-in", send=tuple(typed(score, leg_raise_left="3").items()))
    for labels in (("spring",), ("spring", "autumn")):
        days = (date(2026, 3, 3), date(2026, 9, 9))
        kept = [Sheet(day, all_at(1), label) for day, label in zip(days, labels, strict=False)]
        yield Stop(VISITOR, "/sheets/open", send=tuple(("sheet", files.write([each]).decode()) for each in kept))


def rejected_forms(site: LiveSite, found: list[Stop]) -> list[Stop]:
    """The same pages with a form sent in empty."""
    paths = {(stop.who, endpoint_of(site, stop.path)): stop.path for stop in reversed(found)}
    return [Stop(who, paths[who, endpoint], press=button) for who, endpoint, button in EMPTY_FORMS]


def walk(site: LiveSite, who: str, known: set[str]) -> Iterator[Stop]:
    """From this person's front doors on one page for each route that links lead to and nobody saw before."""
    client, waiting, seen = client_of(site, who), list(DOORS[who]), known - {"profile.dashboard"}
    while waiting:
        path = waiting.pop(0)
        endpoint = endpoint_of(site, path)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        response = client.get(path, follow_redirects=True)
        arrived = response.request.full_path.rstrip("?")
        arrived_at = endpoint_of(site, arrived) or ""
        if response.mimetype == "text/html" and (arrived_at == endpoint or arrived_at not in seen):
            seen.add(arrived_at)
            yield Stop(who, arrived, endpoint=arrived_at)
        waiting += links_in(response.text, arrived)


def client_of(site: LiveSite, who: str) -> FlaskClient:
    client = site.app.test_client()
    if who != VISITOR:
        with site.store() as make, client.session_transaction("/login") as session:
            session["_user_id"] = account_of(make, who).fs_uniquifier
            session["_fresh"] = True
            session["fs_paa"] = time.time()  # gave the password a moment ago
    return client


def links_in(html: str, base: str) -> list[str]:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    addresses = (urljoin(base, link.get("href") or "") for link in tree.iter("a"))
    return [urlsplit(each)._replace(fragment="").geturl() for each in addresses if each.startswith("/")]


def endpoint_of(site: LiveSite, path: str) -> str | None:
    """The route that answers a GET of this address, if it is one to walk to."""
    try:
        endpoint, _ = site.app.url_map.bind("").match(path.split("?")[0], method="GET")
    except HTTPException:
        return None
    return None if endpoint in NOT_A_PAGE else str(endpoint)


class Tour:
    """Opens stops in the browser, each person in a window of her or his own, on a phone's narrow screen."""

    def __init__(self, browser: Browser, site: LiveSite, *, script: str = "") -> None:
        """`script` is at hand on each page."""
        self.browser, self.site, self.script = browser, site, script
        self.windows: dict[str, tuple[Page, Watch]] = {}

    def window(self, who: str) -> tuple[Page, Watch]:
        if who not in self.windows:
            context = self.browser.new_context(
                base_url=self.site.url, locale="en-US", viewport={"width": 360, "height": 740}, **CALM
            )
            context.set_default_timeout(PATIENCE)
            context.add_init_script(self.script)
            watch = Watch(context, self.site.url, expected=EXPECTED)
            self.windows[who] = context.new_page(), watch
            if who in HALF_WAY:
                Person(EMAILS[who], self.windows[who][0], self.site).gives_the_password()
            elif who != VISITOR:
                context.add_cookies([self.cookie_of(who)])
        return self.windows[who]

    def cookie_of(self, who: str) -> Any:
        """Of somebody who is signed in: others try out how people sign in."""
        cookie = client_of(self.site, who).get_cookie("session")
        assert cookie is not None
        return {"name": cookie.key, "value": cookie.value, "url": self.site.url, "httpOnly": True}

    def open(self, stop: Stop) -> tuple[Page, str]:
        """The page, and its HTML as it was sent."""
        page, _watch = self.window(stop.who)
        response = page.goto(stop.path)
        assert response is not None
        html = response.text()
        if stop.send:
            with page.expect_navigation():
                page.evaluate(SEND, [stop.path, stop.send])
            html = page.content()
        if stop.press:
            with page.expect_navigation():
                page.get_by_role("button", name=stop.press, exact=True).click()
            html = page.content()
        if stop.unfold:
            page.get_by_text(stop.unfold, exact=True).first.click()
        return page, html

    def problems(self, stop: Stop) -> list[str]:
        return self.windows[stop.who][1].take()

    def close(self) -> None:
        for page, _watch in self.windows.values():
            page.context.close()
