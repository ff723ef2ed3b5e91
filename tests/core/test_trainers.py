"""The life of a profile and of its addresses."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core import accounts, trainers
from trainers.core.errors import DomainError, Gone, NotFound, Refused
from trainers.core.models import Account, AuditEvent, Listing, Review, Slug, Trainer, Watch
from trainers.core.slugs import slug_of

LATER = NOW + timedelta(days=1)


def new_profile(session: Session, account: Account, name: str = "Dana Fitzgerald") -> Trainer:
    return trainers.create_profile(session, account, name=name, zip="97005", mode="both", by="1", now=NOW)


def consent(session: Session, trainer: Trainer) -> None:
    for purpose in trainers.CONSENTS:
        accounts.give_consent(session, trainer.account, purpose, now=NOW)
    session.flush()


def actions(session: Session, trainer: Trainer) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.about == f"trainer:{trainer.id}").order_by(AuditEvent.id)
    return list(session.scalars(query))


def is_found(session: Session, trainer: Trainer) -> bool:
    return session.get(Listing, trainer.id, populate_existing=True) is not None


def update_words(session: Session, trainer: Trainer, **changes: object) -> None:
    words = {"headline": "", "bio": "", "specialties": [], "languages": [], "accepting": True} | changes
    trainers.update_profile(session, trainer, proven=(), **words, by="1", now=NOW, today=TODAY)  # type: ignore[arg-type]


class TestProfile:
    def test_starts_as_a_draft_with_an_address_that_nobody_can_open(self, session: Session, make: Factory) -> None:
        trainer = new_profile(session, make.account())
        assert (trainer.state, slug_of(session, trainer)) == ("draft", "dana-fitzgerald")
        with pytest.raises(NotFound):
            trainers.find_by_slug(session, "dana-fitzgerald")

    def test_is_made_once_for_each_account(self, session: Session, make: Factory) -> None:
        account = make.account()
        new_profile(session, account)
        with pytest.raises(Refused):
            new_profile(session, account)

    @pytest.mark.parametrize("name", ["", "   ", "\t\n", "!!!", "\u202e"])
    def test_needs_a_name_with_letters(self, session: Session, make: Factory, name: str) -> None:
        with pytest.raises(DomainError) as caught:
            new_profile(session, make.account(), name)
        assert caught.value.field == "name"

    def test_refuses_a_name_longer_than_its_column(self, session: Session, make: Factory) -> None:
        with pytest.raises(DomainError):
            new_profile(session, make.account(), "x" * 121)

    def test_keeps_no_line_breaks_and_no_hidden_signs_in_a_name(self, session: Session, make: Factory) -> None:
        assert new_profile(session, make.account(), " Dana \r\n\u202e Fitzgerald ").name == "Dana Fitzgerald"

    def test_words_about_oneself_change_no_certification(self, session: Session, make: Factory) -> None:
        trainer = make.listed()
        before = session.get_one(Listing, trainer.id).qualifying
        update_words(
            session, trainer, headline="Strength for runners", bio="One\n\n\n\nTwo", specialties=["running"]
        )
        assert (trainer.state, trainer.bio) == ("listed", "One\n\nTwo")
        row = session.get_one(Listing, trainer.id, populate_existing=True)
        assert (row.shown["headline"], row.qualifying) == ("Strength for runners", before)

    def test_choices_are_replaced_by_the_new_ones(self, session: Session, make: Factory) -> None:
        trainer = make.trainer(specialties=("running", "trail"))
        update_words(session, trainer, specialties=["trail", "mobility"], languages=["es"], accepting=False)
        update_words(session, trainer, specialties=["mobility", "trail"], languages=["es", "en"], accepting=False)
        session.refresh(trainer)
        assert trainers.specialties_of(trainer) == {"trail", "mobility"}
        assert trainers.languages_of(trainer) == {"en", "es"}
        assert (trainer.accepting, trainer.accepting_said_on) == (False, TODAY)


class TestAddresses:
    def test_two_people_of_one_name_get_two_addresses(self, session: Session, make: Factory) -> None:
        first, second, third = (new_profile(session, make.account()) for _ in range(3))
        found = [slug_of(session, each) for each in (first, second, third)]
        assert found == ["dana-fitzgerald", "dana-fitzgerald-2", "dana-fitzgerald-3"]

    def test_a_new_name_gets_a_new_address_and_the_old_one_leads_there(
        self, session: Session, make: Factory
    ) -> None:
        trainer = make.listed("Dana Fitzgerald")
        old = slug_of(session, trainer)
        trainers.change_name(session, trainer, "Dana Reyes", by="1", now=LATER, today=TODAY)
        assert trainers.find_by_slug(session, old) == (trainer, "dana-reyes")
        assert session.get_one(Listing, trainer.id, populate_existing=True).slug == "dana-reyes"

    def test_going_back_to_an_old_name_goes_back_to_its_address(self, session: Session, make: Factory) -> None:
        trainer = make.listed("Dana Fitzgerald")
        trainers.change_name(session, trainer, "Dana Reyes", by="1", now=LATER, today=TODAY)
        trainers.change_name(session, trainer, "Ana Reyes", by="1", now=LATER + timedelta(1), today=TODAY)
        trainers.change_name(session, trainer, "Dana Reyes", by="1", now=LATER + timedelta(2), today=TODAY)
        assert slug_of(session, trainer) == "dana-reyes"

    def test_a_name_never_shown_leaves_no_address_behind(self, session: Session, make: Factory) -> None:
        trainer = new_profile(session, make.account(), "Dana Fitzgreald")
        trainers.change_name(session, trainer, "Dana Fitzgerald", by="1", now=LATER, today=TODAY)
        assert session.get(Slug, "dana-fitzgreald") is None
        assert slug_of(session, trainer) == "dana-fitzgerald"

    def test_an_address_of_an_erased_trainer_is_gone_and_given_to_nobody(
        self, session: Session, make: Factory
    ) -> None:
        make.add(Slug(slug="dana-fitzgerald", trainer_id=None, since=NOW))
        with pytest.raises(Gone):
            trainers.find_by_slug(session, "dana-fitzgerald")
        assert slug_of(session, new_profile(session, make.account())) == "dana-fitzgerald-2"

    @pytest.mark.parametrize("slug", ["", "nobody", "a\x00b", "DANA", "x" * 200, "a/b"])
    def test_an_unknown_address_is_not_found(self, session: Session, slug: str) -> None:
        with pytest.raises(NotFound) as caught:
            trainers.find_by_slug(session, slug)
        assert not isinstance(caught.value, Gone)

    def test_a_name_in_another_script_has_an_address_too(self, session: Session, make: Factory) -> None:
        assert slug_of(session, new_profile(session, make.account(), "李小龙")) == "trainer"


class TestListing:
    def test_needs_both_consents(self, session: Session, make: Factory) -> None:
        trainer = make.trainer(state="draft")
        make.term(make.credential(trainer))
        accounts.give_consent(session, trainer.account, "listing", now=NOW)
        with pytest.raises(Refused):
            trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)
        assert trainer.state == "draft"

    def test_needs_a_certification(self, session: Session, make: Factory) -> None:
        trainer = make.trainer(state="draft")
        consent(session, trainer)
        with pytest.raises(Refused):
            trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)

    def test_puts_the_trainer_into_the_search(self, session: Session, make: Factory) -> None:
        trainer = make.trainer(state="draft")
        make.term(make.credential(trainer))
        consent(session, trainer)
        trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)
        assert is_found(session, trainer)
        assert trainer.listed_at == NOW

    def test_a_paused_listing_cannot_be_found_or_opened_until_it_goes_on(
        self, session: Session, make: Factory
    ) -> None:
        trainer = make.listed()
        slug = slug_of(session, trainer)
        trainers.pause(session, trainer, by="1", today=TODAY)
        assert not is_found(session, trainer)
        with pytest.raises(NotFound) as caught:
            trainers.find_by_slug(session, slug)
        assert not isinstance(caught.value, Gone)
        trainers.resume(session, trainer, by="1", today=TODAY)
        assert is_found(session, trainer)
        assert trainers.find_by_slug(session, slug) == (trainer, slug)

    def test_a_withdrawn_listing_is_gone_and_leaves_the_queue(self, session: Session, make: Factory) -> None:
        trainer = make.listed()
        credential = make.credential(trainer, "ACSM/ACSM-CPT")
        make.term(credential)
        make.add(
            Review(kind="new", credential_id=credential.id, trainer_id=trainer.id, opened_at=NOW, due_on=TODAY)
        )
        trainers.withdraw(session, trainer, by="1", now=NOW, today=TODAY)
        with pytest.raises(Gone):
            trainers.find_by_slug(session, slug_of(session, trainer))
        assert not is_found(session, trainer)
        assert session.scalars(select(Review.outcome)).all() == ["withdrawn"]

    def test_listing_again_puts_unanswered_claims_back_into_the_queue(
        self, session: Session, make: Factory
    ) -> None:
        trainer = make.listed()
        waiting = make.credential(trainer, "ACSM/ACSM-CPT")
        make.term(waiting)
        consent(session, trainer)
        trainers.withdraw(session, trainer, by="1", now=NOW, today=TODAY)
        trainers.list_publicly(session, trainer, by="1", now=LATER, today=TODAY)
        opened = session.execute(select(Review.credential_id, Review.kind)).all()
        assert opened == [(waiting.id, "new")]
        assert trainer.listed_at == NOW

    def test_reminders_end_with_the_listing_and_begin_again_with_it(self, session: Session, make: Factory) -> None:
        trainer = make.listed()
        consent(session, trainer)
        trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)
        watched = select(Watch.next_on)
        assert session.scalars(watched).one() is not None
        trainers.withdraw(session, trainer, by="1", now=NOW, today=TODAY)
        assert session.scalars(watched).one() is None
        trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)
        assert session.scalars(watched).one() is not None

    def test_each_step_is_on_record_once(self, session: Session, make: Factory) -> None:
        trainer = make.listed()
        trainers.pause(session, trainer, by="1", today=TODAY)
        trainers.pause(session, trainer, by="1", today=TODAY)
        trainers.resume(session, trainer, by="1", today=TODAY)
        trainers.withdraw(session, trainer, by="1", now=NOW, today=TODAY)
        assert actions(session, trainer) == ["listing_paused", "listing_listed", "listing_withdrawn"]

    def test_a_draft_can_be_neither_paused_nor_withdrawn(self, session: Session, make: Factory) -> None:
        trainer = make.trainer(state="draft")
        with pytest.raises(Refused):
            trainers.pause(session, trainer, by="1", today=TODAY)
        with pytest.raises(Refused):
            trainers.resume(session, trainer, by="1", today=TODAY)
        with pytest.raises(Refused):
            trainers.withdraw(session, trainer, by="1", now=NOW, today=TODAY)
