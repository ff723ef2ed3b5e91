"""What a reviewer sees beside a piece of work: files, history, look-alikes; and what was decided lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .. import evidence
from ..credentials import rule_for, standing_of
from ..errors import NotFound, Refused
from ..models import Check, Credential, CredentialType, Evidence, Listing, Report, Review, Term, Trainer
from ..names import fold
from ..rules import Issuer, rule_book
from ..standing.lengths import longer_than_cycle
from ..standing.status import Standing
from . import queue
from .decisions import Case, earlier_miss
from .looks import Sitting

DECIDED_SHOWN = 50
OUTCOMES = {
    "matched": "Confirmed",
    "second_look": "First miss, second look asked for",
    "no_match": "Refused: no record found",
    "mismatch": "Refused: the record differs",
    "inactive": "Refused: status word not active",
    "unavailable": "Source not available",
}
CLOSED_WITHOUT_A_LOOK = {"returned": "Returned to the trainer", "resolved": "Settled"}


@dataclass(frozen=True)
class Desk:
    """A claim with all that a reviewer needs to judge it.

    `ripe` is another person's first miss whose seven days are over: the claim may now be refused.
    `same_number` are other trainers' credentials with this number, `same_name` others listed under this name.
    """

    case: Case
    issuer: Issuer
    standing: Standing[Term, Check]
    files: Sequence[Evidence]
    older_files: Sequence[Evidence]
    same_number: Sequence[Credential]
    same_name: Sequence[Trainer]
    ripe: Check | None

    @property
    def too_long(self) -> str:
        """What is asked where the two dates lie further apart than the issuer's cycle."""
        return longer_than_cycle(self.case.rule, self.case.term.issued_on, self.case.term.expires_on)

    @property
    def superseded(self) -> set[int | None]:
        return {check.supersedes_id for check in self.case.credential.checks}


@dataclass(frozen=True)
class Decision:
    """One decision of the past. `check` is None for what was decided without a look."""

    at: datetime
    by: str
    trainer: Trainer
    label: str
    what: str
    check: Check | None
    corrected: bool


def desk_of(session: Session, case: Case, sitting: Sitting) -> Desk:
    credential = case.credential
    files = evidence.evidence_for(session, credential)
    newest_with_file = max((file.term_id or 0 for file in files), default=0)
    shown = [file for file in files if file.term_id == newest_with_file]
    return Desk(
        case=case,
        issuer=rule_book().issuer(case.rule.issuer),
        standing=standing_of(credential, today=sitting.today),
        files=shown,
        older_files=[file for file in files if file not in shown],
        same_number=same_number(session, case.term, credential.trainer),
        same_name=same_name(session, credential.trainer),
        ripe=earlier_miss(case, sitting, by_day=sitting.today),
    )


def same_number(session: Session, term: Term, trainer: Trainer) -> Sequence[Credential]:
    """Other trainers' credentials, not withdrawn, that were ever claimed with this number of the same issuer."""
    query = (
        select(Credential)
        .join(Credential.terms)
        .join(Credential.type)
        .where(
            Term.number_key == term.number_key,
            CredentialType.issuer == term.credential.type.issuer,
            Credential.trainer_id != trainer.id,
            Credential.withdrawn_at.is_(None),
        )
        .options(joinedload(Credential.trainer))
        .distinct()
    )
    return session.scalars(query.order_by(Credential.id)).all()


def same_name(session: Session, trainer: Trainer) -> Sequence[Trainer]:
    """Others who are listed under the same folded name."""
    query = (
        select(Trainer)
        .join(Listing, Listing.trainer_id == Trainer.id)
        .where(Listing.name_key == fold(trainer.name), Trainer.id != trainer.id)
        .options(joinedload(Trainer.place))
    )
    return session.scalars(query.order_by(Trainer.id).limit(20)).all()


def find_file(session: Session, work: Review, uuid: str, *, by: str, now: datetime) -> Evidence:
    """A file of the claim, for the reviewer who has it in hand. Raises Refused or NotFound."""
    if not queue.is_held(work, by=by, now=now):
        raise Refused("Take this work first; then you see the photo.")
    if work.credential is None:
        raise NotFound("This file is not here, or no longer.")
    return file_of(session, work.credential, uuid)


def file_of(session: Session, credential: Credential, uuid: str) -> Evidence:
    """Raises NotFound, for a file of another claim too."""
    for file in evidence.evidence_for(session, credential):
        if file.uuid == uuid:
            return file
    raise NotFound("This file is not here, or no longer.")


def reports_of(session: Session, work: Review) -> Sequence[Report]:
    return session.scalars(select(Report).where(Report.review_id == work.id).order_by(Report.id)).all()


def decided(session: Session, *, by: str) -> list[Decision]:
    """The newest decisions, newest first, without those about the reviewer's own listing."""
    found = [*_looks(session, by), *_closed(session, by)]
    return sorted(found, key=lambda decision: decision.at, reverse=True)[:DECIDED_SHOWN]


def _looks(session: Session, by: str) -> list[Decision]:
    query = (
        select(Check)
        .join(Check.term)
        .join(Term.credential)
        .join(Credential.trainer)
        .where(Trainer.account_id != int(by))
        .options(joinedload(Check.term).joinedload(Term.credential).joinedload(Credential.trainer))
        .order_by(Check.recorded_at.desc(), Check.id.desc())
    )
    checks = session.scalars(query.limit(DECIDED_SHOWN)).all()
    ids = [check.id for check in checks]
    corrected = set(session.scalars(select(Check.supersedes_id).where(Check.supersedes_id.in_(ids))))
    return [_decision_of(check, corrected=check.id in corrected) for check in checks]


def _decision_of(check: Check, *, corrected: bool) -> Decision:
    credential = check.term.credential
    what = OUTCOMES[check.outcome] + (" (a correction)" if check.supersedes_id else "")
    label = rule_for(credential.type).label
    return Decision(check.recorded_at, check.by, credential.trainer, label, what, check, corrected)


def _closed(session: Session, by: str) -> list[Decision]:
    query = (
        select(Review)
        .join(Review.trainer)
        .where(Review.outcome.in_(CLOSED_WITHOUT_A_LOOK), Trainer.account_id != int(by))
        .options(joinedload(Review.trainer), joinedload(Review.credential))
        .order_by(Review.closed_at.desc(), Review.id.desc())
    )
    return [
        Decision(
            at=work.closed_at or work.opened_at,
            by=work.closed_by or "",
            trainer=work.trainer,
            label=rule_for(work.credential.type).label if work.credential else "",
            what=CLOSED_WITHOUT_A_LOOK[work.outcome or ""],
            check=None,
            corrected=False,
        )
        for work in session.scalars(query.limit(DECIDED_SHOWN))
    ]
