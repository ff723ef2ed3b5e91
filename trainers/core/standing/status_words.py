"""The words of each status: the public's word, its meaning, its reason, the lines beside it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, tzinfo
from enum import StrEnum
from typing import NamedTuple

from ..dates import long_date
from ..rules import rule_book
from .answers import C, Check, Confirmation, Record, T, Term
from .comparing import Outcome, status_word_is_active

CHECK_FRESH_DAYS = 180
SOON_DAYS = 90


class Status(StrEnum):
    """In the order in which they are asked."""

    NOT_CONFIRMED = "not_confirmed"
    NOT_CHECKED = "not_checked"
    EXPIRED_RENEWAL_OPEN = "expired_renewal_open"
    EXPIRED_REINSTATEMENT = "expired_reinstatement"
    EXPIRED = "expired"
    CHECK_OLD = "check_old"
    NO_END_DATE = "no_end_date"
    EXPIRES_SOON = "expires_soon"
    CURRENT = "current"


class StatusWord(NamedTuple):
    word: str
    meaning: str


STATUS_WORDS: dict[Status, StatusWord] = {
    Status.CURRENT: StatusWord(
        "Current", "When we last looked, the issuer showed it, and its end date has not passed."
    ),
    Status.EXPIRES_SOON: StatusWord(
        "Current, ends soon", f"It is still in date, and the end date is {SOON_DAYS} days away or less."
    ),
    Status.EXPIRED_RENEWAL_OPEN: StatusWord(
        "Expired: late renewal possible",
        "Its end date has passed, so it is not valid now, but the issuer may still accept a late renewal.",
    ),
    Status.EXPIRED_REINSTATEMENT: StatusWord(
        "Expired: may be restored",
        "It is not valid now, but the issuer has a way for the trainer to ask for it back.",
    ),
    Status.EXPIRED: StatusWord("Expired", "Its end date has passed, and we have seen no renewal."),
    Status.NO_END_DATE: StatusWord(
        "No end date shown",
        "The source showed it without an end date, so we cannot say how long it lasts.",
    ),
    Status.CHECK_OLD: StatusWord(
        "Our last check is old",
        f"We confirmed it more than {CHECK_FRESH_DAYS} days ago and have not looked again yet, which is our "
        "delay and not the trainer's.",
    ),
    Status.NOT_CHECKED: StatusWord(
        "Not checked yet", "The trainer told us about it, and we have not finished checking it."
    ),
    Status.NOT_CONFIRMED: StatusWord(
        "We could not confirm this",
        "Two people looked and found no match, or saw a different name, number, date or status, which can "
        "have harmless causes such as a changed name.",
    ),
}

_DATED_WORDS = {
    Status.CURRENT: "Current until {end}",
    Status.EXPIRES_SOON: "Current, ends {end}",
}
_REASONS = {
    Status.NOT_CONFIRMED: "Two people looked and {found}, which can have harmless causes such as a changed name.",
    Status.CURRENT: "When we looked on {looked}, {source} showed it, and its end date has not passed.",
    Status.EXPIRED_RENEWAL_OPEN: "Its end date was {end}, so it is not valid now, but {issuer} may still accept "
    "a late renewal. {late}",
    Status.EXPIRED_REINSTATEMENT: "Its end date was {end}, so it is not valid now, but {issuer} has a way for "
    "the trainer to ask for it back, until {restore}.",
    Status.EXPIRED: "Its end date was {end}, and we have seen no renewal.",
    Status.NO_END_DATE: "{Source} showed it on {looked} without an end date, so we cannot say how long it lasts.",
    Status.CHECK_OLD: "We confirmed it on {looked} and have not looked again yet, which is our delay and not "
    "the trainer's.",
}


_SOURCES = {
    "issuer_lookup": "{issuer}'s public lookup",
    "issuer_roster": "{issuer}'s list of holders",
    "badge_page": "{issuer}'s digital badge page",
    "document_seen": "the trainer's certificate",
}


def word_of(status: Status, facts: Mapping[str, str]) -> str:
    """The word on a card, with its date where it has one."""
    return _DATED_WORDS.get(status, STATUS_WORDS[status].word).format(**facts)


def reason_of(status: Status, facts: Mapping[str, str]) -> str:
    """The meaning, with dates and source where it has them."""
    return _REASONS.get(status, STATUS_WORDS[status].meaning).format(**facts)


def source_name(method: str, issuer: str) -> str:
    """What was looked at, in words for the public: "NASM's public lookup", or the name its issuer's row gives."""
    named = {each.code: each.lookup_name for each in rule_book().issuers}
    if method == "issuer_lookup" and named.get(issuer):
        return str(named[issuer])
    return _SOURCES[method].format(issuer=issuer)


def what_was_seen(refusal: Check) -> str:
    if refusal.outcome == Outcome.NO_MATCH:
        return "found no match"
    results = {"name": refusal.name_result, "number": refusal.number_result, "date": refusal.expiry_result}
    seen = [field for field, result in results.items() if result == "different"]
    if not status_word_is_active(refusal.shown_status):
        seen.append("status")
    if not seen:
        return "saw a different name, number, date or status"
    return "saw a different " + " and ".join(filter(None, (", ".join(seen[:-1]), seen[-1])))


def notes_beside(
    record: Record[T, C], counted: Confirmation[T, C] | None, issuer: str, zone: tzinfo
) -> Iterator[str]:
    claim, failure = record.claim, record.failure
    said = _said(claim, record.refusal, counted) if claim else ""
    if claim and said:
        said_on = claim.recorded_at.astimezone(zone).date()
        yield f"The trainer {said} on {long_date(said_on)}; not checked yet"
    if failure:
        looked = long_date(failure.looked_on)
        yield f"Our last attempt on {looked} failed: {issuer}'s page was not available"
    if counted and counted.end_is_claimed:
        source = source_name(counted.check.method, issuer)
        yield f"{capital(source)} showed no end date; the date is the trainer's"


def _said(claim: Term, refusal: Check | None, counted: Confirmation[T, C] | None) -> str:
    """What an unanswered claim says that the status does not say already, if anything."""
    if refusal is not None:
        return "reports a renewal" if claim.corrects_id is None else "changed this entry"
    if counted is None:
        return ""
    is_later = (claim.expires_on or date.max) > (counted.ends_on or date.min)
    return "reports a renewal" if is_later else ""


def capital(text: str) -> str:
    return text[0].upper() + text[1:]
