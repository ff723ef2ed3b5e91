"""A source that shows a later end date than the one we hold: a renewal that nobody has told us about.

Confirming it records a new term, with the source as its author; what was claimed before stays as it was.
"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from ..models import Credential, Term
from ..standing import comparing
from .looks import Look, Shown, Sitting, compare

FURTHEST_END = timedelta(days=3653)
"""Ten years: no issuer gives more than a few, so a later date is a slip."""


def is_renewal(term: Term, shown: Shown | None, today: date) -> bool:
    """Whether the source shows the holder's own record with a later end date, so that it must have been renewed.

    A first claim that has not ended is none: there the holder may have misread the date, and puts it right.
    """
    if shown is None or shown.expires_on is None or term.expires_on is None:
        return False
    name, number, _expiry = compare(term, shown)
    if not comparing.shows_same_record(name, number, shown.status):
        return False
    if not term.expires_on < shown.expires_on <= today + FURTHEST_END:
        return False
    return term.expires_on < today or was_confirmed(term.credential, term.number_key)


def was_confirmed(credential: Credential, number_key: str) -> bool:
    """Whether a look in force has found this number, whatever was found later."""
    superseded = {check.supersedes_id for check in credential.checks}
    return any(
        check.outcome == comparing.Outcome.MATCHED and check.term.number_key == number_key
        for check in credential.checks
        if check.id not in superseded
    )


def add_term(session: Session, known: Term, look: Look, sitting: Sitting) -> Term:
    """The period that the source shows, after the one that we knew of."""
    if look.shown is None:
        raise ValueError("Only a record that was shown can be recorded.")
    term = Term(
        number=known.number,
        number_key=known.number_key,
        name_on_certificate=known.name_on_certificate,
        issued_on=None,
        expires_on=look.shown.expires_on,
        link=known.link,
        source="source",
        recorded_at=sitting.now,
    )
    known.credential.terms.append(term)
    session.flush()
    return term
