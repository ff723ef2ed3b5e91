"""One look at a source: what it showed, how that compares with the claim, and whether the look can be recorded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from urllib.parse import urlsplit

from ..dates import long_date
from ..errors import DomainError
from ..models import Check, Term
from ..rules import Rule
from ..standing import comparing
from ..standing.comparing import Outcome

METHODS = {
    "issuer_lookup": "The issuer's public lookup",
    "issuer_roster": "A list of holders from the issuer",
    "badge_page": "The issuer's digital badge page",
    "document_seen": "The certificate itself",
}
OLDEST_DAYS = 30
"""A look that is older says too little about today: look again."""


@dataclass(frozen=True)
class Sitting:
    """Who decides, and when. `zone` is the site's: it tells on which day something was sent in."""

    by: str
    now: datetime
    today: date
    zone: tzinfo

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True)
class Shown:
    """The record that the source showed, as the reviewer typed it; None where it shows no such thing."""

    name: str
    number: str | None
    expires_on: date | None
    status: str | None


@dataclass(frozen=True)
class Look:
    """One dated look. `shown` is None where the source showed no record, or was not `available` at all.

    A look at the certificate itself has no `source_url`.
    """

    method: str
    source_url: str
    looked_on: date
    shown: Shown | None
    available: bool = True


class Results(NamedTuple):
    name: str
    number: str
    expiry: str


def compare(term: Term, shown: Shown) -> Results:
    """What was claimed against what the source showed, field by field."""
    return Results(
        comparing.compare_name(term.name_on_certificate, shown.name),
        comparing.compare_number(term.number, shown.number),
        comparing.compare_expiry(term.expires_on, shown.expires_on),
    )


def outcome_of(term: Term, look: Look) -> Outcome:
    """What the comparison suggests: a match, which kind of miss, or nothing because the source was not there."""
    if not look.available:
        return Outcome.UNAVAILABLE
    if look.shown is None:
        return Outcome.NO_MATCH
    return comparing.outcome_of(*compare(term, look.shown), look.shown.status)


def check_of(look: Look, term: Term, outcome: str, sitting: Sitting, *, supersedes: Check | None = None) -> Check:
    """The row for a look, not yet added to a session."""
    shown = look.shown
    results = compare(term, shown) if shown else None
    return Check(
        term_id=term.id,
        method=look.method,
        outcome=str(outcome),
        shown_name=shown.name if shown else None,
        shown_number=shown.number if shown else None,
        shown_expires_on=shown.expires_on if shown else None,
        shown_status=(shown.status or comparing.NONE_SHOWN) if shown else None,
        name_result=results.name if results else None,
        number_result=results.number if results else None,
        expiry_result=results.expiry if results else None,
        source_url=look.source_url,
        looked_on=look.looked_on,
        by=sitting.by,
        recorded_at=sitting.now,
        supersedes_id=supersedes.id if supersedes else None,
    )


def methods_for(rule: Rule) -> tuple[str, ...]:
    """How a type may be looked up: a document alone counts only where the issuer has no public lookup."""
    on_a_page = rule.lookup_url is not None or rule.holder_gives_link
    left_out = "document_seen" if on_a_page else "issuer_lookup"
    return tuple(method for method in METHODS if method != left_out)


def demand_sound(look: Look, term: Term, rule: Rule, sitting: Sitting) -> None:
    """Raises DomainError for a look that cannot be recorded: method, address of the page, day, empty name."""
    _demand_method(look, rule)
    _demand_address(look)
    _demand_day(look, sitting.day_of(term.recorded_at), sitting.today)
    if look.shown is not None and not look.available:
        raise DomainError("You typed what the source showed, so it was there.", field="found")
    if look.shown is not None and not look.shown.name.strip():
        raise DomainError("Type the name as the source shows it.", field="shown_name")


def _demand_method(look: Look, rule: Rule) -> None:
    if look.method in methods_for(rule):
        return
    if look.method == "document_seen":
        sentence = f"{rule.issuer} has a public lookup, so the certificate alone does not count. Look there."
    else:
        sentence = f"{rule.issuer} has no public lookup for this. Choose where you looked."
    raise DomainError(sentence, field="method")


def _demand_address(look: Look) -> None:
    if look.method == "document_seen":
        if look.source_url:
            raise DomainError("Leave the address empty: you looked at the certificate.", field="source_url")
    elif not is_https(look.source_url):
        raise DomainError("Give the address of the page, starting with https://", field="source_url")


def is_https(url: str) -> bool:
    """Whether this is a web address that a browser would open safely, short enough to keep."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    clean = url.isprintable() and " " not in url and len(url) <= 500
    return clean and parts.scheme == "https" and "." in host and not parts.username


def _demand_day(look: Look, claimed_on: date, today: date) -> None:
    earliest = max(claimed_on, today - timedelta(days=OLDEST_DAYS))
    if look.looked_on > today:
        sentence = "The day you looked cannot lie in the future."
    elif look.looked_on < claimed_on:
        sentence = f"This was sent in on {long_date(claimed_on)}. Give the day you looked since then."
    elif look.looked_on < earliest:
        sentence = f"That look is more than {OLDEST_DAYS} days old. Look again."
    else:
        return
    raise DomainError(sentence, field="looked_on")
