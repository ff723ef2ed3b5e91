"""Runners who have invited a trainer: their sheets, a new one, their progress, and an end."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.sheets import kept, sharing
from trainers.core.sheets.progress import progress_of
from trainers.core.sheets.sharing import Seat
from trainers.web import access, sheet_pages, site
from trainers.web.forms.sheets import BeginForm
from trainers.web.htmx import see_other

blueprint = Blueprint("runners", __name__, url_prefix="/sheets/runners")
blueprint.context_processor(sheet_pages.frame)


@blueprint.get("")
@access.trainer_only
def index() -> ResponseReturnValue:
    session, trainer = site.session(), access.own_trainer()
    return render_template(
        "sheets/runners.html",
        runners=sharing.runners_of(session, trainer),
        may_write=sharing.may_fill_in(session, trainer, today=site.today()),
    )


@blueprint.get("/<uuid:uuid>")
@access.trainer_only
def show(uuid: UUID) -> ResponseReturnValue:
    seat = seat_of(uuid)
    rows = [(row, kept.value_of(row)) for row in kept.sheets_of(site.session(), seat.owner_id)]
    return render_template("sheets/runner.html", seat=seat, share=seat.share, rows=rows)


@blueprint.route("/<uuid:uuid>/new", methods=["GET", "POST"])
@access.trainer_only
def new(uuid: UUID) -> ResponseReturnValue:
    seat, form, begun = seat_of(uuid, hold=request.method == "POST"), BeginForm(), None
    seat.demand_write()
    form.drop_consent()
    if request.method == "POST":
        by = access.own_trainer().id
        begun = sheet_pages.begun(form, seat.owner_id, asks_consent=False, by_trainer_id=by)
    if begun:
        return see_other(f"/sheets/kept/{begun}/fill-in")
    address = f"/sheets/runners/{uuid}/new"
    html = render_template("sheets/new.html", form=form, asks_consent=False, share=seat.share, address=address)
    return html, 422 if form.rejected else 200


@blueprint.get("/<uuid:uuid>/progress")
@access.trainer_only
def progress(uuid: UUID) -> ResponseReturnValue:
    seat = seat_of(uuid)
    sheets = sheet_pages.values_of(kept.sheets_of(site.session(), seat.owner_id))
    shown = sheet_pages.progress_shown(progress_of(sheets))
    return render_template("sheets/progress.html", path=f"/sheets/runners/{uuid}", share=seat.share, **shown)


@blueprint.get("/<uuid:uuid>/sheets.csv")
@access.trainer_only
def as_csv(uuid: UUID) -> ResponseReturnValue:
    seat = seat_of(uuid)
    return sheet_pages.as_csv(sheet_pages.values_of(kept.sheets_of(site.session(), seat.owner_id)))


@blueprint.post("/<uuid:uuid>/end")
@access.trainer_only
def end(uuid: UUID) -> ResponseReturnValue:
    session = site.session()
    share = sharing.find_share(session, access.own_trainer(), str(uuid), hold=True)
    sharing.end(session, share, by="trainer", now=site.now())
    site.commit()
    flash(f"You see the sheets of {share.runner_name} no longer.", "success")
    return see_other("/sheets/runners")


def seat_of(uuid: UUID, *, hold: bool = False) -> Seat:
    session, trainer = site.session(), access.own_trainer()
    share = sharing.find_share(session, trainer, str(uuid), hold=hold)
    return sharing.seat_by(session, share, trainer, today=site.today())
