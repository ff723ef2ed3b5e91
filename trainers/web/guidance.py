"""What people read: articles, the issuers' rules, and the site's own pages."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import articles
from trainers.core.rules import load_specialties, rule_book
from trainers.core.standing.status_words import STATUS_WORDS
from trainers.extensions import csrf
from trainers.web import access, site
from trainers.web.forms.search import TrainerSearch
from trainers.web.htmx import see_other

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
    return render_template("guidance/index.html", ways=articles.list_ways())


@blueprint.get("/guidance/<slug>")
@access.public
def show(slug: str) -> ResponseReturnValue:
    article = articles.get_article(slug)
    return render_template(
        "guidance/show.html",
        article=article,
        related=articles.related_to(article),
        specialty=next((each for each in load_specialties() if each.slug == article.search_for), None),
        medical_notice=articles.MEDICAL_NOTICE,
        no_endorsement=articles.NO_ENDORSEMENT,
    )


@blueprint.get("/guidance/six-week-sheet")
@access.public
def six_week_sheet() -> ResponseReturnValue:
    return render_template("guidance/six_week_sheet.html", medical_notice=articles.MEDICAL_NOTICE)


@blueprint.get("/guidance/letter-to-your-doctor")
@access.public
def letter() -> ResponseReturnValue:
    return render_template("guidance/letter.html", medical_notice=articles.MEDICAL_NOTICE)


@blueprint.post("/guidance/find")
@csrf.exempt
@access.linked
def find() -> ResponseReturnValue:
    """From the end of an article on to the search. It changes and stores nothing, and articles, being the same for
    everybody, carry no token."""
    return see_other(TrainerSearch(request.form).address())


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
