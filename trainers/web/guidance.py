"""What people read: articles, the issuers' rules, and the site's own pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core import articles
from trainers.core.rules import rule_book
from trainers.core.standing.status_words import STATUS_WORDS
from trainers.web import access, site

blueprint = Blueprint("guidance", __name__)

OWN_PAGES = (
    "for-trainers",
    "how-results-are-ordered",
    "about",
    "privacy",
    "terms",
    "accessibility",
    "for-programs",
)


@blueprint.get("/guidance")
@access.public
def index() -> ResponseReturnValue:
    return render_template("guidance/index.html", articles=articles.list_articles())


@blueprint.get("/guidance/<slug>")
@access.public
def show(slug: str) -> ResponseReturnValue:
    return render_template(
        "guidance/show.html", article=articles.get_article(slug), medical_notice=articles.MEDICAL_NOTICE
    )


@blueprint.get("/rules")
@access.public
def rules() -> ResponseReturnValue:
    book = rule_book()
    return render_template("guidance/rules.html", book=book, rules=book.rules_on(site.today()), words=STATUS_WORDS)


def own_page(slug: str) -> ResponseReturnValue:
    settings = site.settings()
    values = {"site_email": settings.site_email, "postal_address": settings.site_postal_address}
    return render_template("guidance/page.html", page=articles.get_page(slug, values))


for _slug in OWN_PAGES:
    blueprint.add_url_rule(f"/{_slug}", _slug.replace("-", "_"), access.public(own_page), defaults={"slug": _slug})
