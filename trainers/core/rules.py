"""The issuers' rules as data: what a credential type asks for, when it ends, what happens after that.

The facts stand in content/data/issuers.toml, each with its source and the day it was read; reading the file
stops at the first mistake with a sentence that names file, row and field.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

from .content import CONTENT, SLUG, ContentError, Row, read_tables, refuse_repeats, rows_of
from .errors import NotFound
from .models.education import CATEGORIES
from .rule_rows import EducationRule, Issuer, Rule

RulesError = ContentError
DATA = CONTENT / "data"
KINDS = ("certification", "certificate", "specialisation", "licence", "card")
YES_NO_UNKNOWN = ("yes", "no", "unknown")
CONFIDENCES = ("high", "medium", "low")
MOST_ISSUERS = 8
MOST_TYPES = 24
MOST_SPECIALTIES = 30
"""For how many the listing rows have room."""
UNITS = re.compile(r"\d{1,4}(\.\d{1,3})?")


__all__ = ["EducationRule", "Issuer", "Rule", "RuleBook", "load_rules", "load_specialties", "rule_book"]


@dataclass(frozen=True)
class RuleBook:
    """All rules. `versions` holds every row; `rules` the newest row of each credential type, in file order.

    That is right for names and codes, which do not change. What is asked of holders is asked for a day:
    `rules_on`, or `rule` with `on`.
    """

    issuers: tuple[Issuer, ...]
    versions: tuple[Rule, ...]

    @cached_property
    def _by_key(self) -> dict[str, list[Rule]]:
        grouped: dict[str, list[Rule]] = {}
        for rule in self.versions:
            grouped.setdefault(rule.key, []).append(rule)
        return {key: sorted(rows, key=lambda rule: rule.valid_from) for key, rows in grouped.items()}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rows[-1] for rows in self._by_key.values())

    def rules_on(self, day: date) -> tuple[Rule, ...]:
        """The row of each credential type that holds on a day, in file order."""
        return tuple(self.by_key(key, day) for key in self._by_key)

    def coming(self, rule: Rule) -> tuple[Rule, ...]:
        """The rows of its type that will hold later, the next first."""
        return tuple(row for row in self._by_key[rule.key] if row.valid_from > rule.valid_from)

    def earlier(self, rule: Rule) -> tuple[Rule, ...]:
        """The rows of its type that held before, the newest first."""
        return tuple(row for row in reversed(self._by_key[rule.key]) if row.valid_from < rule.valid_from)

    @property
    def main_issuers(self) -> tuple[Issuer, ...]:
        return tuple(issuer for issuer in self.issuers if issuer.main)

    def issuer(self, code: str) -> Issuer:
        """Raises NotFound."""
        for issuer in self.issuers:
            if issuer.code == code:
                return issuer
        raise NotFound(f"We know no issuer {code}.")

    def rule(self, issuer: str, code: str, on: date | None = None) -> Rule:
        """The row that held on a day (before the first row: the first one); without a day, the newest row.

        Raises NotFound.
        """
        return self.by_key(f"{issuer}/{code}", on)

    def by_key(self, key: str, on: date | None = None) -> Rule:
        """As `rule`, for a key such as "NASM/NASM-CPT"."""
        rows = self._by_key.get(key)
        if rows is None:
            raise NotFound(f"We know no credential type {key}.")
        if on is None:
            return rows[-1]
        return next((row for row in reversed(rows) if row.valid_from <= on), rows[0])


@dataclass(frozen=True)
class Specialty:
    """Something trainers say they have experience with; `hint` says what is meant, `bit` where it is counted."""

    slug: str
    name: str
    hint: str
    bit: int


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """The rules of this checkout, read once."""
    return load_rules(DATA / "issuers.toml")


def load_rules(path: Path) -> RuleBook:
    """Raises RulesError at the first mistake."""
    tables = read_tables(path, ("defaults", "issuer", "rule"))
    issuers = [read_issuer(row) for row in rows_of(path, tables, "issuer", ("code",))]
    by_code = {issuer.code: issuer for issuer in issuers}
    defaults = Row(path, "the file", tables).table("defaults").fields
    rules = []
    for row in rows_of(path, tables, "rule", ("issuer", "code")):
        row.fields = {**defaults, **row.fields}
        rules.append(read_rule(row, by_code))
    refuse_repeats(path, "issuer", "code", [issuer.code for issuer in issuers])
    refuse_repeats(path, "issuer", "slot", [str(issuer.slot) for issuer in issuers])
    refuse_repeats(path, "rule", "code", [f"{rule.key} from {rule.valid_from}" for rule in rules])
    refuse_moved_slots(path, rules)
    return RuleBook(tuple(issuers), tuple(rules))


def refuse_moved_slots(path: Path, rules: list[Rule]) -> None:
    """Each type has one slot, in all of its rows, and no other type has it."""
    owners: dict[int, str] = {}
    slots: dict[str, int] = {}
    for number, rule in enumerate(rules, 1):
        if slots.setdefault(rule.key, rule.slot) != rule.slot:
            problem = "is another than in the rows before"
        elif owners.setdefault(rule.slot, rule.key) != rule.key:
            problem = "stands there already"
        else:
            continue
        raise RulesError(f"{path.name}, rule {number} ({rule.code}), slot: {problem}")


def read_issuer(row: Row) -> Issuer:
    issuer = Issuer(
        code=row.text("code"),
        slot=row.number("slot", MOST_ISSUERS),
        name=row.text("name"),
        main=row.flag("main"),
        home_url=row.url("home_url"),
        lookup_name=row.text_or_none("lookup_name"),
        lookup_url=row.url_or_none("lookup_url"),
        lookup_hint=row.text_or_none("lookup_hint"),
        finder_url=row.url_or_none("finder_url"),
        legal_note=row.text("legal_note"),
    )
    row.finish()
    if issuer.lookup_url is not None and issuer.lookup_name is None:
        raise row.error("lookup_name", "is missing; cards say where the reviewer looked")
    return issuer


def read_rule(row: Row, issuers: dict[str, Issuer]) -> Rule:
    """One row; fields left out are None, the lookup is the issuer's unless the row says no_lookup."""
    issuer = issuers[row.choice("issuer", issuers)]
    late = row.table("late_window")
    units_text = read_units_text(row)
    rule = Rule(
        issuer=issuer.code,
        code=row.text("code"),
        slot=row.number("slot", MOST_TYPES),
        code_is_ours=row.flag("code_is_ours"),
        full_name=row.text("full_name"),
        kind=row.choice("kind", KINDS),
        qualifies=row.flag("qualifies"),
        accredited=row.choice("accredited", YES_NO_UNKNOWN),
        accreditor=row.text_or_none("accreditor"),
        cycle_months=row.count_or_none("cycle_months"),
        units_required=thousandths(units_text),
        units_text=units_text,
        unit_name=row.text_or_none("unit_name"),
        contact_hours_per_unit=row.count_or_none("contact_hours_per_unit"),
        cpr_aed=row.choice("cpr_aed", YES_NO_UNKNOWN),
        late_window_days=late.count_or_none("days"),
        units_by_day=late.count_or_none("units_by_day"),
        late_until=late.month_day_or_none("until"),
        reinstatement_years=row.count_or_none("reinstatement_years"),
        fixed_end=row.month_day_or_none("fixed_end"),
        lookup_url=None if row.flag("no_lookup") else issuer.lookup_url,
        source=row.url_or_none("source"),
        read_on=row.day("read_on"),
        confidence=row.choice("confidence", CONFIDENCES),
        valid_from=row.day("valid_from"),
        education=read_education(row.table("education")),
        holder_gives_link=row.flag("holder_gives_link"),
        notes=tuple(row.listed("notes", str)),
        alert_days=read_alert_days(row),
    )
    late.finish()
    row.finish()
    refuse_contradictions(row, rule, issuer)
    return rule


def read_units_text(row: Row, field: str = "units_required") -> str | None:
    value = row.text_or_none(field)
    if value is not None and not UNITS.fullmatch(value):
        raise row.error(field, 'must be decimal text such as "2.0" or "45"')
    return value


def thousandths(units: str | None) -> int | None:
    return None if units is None else int(Decimal(units) * 1000)


def read_education(row: Row) -> EducationRule:
    caps = tuple(row.listed("caps_unconfirmed", str))
    if unknown := set(caps) - set(CATEGORIES):
        raise row.error("caps_unconfirmed", f"must be among {', '.join(CATEGORIES)}, not {min(unknown)!r}")
    found = EducationRule(
        cpr_card=thousandths(read_units_text(row, "cpr_card")),
        level=row.count_or_none("level"),
        cpr_a_year=thousandths(read_units_text(row, "cpr_a_year")),
        cpr_from=row.day_or_none("cpr_from"),
        committee_a_year=thousandths(read_units_text(row, "committee_a_year")),
        committee_a_cycle=thousandths(read_units_text(row, "committee_a_cycle")),
        committee_from=row.day_or_none("committee_from"),
        per_college_credit=thousandths(read_units_text(row, "per_college_credit")),
        petition=row.flag("petition"),
        units_after_end=row.count_or_none("units_after_end") or 0,
        caps_unconfirmed=caps,
    )
    row.finish()
    return found


def read_alert_days(row: Row) -> tuple[int, ...]:
    days = row.listed("alert_days", int)
    if days != sorted(set(days), reverse=True):
        raise row.error("alert_days", "must fall from step to step, such as [90, 30, 7, 1, -1]")
    return tuple(days)


def refuse_contradictions(row: Row, rule: Rule, issuer: Issuer) -> None:
    """Fields that are right one by one but not together."""
    window = rule.late_window_days is not None or rule.late_until is not None
    problems = (
        ("qualifies", rule.qualifies and not (issuer.main and rule.kind == "certification"),
         "only a certification of a main issuer counts in the default search"),
        ("accreditor", (rule.accredited == "yes") != (rule.accreditor is not None),
         "belongs to accredited = yes, and only there"),
        ("unit_name", bool(rule.units_required) and rule.unit_name is None, "is missing beside units_required"),
        ("late_window", rule.late_window_days is not None and rule.late_until is not None,
         "is either days or until"),
        ("late_window", rule.units_by_day is not None and rule.units_by_day > (rule.late_window_days or 0),
         "units_by_day must lie within days"),
        ("late_window", window and not rule.has_cycle, "needs cycle_months"),
        ("education, cpr_card", (rule.education.cpr_card or 0) > (rule.units_required or 0),
         "is more than units_required, of which it is a part"),
        ("holder_gives_link", rule.holder_gives_link and rule.lookup_url is not None,
         "is for types without a lookup"),
        ("reinstatement_years", rule.reinstatement_years is not None and not window, "needs late_window"),
    )  # fmt: skip
    for field, broken, problem in problems:
        if broken:
            raise row.error(field, problem)


@lru_cache(maxsize=1)
def specialties() -> tuple[Specialty, ...]:
    return read_specialties(DATA / "specialties.toml")


def load_specialties() -> list[Specialty]:
    """What trainers may say they have experience with, in the order in which to offer it; read once."""
    return list(specialties())


def read_specialties(path: Path) -> tuple[Specialty, ...]:
    """Raises RulesError at the first mistake."""
    found = []
    for row in rows_of(path, read_tables(path, ("specialty",)), "specialty", ("slug",)):
        bit = row.number("bit", MOST_SPECIALTIES)
        specialty = Specialty(row.text("slug"), row.text("name"), row.text("hint"), bit)
        if not SLUG.fullmatch(specialty.slug) or len(specialty.slug) > 40:
            raise row.error("slug", "must be small letters, digits and hyphens, 40 at most")
        row.finish()
        found.append(specialty)
    refuse_repeats(path, "specialty", "slug", [specialty.slug for specialty in found])
    refuse_repeats(path, "specialty", "bit", [str(specialty.bit) for specialty in found])
    return tuple(found)
