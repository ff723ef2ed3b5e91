"""The rows of the issuers' rules: who gives a credential, and what is asked of its holder."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Issuer:
    """Who gives a credential, and where the public can look it up (`lookup_*` are None where nobody can).

    `slot`: where the search keeps the days of all that it gives.
    """

    code: str
    slot: int
    name: str
    main: bool
    home_url: str
    lookup_name: str | None
    lookup_url: str | None
    lookup_hint: str | None
    finder_url: str | None
    legal_note: str

    @property
    def finder_link(self) -> str:
        """The issuer's own search for trainers; its front page as long as that address is not known."""
        return self.finder_url or self.home_url


@dataclass(frozen=True)
class EducationRule:
    """What counts as continuing education, in thousandths of the rule's unit. None means: not known to us.

    `cpr_card` comes from a current CPR/AED card and from nothing else, and is part of the units required. `level`
    orders an issuer's certifications where only the units of the highest one are needed. `cpr_a_year` and
    `committee_a_year` are the most that count in a calendar year, from the year of `cpr_from` and
    `committee_from` on. `petition`: what a provider gives who is not approved counts only after the issuer has
    agreed. `units_after_end`: days after the end date in which units of the cycle may still be earned.
    """

    cpr_card: int | None
    level: int | None
    cpr_a_year: int | None
    cpr_from: date | None
    committee_a_year: int | None
    committee_a_cycle: int | None
    committee_from: date | None
    per_college_credit: int | None
    petition: bool
    units_after_end: int
    caps_unconfirmed: tuple[str, ...]

    @property
    def any_known(self) -> bool:
        return self != NOTHING_KNOWN


NOTHING_KNOWN = EducationRule(None, None, None, None, None, None, None, None, False, 0, ())


@dataclass(frozen=True, eq=False)  # each is one of the book: what was worked out by it is found again at once
class Rule:
    """What one issuer asks of one credential type, as read on a day. None means: not known, ask the issuer.

    `units_required` is in thousandths of `unit_name`; `units_text` is the number as the issuer writes it.
    The late window is either days after the end date (`late_window_days`, units complete by `units_by_day`)
    or a month and day (`late_until`); the credential is expired meanwhile. `alert_days` are days before the
    end date, negative ones after it. `holder_gives_link`: there is no one public lookup, so the holder says where
    it can be looked up. `slot`: where the search keeps its days.
    """

    issuer: str
    code: str
    slot: int
    code_is_ours: bool
    full_name: str
    kind: str
    qualifies: bool
    accredited: str
    accreditor: str | None
    cycle_months: int | None
    units_required: int | None
    units_text: str | None
    unit_name: str | None
    contact_hours_per_unit: int | None
    cpr_aed: str
    late_window_days: int | None
    units_by_day: int | None
    late_until: tuple[int, int] | None
    reinstatement_years: int | None
    fixed_end: tuple[int, int] | None
    lookup_url: str | None
    source: str | None
    read_on: date
    confidence: str
    valid_from: date
    education: "EducationRule"
    holder_gives_link: bool
    notes: tuple[str, ...]
    alert_days: tuple[int, ...]

    @property
    def key(self) -> str:
        """Issuer and code: the code alone is ambiguous."""
        return f"{self.issuer}/{self.code}"

    @property
    def label(self) -> str:
        """What to call it in a sentence: the issuer's own short code, else the full name."""
        return self.full_name if self.code_is_ours else self.code

    @property
    def has_cycle(self) -> bool:
        return self.cycle_months is not None
