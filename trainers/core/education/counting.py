"""What a log comes to by an issuer's rule: which record counts for a cycle, how much, and why not. Pure.

Units are whole thousandths of the rule's unit. Hours decide over printed units: issuers count hours, and a course
prints the units of whoever sold it. An hour that does not divide is rounded down.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from ..dates import long_date
from ..names import fold
from ..rule_rows import Rule
from ..units import hours_text, units_text
from .cycles import Cycle

HOURS_PER_UNIT = {"nasm_ceu": 10, "acsm_cec": 1, "ace_cec": 10, "afaa_ceu": 1, "cme": 1}
"""Contact hours in one printed unit (an AFAA CEU is one hour, unlike NASM's)."""
OWN_UNIT = {"NASM": "nasm_ceu", "ACSM": "acsm_cec"}
UNIT_NAMES = {
    "nasm_ceu": "NASM CEU",
    "acsm_cec": "ACSM CEC",
    "ace_cec": "ACE CEC",
    "afaa_ceu": "AFAA CEU",
    "cme": "CME",
    "college_credit": "college credit hours",
}
APPROVING = {"NASM": ("nasm", "both"), "ACSM": ("acsm", "both")}


class Record(Protocol):
    """One record of the log; the table's row fits."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def course_number(self) -> str: ...
    @property
    def completed_on(self) -> date | None: ...
    @property
    def minutes(self) -> int | None: ...
    @property
    def units(self) -> int | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def category(self) -> str: ...
    @property
    def approved_by(self) -> str: ...


class Item(NamedTuple):
    """What one record comes to: `counted` of the `worth` units that it has.

    `reason` says why less, or why nothing; `notes` what its holder should know although it counts.
    """

    record: Record
    worth: int
    counted: int
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """What the log comes to for one cycle.

    `earned` is what the records come to, `card` what the CPR/AED card adds; `counted` never exceeds `required`.
    """

    rule: Rule
    cycle: Cycle
    items: tuple[Item, ...]
    required: int
    earned: int
    card: int

    @property
    def from_records(self) -> int:
        """The most that records can count is what the card does not give."""
        return min(self.earned, self.required - (self.rule.education.cpr_card or 0))

    @property
    def counted(self) -> int:
        return self.from_records + self.card

    @property
    def missing(self) -> int:
        return self.required - self.counted

    @property
    def missing_from_records(self) -> int:
        return self.missing - self.missing_card

    @property
    def missing_card(self) -> int:
        return (self.rule.education.cpr_card or 0) - self.card

    @property
    def surplus(self) -> int:
        return self.earned - self.from_records

    @property
    def text(self) -> str:
        """ "1.0 of 2.0 CEU"; the second number as the issuer writes it, the first with as many places."""
        asked = self.rule.units_text or ""
        places = len(asked.partition(".")[2])
        return f"{units_text(self.counted, places=places)} of {asked} {self.rule.unit_name}"

    @property
    def missing_text(self) -> str:
        """ "0.4 CEU"."""
        places = len((self.rule.units_text or "").partition(".")[2])
        return f"{units_text(self.missing, places=places)} {self.rule.unit_name}"

    @property
    def sentence(self) -> str:
        read = long_date(self.rule.read_on)
        return f"By the rule we read on {read}, your log shows {self.text}. Only {self.rule.issuer} decides."


def count(
    records: Iterable[Record], rule: Rule, cycle: Cycle, *, card_ends_on: date | None, today: date
) -> Count | None:
    """What these records come to; None where the issuer asks for no units, or for none that we know.

    `card_ends_on`: the last day of the newest CPR/AED card. The order of the records does not matter.
    """
    if not rule.units_required or not rule.contact_hours_per_unit:
        return None
    in_order = sorted(records, key=by_day)
    items = within_caps(appraise(in_order, rule, cycle, today), rule)
    has_card = card_ends_on is not None and card_ends_on >= today
    return Count(
        rule=rule,
        cycle=cycle,
        items=tuple(items),
        required=rule.units_required,
        earned=sum(item.counted for item in items),
        card=(rule.education.cpr_card or 0) if has_card else 0,
    )


def by_day(record: Record) -> tuple[date, int]:
    return record.completed_on or date.max, record.id


def what_if(so_far: Count, minutes: int) -> Count:
    """The same with one more course of this length that counts in full."""
    return replace(so_far, earned=so_far.earned + by_hours(minutes, so_far.rule))


# One record


def appraise(records: Sequence[Record], rule: Rule, cycle: Cycle, today: date) -> list[Item]:
    """Each record by itself, without the caps; of two alike the first counts."""
    known: set[Mark] = set()
    items, rule = [], first_alike(rule)
    plain_from = cycle.begins_on + timedelta(days=rule.education.units_after_end)
    plain_until = min(today, cycle.counts_until)  # between these nothing is to be said about a day
    for record in records:
        look = look_kept if isinstance(record, tuple) else look_at
        item, marks, is_whole = look(record, rule)  # type: ignore[arg-type]
        day = record.completed_on
        if is_whole and day and not plain_from <= day <= plain_until:
            item = on_its_day(item, day, cycle, today)
        if item.counted:
            if known.isdisjoint(marks):
                known |= marks
            else:
                item = Item(record, item.worth, 0, "It is in your log twice. One of the two counts.")
        items.append(item)
    return items


Mark = tuple[str, str, str, date | None]


@lru_cache(maxsize=4096)
def marks(title: str, provider: str, course_number: str, day: date | None) -> frozenset[Mark]:
    """By any of these, two records are the same. Kept, because one log is read for each certification."""
    whose = fold_kept(provider)
    found = {("title", fold(title), whose, day)}
    if course_number.strip():
        found.add(("number", fold(course_number), whose, day))
    return frozenset(found)


fold_kept = lru_cache(maxsize=512)(fold)
"""For what stands in many records: who gave the course."""


class Look(NamedTuple):
    """What a record comes to by a rule if its day is right; one that is not whole comes to nothing on any day."""

    item: Item
    marks: frozenset[Mark]
    is_whole: bool


def look_at(record: Record, rule: Rule) -> Look:
    known_by = marks(record.title, record.provider, record.course_number, record.completed_on)
    if lacking := what_is_missing(record):
        return Look(Item(record, 0, 0, f"Fill in {lacking} first."), known_by, False)
    worth, notes = worth_of(record, rule)
    reason = why_not(record, rule)
    if not reason and not worth:
        reason = f"We do not know how {rule.issuer} counts it. Ask {rule.issuer}, or write its hours."
    if reason:
        return Look(Item(record, worth, 0, reason), known_by, True)
    return Look(Item(record, worth, worth, "", (*notes, *cautions(record, rule))), known_by, True)


look_kept = lru_cache(maxsize=10_000)(look_at)
"""For records that are values: one log is read for each certification and on each visit. A row may be changed."""


def first_alike(rule: Rule) -> Rule:
    """The first rule that was asked for which counts as this one does: what was kept for it holds for all such."""
    counts = rule.issuer, rule.unit_name, rule.contact_hours_per_unit, rule.education
    return _ALIKE.setdefault(counts, rule)


_ALIKE: dict[tuple[object, ...], Rule] = {}


def on_its_day(item: Item, day: date, cycle: Cycle, today: date) -> Item:
    """Of a day that lies elsewhere, or among the first ones of a cycle whose issuer takes units after an end."""
    if day > today:
        return Item(item.record, item.worth, 0, "Its day has not come yet.")
    if not cycle.holds(day):
        return Item(item.record, item.worth, 0, outside(day, cycle))
    return item._replace(notes=(*item.notes, SHARED_DAYS)) if item.counted else item


SHARED_DAYS = "If you used it for the cycle before, it does not count again."
"""The first days of a cycle may have counted for the one before, where that took units after its end."""


def what_is_missing(record: Record) -> str:
    """ "the title and the day"; empty for a record that is whole."""
    if record.title and record.completed_on and (record.minutes or record.units) and not record.title.isspace():
        return ""
    parts = {
        "the title": record.title.strip(),
        "the day": record.completed_on,
        "its hours or units": record.minutes or record.units,
    }
    absent = [name for name, value in parts.items() if not value]
    return " and ".join(filter(None, (", ".join(absent[:-1]), *absent[-1:])))


def why_not(record: Record, rule: Rule) -> str:
    """The reason for which the record counts nothing in any cycle, if there is one."""
    education, year = rule.education, record.completed_on.year if record.completed_on else 0
    if record.category == "cpr" and education.cpr_card:
        return f"For CPR/AED the card itself gives {units_text(education.cpr_card)}, and the course nothing more."
    if record.category == "cpr" and education.cpr_from and year < education.cpr_from.year:
        return f"{rule.issuer} gives units for CPR courses from {education.cpr_from.year} on."
    if record.category == "committee" and education.committee_from and year < education.committee_from.year:
        return f"{rule.issuer} gives units for committee work from {education.committee_from.year} on."
    if education.petition and not is_approved(record, rule):
        said = "is not approved" if record.approved_by != "unknown" else "may not be approved"
        return f"Its provider {said} by {rule.issuer}, so it counts after a petition. If it is approved, say so."
    return ""


def is_approved(record: Record, rule: Rule) -> bool:
    """Only approved providers print the issuer's own unit."""
    own = record.unit is not None and record.unit == OWN_UNIT.get(rule.issuer)
    return own or record.approved_by in APPROVING.get(rule.issuer, ())


def outside(day: date, cycle: Cycle) -> str:
    if day < cycle.begins_on:
        return f"It was before this cycle, which began on {long_date(cycle.begins_on)}."
    return f"It was after the last day for this cycle, {long_date(cycle.counts_until)}."


# How much it is worth


def worth_of(record: Record, rule: Rule) -> tuple[int, tuple[str, ...]]:
    """The units that a record has by this rule, and how they came about where that is not as printed."""
    if record.unit == "college_credit":
        return college_worth(record, rule)
    printed = printed_hours(record)
    if record.minutes:
        worth = by_hours(record.minutes, rule)
        if printed is not None and printed != record.minutes * 1000:
            lasted = hours_text(record.minutes)
            return worth, (f"Its {lasted} decide, not the {printed_units(record)} printed on it.",)
        return worth, ()
    if record.unit == OWN_UNIT.get(rule.issuer):
        return record.units or 0, ()
    if printed is None or rule.contact_hours_per_unit is None:
        return 0, ()
    return printed // (60 * rule.contact_hours_per_unit), (f"Counted by its hours: {printed_units(record)}.",)


def college_worth(record: Record, rule: Rule) -> tuple[int, tuple[str, ...]]:
    each = rule.education.per_college_credit
    if each is None:
        return (by_hours(record.minutes, rule), ()) if record.minutes else (0, ())
    worth = (record.units or 0) * each // 1000
    return worth, (f"One college credit hour is {units_text(each)} {rule.unit_name}.",)


def by_hours(minutes: int, rule: Rule) -> int:
    return minutes * 1000 // (60 * (rule.contact_hours_per_unit or 1))


def printed_hours(record: Record) -> int | None:
    """The printed units as thousandths of a minute, so that nothing is lost; None where no unit says its hours."""
    per_unit = HOURS_PER_UNIT.get(record.unit or "")
    return None if per_unit is None or record.units is None else record.units * per_unit * 60


def printed_units(record: Record) -> str:
    return f"{units_text(record.units or 0)} {UNIT_NAMES[record.unit or '']}"


def cautions(record: Record, rule: Rule) -> list[str]:
    found = []
    if record.unit not in (None, "college_credit") and not is_approved(record, rule):
        found.append(f"It is another issuer's unit: {rule.issuer} decides whether it takes it.")
    if record.category in rule.education.caps_unconfirmed:
        found.append(f"There may be a limit for this kind. Check with {rule.issuer}.")
    return found


# Caps


CAPPED = ("cpr", "committee")


def within_caps(items: Sequence[Item], rule: Rule) -> list[Item]:
    """What is above a known cap counts less; the records that came first count first."""
    spent: dict[tuple[str, int], int] = defaultdict(int)
    return [capped(item, rule, spent) if item.record.category in CAPPED else item for item in items]


def capped(item: Item, rule: Rule, spent: dict[tuple[str, int], int]) -> Item:
    year = item.record.completed_on.year if item.record.completed_on else 0
    caps = caps_of(item.record.category, year, rule)
    for place, cap, words in caps:
        room = cap - spent[place]
        if item.counted > room:
            reason = f"{rule.issuer} counts at most {units_text(cap)} {rule.unit_name} {words}."
            item = item._replace(counted=room, reason=reason)
    for place, _cap, _words in caps:
        spent[place] += item.counted
    return item


def caps_of(category: str, year: int, rule: Rule) -> list[tuple[tuple[str, int], int, str]]:
    """(what it is counted under, the most, in words) for each cap on a category."""
    education = rule.education
    if category == "cpr" and education.cpr_a_year:
        return [(("cpr", year), education.cpr_a_year, f"for CPR courses in {year}")]
    if category == "committee" and education.committee_a_year:
        found = [(("committee", year), education.committee_a_year, f"for committee work in {year}")]
        if education.committee_a_cycle:
            found.append(
                (("committee in a cycle", 0), education.committee_a_cycle, "for committee work in a cycle")
            )
        return found
    return []
