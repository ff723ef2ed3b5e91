"""One certificate number on two listings: the older confirmed one stays until a reviewer has decided."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE
from tests.core.review_office import ENDS, LOOKUP
from tests.databases import connect
from tests.factories import Factory
from trainers.core import claims, erasure, evidence, outlook
from trainers.core.credentials import standing_of
from trainers.core.errors import DomainError, Refused
from trainers.core.models import Check, Credential, Message, Review, Term
from trainers.core.review import contests, decisions, queue, told
from trainers.core.review.looks import Look, Shown, Sitting
from trainers.core.standing.status import Status

NUMBER = "NC-123456"


def claim(make: Factory, name: str, key: str = "NASM/NASM-CPT", number: str = NUMBER) -> Credential:
    credential = make.credential(make.trainer(name), key)
    make.term(credential, number=number, expires_on=ENDS)
    return credential


def work_on(session: Session, credential: Credential, kind: str = "new") -> Review:
    return queue.open_review(
        session, kind=kind, trainer=credential.trainer, credential=credential, now=NOW, today=TODAY
    )


def take(session: Session, work: Review, by: str) -> Sitting:
    queue.take(session, work, by=by, now=NOW, today=TODAY)
    return Sitting(by=by, now=NOW, today=TODAY, zone=ZONE)


def confirm(session: Session, work: Review, by: str) -> Check:
    sitting = take(session, work, by)
    assert work.credential
    term = work.credential.terms[-1]
    shown = Shown(term.name_on_certificate, term.number, term.expires_on, "Active")
    look = Look("issuer_lookup", LOOKUP, TODAY, shown)
    return decisions.confirm(session, work, look, sitting, term_id=term.id)


def contest(session: Session) -> Review:
    return session.scalars(select(Review).where(Review.kind == "contest")).one()


@pytest.fixture
def reviewer(make: Factory) -> str:
    return str(make.reviewer().id)


@pytest.fixture
def rivals(session: Session, make: Factory, reviewer: str) -> tuple[Credential, Credential]:
    """The older one, confirmed, and a newer claim with the same number written otherwise."""
    older = claim(make, "Dana Fitzgerald")
    confirm(session, work_on(session, older), reviewer)
    newer = claim(make, "Dana Imposter", number="nc 123456")
    contests.open_for_claim(session, newer, newer.terms[-1], now=NOW, today=TODAY)
    return older, newer


def test_a_claim_with_somebodys_number_opens_a_contest_and_is_not_confirmed(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, newer = rivals
    assert (contest(session).credential, contest(session).contested) == (newer, older)
    with pytest.raises(DomainError, match="Decide that first"):
        confirm(session, work_on(session, newer), reviewer)
    assert standing_of(older, today=TODAY).status is Status.CURRENT


def test_another_title_another_number_and_a_withdrawn_one_are_no_contest(
    session: Session, make: Factory, reviewer: str
) -> None:
    older = claim(make, "Dana Fitzgerald")
    confirm(session, work_on(session, older), reviewer)
    for other in (claim(make, "Olga", key="NASM/NASM-CES"), claim(make, "Ona", number="NC-123457")):
        contests.open_for_claim(session, other, other.terms[-1], now=NOW, today=TODAY)
    older.withdrawn_at = NOW
    late = claim(make, "Lena")
    contests.open_for_claim(session, late, late.terms[-1], now=NOW, today=TODAY)
    assert session.scalars(select(Review).where(Review.kind == "contest")).all() == []


def test_who_waits_when_a_number_is_confirmed_is_the_newer_one(
    session: Session, make: Factory, reviewer: str
) -> None:
    one, other = claim(make, "Dana Fitzgerald"), claim(make, "Dana Imposter")
    confirm(session, work_on(session, one), reviewer)
    assert (contest(session).credential, contest(session).contested) == (other, one)


def test_kept_the_claim_goes_back_and_both_are_told_without_a_name(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, newer = rivals
    waiting, work = work_on(session, newer), contest(session)
    sitting = take(session, work, reviewer)
    with pytest.raises(DomainError, match="Write the reason"):
        contests.decide(session, work, sitting, outcome="kept", answer="")
    contests.decide(session, work, sitting, outcome="kept", answer="The photo shows another number.")
    assert (waiting.outcome, waiting.reason) == ("returned", "number_taken")
    told_by_mail = session.scalars(select(Message).where(Message.template == "contest_decided")).all()
    assert [(mail.context or {})["keeps"] for mail in told_by_mail] == [True, False]
    assert "Imposter" not in str(told_by_mail[0].context or {})
    with pytest.raises(DomainError, match="keeps this number"):
        confirm(session, work_on(session, newer), reviewer)
    said = [each.what for each in told.decisions_about(session, older.trainer, sitting.zone)]
    assert sorted(said) == ["confirmed", "the number stays yours"]
    said = [each.what for each in told.decisions_about(session, newer.trainer, sitting.zone)]
    assert sorted(said) == ["sent back to you", "the number is not yours as we see it"]


def test_moved_the_newer_may_be_confirmed_and_the_older_is_looked_at_again_today(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, newer = rivals
    work = contest(session)
    contests.decide(session, work, take(session, work, reviewer), outcome="moved", answer="NASM shows her.")
    confirm(session, work_on(session, newer), reviewer)
    assert standing_of(newer, today=TODAY).status is Status.CURRENT
    again = queue.open_one(session, kind="recheck", trainer=older.trainer, credential=older)
    assert again
    assert (again.cause, again.due_on) == ("asked", TODAY)


def test_nobody_decides_about_the_own_listing(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, _newer = rivals
    work, own = contest(session), str(older.trainer.account_id)
    with pytest.raises(Refused, match="your own listing"):
        contests.decide(session, work, take(session, work, own), outcome="kept", answer="Mine.")


def test_of_two_who_confirm_one_number_at_the_same_moment_one_does(app: Flask, made: Factory) -> None:
    claims = [claim(made, "Dana Fitzgerald"), claim(made, "Dana Imposter")]
    works = [work_on(made.session, each).id for each in claims]
    reviewers = [str(made.reviewer().id) for _ in claims]
    made.commit()
    engine, start = connect(app.config["SQLALCHEMY_DATABASE_URI"]), Barrier(2)

    def one(work_id: int, by: str) -> str:
        start.wait(timeout=30)
        with Session(engine) as session:
            try:
                confirm(session, session.get_one(Review, work_id), by)
            except DomainError as error:
                return error.sentence
            session.commit()
            return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, works, reviewers))
    with Session(engine) as session:
        confirmed = session.scalars(select(Term.credential_id).join(Check, Check.term_id == Term.id)).all()
        assert len(confirmed) == 1
        assert contest(session).contested_id == confirmed[0]
    engine.dispose()
    assert said[-1] == "confirmed"
    assert said[0] in (contests.UNDECIDED, contests.JUST_CONFIRMED)


# Three claimants


@pytest.fixture
def third(session: Session, make: Factory, rivals: tuple[Credential, Credential], reviewer: str) -> Credential:
    """A third claim for the number, which waits while the second one gets it."""
    older, newer = rivals
    third = claim(make, "Dana Third")
    contests.open_for_claim(session, third, third.terms[-1], now=NOW, today=TODAY)
    work = open_contest(session, newer)
    contests.decide(session, work, take(session, work, reviewer), outcome="moved", answer="NASM shows her.")
    confirm(session, work_on(session, newer), reviewer)
    assert open_contest(session, third).contested is older, "the first contest is not lost"
    return third


def open_contest(session: Session, newer: Credential) -> Review:
    still_open = (Review.kind == "contest", Review.credential_id == newer.id, Review.closed_at.is_(None))
    return session.scalars(select(Review).where(*still_open)).one()


def test_a_claim_stands_in_one_contest_after_the_other(
    session: Session, rivals: tuple[Credential, Credential], third: Credential, reviewer: str
) -> None:
    _older, newer = rivals
    work = work_on(session, third)
    with pytest.raises(DomainError, match="Decide that first"):
        confirm(session, work, reviewer)
    first = open_contest(session, third)
    contests.decide(session, first, take(session, first, reviewer), outcome="moved", answer="NASM shows her.")
    second = open_contest(session, third)
    assert second.contested is newer
    with pytest.raises(DomainError, match="Decide that first"):
        confirm(session, work, reviewer)
    contests.decide(session, second, take(session, second, reviewer), outcome="moved", answer="NASM shows her.")
    assert all(each.outcome for each in session.scalars(select(Review).where(Review.kind == "contest")))


def test_who_loses_the_first_contest_stands_in_no_other(
    session: Session, third: Credential, reviewer: str
) -> None:
    work, first = work_on(session, third), open_contest(session, third)
    contests.decide(session, first, take(session, first, reviewer), outcome="kept", answer="Not yours.")
    assert (work.outcome, work.reason) == ("returned", "number_taken")
    assert not contests.is_open(session, third)


def test_a_claim_whose_rival_is_erased_stands_in_the_next_contest(
    session: Session, rivals: tuple[Credential, Credential], third: Credential, tmp_path: Path
) -> None:
    older, newer = rivals
    files = evidence.open_files(f"file://{tmp_path / 'uploads'}")
    erasure.erase_trainer(session, files, older.trainer, by="1", now=NOW)
    assert open_contest(session, third).contested is newer


# A trainer who says that the number is theirs


def object_to(session: Session, credential: Credential, reason: str = "number") -> Review:
    return claims.object_to(session, credential, reason=reason, body="", by="1", now=NOW, today=TODAY)


def all_contests(session: Session) -> list[tuple[Credential | None, Credential | None, str | None]]:
    found = session.scalars(select(Review).where(Review.kind == "contest").order_by(Review.id))
    return [(each.credential, each.contested, each.outcome) for each in found]


def may_object(session: Session, credential: Credential) -> bool:
    return outlook.outlook(session, credential, today=TODAY, zone=UTC).may_object


def test_who_lost_a_contest_may_say_once_more_that_the_number_is_theirs(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, newer = rivals
    work_on(session, newer)
    first = contest(session)
    contests.decide(session, first, take(session, first, reviewer), outcome="kept", answer="The photo.")
    assert may_object(session, newer)
    with pytest.raises(DomainError, match="Choose that the number is yours"):
        object_to(session, newer, "not_me")
    dispute = object_to(session, newer)
    assert (dispute.kind, may_object(session, newer)) == ("dispute", False)
    assert all_contests(session) == [(newer, older, "kept"), (newer, older, None)]
    with pytest.raises(DomainError, match="Decide that first"):
        confirm(session, dispute, reviewer)
    again = session.scalars(select(Review).where(Review.kind == "contest", Review.outcome.is_(None))).one()
    contests.decide(session, again, take(session, again, reviewer), outcome="moved", answer="NASM shows it.")
    confirm(session, dispute, reviewer)
    assert standing_of(newer, today=TODAY).status is Status.CURRENT


def test_a_holder_whose_number_somebody_claims_may_say_so_while_the_contest_is_open(
    session: Session, rivals: tuple[Credential, Credential]
) -> None:
    older, newer = rivals
    assert (may_object(session, older), may_object(session, newer)) == (True, False)
    assert object_to(session, older).kind == "dispute"
    assert all_contests(session) == [(newer, older, None)]
    with pytest.raises(Refused):
        object_to(session, newer)


def test_who_has_won_has_nothing_to_object_to(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, _newer = rivals
    work = contest(session)
    contests.decide(session, work, take(session, work, reviewer), outcome="kept", answer="The photo.")
    assert not may_object(session, older)
    with pytest.raises(Refused):
        object_to(session, older)


def test_a_holder_who_lost_the_number_asks_again_and_is_looked_at_again_if_that_stays(
    session: Session, rivals: tuple[Credential, Credential], reviewer: str
) -> None:
    older, newer = rivals
    work = contest(session)
    contests.decide(session, work, take(session, work, reviewer), outcome="moved", answer="NASM shows her.")
    confirm(session, work_on(session, newer), reviewer)
    dispute = object_to(session, older)
    assert all_contests(session)[1] == (older, newer, None)
    again = session.scalars(select(Review).where(Review.kind == "contest", Review.outcome.is_(None))).one()
    contests.decide(session, again, take(session, again, reviewer), outcome="kept", answer="It stays so.")
    assert dispute.closed_at is None
    with pytest.raises(DomainError, match="keeps this number"):
        confirm(session, dispute, reviewer)
