"""How far each of a trainer's certifications is, by the log and the cards. Reads only, in few questions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..credentials import credentials_of, rule_for, standing_of, visible_credentials
from ..models import Check, Credential, DatedItem, EducationRecord, Term, Trainer
from ..rule_rows import Rule
from ..standing.status import Standing
from .counting import Count, count
from .cycles import A_DAY, Cycle, cycle_of
from .dated_items import governing_line


class Logged(NamedTuple):
    """A record of the log as counting reads it."""

    id: int
    trainer_id: int
    uuid: str
    title: str
    provider: str
    course_number: str
    completed_on: date | None
    minutes: int | None
    units: int | None
    unit: str | None
    category: str
    approved_by: str


_log = EducationRecord.__table__.c
LOGGED = select(*(_log[name] for name in Logged._fields))


@dataclass(frozen=True)
class Progress:
    """One certification. `count` is None where no units are asked for, or where we do not know how many.

    `covered_by`: the higher certification of the same issuer whose units are enough for this one too. `governing`
    names a card that ends earlier than the certification.
    """

    credential: Credential
    rule: Rule
    ends_on: date | None
    cycle: Cycle | None
    count: Count | None
    covered_by: str
    governing: str
    today: date

    @property
    def days_left(self) -> int | None:
        return None if self.ends_on is None else (self.ends_on - self.today).days

    @property
    def in_a_mail(self) -> str:
        """What a reminder says beside the end date: how much continuing education is still missing, and which
        card ends first."""
        return " ".join(filter(None, (self.missing_in_a_mail, self.governing)))

    @property
    def missing_in_a_mail(self) -> str:
        """To who keeps no log here, what the issuer asks for."""
        if self.count is None:
            return ""
        if not self.count.items:
            asked = f"{self.rule.units_text} {self.rule.unit_name}"
            return f"{self.rule.issuer} asks for {asked}; you keep no log of them here."
        missing = f"{self.count.missing_text} still missing" if self.count.missing else "nothing is missing"
        return f"Your log here shows {self.count.text}: {missing}."

    @property
    def line(self) -> str:
        """What My listing says in one line."""
        if self.count is not None:
            return f"{self.count.text}, {self.days_in_words}."
        said = self.without_count()
        if self.covered_by:
            said = f"Of several {self.rule.issuer} certifications, the units of {self.covered_by} are enough."
        left = self.days_in_words
        return f"{said} {left[0].upper()}{left[1:]}." if left else said

    @property
    def days_in_words(self) -> str:
        left = self.days_left
        if left is None:
            return ""
        return f"{left:,} day{'' if left == 1 else 's'} left" if left >= 0 else "its end date has passed"

    def without_count(self) -> str:
        if self.rule.units_required == 0:
            return f"{self.rule.issuer} asks for no units, and for a current CPR card."
        if self.rule.units_required is None:
            return f"We do not know how many units are asked for. Check with {self.rule.issuer}."
        if self.cycle is None:
            return "We count once an end date is confirmed."
        return f"Renewed by {self.rule.unit_name}: there are no hours to count. Check with {self.rule.issuer}."


def progress_of(session: Session, trainer: Trainer, *, today: date) -> list[Progress]:
    """All that a trainer holds, in the order of the rules; as many questions whatever the log holds."""
    held = visible_credentials(session, trainer)
    return assess(held, logged(session, [trainer.id]), ends_of(session, [trainer.id])[trainer.id], today)


def of_held(
    session: Session, trainer: Trainer, known: Mapping[Credential, Standing[Term, Check]], *, today: date
) -> list[Progress]:
    """The same for who has read the certifications, and knows how each stands."""
    held = [Held(each, rule_for(each.type, today), found) for each, found in known.items()]
    return assess_all(held, logged(session, [trainer.id]), ends_of(session, [trainer.id])[trainer.id], today)


def lines_for(session: Session, trainer_ids: Sequence[int], *, today: date) -> dict[int, Progress]:
    """By credential, how far each certification of these trainers is: as many questions as for one of them."""
    held, log = defaultdict(list), defaultdict(list)
    for credential in credentials_of(session, trainer_ids):
        held[credential.trainer_id].append(credential)
    for record in logged(session, trainer_ids):
        log[record.trainer_id].append(record)
    ends = ends_of(session, trainer_ids)
    return {
        found.credential.id: found
        for trainer_id, theirs in held.items()
        for found in assess(theirs, log[trainer_id], ends[trainer_id], today)
    }


def logged(session: Session, trainer_ids: Sequence[int]) -> list[Logged]:
    """The records of these trainers, the oldest first; rows and not objects, as there may be hundreds."""
    in_order = LOGGED.where(_log.trainer_id.in_(trainer_ids)).order_by(_log.completed_on, _log.id)
    return list(map(Logged._make, session.execute(in_order)))


def ends_of(session: Session, trainer_ids: Iterable[int]) -> dict[int, dict[str, date]]:
    """The last day of each kind of card, by trainer."""
    ends: dict[int, dict[str, date]] = defaultdict(dict)
    query = select(DatedItem.trainer_id, DatedItem.kind, DatedItem.expires_on)
    for trainer_id, kind, day in session.execute(query.where(DatedItem.trainer_id.in_(list(trainer_ids)))):
        ends[trainer_id][kind] = max(day, ends[trainer_id].get(kind, date.min))
    return ends


class Held(NamedTuple):
    credential: Credential
    rule: Rule
    standing: Standing[Term, Check]


def assess(
    credentials: Sequence[Credential], records: Sequence[Logged], ends: dict[str, date], today: date
) -> list[Progress]:
    held = [Held(each, rule_for(each.type, today), standing_of(each, today=today)) for each in credentials]
    return assess_all(held, records, ends, today)


def assess_all(
    held: Sequence[Held], records: Sequence[Logged], ends: dict[str, date], today: date
) -> list[Progress]:
    highest = highest_levels(held)
    return [assess_one(each, records, ends, highest.get(each.rule.issuer), today) for each in held]


def assess_one(
    held: Held, records: Sequence[Logged], ends: dict[str, date], highest: Rule | None, today: date
) -> Progress:
    rule, term, ends_on = held.rule, held.standing.term, held.standing.expires_on
    cycle = cycle_for(rule, term, ends_on)
    covered_by = highest.label if highest and is_above(highest, rule) else ""
    found = None
    if cycle is not None and not covered_by:
        near = [each for each in records if each.completed_on is None or cycle.holds(each.completed_on)]
        found = count(near, rule, cycle, card_ends_on=ends.get("cpr_aed"), today=today)
    return Progress(
        credential=held.credential,
        rule=rule,
        ends_on=ends_on,
        cycle=cycle,
        count=found,
        covered_by=covered_by,
        governing=governing_line(ends, rule.label, ends_on, today),
        today=today,
    )


def cycle_for(rule: Rule, term: Term | None, ends_on: date | None) -> Cycle | None:
    """The cycle of a term. Where all cycles end on one day of the year, a late renewal keeps the schedule: it
    begins where the term before ended, whenever the new certificate was given."""
    whole = cycle_of(rule, None, ends_on)
    if term is None or whole is None or (rule.fixed_end and follows_another(term, whole)):
        return whole
    return cycle_of(rule, term.issued_on, ends_on)


def follows_another(term: Term, cycle: Cycle) -> bool:
    before = cycle.begins_on - A_DAY
    return any(each.expires_on == before and was_confirmed(each) for each in term.credential.terms)


def is_above(one: Rule, other: Rule) -> bool:
    levels = one.education.level, other.education.level
    return None not in levels and (levels[0] or 0) > (levels[1] or 0)


def whole_count(progress: Progress, records: Sequence[Logged], ends: dict[str, date]) -> Count | None:
    """The count with all records, those of other cycles with the reason why they do not count."""
    if progress.cycle is None or progress.covered_by:
        return None
    return count(records, progress.rule, progress.cycle, card_ends_on=ends.get("cpr_aed"), today=progress.today)


def former_cycles(progress: Progress) -> list[Cycle]:
    """The cycles of earlier terms that a look confirmed, the newest first: issuers ask for those too."""
    terms = [each for each in progress.credential.terms if was_confirmed(each) and each.expires_on]
    found = {
        term.expires_on: cycle_for(rule_for(progress.credential.type, term.expires_on), term, term.expires_on)
        for term in terms
        if term.expires_on != progress.ends_on
    }
    return sorted((cycle for cycle in found.values() if cycle), key=lambda cycle: cycle.ends_on, reverse=True)


def was_confirmed(term: Term) -> bool:
    superseded = {check.supersedes_id for check in term.checks}
    return any(check.outcome == "matched" and check.id not in superseded for check in term.checks)


def highest_levels(held: Iterable[Held]) -> dict[str, Rule]:
    """By issuer, the rule of the highest certification that is current."""
    highest: dict[str, Rule] = {}
    for each in held:
        level = each.rule.education.level
        if level is not None and each.standing.current:
            known = highest.get(each.rule.issuer)
            if known is None or (known.education.level or 0) < level:
                highest[each.rule.issuer] = each.rule
    return highest
