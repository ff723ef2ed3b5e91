"""Sheets that are kept in an account: begun, filled in, brought in from files, erased. Health data.

Who may do so is asked elsewhere (sharing.py); here a sheet has an owner and nobody else.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from ..dates import long_date
from ..errors import DomainError, NotFound, Refused
from ..models import ClearingSeen, KeptSheet, Score, Share, SheetConsent
from ..rows import insert_or_lock
from ..screens import Scores
from ..violations import told_as
from .sheet import Sheet

CONSENT_TEXT_VERSION = "2026-11"  # raise it when the text beside the boxes changes
MOST = 200
NO_SUCH_SHEET = "You have no such sheet here."
WHOLE = (selectinload(KeptSheet.scores), selectinload(KeptSheet.clearings), selectinload(KeptSheet.by_trainer))


class Overtaken(DomainError):
    """Somebody else saved the sheet since it was opened. `version` is the one that holds now."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "Somebody else has changed this sheet since you opened it. What you typed is not saved yet."
        )
        self.version = version


class TwoOfADay(DomainError):
    """There is a sheet of that day."""

    def __init__(self, day: date) -> None:
        sentence = f"There is a sheet of {long_date(day)} already. Change the day, or open that one."
        super().__init__(sentence, field="screened_on")


# Consent


def keeps(session: Session, account_id: int) -> bool:
    """Whether this account has agreed that its sheets are kept."""
    query = select(SheetConsent.account_id).where(
        SheetConsent.account_id == account_id, SheetConsent.text_version == CONSENT_TEXT_VERSION
    )
    return session.scalar(query) is not None


def agree(session: Session, account_id: int, *, now: datetime) -> None:
    values = {"account_id": account_id, "text_version": CONSENT_TEXT_VERSION, "given_at": now}
    consent = insert_or_lock(session, SheetConsent, values, SheetConsent.account_id)
    consent.text_version, consent.given_at = CONSENT_TEXT_VERSION, now


def demand_consent(session: Session, account_id: int) -> None:
    """Raises Refused: nothing about anybody's health is kept without it."""
    if not keeps(session, account_id):
        raise Refused("Say first that your sheets may be kept: tick the box.")


# Reading


def sheets_of(session: Session, owner_id: int) -> Sequence[KeptSheet]:
    """The newest first."""
    query = select(KeptSheet).where(KeptSheet.owner_id == owner_id).order_by(KeptSheet.screened_on.desc())
    return session.scalars(query.options(*WHOLE)).all()


def find(session: Session, uuid: str, *, hold: bool = False) -> KeptSheet:
    """Raises NotFound. With `hold` nobody else changes it before we commit."""
    query = select(KeptSheet).where(KeptSheet.uuid == uuid).options(*WHOLE)
    found = session.scalar(query.with_for_update(of=KeptSheet) if hold else query)
    if found is None:
        raise NotFound(NO_SUCH_SHEET)
    return found


def value_of(row: KeptSheet) -> Sheet:
    return Sheet(
        screened_on=row.screened_on,
        scores=Scores(
            {(score.screen, score.side): score.points for score in row.scores},
            {clearing.test: clearing.hurt for clearing in row.clearings},
        ),
        label=row.label,
        notes=row.notes,
    )


# Writing


def begin(
    session: Session, owner_id: int, sheet: Sheet, *, now: datetime, by_trainer_id: int | None = None
) -> KeptSheet:
    """Keep a sheet, be it empty yet. Raises TwoOfADay, and Refused without consent."""
    demand_consent(session, owner_id)
    if count(session, owner_id) >= MOST:
        raise Refused(
            f"You keep {MOST} sheets, and that is all there is room for. Erase some that you do not need."
        )
    row = KeptSheet(
        owner_id=owner_id,
        by_trainer_id=by_trainer_id,
        screened_on=sheet.screened_on,
        created_at=now,
        changed_at=now,
    )
    fill(row, sheet)
    with one_a_day(session, sheet):
        session.add(row)
    return row


def save(session: Session, row: KeptSheet, sheet: Sheet, *, version: int, page: str = "", now: datetime) -> int:
    """Everything that stands on it now; answers its new version. Raises Overtaken when somebody else was faster,
    and TwoOfADay.

    `page` names the open page it comes from. One whose last answer was lost on the way does not know the version
    that it made itself: as long as nobody saved after it, it may go on.
    """
    if version != row.version and not (page and page == row.saved_from):
        raise Overtaken(row.version)
    with one_a_day(session, sheet):
        fill(row, sheet)
        row.version, row.changed_at, row.saved_from = row.version + 1, now, page[:32] or None
    return row.version


def fill(row: KeptSheet, sheet: Sheet) -> None:
    row.screened_on, row.label, row.notes = sheet.screened_on, sheet.label, sheet.notes
    points, hurts = dict(sheet.scores.points), dict(sheet.scores.hurts)
    row.scores = [score for score in row.scores if (score.screen, score.side) in points]
    for score in row.scores:
        score.points = points.pop((score.screen, score.side))
    row.scores += [Score(screen=screen, side=side, points=found) for (screen, side), found in points.items()]
    row.clearings = [seen for seen in row.clearings if seen.test in hurts]
    for seen in row.clearings:
        seen.hurt = hurts.pop(seen.test)
    row.clearings += [ClearingSeen(test=test, hurt=hurt) for test, hurt in hurts.items()]


def one_a_day(session: Session, sheet: Sheet) -> AbstractContextManager[None]:
    """Raises TwoOfADay when what the block writes is the second one."""
    return told_as(session, uq_sheet_owner_id_screened_on=TwoOfADay(sheet.screened_on))


def bring(session: Session, owner_id: int, sheets: Sequence[Sheet], *, now: datetime) -> int:
    """Keep sheets from files, all or none; those that are kept already are left as they are. Answers how many are
    new. Raises DomainError where another sheet of the same day is kept."""
    demand_consent(session, owner_id)
    here = {row.screened_on: value_of(row) for row in sheets_of(session, owner_id)}
    new = [sheet for sheet in sheets if here.get(sheet.screened_on) != sheet]
    for sheet in new:
        if sheet.screened_on in here:
            day = long_date(sheet.screened_on)
            raise DomainError(f"Another sheet of {day} is in your account. Leave this one out, or erase that one.")
    for sheet in new:
        begin(session, owner_id, sheet, now=now)
    return len(new)


def remove(session: Session, row: KeptSheet) -> None:
    session.delete(row)
    session.flush()


def count(session: Session, owner_id: int) -> int:
    return session.scalar(select(func.count()).select_from(KeptSheet).where(KeptSheet.owner_id == owner_id)) or 0


def erase_all(session: Session, owner_id: int) -> None:
    """All sheets of an account, with its invitations and its consent."""
    for table, column in ((Share, Share.owner_id), (KeptSheet, KeptSheet.owner_id)):
        session.execute(delete(table).where(column == owner_id).execution_options(synchronize_session=False))
    session.execute(
        delete(SheetConsent)
        .where(SheetConsent.account_id == owner_id)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
