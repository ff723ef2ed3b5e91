"""Movement sheets without an account. What is filled in travels in the form that is sent, and is kept nowhere.

As with the hip check no address, cookie, log line or row holds any of it; forms that store nothing need no token.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from trainers.core.sheets.progress import ONE_IS_NONE, progress_of
from trainers.core.sheets.sheet import Sheet
from trainers.extensions import csrf
from trainers.web import access, errors, sheet_pages
from trainers.web.forms.sheets import FilesForm, SheetForm

blueprint = Blueprint("sheets", __name__, url_prefix="/sheets")
csrf.exempt(blueprint)
blueprint.context_processor(sheet_pages.frame)

NO_TOKEN = {"csrf": False}


@blueprint.get("")
@access.public
def index() -> ResponseReturnValue:
    return render_template("sheets/index.html")


@blueprint.get("/fill-in")
@access.public
def blank() -> ResponseReturnValue:
    return form_page(SheetForm(formdata=None, meta=NO_TOKEN))


@blueprint.post("/fill-in")
@access.linked
def fill_in() -> ResponseReturnValue:
    """The result; or the form again, where something is missing or shall be changed."""
    form = SheetForm(meta=NO_TOKEN)
    if "change" in request.form:
        return form_page(form)
    sheet = form.read(sheet_pages.latest(), whole=True)
    if sheet is None:
        return form_page(form), 422
    return render_template("sheets/result.html", form=form, **sheet_pages.result_of(sheet))


@blueprint.post("/file")
@access.linked
def file() -> ResponseReturnValue:
    """Also of a sheet with gaps: where an invitation has ended, it is the only way to keep what was seen."""
    form = SheetForm(meta=NO_TOKEN)
    sheet = form.read(sheet_pages.latest(), whole=False)
    return (form_page(form), 422) if sheet is None else sheet_pages.as_file([sheet])


def form_page(form: SheetForm) -> str:
    """With the word to stop where something hurts already, whatever else is wrong."""
    return render_template("sheets/fill_in.html", form=form, hurts=form.refers)


# Files, opened again


@blueprint.get("/open")
@access.public
def choose() -> ResponseReturnValue:
    return choose_page(FilesForm(formdata=None, meta=NO_TOKEN), [])


@blueprint.post("/open")
@access.linked
def opened() -> ResponseReturnValue:
    """Progress; or the form again with what was read, where a file cannot be read or there is only one sheet."""
    form, sheets = read_files()
    if "more" in request.form and not form.rejected:
        return choose_page(form, sheets)
    progress = progress_of(sheets)
    if not form.rejected and not progress.enough:
        form.tell(ONE_IS_NONE if sheets else "Choose two files of sheets or more.")
    if form.rejected:
        return choose_page(form, sheets), 422
    return render_template("sheets/opened.html", sheets=sheets, **sheet_pages.progress_shown(progress))


@blueprint.post("/open/sheets.csv")
@access.linked
def as_csv() -> ResponseReturnValue:
    form, sheets = read_files(some=True)
    return (choose_page(form, sheets), 422) if form.rejected else sheet_pages.as_csv(sheets)


@blueprint.post("/open/file")
@access.linked
def as_file() -> ResponseReturnValue:
    """All of them in one file."""
    form, sheets = read_files(some=True)
    return (choose_page(form, sheets), 422) if form.rejected else sheet_pages.as_file(sheets)


def read_files(*, some: bool = False) -> tuple[FilesForm, list[Sheet]]:
    """`some`: without any it is refused."""
    form = FilesForm(meta=NO_TOKEN)
    sheets = form.read(request.form, sheet_pages.latest())
    if some and not sheets and not form.rejected:
        form.tell("Choose a file of sheets first.")
    return form, sheets


def choose_page(form: FilesForm, sheets: list[Sheet]) -> str:
    return render_template("sheets/open.html", form=form, sheets=sheets)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is far too large is not even read: nothing of it can be shown again."""
    if request.endpoint not in ("sheets.opened", "sheets.as_csv", "sheets.as_file"):
        return errors.on_http(error)
    form = FilesForm(formdata=None, meta=NO_TOKEN)
    form.tell(sheet_pages.TOO_LARGE)
    return choose_page(form, []), 422
