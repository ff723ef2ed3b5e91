"""Reviewers say when an issuer's lookup does not answer, and when it answers again."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue

from trainers.core.review import outages
from trainers.web import access, site
from trainers.web.htmx import see_other

blueprint = Blueprint("outages", __name__, url_prefix="/review/outages")


@blueprint.post("/<issuer>/begin")
@access.reviewer_only
def begin(issuer: str) -> ResponseReturnValue:
    outages.begin(site.session(), issuer, by=access.actor(), now=site.now())
    site.commit()
    flash(f"It says now that {outages.source_of(issuer)} does not answer.", "success")
    return see_other("/review")


@blueprint.post("/<issuer>/end")
@access.reviewer_only
def end(issuer: str) -> ResponseReturnValue:
    outages.end(site.session(), issuer, by=access.actor(), now=site.now(), today=site.today(), zone=site.zone())
    site.commit()
    flash(f"It answers again: {outages.source_of(issuer)}. What waited for it is due later.", "success")
    return see_other("/review")
