"""One sheet that is kept: for the runner whose it is, and for trainers who are invited.

Each change is saved as it is made. What cannot be saved stays in the form with the reason, be it that the
invitation has ended meanwhile.
"""

from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.errors import NotFound, Refused
from trainers.core.models import KeptSheet
from trainers.core.sheets import kept, sharing
from trainers.core.sheets.sharing import Ended, Seat
from trainers.core.sheets.sheet import Sheet
from trainers.web import access, sheet_pages, site
from trainers.web.forms.sheets import SheetForm, filled_from
from trainers.web.htmx import page_or_fragment, see_other, wants_fragment

blueprint = Blueprint("kept_sheets", __name__, url_prefix="/sheets/kept/<uuid:uuid>")
blueprint.context_processor(sheet_pages.frame)

NOT_SAVED = "What you typed is not saved. It stays in this page: you can download it as a file."


@blueprint.get("")
@access.signed_in
def show(uuid: UUID) -> ResponseReturnValue:
    row, seat = seated(uuid)
    shown = sheet_pages.result_of(kept.value_of(row))
    return render_template("sheets/show.html", row=row, seat=seat, back=back_of(seat), **shown)


@blueprint.get("/file")
@access.signed_in
def file(uuid: UUID) -> ResponseReturnValue:
    row, _seat = seated(uuid)
    return sheet_pages.as_file([kept.value_of(row)])


# Filling in


@blueprint.get("/fill-in")
@access.signed_in
def fill_in(uuid: UUID) -> ResponseReturnValue:
    row, seat = seated(uuid)
    seat.demand_write()
    sheet = kept.value_of(row)
    return form_page(SheetForm(data=filled_from(sheet)), str(uuid), version=row.version, sheet=sheet)


@blueprint.post("/fill-in")
@access.signed_in
def save(uuid: UUID) -> ResponseReturnValue:
    """`meanwhile`: a change that is saved as it is made. `later`: gaps are left for another time."""
    form, typed = SheetForm(), request.form
    version = typed.get("over", type=int) or typed.get("version", 0, type=int)
    overtaken, status = None, 422
    try:
        done = saved(form, str(uuid), version=version, whole=not typed.keys() & {"meanwhile", "later"})
    except kept.Overtaken as error:
        done, overtaken = None, error.version
        form.form_errors.append(error.sentence)
    except NotFound as error:  # erased meanwhile, or never theirs
        done, status = None, 422 if wants_fragment() else 404
        form.form_errors.append(f"{error.sentence} {NOT_SAVED}")
    if done is None:
        site.session().rollback()
        return form_page(form, str(uuid), version=version, overtaken=overtaken, status=status)
    site.commit()
    sheet, version = done
    return (
        form_page(form, str(uuid), version=version, sheet=sheet)
        if wants_fragment()
        else see_other(f"/sheets/kept/{uuid}")
    )


def saved(form: SheetForm, uuid: str, *, version: int, whole: bool) -> tuple[Sheet, int] | None:
    """What is saved, and its version; None with a sentence on what is wrong. Raises NotFound, and Overtaken."""
    try:
        row, seat = seated(uuid, hold=True)
        seat.demand_write()
        sheet = form.read(sheet_pages.latest(), whole=whole)
        if sheet is None:
            return None
        page = request.form.get("page", "")
        return sheet, kept.save(site.session(), row, sheet, version=version, page=page, now=site.now())
    except (Ended, Refused) as error:
        form.form_errors.append(f"{error.sentence} {NOT_SAVED}")
    except kept.TwoOfADay as error:
        form.refuse(error)
    return None


def form_page(
    form: SheetForm,
    uuid: str,
    *,
    version: int,
    sheet: Sheet | None = None,
    overtaken: int | None = None,
    status: int = 422,
) -> Response:
    """With `sheet`, which is what is saved now; without, what was typed is not, and `status` says so."""
    return page_or_fragment(
        "sheets/fill_in_kept.html",
        "sheets/_saved.html",
        status if sheet is None else 200,
        form=form,
        address=f"/sheets/kept/{uuid}",
        whose="" if wants_fragment() else whose(uuid),
        version=version,
        open_page=request.form.get("page") or uuid4().hex,
        saved=sheet,
        overtaken=overtaken,
    )


def whose(uuid: str) -> str:
    """The name that a trainer knows the runner by: there may be several."""
    try:
        _row, seat = seated(uuid)
    except (Ended, NotFound):
        return ""
    return seat.share.runner_name if seat.share else ""


# Erasing


@blueprint.get("/remove")
@access.signed_in
def ask_remove(uuid: UUID) -> ResponseReturnValue:
    row = own(uuid)
    return render_template("sheets/remove.html", row=row, sheet=kept.value_of(row))


@blueprint.post("/remove")
@access.signed_in
def remove(uuid: UUID) -> ResponseReturnValue:
    kept.remove(site.session(), own(uuid))
    site.commit()
    flash("The sheet is erased.", "success")
    return see_other("/sheets/mine")


# Who may


def seated(uuid: UUID | str, *, hold: bool = False) -> tuple[KeptSheet, Seat]:
    """Raises NotFound where the sheet is not theirs and nobody has invited them."""
    session, trainer = site.session(), access.find_trainer()  # whose row is held before any other
    row = kept.find(session, str(uuid), hold=hold)
    return row, sharing.seat_at(session, row, access.account().id, trainer, today=site.today(), hold=hold)


def own(uuid: UUID) -> KeptSheet:
    """Only runners erase; a trainer's invitation is no right to."""
    row, seat = seated(uuid)
    if not seat.is_owner:
        raise NotFound(kept.NO_SUCH_SHEET)
    return row


def back_of(seat: Seat) -> str:
    return f"/sheets/runners/{seat.share.uuid}" if seat.share else "/sheets/mine"
