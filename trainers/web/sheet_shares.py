"""Whom a runner lets see and fill in her or his sheets: found by name, invited, and not any more."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import trainers
from trainers.core.errors import DomainError
from trainers.core.models import Trainer
from trainers.core.search.directory import Query, search
from trainers.core.sheets import kept, sharing
from trainers.core.texts import one_line
from trainers.extensions import limiter
from trainers.web import access, sheet_pages, site
from trainers.web.forms.sheets import InviteForm
from trainers.web.htmx import see_other

blueprint = Blueprint("sheet_shares", __name__, url_prefix="/sheets/mine/trainers")
blueprint.context_processor(sheet_pages.frame)

LONGEST_NAME = 120


@blueprint.get("")
@access.signed_in
def index() -> ResponseReturnValue:
    session = site.session()
    name = one_line(request.args.get("name", ""))[:LONGEST_NAME]
    shares = sharing.shares_of(session, access.account().id)
    today = site.today()
    found = search(session, Query(name=name), today=today) if name else None
    return render_template(
        "sheets/trainers.html",
        shares=[(share, sharing.may_fill_in(session, share.trainer, today=today)) for share in shares],
        name=name,
        found=found.rows if found else (),
        more=found.total - len(found.rows) if found else 0,
    )


@blueprint.route("/invite/<slug>", methods=["GET", "POST"])
@limiter.limit("10 per hour; 30 per day", methods=["POST"])
@access.signed_in
def invite(slug: str) -> ResponseReturnValue:
    session = site.session()
    trainer, current_slug = trainers.find_by_slug(session, slug)
    form, asks = InviteForm(), not kept.keeps(session, access.account().id)
    if request.method == "POST" and invited(form, trainer, asks=asks):
        flash(f"{trainer.name} is invited, and sees your sheets from now on.", "success")
        return see_other("/sheets/mine/trainers")
    html = render_template(
        "sheets/invite.html",
        form=form,
        trainer=trainer,
        slug=current_slug,
        asks_consent=asks,
        is_current=sharing.may_fill_in(session, trainer, today=site.today()),
    )
    return html, 422 if form.rejected else 200


def invited(form: InviteForm, trainer: Trainer, *, asks: bool) -> bool:
    session, account, now = site.session(), access.account(), site.now()
    form.validate()
    if asks:
        form.demand_consent()
    if form.rejected:
        return False
    try:
        if asks:
            kept.agree(session, account.id, now=now)
        name = form.runner_name.data or ""
        sharing.invite(session, account, trainer, runner_name=name, now=now, today=site.today())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.post("/<uuid:uuid>/end")
@access.signed_in
def end(uuid: UUID) -> ResponseReturnValue:
    session = site.session()
    share = sharing.own_share(session, access.account().id, str(uuid))
    name = share.trainer.name
    sharing.end(session, share, by="runner", now=site.now())
    site.commit()
    flash(f"{name} sees your sheets no longer.", "success")
    return see_other("/sheets/mine/trainers")
