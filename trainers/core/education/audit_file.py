"""The file of a cycle, for an issuer who asks for proof: what was done, what counts as we read it, the papers."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..credentials import find_own, rule_for
from ..dates import long_date
from ..errors import NotFound
from ..evidence import Files
from ..models import Credential, DatedItem, Paper, Term, Trainer
from ..names import western
from ..units import units_text
from . import progress
from .counting import Count, Item
from .cycles import Cycle

PHOTO_SIDE = 1400  # pixels: a certificate can be read, and thirty of them fit into a mail
HEADER = (
    "title",
    "provider",
    "course number",
    "date",
    "minutes",
    "units",
    "unit",
    "category",
    "counts",
    "why not, or what to know",
    "photos",
)


@dataclass(frozen=True)
class CycleFile:
    """One certification's cycle, with the papers that belong to its records and to the CPR/AED card."""

    trainer: Trainer
    term: Term
    count: Count
    made_on: date
    card: DatedItem | None
    papers: dict[int, list[Paper]]
    card_papers: list[Paper]

    @property
    def items(self) -> list[Item]:
        """Those of the cycle; of other cycles an issuer asks nothing."""
        cycle = self.count.cycle
        return [
            item for item in self.count.items if item.record.completed_on and cycle.holds(item.record.completed_on)
        ]

    def file_name(self, ending: str) -> str:
        return f"{self.count.rule.code.lower()}-{self.count.cycle.ends_on.isoformat()}.{ending}"


def of_credential(
    session: Session, trainer: Trainer, uuid: str, *, today: date, ends_on: date | None = None
) -> CycleFile:
    """Of the running cycle, or of an earlier one by its last day. Raises NotFound where there is none to count."""
    credential = find_own(session, trainer, uuid)
    ends = progress.ends_of(session, [trainer.id])[trainer.id]
    records = progress.logged(session, [trainer.id])
    [found] = progress.assess([credential], records, ends, today)
    if ends_on is not None and ends_on != found.ends_on:
        found = of_former(found, ends_on)
    whole = progress.whole_count(found, records, ends)
    if whole is None:
        raise NotFound("There is no cycle to make a file of.")
    card = session.scalars(
        select(DatedItem)
        .where(DatedItem.trainer_id == trainer.id, DatedItem.kind == "cpr_aed")
        .order_by(DatedItem.expires_on.desc(), DatedItem.id.desc())
    ).first()
    kept = session.scalars(
        select(Paper).where(Paper.trainer_id == trainer.id, Paper.state == "attached").order_by(Paper.id)
    ).all()
    return CycleFile(
        trainer=trainer,
        term=term_of(credential, whole.cycle),
        count=whole,
        made_on=today,
        card=card,
        papers=by_record(kept),
        card_papers=[paper for paper in kept if card is not None and paper.item_id == card.id],
    )


def of_former(found: progress.Progress, ends_on: date) -> progress.Progress:
    """By the rule of that time. Raises NotFound where no look confirmed a term that ended on that day."""
    cycle = next((each for each in progress.former_cycles(found) if each.ends_on == ends_on), None)
    if cycle is None:
        raise NotFound("There is no such cycle here.")
    return replace(
        found, cycle=cycle, ends_on=ends_on, rule=rule_for(found.credential.type, ends_on), covered_by=""
    )


def term_of(credential: Credential, cycle: Cycle) -> Term:
    return next(
        (each for each in reversed(credential.terms) if each.expires_on == cycle.ends_on), credential.terms[-1]
    )


def by_record(papers: Sequence[Paper]) -> dict[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    for paper in papers:
        if paper.record_id is not None:
            found.setdefault(paper.record_id, []).append(paper)
    return found


def as_rows(found: CycleFile, categories: dict[str, str]) -> Iterator[Sequence[object]]:
    """For a spreadsheet: the names of the columns, the records, the sums."""
    yield HEADER
    for item in found.items:
        record = item.record
        yield (
            record.title,
            record.provider,
            record.course_number,
            record.completed_on.isoformat() if record.completed_on else "",
            record.minutes or "",
            units_text(record.units) if record.units else "",
            record.unit or "",
            categories[record.category],
            units_text(item.counted),
            " ".join(filter(None, (item.reason, *item.notes))),
            len(found.papers.get(record.id, [])),
        )
    if found.count.card:
        until = f"until {found.card.expires_on.isoformat()}" if found.card else ""
        yield (
            "CPR/AED card",
            "",
            "",
            until,
            "",
            "",
            "",
            "",
            units_text(found.count.card),
            "",
            len(found.card_papers),
        )
    yield ("Together", "", "", "", "", "", "", "", units_text(found.count.counted), found.count.sentence, "")


# The PDF


class Sheets(FPDF):
    """Pages with a foot. The fonts that every reader has know the letters of Western Europe; others are written
    without their marks, so that no file fails for a name."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, f"{self.foot} Page {self.page_no()}", align="C")

    def line_of(self, text: str, *, size: int = 10, bold: bool = False, height: float = 5.5) -> None:
        self.set_font("Helvetica", "B" if bold else "", size)
        self.multi_cell(0, height, western(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def gap(self, height: float = 3) -> None:
        self.ln(height)


def as_pdf(found: CycleFile, files: Files, amount: Callable[[Any], str]) -> bytes:
    """`amount` says the length of a record in words. Photos stand after the list; PDFs are named there."""
    sheets = Sheets(format="letter")
    sheets.set_auto_page_break(True, margin=18)
    sheets.set_title(f"Continuing education for {found.count.rule.label}")
    sheets.foot = f"Made on {long_date(found.made_on)} from the trainer's own log."
    sheets.add_page()
    write_head(sheets, found)
    for number, item in enumerate(found.items, 1):
        write_item(sheets, number, item, len(found.papers.get(item.record.id, [])), amount)
    write_sum(sheets, found)
    for number, item in enumerate(found.items, 1):
        write_papers(sheets, files, f"{number}. {item.record.title}", found.papers.get(item.record.id, []))
    write_papers(sheets, files, "CPR/AED card", found.card_papers)
    return bytes(sheets.output())


def write_head(sheets: Sheets, found: CycleFile) -> None:
    rule, cycle = found.count.rule, found.count.cycle
    sheets.line_of("Continuing education", size=18, bold=True, height=9)
    sheets.line_of(rule.full_name, size=13, bold=True, height=7)
    sheets.gap()
    sheets.line_of(f"Name on the certificate: {found.term.name_on_certificate}")
    sheets.line_of(f"Certificate number: {found.term.number}")
    sheets.line_of(f"Cycle: {long_date(cycle.begins_on)} to {long_date(cycle.ends_on)}")
    sheets.gap()
    sheets.line_of(found.count.sentence)
    sheets.gap(5)


def write_item(sheets: Sheets, number: int, item: Item, photos: int, amount: Callable[[Any], str]) -> None:
    record = item.record
    day = long_date(record.completed_on) if record.completed_on else ""
    sheets.line_of(f"{number}. {record.title}", bold=True)
    facts = [day, record.provider, f"No. {record.course_number}" if record.course_number else "", amount(record)]
    sheets.line_of(", ".join(filter(None, facts)))
    sheets.line_of(" ".join(filter(None, (f"Counts: {units_text(item.counted)}.", item.reason, *item.notes))))
    if photos:
        sheets.line_of(f"Papers: {photos}, below.", size=9)
    sheets.gap(2)


def write_sum(sheets: Sheets, found: CycleFile) -> None:
    if found.count.card and found.card:
        card = f"CPR/AED card until {long_date(found.card.expires_on)}: {units_text(found.count.card)}"
        sheets.line_of(card, bold=True)
    sheets.gap()
    sheets.line_of(f"Together: {found.count.text}", size=12, bold=True, height=7)


def write_papers(sheets: Sheets, files: Files, heading: str, papers: Sequence[Paper]) -> None:
    for paper in papers:
        if paper.content_type == "application/pdf":
            sheets.gap()
            sheets.line_of(f"{heading}: a PDF, which is kept beside this file in your log.", size=9)
            continue
        picture = smaller(files, paper)
        sheets.add_page()
        sheets.line_of(heading, bold=True)
        if picture is None:
            sheets.line_of("The photo is not there any more.")
        else:
            sheets.image(picture, w=sheets.epw, h=sheets.eph - 20, keep_aspect_ratio=True)


def smaller(files: Files, paper: Paper) -> Image.Image | None:
    """One picture at a time is in memory; it goes into the file as JPEG."""
    try:
        data = files.read(paper.storage_key)
    except FileNotFoundError:
        return None
    with Image.open(io.BytesIO(data)) as picture:
        picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=75)
    out.seek(0)
    return Image.open(out)
