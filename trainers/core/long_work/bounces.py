"""What a mail provider says comes back or is unwanted: no more mail goes there. Addresses that we do not know are
counted and forgotten.
"""

import re
from datetime import date, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from ..accounts import fold_email
from ..mail.recipients import may_be_address
from ..models import JobRow, Recipient
from .imports import ImportKind, Problem, Staged
from .spreadsheets import Column

MOST_ROWS = 10_000
A_DAY = timedelta(days=1)
LONGEST_KEY = 254  # folding can make an address longer: ß becomes ss
REASONS = {"bounced": "bounced", "bounce": "bounced", "complained": "complained", "complaint": "complained"}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ].*)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})( .*)?")


def read_bounce(cells: dict[str, str], today: date) -> Staged | Problem:
    """The date is only looked at: one that cannot be shows that the columns have slipped."""
    address, reason, day = cells["address"], cells["reason"], cells.get("date", "")
    if not address:
        return Problem("The address is missing.")
    key = fold_email(address)
    if not may_be_address(address) or len(key) > LONGEST_KEY:
        return Problem("This is not an email address.", address)
    if reason.casefold() not in REASONS:
        return Problem("The reason must be bounced or complained.", reason)
    if day and (problem := date_problem(day, today)):
        return Problem(problem, day)
    return Staged(key, {"reason": REASONS[reason.casefold()]})


def date_problem(typed: str, today: date) -> str:
    """What is wrong with a date, if anything; a time after it does not matter.

    Providers write the date in UTC or in a zone of their own, where it may be tomorrow already.
    """
    iso, american = _ISO.fullmatch(typed), _AMERICAN.fullmatch(typed)
    parts = iso.group(1, 2, 3) if iso else american.group(3, 1, 2) if american else None
    try:
        day = date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        day = None
    if day is None:
        return "Write the date as 2026-11-25 or 11/25/2026."
    return "The date lies in the future." if day > today + A_DAY else ""


def merge(session: Session, job_id: int) -> str:
    """Mark the addresses that we know. A complaint outweighs a bounce, whichever line comes first."""
    named = select(JobRow.key).where(JobRow.job_id == job_id, JobRow.problem.is_(None))
    complained = named.where(JobRow.data["reason"].as_string() == "complained")
    known = Recipient.email_key.in_(named)
    listed = session.scalar(select(func.count()).select_from(named.distinct().subquery())) or 0
    ours = session.scalar(select(func.count()).select_from(Recipient).where(known)) or 0
    state = case((Recipient.email_key.in_(complained), "complained"), else_="bounced")
    marking = update(Recipient).where(known, Recipient.state != "complained", Recipient.state != state)
    marked = session.scalars(
        marking.values(state=state).returning(Recipient.id).execution_options(synchronize_session=False)
    ).all()
    session.expire_all()
    return told(len(marked), ours - len(marked), listed - ours)


def told(marked: int, before: int, unknown: int) -> str:
    if not marked:
        first = "No address had to be marked."
    else:
        first = "1 address gets no more mail." if marked == 1 else f"{marked:,} addresses get no more mail."
    return f"{first} Marked before: {before:,}. Not known here: {unknown:,}."


KIND = ImportKind(
    name="bounces",
    title="Import of addresses that mail comes back from",
    columns=(Column("address"), Column("reason"), Column("date", needed=False)),
    most_rows=MOST_ROWS,
    read=read_bounce,
    merge=merge,
)
