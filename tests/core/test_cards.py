import re
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.core.cards import PRIVATE_NAME, Card, Fact, cards_for
from trainers.core.models import Term, Trainer
from trainers.core.review import queue
from trainers.core.standing.status import Status

LOOKED = date(2026, 11, 12)


@pytest.fixture
def dana(make: Factory) -> Trainer:
    return make.trainer("Dana Reyes")


@pytest.fixture
def term(make: Factory, dana: Trainer) -> Term:
    return make.term(make.credential(dana), expires_on=date(2027, 3, 12), number="NC-004821")


def card_of(session: Session, trainer: Trainer) -> Card:
    session.expire_all()
    (card,) = cards_for(session, trainer, today=TODAY, zone=ZONE)
    return card


def told(card: Card) -> list[str]:
    return [look.sentence for look in card.history]


def test_a_confirmed_credential_says_who_looked_where_when_and_what_it_showed(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, looked_on=LOOKED)
    card = card_of(session, dana)
    assert (card.title, card.issuer, card.anchor) == ("NASM Certified Personal Trainer", "NASM", "nasm-nasm-cpt")
    assert (card.status, card.word, card.current) == (Status.CURRENT, "Current until 12 March 2027", True)
    assert card.record is not None
    assert card.record.sentence == (
        "On 12 November 2026 a reviewer looked at NASM's public lookup."
        " It showed the same name, number and end date."
    )
    assert card.not_checked == (
        "that this listing belongs to that person, CPR/AED, insurance, complaints, criminal records."
    )
    assert card.facts == (
        Fact("Name", "Dana Reyes", "same"),
        Fact("Number", "ends 4821", "same"),
        Fact("End date", "12 March 2027", "same"),
        Fact("NASM's status word", "Active", None),
    )
    assert (card.look_url, card.look_text) == (
        "https://www.nasm.org/resources/validate-credentials",
        "Look for yourself at NASM",
    )
    assert (card.number_ends, card.expires_on, card.lines) == ("4821", date(2027, 3, 12), ())
    assert told(card) == [card.record.sentence]


def test_no_card_shows_a_whole_number_or_names_a_reviewer(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, by="417", looked_on=LOOKED)
    text = repr(card_of(session, dana))
    assert "004821" not in text
    assert not re.search(r"\b417\b", text)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"expiry_result": "not_shown", "shown_expires_on": None}, "the same name and number, but no end date"),
        ({"number_result": "not_shown", "shown_number": None}, "the same name and end date, but no number"),
        ({"name_result": "folded"}, "the same name, number and end date"),
    ],
)
def test_the_record_tells_what_the_source_did_not_show(
    session: Session, make: Factory, dana: Trainer, term: Term, changes: dict[str, str | None], shown: str
) -> None:
    make.check(term, **changes)
    card = card_of(session, dana)
    assert card.record is not None
    assert card.record.text.endswith(f"It showed {shown}.")


def test_results_and_the_issuers_word_stand_line_by_line(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, name_result="folded", expiry_result="not_shown", shown_expires_on=None, shown_status=None)
    card = card_of(session, dana)
    assert [fact.result for fact in card.facts] == ["folded", "same", "absent", None]
    assert card.facts[3] == Fact("NASM's status word", "none shown")
    assert card.lines == ("NASM's public lookup showed no end date; the date is the trainer's",)


def test_another_name_on_the_certificate_is_kept_private_and_said(
    session: Session, make: Factory, dana: Trainer
) -> None:
    make.check(make.term(make.credential(dana), name="Wilhelmina Oldname"))
    card = card_of(session, dana)
    assert "Wilhelmina" not in repr(card)
    assert "Oldname" not in repr(card)
    assert card.facts[0] == Fact("Name", "kept private", "same")
    assert PRIVATE_NAME in card.lines


@pytest.mark.parametrize("name", ["DANA REYES", "Reyes, Dana", "Dana M. Reyes"])
def test_the_same_name_in_another_spelling_is_no_other_name(
    session: Session, make: Factory, dana: Trainer, name: str
) -> None:
    make.check(make.term(make.credential(dana), name=name))
    assert PRIVATE_NAME not in card_of(session, dana).lines


def test_what_nobody_looked_at_yet_says_so(session: Session, dana: Trainer, term: Term) -> None:
    card = card_of(session, dana)
    assert (card.status, card.word, card.record) == (Status.NOT_CHECKED, "Not checked yet", None)
    assert card.facts == (
        Fact("Number the trainer gave", "ends 4821"),
        Fact("End date the trainer gave", "12 March 2027"),
    )
    assert (card.not_checked, card.history) == ("all of it so far.", ())


def test_a_first_miss_is_not_shown_before_another_person_has_looked(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, by="1", looked_on=date(2026, 5, 1))
    make.check(term, by="1", outcome="second_look", looked_on=date(2026, 11, 2))
    card = card_of(session, dana)
    assert card.status is Status.CHECK_OLD
    assert len(card.history) == 1
    make.check(term, by="2", outcome="no_match", looked_on=date(2026, 11, 9))
    card = card_of(session, dana)
    assert (card.status, card.current) == (Status.NOT_CONFIRMED, False)
    assert card.record is not None
    assert card.record.sentence == (
        "On 9 November 2026 another reviewer looked at NASM's public lookup and found no match."
    )
    assert told(card) == [
        card.record.sentence,
        "On 2 November 2026 a reviewer looked at NASM's public lookup and found no match.",
        "On 1 May 2026 a reviewer looked at NASM's public lookup. It showed the same name, number and end date.",
    ]
    assert card.facts[0].label == "Number the trainer gave", "what a stranger's record shows is not repeated"


def test_a_first_miss_that_a_later_look_cleared_is_never_shown(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, by="1", outcome="second_look", looked_on=date(2026, 6, 1))
    make.check(term, by="2", looked_on=date(2026, 6, 8))
    assert len(card_of(session, dana).history) == 1
    make.check(term, by="1", outcome="second_look", looked_on=date(2026, 11, 2))
    make.check(term, by="2", outcome="inactive", looked_on=date(2026, 11, 9), shown_status="Expired")
    assert [look.on for look in card_of(session, dana).history] == [
        date(2026, 11, 9),
        date(2026, 11, 2),
        date(2026, 6, 8),
    ]


def test_one_persons_no_is_not_public(session: Session, make: Factory, dana: Trainer, term: Term) -> None:
    make.check(term, by="1", outcome="second_look")
    make.check(term, by="1", outcome="mismatch", name_result="different", number_result="exact")
    card = card_of(session, dana)
    assert (card.status, card.history) == (Status.NOT_CHECKED, ())


def test_a_mistake_of_ours_is_named_without_repeating_it(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, by="1", outcome="second_look", looked_on=date(2026, 10, 1))
    wrong = make.check(term, by="2", outcome="no_match", looked_on=date(2026, 10, 8))
    make.check(term, by="3", looked_on=LOOKED, supersedes_id=wrong.id)
    card = card_of(session, dana)
    assert card.status is Status.CURRENT
    assert told(card)[1:] == ["On 8 October 2026 we wrote down a look wrongly. A later entry puts it right."]


def test_a_source_that_was_down_is_told(session: Session, make: Factory, dana: Trainer, term: Term) -> None:
    make.check(term, looked_on=date(2026, 10, 1))
    make.check(term, outcome="unavailable", looked_on=LOOKED)
    card = card_of(session, dana)
    assert card.record is not None
    assert card.record.on == date(2026, 10, 1)
    assert told(card)[0] == "On 12 November 2026 we tried NASM's public lookup, and it was not available."
    assert card.lines == ("Our last attempt on 12 November 2026 failed: NASM's page was not available",)


def test_a_badge_leads_to_its_own_page_and_a_document_to_none(
    session: Session, make: Factory, dana: Trainer
) -> None:
    badge = make.term(make.credential(dana, "NASM/NASM-CNC"))
    make.check(badge, method="badge_page", source_url="https://badges.example.org/4821")
    make.check(make.term(make.credential(dana, "UESCA/UESCA-RUN")), method="document_seen")
    cards = {card.title: card for card in cards_for(session, dana, today=TODAY, zone=ZONE)}
    nutrition = cards["NASM Certified Nutrition Coach"]
    assert nutrition.look_url == "https://badges.example.org/4821"
    assert nutrition.look_text == "Look for yourself at NASM's digital badge page"
    uesca = next(card for card in cards.values() if card.issuer == "UESCA")
    assert uesca.look_url is None
    assert uesca.record is not None
    assert "a reviewer looked at the trainer's certificate" in uesca.record.text


def test_the_link_names_the_page_it_leads_to(session: Session, make: Factory, dana: Trainer) -> None:
    make.check(make.term(make.credential(dana, "ACSM/ACSM-CPT")))
    card = card_of(session, dana)
    assert card.look_url == "https://usreps.org/"
    assert card.look_text == "Look for yourself at the US Registry of Exercise Professionals (USREPS)"


def test_a_reported_renewal_is_dated_in_the_sites_zone(session: Session, make: Factory, dana: Trainer) -> None:
    credential = make.credential(dana)
    ended = make.term(
        credential, expires_on=date(2026, 11, 1), recorded_at=datetime(2025, 1, 1, tzinfo=NOW.tzinfo)
    )
    make.check(ended, looked_on=date(2026, 9, 1))
    evening = datetime(2026, 11, 21, 4, 0, tzinfo=NOW.tzinfo)
    make.term(credential, expires_on=date(2028, 11, 1), recorded_at=evening)
    session.expire_all()
    (card,) = cards_for(session, dana, today=TODAY, zone=ZONE)
    assert card.status is Status.EXPIRED_RENEWAL_OPEN
    assert card.lines == ("The trainer reports a renewal on 20 November 2026; not checked yet",)


def test_an_open_objection_stands_beside_a_public_no_alone(
    session: Session, make: Factory, dana: Trainer, term: Term
) -> None:
    make.check(term, by="1", outcome="second_look", looked_on=date(2026, 11, 2))
    work = queue.open_review(
        session,
        kind="dispute",
        trainer=dana,
        credential=term.credential,
        now=NOW,
        today=TODAY,
        due_on=date(2026, 12, 3),
    )
    assert card_of(session, dana).lines == (), "the word would give a first miss away"
    make.check(term, by="2", outcome="no_match", looked_on=date(2026, 11, 9))
    assert card_of(session, dana).lines == ("The trainer disputes this; answer due 3 December 2026",)
    work.closed_at, work.outcome = NOW, "confirmed"
    session.flush()
    assert card_of(session, dana).lines == ()


def test_cards_stand_in_the_order_of_the_rules_without_withdrawn_ones(
    session: Session, make: Factory, dana: Trainer
) -> None:
    for key in ("FMS/FMS-L1", "ACSM/ACSM-CPT", "NASM/NASM-CPT"):
        make.check(make.term(make.credential(dana, key)))
    gone = make.credential(dana, "NASM/NASM-CNC")
    make.term(gone)
    gone.withdrawn_at = NOW
    session.flush()
    assert [card.issuer for card in cards_for(session, dana, today=TODAY, zone=ZONE)] == ["NASM", "ACSM", "FMS"]
