"""A list of holders from an issuer, looked at by an admin: a verdict for each row, one batch of checks.

A row that bears out what a trainer claims confirms it as a look at the issuer's page would, but proves less: it
never overturns what that page denied. A row that differs is a first miss, which another person looks at again.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..credentials import WITH_CHECKS
from ..dates import long_date, parse_day
from ..errors import DomainError
from ..models import Check, Credential, CredentialType, Job, JobRow, Term, Trainer
from ..names import fold, number_key
from ..review import contests, decisions, notices, queue, renewals
from ..review.looks import OLDEST_DAYS, Look, Shown, Sitting, check_of, outcome_of
from ..rules import rule_book
from ..standing.answers import STRENGTH
from ..standing.comparing import Outcome
from .imports import ImportKind, Problem, Staged
from .jobs import Work
from .spreadsheets import Column

MOST_ROWS = 10_000
METHOD = "issuer_roster"
COLUMNS = (
    Column("name"),
    Column("number"),
    Column("code", needed=False),
    Column("expires", needed=False),
    Column("status", needed=False),
)
NOBODY = "Nobody here has this number."
OPEN_STATES = ("listed", "paused")


def read_holder(cells: dict[str, str], _today: date) -> Staged | Problem:
    if not fold(cells["name"]):
        return Problem("The name is missing.", cells["name"])
    if not number_key(cells["number"]):
        return Problem("The number is missing.", cells["number"])
    typed, ends_on = cells.get("expires", ""), None
    if typed:
        try:
            ends_on = parse_day(typed)
        except ValueError as error:
            return Problem(str(error), typed)
    data = {
        "name": cells["name"],
        "number": cells["number"],
        "code": cells.get("code", "").upper(),
        "ends_on": ends_on.isoformat() if ends_on else None,
        "status": cells.get("status", "") or None,
    }
    return Staged(number_key(cells["number"])[:60], data)


def refuse_twins(session: Session, work: Work) -> int:
    """Two rows with the same number and code cannot both be right; a row without a code speaks of every code.

    A code that the issuer does not have says that the column holds something else. Answers how many were rejected.
    """
    issuer = session.get_one(Job, work.id).params["issuer"]
    codes = {rule.code for rule in rule_book().rules if rule.issuer == issuer}
    rows = session.scalars(
        select(JobRow).where(JobRow.job_id == work.id, JobRow.problem.is_(None)).order_by(JobRow.line)
    ).all()
    problems: dict[int, str] = {}
    seen: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        code, before = (row.data or {})["code"], seen[row.key]
        if code and code not in codes:
            problems[row.line] = f"{issuer} has no certification {code[:40]} here. Write its code as /rules does."
        elif code in before or (before and "" in (code, *before)):
            problems[row.line] = "A row above has the same number. Take one of them out."
        before.add(code)
    for line, problem in problems.items():
        told = {"data": None, "problem": problem}
        session.execute(update(JobRow).where(JobRow.job_id == work.id, JobRow.line == line).values(**told))
    session.expire_all()
    return len(problems)


@dataclass(frozen=True)
class Batch:
    """One list: whose, of which day, and who sent it in."""

    uuid: str
    issuer: str
    sitting: Sitting
    listed_on: date


def merge(session: Session, job_id: int) -> str:
    batch = batch_of(session, session.get_one(Job, job_id))
    rows = session.scalars(
        select(JobRow).where(JobRow.job_id == job_id, JobRow.problem.is_(None)).order_by(JobRow.line)
    ).all()
    contests.queue_up_for_all(session, batch.issuer)
    held = holders(session, batch.issuer, [row.key for row in rows])
    counts: Counter[str] = Counter()
    for row in rows:
        row.verdict, kind = verdict_on(session, batch, row, held)
        counts[kind] += 1
        if kind == "unknown":
            row.data = {}  # whoever is not listed here is counted and not kept
    session.flush()
    return (
        f"{counts['confirmed']:,} confirmed, {counts['missed']:,} first misses, "
        f"{counts['left']:,} left as they are, {counts['unknown']:,} not known here."
    )


def batch_of(session: Session, job: Job) -> Batch:
    now: datetime = job.claimed_at or job.created_at
    zone: tzinfo = ZoneInfo(job.params["zone"])
    listed_on = date.fromisoformat(job.params["first_day"])
    by = str(job.account_id) if job.account_id is not None else "system"
    sitting = Sitting(by=by, now=now, today=now.astimezone(zone).date(), zone=zone)
    session.expire_all()
    return Batch(job.uuid, job.params["issuer"], sitting, listed_on)


def holders(session: Session, issuer: str, numbers: Sequence[str]) -> dict[str, list[Credential]]:
    """By number, the public or paused credentials of this issuer that were ever claimed with it."""
    found: dict[str, list[Credential]] = defaultdict(list)
    for start in range(0, len(numbers), 500):
        query = (
            select(Term.number_key, Credential)
            .join(Term.credential)
            .join(CredentialType, Credential.type_id == CredentialType.id)
            .join(Trainer, Credential.trainer_id == Trainer.id)
            .where(
                Term.number_key.in_(numbers[start : start + 500]),
                CredentialType.issuer == issuer,
                Credential.withdrawn_at.is_(None),
                Trainer.state.in_(OPEN_STATES),
            )
            .options(*WITH_CHECKS)
            .order_by(Credential.id)
        )
        for key, credential in session.execute(query).unique():
            if credential not in found[key]:
                found[key].append(credential)
    return found


def verdict_on(session: Session, batch: Batch, row: JobRow, held: dict[str, list[Credential]]) -> tuple[str, str]:
    """(the verdict in words, what it is counted as)."""
    data = row.data or {}
    known = held.get(row.key, [])
    fitting = [each for each in known if data["code"] in ("", each.type.code)]
    if not fitting and known:
        return f"The number is known here for {' and '.join(sorted({e.type.code for e in known}))} only.", "left"
    if not fitting:
        return NOBODY, "unknown"
    told = [judge(session, batch, data, credential) for credential in fitting]
    return " ".join(words for words, _ in told), told[0][1]


def judge(session: Session, batch: Batch, data: dict[str, Any], credential: Credential) -> tuple[str, str]:
    case, sitting = decisions.case_of(credential, batch.listed_on), batch.sitting
    whose = f"{case.rule.label} of {credential.trainer.name}"
    if str(credential.trainer.account_id) == sitting.by:
        return f"{whose}: this is your own listing, so it is left as it is.", "left"
    if case.term.number_key != number_key(data["number"]):
        return f"{whose}: an older entry has this number, the newest another one.", "left"
    if case.last_looked_on > batch.listed_on:
        return f"{whose}: somebody has looked since, on {long_date(case.last_looked_on)}.", "left"
    if batch.listed_on < sitting.day_of(case.term.recorded_at):
        return f"{whose}: left: sent in after the list was made.", "left"
    look = look_of(batch, data)
    renewed = renewals.is_renewal(case.term, look.shown, sitting.today)
    if renewed or outcome_of(case.term, look) is Outcome.MATCHED:
        return confirmed(session, batch, case, look, whose, renewed=renewed)
    return missed(session, batch, case, look, whose)


def look_of(batch: Batch, data: dict[str, Any]) -> Look:
    ends_on = date.fromisoformat(data["ends_on"]) if data["ends_on"] else None
    shown = Shown(data["name"], data["number"], ends_on, data["status"])
    return Look(METHOD, rule_book().issuer(batch.issuer).home_url, batch.listed_on, shown)


def confirmed(
    session: Session, batch: Batch, case: decisions.Case, look: Look, whose: str, *, renewed: bool
) -> tuple[str, str]:
    if STRENGTH[METHOD] < case.to_overturn:
        return f"{whose}: matches, but the issuer's own page said no. Look there.", "left"
    contests.open_for_claim(session, case.credential, case.term, now=batch.sitting.now, today=batch.sitting.today)
    try:
        contests.demand_uncontested(session, case.credential, case.term)
    except DomainError as refused:
        return f"{whose}: matches, but is left as it is. {refused.sentence}", "left"
    case, action = decisions.answered(session, case, look, batch.sitting, renewed=renewed)
    check = add_check(session, batch, case, look, Outcome.MATCHED, action)
    contests.open_for_waiting(session, case.credential, case.term, batch.sitting)
    work = queue.open_one(session, kind="new", trainer=case.credential.trainer, credential=case.credential)
    if work is not None:
        queue.close(work, outcome="confirmed", by=batch.sitting.by, now=batch.sitting.now)
    notices.tell_confirmed(session, check, batch.sitting)
    decisions.finish(session, case.credential, batch.sitting)
    if renewed and case.term.expires_on is not None:
        until = long_date(case.term.expires_on)
        return f"{whose}: confirmed: the list shows a renewal to {until}.", "confirmed"
    return f"{whose}: confirmed.", "confirmed"


def missed(session: Session, batch: Batch, case: decisions.Case, look: Look, whose: str) -> tuple[str, str]:
    """Never public by this alone: another person looks seven days later."""
    what = outcome_of(case.term, look)
    if case.misses:
        return f"{whose}: differs, and a first miss is open already.", "left"
    check = add_check(session, batch, case, look, Outcome.SECOND_LOOK, "second_look")
    work = queue.open_review(
        session,
        kind="recheck",
        cause="asked",
        trainer=case.credential.trainer,
        credential=case.credential,
        now=batch.sitting.now,
        today=batch.sitting.today,
    )
    decisions.put_off(session, work, check, case, batch.sitting)
    notices.tell_second_look(session, check, batch.sitting, again_on=work.due_on)
    decisions.finish(session, case.credential, batch.sitting)
    how = "its status word is not active" if what is Outcome.INACTIVE else "the name or the end date differs"
    return f"{whose}: {how}. A first miss; somebody else looks again.", "missed"


def add_check(
    session: Session, batch: Batch, case: decisions.Case, look: Look, outcome: Outcome, action: str
) -> Check:
    check = check_of(look, case.term, outcome, batch.sitting)
    check.batch = batch.uuid
    case.term.checks.append(check)
    session.flush()
    decisions.record_event(
        session, case.credential, batch.sitting, action=action, detail=f"check:{check.id} of job:{batch.uuid}"
    )
    return check


def demand_fresh(listed_on: date, today: date) -> date:
    """The day of the list. Raises DomainError, field "listed_on", for one that is too old or to come."""
    if listed_on > today:
        raise DomainError("This day has not come yet.", field="listed_on")
    if listed_on < today - timedelta(days=OLDEST_DAYS):
        sentence = f"The list is more than {OLDEST_DAYS} days old. It says too little about today."
        raise DomainError(sentence, field="listed_on")
    return listed_on


def params_of(issuer: str, listed_on: date, zone: str) -> dict[str, Any]:
    return {"issuer": issuer, "first_day": listed_on.isoformat(), "zone": zone}


KIND = ImportKind(
    name="roster",
    title="Check of a list of holders",
    columns=COLUMNS,
    most_rows=MOST_ROWS,
    read=read_holder,
    merge=merge,
    look_over=refuse_twins,
)
