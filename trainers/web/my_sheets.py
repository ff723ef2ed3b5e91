"""My sheets: those that a runner keeps in her or his account, their progress, files in and out, and an end."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from trainers.core.errors import DomainError
from trainers.core.sheets import kept, sharing
from trainers.core.sheets.progress import progress_of
from trainers.core.sheets.sheet import Sheet
from trainers.web import access, errors, sheet_pages, site
from trainers.web.forms.sheets import BeginForm, BringForm
from trainers.web.htmx import see_other

blueprint = Blueprint("my_sheets", __name__, url_prefix="/sheets/mine")
blueprint.context_processor(sheet_pages.frame)

MINE = "/sheets/mine"


@blueprint.get("")
@access.signed_in
def index() -> ResponseReturnValue:
    session, account = site.session(), access.account()
    rows = kept.sheets_of(session, account.id)
    return render_template(
        "sheets/mine.html",
        rows=[(row, kept.value_of(row)) for row in rows],
        shares=sharing.shares_of(session, account.id),
        agreed=kept.keeps(session, account.id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access.signed_in
def new() -> ResponseReturnValue:
    form, asks = BeginForm(), must_ask()
    uuid = sheet_pages.begun(form, access.account().id, asks_consent=asks) if request.method == "POST" else None
    if uuid:
        return see_other(f"/sheets/kept/{uuid}/fill-in")
    html = render_template("sheets/new.html", form=form, asks_consent=asks, share=None, address=f"{MINE}/new")
    return html, 422 if form.rejected else 200


def must_ask() -> bool:
    """For consent: before the first sheet is kept, and again when none is left."""
    session, owner_id = site.session(), access.account().id
    return not (kept.keeps(session, owner_id) and kept.count(session, owner_id))


def own_sheets() -> list[Sheet]:
    return sheet_pages.values_of(kept.sheets_of(site.session(), access.account().id))


@blueprint.get("/progress")
@access.signed_in
def progress() -> ResponseReturnValue:
    shown = sheet_pages.progress_shown(progress_of(own_sheets()))
    return render_template("sheets/progress.html", path=MINE, share=None, **shown)


@blueprint.get("/sheets.csv")
@access.signed_in
def as_csv() -> ResponseReturnValue:
    return sheet_pages.as_csv(own_sheets())


@blueprint.get("/sheets.json")
@access.signed_in
def as_file() -> ResponseReturnValue:
    """Everything that is kept of somebody's sheets, to take along."""
    sheets = own_sheets()
    if not sheets:
        flash("You keep no sheet here yet.", "warning")
        return see_other(MINE)
    return sheet_pages.as_file(sheets)


# From files


@blueprint.route("/bring", methods=["GET", "POST"])
@access.signed_in
def bring() -> ResponseReturnValue:
    form, asks, sheets = BringForm(), must_ask(), []
    if request.method == "POST":
        sheets = form.read(request.form, sheet_pages.latest())
        if asks:
            form.demand_consent()
        if not sheets and not form.file.errors:
            form.tell("Choose a file of sheets first.")
        if not form.rejected and brought(form, sheets, asks=asks):
            return see_other(MINE)
    html = render_template("sheets/bring.html", form=form, sheets=sheets, asks_consent=asks)
    return html, 422 if form.rejected else 200


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is far too large is not even read: nothing of it can be shown again."""
    if request.endpoint != "my_sheets.bring" or not access.is_signed_in():
        return errors.on_http(error)
    form = BringForm(formdata=None)
    form.tell(sheet_pages.TOO_LARGE)
    return render_template("sheets/bring.html", form=form, sheets=[], asks_consent=must_ask()), 422


def brought(form: BringForm, sheets: list[Sheet], *, asks: bool) -> bool:
    session, owner_id, now = site.session(), access.account().id, site.now()
    try:
        if asks:
            kept.agree(session, owner_id, now=now)
        new = kept.bring(session, owner_id, sheets, now=now)
    except DomainError as error:
        session.rollback()
        form.tell(error.sentence)
        return False
    site.commit()
    told = "1 sheet is" if new == 1 else f"{new} sheets are"
    flash(f"{told} kept in your account." if new else "All of them are in your account already.", "success")
    return True


# The end


@blueprint.get("/erase")
@access.signed_in
def ask_erase() -> ResponseReturnValue:
    session, owner_id = site.session(), access.account().id
    count, shares = kept.count(session, owner_id), sharing.shares_of(session, owner_id)
    return render_template("sheets/erase.html", count=count, shares=shares)


@blueprint.post("/erase")
@access.signed_in
def erase() -> ResponseReturnValue:
    kept.erase_all(site.session(), access.account().id)
    site.commit()
    flash("All your sheets are erased, and nobody is invited any more.", "success")
    return see_other(MINE)
