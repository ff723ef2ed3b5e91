"""What all pages with movement sheets share, be they kept or not: what they show, and the files they hand out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, request

from trainers.core.articles import MEDICAL_NOTICE
from trainers.core.errors import DomainError
from trainers.core.long_work.spreadsheets import BOM, write_rows
from trainers.core.models import KeptSheet
from trainers.core.screening import ideas_for
from trainers.core.screening_file import the_screens
from trainers.core.sheets import charts, files, kept
from trainers.core.sheets.progress import Progress, as_rows
from trainers.core.sheets.sheet import Sheet, latest_day
from trainers.web import site
from trainers.web.forms.sheets import BeginForm

TOO_LARGE = (
    f"What you chose is too large to be sheets, so nothing of what you sent was read. {files.TOO_LARGE} Were"
    " sheets read before? Go back in your browser: they are still there. Or choose the files again here."
)
DAY = 24 * 60
CSV, JSON = "text/csv; charset=utf-8", "application/json"


def frame() -> dict[str, Any]:
    """What each of the pages may name."""
    return {
        "screens": the_screens(),
        "medical_notice": MEDICAL_NOTICE,
        "file_text": lambda sheet: files.write([sheet]).decode(),
    }


def latest() -> date:
    """The last day that a sheet may bear: in Guam it is tomorrow already."""
    minutes = request.form.get("minutes_ahead", type=int)
    ahead = timedelta(minutes=minutes) if minutes is not None and abs(minutes) < DAY else None
    return latest_day(site.now(), ahead=ahead)


def result_of(sheet: Sheet) -> dict[str, Any]:
    """One sheet as its page shows it."""
    return {"sheet": sheet, "result": sheet.result, "ideas": ideas_for(sheet.result.to_work_on)}


def progress_shown(progress: Progress) -> dict[str, Any]:
    """Several sheets as their page shows them."""
    if not progress.sheets:
        return {"progress": progress, "charts": [], "sums": [], "ideas": []}
    return {
        "progress": progress,
        "charts": charts.charts_of(progress, the_screens().screens),
        "sums": [charts.total_chart(progress), charts.uneven_chart(progress)],
        "ideas": [] if progress.painful else ideas_for(progress.newest.result.to_work_on),
    }


def values_of(rows: Iterable[KeptSheet]) -> list[Sheet]:
    return [kept.value_of(row) for row in rows]


def begun(form: BeginForm, owner_id: int, *, asks_consent: bool, by_trainer_id: int | None = None) -> str | None:
    """The uuid of a sheet that was begun; None with a sentence at the field."""
    sheet = form.read(latest(), asks_consent=asks_consent)
    if sheet is None:
        return None
    session, now = site.session(), site.now()
    try:
        if asks_consent:
            kept.agree(session, owner_id, now=now)
        uuid = kept.begin(session, owner_id, sheet, now=now, by_trainer_id=by_trainer_id).uuid
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return None
    site.commit()
    return uuid


def as_file(sheets: Sequence[Sheet]) -> Response:
    days = sorted(sheet.screened_on for sheet in sheets)
    name = f"movement-sheet-{days[0]}.json" if len(days) == 1 else f"movement-sheets-to-{days[-1]}.json"
    return handed_out(files.write(sheets), name, JSON)


def as_csv(sheets: Sequence[Sheet]) -> Response:
    return handed_out(BOM + write_rows(as_rows(sheets)), "movement-sheets.csv", CSV)


def handed_out(data: bytes, name: str, content_type: str) -> Response:
    """To save, never to show."""
    response = Response(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.content_length = len(data)
    return response
