"""Followers are told of facts, once each, and of nothing else."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from trainers.core import erasure, trainers
from trainers.core.credentials import visible_credentials
from trainers.core.errors import DomainError, Gone, NotFound, Refused
from trainers.core.evidence import open_files
from trainers.core.mail import following, news, outbox, stops
from trainers.core.mail.facts import CURRENT, EXPIRED, RENEWED, SOON, STEPS, Fact, learn, news_in
from trainers.core.mail.outbox import Outcome
from trainers.core.mail.transport import Fate, Reply
from trainers.core.models import Follow, Message

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 20, tzinfo=UTC)
ZONE = ZoneInfo("Pacific/Honolulu")
ENDS = TODAY + timedelta(days=200)
ROBIN = "robin@example.org"


@pytest.fixture
def dana(make):
    return make.listed("Dana Fitzgerald", expires_on=ENDS)


@pytest.fixture
def follow(session, make, dana):
    found = following.ask(session, dana, email=ROBIN, slug=make.slug(dana), now=NOW)
    following.confirm(session, found, today=TODAY, now=NOW)
    deliver(session, TODAY)
    return found


def deliver(session, today):
    """What left, as (template, what is told); news as the step and the end date of each line."""
    now, left = NOW + (today - TODAY), []
    for message in news.write_news(session, outbox.claim(session, now=now), today=today):
        lines = [(line["what"], line["ends_on"]) for line in (message.context or {}).get("items", [])]
        left.append((message.template, lines))
        outcome = Outcome(message.id, message.attempts, Reply(Fate.DELIVERED, "250"), "Subject")
        outbox.settle(session, [outcome], now=now)
    session.expire_all()
    return left


def day(session, today):
    news.plan(session, today=today, now=NOW + (today - TODAY), zone=ZONE)
    return deliver(session, today)


def days(session, first, count):
    """What followers were told on each of these days, where they were told something."""
    told = {}
    for n in range(count):
        if left := day(session, first + timedelta(days=n)):
            told[first + timedelta(days=n)] = left
    return told


def test_nobody_is_told_anything_before_the_button_is_pressed(session, make, dana):
    asked = following.ask(session, dana, email=ROBIN, slug=make.slug(dana), now=NOW)
    assert [template for template, _ in deliver(session, TODAY)] == ["follow_link"]
    assert days(session, ENDS - timedelta(days=91), 3) == {}
    with pytest.raises(Gone, match="more than two days old"):
        following.find(session, asked.key, now=NOW + following.WAITS)
    assert following.forget_unpressed(session, now=NOW + following.WAITS) == 1


def test_an_end_date_is_told_as_passed_seven_days_after_it_and_not_before(session, follow):
    passed = ENDS + timedelta(days=7)
    assert days(session, ENDS - timedelta(days=3), 20) == {
        passed: [("follow_news", [(EXPIRED, ENDS.isoformat())])]
    }


def test_what_expires_soon_is_told_ninety_days_before(session, make, dana, follow):
    recheck(session, make, dana, ENDS - timedelta(days=100), ENDS)
    told = days(session, ENDS - timedelta(days=92), 5)
    assert told == {ENDS - timedelta(days=90): [("follow_news", [(SOON, ENDS.isoformat())])]}


def recheck(session, make, dana, looked_on, expires_on):
    credential = dana_credential(session, dana)
    make.check(make.term(credential, expires_on=expires_on), looked_on=looked_on)
    session.flush()
    session.expire_all()


def dana_credential(session, dana):
    return visible_credentials(session, dana)[0]


def test_a_renewal_is_told_once_and_begins_a_new_story(session, make, dana, follow):
    later = ENDS + timedelta(days=730)
    recheck(session, make, dana, TODAY, later)
    assert days(session, TODAY + timedelta(days=1), 3) == {
        TODAY + timedelta(days=1): [("follow_news", [(RENEWED, later.isoformat())])]
    }


def test_planning_twice_makes_one_mail(session, make, dana, follow):
    recheck(session, make, dana, TODAY, ENDS + timedelta(days=730))
    tomorrow = TODAY + timedelta(days=1)
    for _ in range(2):
        news.plan(session, today=tomorrow, now=NOW + timedelta(days=1), zone=ZONE)
    assert len(deliver(session, tomorrow)) == 1


def test_what_comes_up_before_the_mail_left_stands_in_the_same_mail(session, make, dana, follow):
    """However long sending is held up: one mail a day."""
    tara = make.listed("Tara Trainer", expires_on=ENDS)
    other = following.ask(session, tara, email=ROBIN, slug=make.slug(tara), now=NOW)
    following.confirm(session, other, today=TODAY, now=NOW)
    deliver(session, TODAY)
    for n, trainer in enumerate((dana, tara), start=1):
        recheck(session, make, trainer, TODAY, ENDS + timedelta(days=700 + n))
        news.plan(session, today=TODAY + timedelta(days=n), now=NOW + timedelta(days=n), zone=ZONE)
    [(_, lines)] = deliver(session, TODAY + timedelta(days=2))
    assert [what for what, _ in lines] == [RENEWED, RENEWED]


def test_what_changed_before_the_mail_left_is_not_told(session, make, dana, follow):
    passed = ENDS + timedelta(days=7)
    news.plan(session, today=passed, now=NOW + (passed - TODAY), zone=ZONE)
    recheck(session, make, dana, passed, ENDS + timedelta(days=730))
    assert deliver(session, passed) == []
    assert session.scalar(select(Message.drop_reason).where(Message.template == "follow_news")) == "renewed"


@pytest.mark.parametrize("ending", ["pause", "clear", "erase"])
def test_a_listing_that_goes_says_only_that_it_can_no_longer_be_followed(session, dana, follow, ending, tmp_path):
    if ending == "pause":
        trainers.pause(session, dana, by="1", today=TODAY)
    elif ending == "clear":
        assert following.clear(session, dana, by="1", now=NOW) == 1
    else:
        erasure.erase_trainer(session, open_files(f"file://{tmp_path}"), dana, by="1", now=NOW)
    assert days(session, TODAY + timedelta(days=1), 3) == {TODAY + timedelta(days=1): [("follow_ended", [])]}
    assert session.scalars(select(Follow)).all() == []


def test_stopping_one_trainer_or_all_such_mails_keeps_the_news_back(session, follow):
    for value in (f"credential:{follow.item}", f"kind:{stops.FOLLOWING}"):
        choice = stops.find_choice(stops.choices(session, follow.recipient), value)
        stops.stop(session, follow.recipient, choice, now=NOW)
        assert days(session, ENDS + timedelta(days=6), 3) == {}, value
        follow.told = {item: [ends_on, CURRENT] for item, (ends_on, _) in follow.told.items()}
        choice = stops.find_choice(stops.choices(session, follow.recipient), value)
        stops.resume(session, follow.recipient, choice, now=NOW)
    assert len(days(session, ENDS + timedelta(days=7), 3)) == 1, "and the way back"


def test_who_stopped_all_mail_is_asked_about_that_first(session, make, dana):
    asked = following.ask(session, dana, email=ROBIN, slug=make.slug(dana), now=NOW)
    choice = stops.find_choice(stops.choices(session, asked.recipient), "all:")
    stops.stop(session, asked.recipient, choice, now=NOW)
    with pytest.raises(DomainError, match="stopped all our mails"):
        following.confirm(session, asked, today=TODAY, now=NOW)
    assert asked.confirmed_at is None


def test_a_trainer_who_wants_no_followers_gets_none(session, make, dana):
    following.switch(session, dana, on=False, by="1")
    with pytest.raises(Refused, match="cannot be followed"):
        following.ask(session, dana, email=ROBIN, slug=make.slug(dana), now=NOW)


def test_one_address_has_few_links_waiting(session, make):
    for n in range(following.WAITING_AT_ONCE + 1):
        trainer = make.listed(f"Trainer Number{n}")
        if n == following.WAITING_AT_ONCE:
            with pytest.raises(Refused, match="links are waiting"):
                following.ask(session, trainer, email=ROBIN, slug=make.slug(trainer), now=NOW)
        else:
            following.ask(session, trainer, email=ROBIN, slug=make.slug(trainer), now=NOW)


def test_ending_a_follow_leaves_no_trace(session, follow):
    key = follow.key
    following.end(session, follow)
    with pytest.raises(NotFound):
        following.find(session, key, now=NOW)


DATES = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31))
FACTS = st.builds(
    Fact, item=st.just("a"), label=st.just("NASM-CPT"), ends_on=DATES, step=st.sampled_from(STEPS),
)  # fmt: skip


@given(st.lists(FACTS, min_size=2, max_size=12))
def test_no_fact_is_told_twice(facts):
    told, said = learn({}, facts[:1]), []
    for fact in facts[1:]:
        what = news_in(told, fact)
        told = learn(told, [fact])
        assert news_in(told, fact) is None, "what is learned is no news"
        if what:
            said.append((fact.ends_on, what))
    for earlier, later in pairwise(said):
        assert earlier != later or earlier[1] == RENEWED
