"""Finding a trainer, checking one by name or number, and the public profile."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import history, labels, moderation, trainers
from trainers.core.cards import Card, cards_for
from trainers.core.dates import parse_day
from trainers.core.errors import DomainError
from trainers.core.models import Trainer
from trainers.core.review import outages
from trainers.core.rules import load_specialties, rule_book
from trainers.core.search import directory
from trainers.core.search.languages import language_name
from trainers.core.search.places import Area, Found, Spot
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.boxes import Boxes
from trainers.web.forms.search import TrainerSearch
from trainers.web.htmx import page_or_fragment
from trainers.web.kept_pages import kept
from trainers.web.searching import PAGE, SEARCH_LIMIT, around, refused

blueprint = Blueprint("directory", __name__)


@blueprint.get("/trainers")
@limiter.limit(SEARCH_LIMIT, exempt_when=site.is_tried_out)
@access.public
@kept
def index() -> ResponseReturnValue:
    form = TrainerSearch()
    form.validate()
    found = form.locate(site.session())
    if form.errors:
        return refused(form, found)
    context = around(form, found) | answer(form, found)
    return page_or_fragment(PAGE, "directory/_answer.html", show_address=form.address(), **context)


def answer(form: TrainerSearch, found: Found | None) -> dict[str, Any]:
    """The results; for a place that is none on the map, how many can be met online instead."""
    day: dict[str, Any] = {"today": site.today(), "kept": site.kept_counts()}
    if found is None or isinstance(found, Spot | Area):
        results = directory.search(site.session(), form.query(found), **day)
        return {"results": results, "boxes": Boxes(form, form.counts(results.facets), results.spoken)}
    return {"online": directory.count_online(site.session(), form.query(None), **day)}


@blueprint.get("/check")
@access.public
def check() -> ResponseReturnValue:
    return render_template("directory/check.html", form=TrainerSearch(), book=rule_book())


@blueprint.get("/trainers/<slug>")
@access.public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = site.session()
    trainer, own_slug = trainers.find_by_slug(session, slug)
    if slug != own_slug:
        return redirect(f"/trainers/{own_slug}", 301)
    if "on" in request.args:
        return then(trainer, slug)
    zone = ZoneInfo(site.settings().site_timezone)
    cards = cards_for(session, trainer, today=site.today(), zone=zone)
    return render_template(
        "directory/show.html",
        trainer=trainer,
        slug=slug,
        cards=cards,
        outages=[each for each in outages.open_outages(session) if each.issuer in {card.issuer for card in cards}],
        source_of=outages.source_of,
        problem="",
        typed="",
        labels=labels.labels(cards),
        portrait=moderation.newest(session, trainer, "shown"),
        address=site.url(f"/trainers/{slug}"),
        experience=experience_of(trainer),
        languages=languages_of(trainer),
        person=person(trainer, slug, cards),
    )


def then(trainer: Trainer, slug: str) -> ResponseReturnValue:
    """What the record said on a day, as told on that day and as known since."""
    typed, found, problem, day = request.args["on"].strip(), [], "", None
    try:
        day = parse_day(typed)
        found = history.on_day(site.session(), trainer, day, today=site.today(), zone=site.zone())
    except DomainError as error:
        problem = error.sentence
    except ValueError as error:
        problem = str(error)
    html = render_template(
        "directory/then.html", trainer=trainer, slug=slug, day=day, typed=typed, found=found, problem=problem
    )
    return html, 422 if problem else 200


def experience_of(trainer: Trainer) -> list[str]:
    said = {row.specialty for row in trainer.specialties}
    return [each.name for each in load_specialties() if each.slug in said]


def languages_of(trainer: Trainer) -> list[str]:
    return sorted(language_name(row.language) for row in trainer.languages)


def person(trainer: Trainer, slug: str, cards: list[Card]) -> dict[str, Any]:
    """The profile for machines (schema.org): only what the page shows."""
    address = site.url(f"/trainers/{slug}")
    held = [certification(card, address) for card in cards if card.current or card.over]
    who = {"@type": "Person", "name": trainer.name, "url": address} | ({"hasCertification": held} if held else {})
    return {"@context": "https://schema.org", "@type": "ProfilePage", "url": address, "mainEntity": who}


def certification(card: Card, address: str) -> dict[str, Any]:
    """Active is what counts as current, inactive what is over; of all else a machine would believe too much."""
    status = "CertificationActive" if card.current else "CertificationInactive"
    said: dict[str, Any] = {
        "@type": "Certification",
        "name": card.title,
        "url": f"{address}#{card.anchor}",
        "certificationStatus": f"https://schema.org/{status}",
        "issuedBy": {"@type": "Organization", "name": card.issuer_name},
    }
    if card.expires_on:
        said["expires"] = card.expires_on.isoformat()
    if card.record:
        said["auditDate"] = card.record.on.isoformat()
    return said
