"""What a trainer shows elsewhere: a short link, its QR code, a badge drawn anew each time, a page to print."""

import io

import segno
from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from trainers.core import badges, slugs, trainers
from trainers.core.cards import Card, cards_for
from trainers.core.errors import Gone, NotFound
from trainers.core.models import Trainer
from trainers.web import access, site

blueprint = Blueprint("badges", __name__)

SVG, PNG = "image/svg+xml", "image/png"


@blueprint.get("/t/<code>")
@access.public
def short(code: str) -> ResponseReturnValue:
    trainer = slugs.find_by_code(site.session(), code)
    response = redirect(f"/trainers/{slugs.slug_of(site.session(), trainer)}", 302)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/trainers/<slug>/badge.svg")
@access.public
def badge(slug: str) -> ResponseReturnValue:
    host = site.settings().host
    try:
        trainer, _ = trainers.find_by_slug(site.session(), slug)
    except NotFound as error:
        return picture(badges.not_public(host).encode(), SVG, 410 if isinstance(error, Gone) else 404)
    return picture(badges.badge(trainer.name, cards(trainer), site=host, today=site.today()).encode(), SVG)


@blueprint.get("/trainers/<slug>/qr.<any(svg, png):kind>")
@access.public
def qr(slug: str, kind: str) -> ResponseReturnValue:
    trainer, _ = trainers.find_by_slug(site.session(), slug)
    out = io.BytesIO()
    segno.make(short_address(trainer), error="m", micro=False).save(out, kind=kind, scale=8, border=4)
    return picture(out.getvalue(), SVG if kind == "svg" else PNG)


def picture(data: bytes, content_type: str, status: int = 200) -> Response:
    """Other sites may show it; browsers ask each time whether it has changed."""
    response = Response(data, status, content_type=content_type)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/trainers/<slug>/print")
@access.public
def printed(slug: str) -> ResponseReturnValue:
    trainer, own_slug = trainers.find_by_slug(site.session(), slug)
    if slug != own_slug:
        return redirect(f"/trainers/{own_slug}/print", 301)
    return render_template(
        "badges/print.html",
        trainer=trainer,
        slug=slug,
        cards=cards(trainer),
        address=site.url(f"/trainers/{slug}"),
        short=short_address(trainer),
    )


@blueprint.get("/dashboard/badge")
@access.trainer_only
def mine() -> ResponseReturnValue:
    trainer = access.own_trainer()
    slug = slugs.slug_of(site.session(), trainer)
    return render_template(
        "badges/mine.html",
        trainer=trainer,
        slug=slug,
        address=site.url(f"/trainers/{slug}"),
        picture=site.url(f"/trainers/{slug}/badge.svg"),
        short=short_address(trainer),
    )


def cards(trainer: Trainer) -> list[Card]:
    return cards_for(site.session(), trainer, today=site.today(), zone=site.zone())


def short_address(trainer: Trainer) -> str:
    return site.url(f"/t/{slugs.short_code(site.session(), trainer)}")
