"""The card of a credential, as plain data: what was looked at, when, what it showed, what nobody checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import credentials
from .dates import long_date
from .models import Check, Credential, Review, Term, Trainer
from .names import last_four
from .rules import Rule, rule_book
from .standing import answers
from .standing.comparing import NONE_SHOWN, NameResult, Outcome, compare_name
from .standing.gaps import gaps
from .standing.public import is_public
from .standing.status import Standing, Status, source_name
from .standing.status_words import what_was_seen

NOT_CHECKED = "that this listing belongs to that person, CPR/AED, insurance, complaints, criminal records."
NOTHING_CHECKED = "all of it so far."
PRIVATE_NAME = "The name on the certificate is not the name shown here. The trainer keeps it private."
OVER = (Status.EXPIRED, Status.EXPIRED_RENEWAL_OPEN, Status.EXPIRED_REINSTATEMENT)
RESULTS = {"exact": "same", "folded": "folded", "different": "different", "not_shown": "absent"}
"""A field's result in the words of the card's look."""


@dataclass(frozen=True)
class Fact:
    """One line of a card. `result` is same, folded, different or absent; None for what was not compared."""

    label: str
    value: str
    result: str | None = None


@dataclass(frozen=True)
class Look:
    """One look at a source: "On 12 November 2026" and the `text` that goes on from there."""

    on: date
    text: str

    @property
    def sentence(self) -> str:
        return f"On {long_date(self.on)} {self.text}"


PROVES = {
    "issuer_lookup": "A lookup shows that the issuer's own record and this entry agree. It does not show who the "
    "person on this page is.",
    "issuer_roster": "A list shows what its issuer had on record on the day of the list. It does not show what "
    "happened since.",
    "badge_page": "A badge page is kept by a company for the issuer. It shows that the badge exists, and may say "
    "less than the issuer's record.",
    "document_seen": "A certificate shows what was true when it was printed. It does not show whether it was "
    "taken back since.",
}
"""What each way of looking proves, and what it does not."""


@dataclass(frozen=True)
class Card:
    """`anchor` is its id on a page. `record` is the look that the status rests on, None before there is one.

    `in_date`: it is current, or would be if our last check were not old; `over`: its end date has passed.
    `lines` stand beside the status.
    `look_url` is where the reader can look too, None where nobody can. `history` holds every look that is
    public, newest first.
    """

    anchor: str
    title: str
    label: str
    code: str
    issuer: str
    issuer_name: str
    status: Status
    word: str
    meaning: str
    current: bool
    in_date: bool
    over: bool
    expires_on: date | None
    number_ends: str
    record: Look | None
    facts: tuple[Fact, ...]
    lines: tuple[str, ...]
    proves: str
    not_checked: str
    look_url: str | None
    look_text: str
    history: tuple[Look, ...]


def cards_for(session: Session, trainer: Trainer, *, today: date, zone: tzinfo) -> list[Card]:
    """One card for each credential that is not withdrawn; `zone` is the site's, for the dates of reports."""
    return cards_of(session, trainer, credentials.visible_credentials(session, trainer), today=today, zone=zone)


def cards_of(
    session: Session, trainer: Trainer, held: Sequence[Credential], *, today: date, zone: tzinfo
) -> list[Card]:
    """The same for who has read the certifications already."""
    disputes = _open_disputes(session, trainer)
    return [card_of(each, trainer.name, today=today, zone=zone, answer_due=disputes.get(each.id)) for each in held]


def card_of(
    credential: Credential, shown_name: str, *, today: date, zone: tzinfo, answer_due: date | None = None
) -> Card:
    """`shown_name` is the name on the listing, which need not be the one on the certificate.

    `answer_due` is the day by which we answer the trainer's open objection, if there is one.
    """
    standing = credentials.standing_of(credential, today=today)
    rule = credentials.rule_for(credential.type, today)
    basis = standing.refusal or standing.check
    term = standing.term or credential.terms[-1]
    other_name = not _same_name(shown_name, term.name_on_certificate)
    look_url, look_name = _where_to_look(standing, rule)
    history = _history(credential.checks, standing, rule.issuer)
    return Card(
        anchor=f"{rule.issuer}-{rule.code}".lower(),
        title=rule.full_name,
        label=rule.label,
        code=rule.code,
        issuer=rule.issuer,
        issuer_name=rule_book().issuer(rule.issuer).name,
        status=standing.status,
        word=standing.word,
        meaning=standing.reason,
        current=standing.current,
        in_date=standing.current or standing.listed_below,
        over=standing.status in OVER,
        expires_on=standing.expires_on,
        number_ends=last_four(term.number),
        record=Look(basis.looked_on, _told(basis, rule.issuer)) if basis else None,
        facts=tuple(_facts(standing, term, rule, "kept private" if other_name else shown_name)),
        lines=(
            *credentials.notes_of(credential, today=today, zone=zone),
            *_disputed(standing, answer_due),
            *_gaps(credential),
            *([PRIVATE_NAME] if other_name else []),
        ),
        proves=PROVES[basis.method] if basis else "",
        not_checked=NOT_CHECKED if basis else NOTHING_CHECKED,
        look_url=look_url,
        look_text=f"Look for yourself at {look_name}",
        history=tuple(history),
    )


def _open_disputes(session: Session, trainer: Trainer) -> dict[int, date]:
    """Credential -> the day by which the trainer's objection is to be answered."""
    still_open = select(Review.credential_id, Review.due_on).where(
        Review.trainer_id == trainer.id, Review.kind == "dispute", Review.closed_at.is_(None)
    )
    return {credential_id: due_on for credential_id, due_on in session.execute(still_open) if credential_id}


def _disputed(standing: Standing[Term, Check], answer_due: date | None) -> Iterator[str]:
    """Beside a public "could not confirm" alone: the word would give a first miss away."""
    if answer_due and standing.refusal:
        yield f"The trainer disputes this; answer due {long_date(answer_due)}"


def _gaps(credential: Credential) -> Iterator[str]:
    record = answers.read(credential.terms, credential.checks)
    for first, last in gaps(record.confirmations):
        yield f"Between {long_date(first)} and {long_date(last)} no certification is on record"


def _same_name(shown: str, on_certificate: str) -> bool:
    ways = ((shown, on_certificate), (on_certificate, shown))
    return any(compare_name(*way) is not NameResult.DIFFERENT for way in ways)


def _where_to_look(standing: Standing[Term, Check], rule: Rule) -> tuple[str | None, str]:
    """Address and name of the page on which the reader can look too; a badge has one of its own."""
    check, issuer = standing.check, rule_book().issuer(rule.issuer)
    if check and (check.method == "badge_page" or rule.holder_gives_link):
        return check.source_url, source_name(check.method, rule.issuer)
    named_after_issuer = (issuer.lookup_name or issuer.code).startswith(issuer.code)
    return rule.lookup_url, issuer.code if named_after_issuer else str(issuer.lookup_name)


def _facts(standing: Standing[Term, Check], term: Term, rule: Rule, name: str) -> Iterator[Fact]:
    number = f"ends {last_four(term.number)}"
    check = standing.check
    if check is None:
        yield Fact("Number the trainer gave", number)
        if term.expires_on:
            yield Fact("End date the trainer gave", long_date(term.expires_on))
        return
    yield Fact("Name", name, RESULTS[check.name_result or "not_shown"])
    yield Fact("Number", number, RESULTS[check.number_result or "not_shown"])
    if standing.expires_on:
        yield Fact("End date", long_date(standing.expires_on), RESULTS[check.expiry_result or "not_shown"])
    yield Fact(f"{rule.issuer}'s status word", check.shown_status or NONE_SHOWN)


# Looks


def _history(checks: Sequence[Check], standing: Standing[Term, Check], issuer: str) -> Iterator[Look]:
    """Newest first. A first miss is nobody's business before a second person has missed it too."""
    replaced = {check.supersedes_id for check in checks}
    for check in sorted(checks, key=lambda each: (each.looked_on, each.id), reverse=True):
        if check.id in replaced:
            yield Look(check.looked_on, "we wrote down a look wrongly. A later entry puts it right.")
        elif is_public(check, checks, standing.refusal):
            yield Look(check.looked_on, _told(check, issuer))


def _told(check: Check, issuer: str) -> str:
    source = source_name(check.method, issuer)
    if check.outcome == Outcome.UNAVAILABLE:
        return f"we tried {source}, and it was not available."
    if check.outcome == Outcome.MATCHED:
        return f"a reviewer looked at {source}. It showed {_shown(check)}."
    if check.outcome == Outcome.SECOND_LOOK:
        return f"a reviewer looked at {source} and {_missed(check)}."
    return f"another reviewer looked at {source} and {_missed(check)}."


def _shown(check: Check) -> str:
    """ "the same name and number, but no end date"."""
    if check.found_renewal:
        return "the same name and number, with a later end date"
    results = {"name": check.name_result, "number": check.number_result, "end date": check.expiry_result}
    same = [field for field, result in results.items() if result in ("exact", "folded")]
    absent = [f"no {field}" for field, result in results.items() if result == "not_shown"]
    return f"the same {_listed(same)}" + (f", but {_listed(absent)}" if absent else "")


def _missed(check: Check) -> str:
    nothing_shown = check.shown_name is None and check.name_result is None and check.number_result is None
    return "found no match" if nothing_shown else what_was_seen(check)


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
