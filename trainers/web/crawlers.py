"""What programs look for at fixed addresses: the sitemap, robots.txt, and whom to tell of a hole (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from trainers.core import articles
from trainers.core.search import sitemap
from trainers.web import access, site

blueprint = Blueprint("crawlers", __name__)
MOST_PARTS = 40_000
"""With that number its first id is still one that both engines can read."""
SECURITY_DAYS = 180
"""RFC 9116: an expiry less than a year ahead."""
PAGES = (
    "home.index",
    "directory.index",
    "directory.check",
    "guidance.index",
    "guidance.six_week_sheet",
    "guidance.letter",
    "guidance.rules",
    "guidance.for_trainers",
    "guidance.how_results_are_ordered",
    "guidance.about",
    "guidance.privacy",
    "guidance.terms",
    "guidance.accessibility",
    "guidance.for_programs",
    "our_record.show",
    "hip_check.intro",
    "sheets.index",
    "sheets.blank",
    "sheets.choose",
)


@blueprint.get("/sitemap.xml")
@access.public
def index() -> ResponseReturnValue:
    numbers = sitemap.parts(site.session(), today=site.today())
    paths = [url_for("crawlers.trainers", part=number) for number in numbers]
    return in_xml("crawlers/index.xml", [url_for("crawlers.pages"), *paths])


@blueprint.get("/sitemaps/pages.xml")
@access.public
def pages() -> ResponseReturnValue:
    written = [url_for("guidance.show", slug=article.slug) for article in articles.list_articles()]
    return in_xml("crawlers/addresses.xml", [*map(url_for, PAGES), *written])


@blueprint.get("/sitemaps/trainers-<int:part>.xml")
@access.public
def trainers(part: int) -> ResponseReturnValue:
    slugs = sitemap.slugs(site.session(), part, today=site.today()) if 0 < part < MOST_PARTS else []
    if not slugs:
        abort(404)
    return in_xml("crawlers/addresses.xml", [f"/trainers/{slug}" for slug in slugs])


def in_xml(template: str, paths: list[str]) -> Response:
    return Response(render_template(template, addresses=map(site.url, paths)), mimetype="application/xml")


@blueprint.get("/robots.txt")
@access.public
def robots() -> ResponseReturnValue:
    return in_text("crawlers/robots.txt", sitemap=site.url(url_for("crawlers.index")))


@blueprint.get("/.well-known/security.txt")
@access.public
def security() -> ResponseReturnValue:
    until = datetime.combine(site.today() + timedelta(days=SECURITY_DAYS), time(), UTC)
    return in_text("crawlers/security.txt", until=until.strftime("%Y-%m-%dT%H:%M:%SZ"))


def in_text(template: str, **values: str) -> Response:
    return Response(render_template(template, **values), mimetype="text/plain")
