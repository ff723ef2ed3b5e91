"""A rule of the database that was broken has its name on both engines, and becomes a sentence."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.factories import Factory
from trainers.core import trainers
from trainers.core.errors import DomainError, Refused
from trainers.core.models import Account, Check, Credential, Review, Slug, Term, Trainer
from trainers.core.models.mail import Stop
from trainers.core.slugs import give_slug, slug_of
from trainers.core.violations import broken_rule, told_as

Break = Callable[[Session, Factory], object]


def a_second_profile(session: Session, make: Factory) -> None:
    make.trainer(account=make.trainer().account)


def a_second_listing_address(session: Session, make: Factory) -> None:
    slug = make.slug(make.trainer())
    session.execute(insert(Slug), [{"slug": slug, "trainer_id": make.trainer().id, "since": NOW}])


def the_same_certification_twice(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    make.credential(trainer)
    make.credential(trainer)


def two_corrections_of_one_claim(session: Session, make: Factory) -> None:
    first = make.term(make.credential(make.trainer()))
    for _ in range(2):
        make.term(first.credential, corrects=first)


def two_open_reviews_of_one_kind(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    credential = make.credential(trainer)
    told = {"kind": "new", "trainer_id": trainer.id, "opened_at": NOW, "due_on": date(2026, 12, 1)}
    for _ in range(2):
        make.add(Review(credential_id=credential.id, **told))


def the_same_stop_twice(session: Session, make: Factory) -> None:
    recipient = make.recipient(make.account())
    for _ in range(2):
        make.add(Stop(recipient_id=recipient.id, scope="all", created_at=NOW))


def an_end_before_the_start(session: Session, make: Factory) -> None:
    term = make.term(make.credential(make.trainer()))
    told = {"credential_id": term.credential_id, "number": "1", "number_key": "1", "name_on_certificate": "D"}
    dates = {"issued_on": date(2027, 1, 2), "expires_on": date(2027, 1, 1)}
    make.add(Term(source="holder", recorded_at=NOW, **told, **dates))


def a_state_that_there_is_not(session: Session, make: Factory) -> None:
    session.execute(update(Trainer).where(Trainer.id == make.trainer().id).values(state="famous"))


def a_changed_check(session: Session, make: Factory) -> None:
    make.check(make.term(make.credential(make.trainer())))
    session.execute(update(Check).values(source_url="https://elsewhere.example"))


BREAKS: dict[str, Break] = {
    "uq_trainer_account_id": a_second_profile,
    "pk_slug": a_second_listing_address,
    "uq_credential_trainer_id_type_id": the_same_certification_twice,
    "uq_term_corrects_id": two_corrections_of_one_claim,
    "uq_review_credential_id_kind": two_open_reviews_of_one_kind,
    "uq_stop_recipient_id_scope_subject": the_same_stop_twice,
    "ck_term_order": an_end_before_the_start,
    "ck_trainer_state": a_state_that_there_is_not,
    "append_only_check": a_changed_check,
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_rule_has_its_name(session: Session, make: Factory, rule: str) -> None:
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        BREAKS[rule](session, make)
    assert broken_rule(caught.value) == rule


@pytest.mark.parametrize("rule", BREAKS)
def test_it_is_told_in_words_and_the_session_goes_on(session: Session, make: Factory, rule: str) -> None:
    before = make.account("before@example.org").id
    with pytest.raises(DomainError, match="Not twice"), told_as(session, **{rule: DomainError("Not twice.")}):
        BREAKS[rule](session, make)
    assert session.scalars(select(Account.id)).all() == [before]


def test_another_rule_than_the_one_that_was_thought_of_stays_an_error(session: Session, make: Factory) -> None:
    with pytest.raises(IntegrityError), told_as(session, uq_account_email=DomainError("Not twice.")):
        a_second_profile(session, make)


def test_a_column_without_a_value_breaks_no_named_rule(session: Session) -> None:
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.execute(text("INSERT INTO role (name) VALUES (NULL)"))
    assert broken_rule(caught.value) is None


def test_whoever_is_second_to_make_a_profile_is_told(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make.trainer().account
    monkeypatch.setattr(trainers, "trainer_of", lambda *_: None)  # asked before the first one was there
    with pytest.raises(Refused, match="told us about you already"):
        trainers.create_profile(session, account, name="Dana", zip="97005", mode="both", by="1", now=NOW)


def test_a_namesake_of_the_same_moment_gets_the_next_address(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = iter([True])  # the first look does not see the namesake's address
    make.add(Slug(slug="dana-day", trainer_id=make.trainer("Somebody Else").id, since=NOW))
    scalars = session.scalars

    def looks(query: object) -> object:
        return [] if "slug.slug" in str(query) and next(blind, False) else scalars(query)  # type: ignore[call-overload]

    trainer = make.trainer("Dana Day")
    monkeypatch.setattr(session, "scalars", looks)
    give_slug(session, trainer, now=NOW)
    monkeypatch.undo()
    assert slug_of(session, trainer) == "dana-day-2"


def test_an_unused_credential_is_no_hindrance(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    gone: Credential = make.credential(trainer)
    gone.withdrawn_at = NOW
    session.flush()
    assert make.credential(trainer).id != gone.id
