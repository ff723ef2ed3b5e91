from datetime import date, timedelta
from email.headerregistry import Address

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from trainers.core.errors import DomainError
from trainers.core.mail import outbox, stops
from trainers.core.mail.outbox import DELAYS, GIVE_UP, LEASE, Letter, Outcome
from trainers.core.mail.recipients import may_be_address
from trainers.core.mail.transport import Fate, Reply
from trainers.core.mail.wire import write_mail
from trainers.core.models import Attempt, Message, Recipient

ACCEPTED = Reply(Fate.DELIVERED, "250 queued as A1")
BUSY = Reply(Fate.LATER, "451 try later")
NO_SUCH_ADDRESS = Reply(Fate.REFUSED, "550 no such user", unknown_address=True)
AGAINST_US = Reply(Fate.REFUSED, "550 5.7.1 looks like spam")
DOWN = Reply(Fate.UNREACHABLE, "ConnectionRefusedError")


class Scripted:
    """A transport that answers what it was told to and keeps what it was given."""

    def __init__(self, *replies):
        self.replies, self.sent = list(replies), []

    def send(self, mail, meanwhile):
        self.sent.append(mail)
        return self.replies.pop(0)


@pytest.fixture
def dana(session):
    return outbox.recipient_for(session, "dana@example.org")


@pytest.fixture
def put(session, dana):
    def put(key="k1", *, template="claim_returned", to=None, at=NOW):
        context = {"name": "Dana"}
        return outbox.queue(session, to=to or dana, template=template, context=context, dedupe_key=key, now=at)

    return put


def letters_for(messages):
    return [
        Letter(
            each.id,
            each.attempts,
            each.lease_until,
            written(each),
            recipient_id=each.recipient_id,
            marked=each.recipient.state != "ok",
        )
        for each in messages
    ]


def written(message):
    return write_mail(
        sender=Address(addr_spec="notices@example.org"),
        to=Address(addr_spec="dana@example.org"),
        subject="Please correct one thing",
        message_id=f"<{message.message_id}@example.org>",
        date=NOW,
        text="Hello",
        html="<p>Hello</p>",
        headers={},
    )


def attempt(session, transport, at):
    """One whole round at a moment; answers the outcomes."""
    letters = letters_for(outbox.claim(session, now=at))
    outcomes = list(outbox.deliver(transport, letters, clock=lambda: at))
    outbox.settle(session, outcomes, now=at)
    session.expire_all()
    return outcomes


def attempts_of(session, message):
    query = select(Attempt).where(Attempt.message_id == message.id).order_by(Attempt.n)
    return [(each.n, each.delivered, each.reply) for each in session.scalars(query)]


# --- addresses


def test_an_address_is_one_recipient_however_it_is_spelled(session, dana):
    again = outbox.recipient_for(session, " Dana@Example.ORG ")
    assert again.id == dana.id
    assert again.email == "dana@example.org"


def test_an_address_learns_its_account_later(session, make, dana):
    account = make.account("dana@example.org")
    assert dana.account_id is None
    assert outbox.recipient_for(session, account.email, account_id=account.id).account_id == account.id
    assert outbox.recipient_for(session, account.email).account_id == account.id


def test_links_to_a_recipient_cannot_be_guessed_and_are_short(session):
    keys = {outbox.recipient_for(session, f"p{n}@example.org").key for n in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {16}


@pytest.mark.parametrize(
    "email",
    [
        "",
        "dana",
        "@example.org",
        "dana@",
        "dana@example.org\r\nBcc: all@example.org",
        "dana@example.org\nX: 1",
        "a b@example.org",
        "dana@example.org,eve@example.org",
        "Dana <dana@example.org>",
        "dana@@example.org",
        "dana\x00@example.org",
        f"{'a' * 250}@example.org",
    ],
)
def test_what_cannot_be_an_address_is_refused_at_the_email_field(session, email):
    with pytest.raises(DomainError) as refused:
        outbox.recipient_for(session, email)
    assert refused.value.field == "email"
    assert session.scalar(select(Recipient).where(Recipient.email_key.contains("dana"))) is None


@pytest.mark.parametrize("email", ["jörg@example.org", "dana@müller.example", "o'brien+gym@sub.example.co.uk"])
def test_unusual_addresses_pass(email):
    assert may_be_address(email)


# --- queueing


def test_a_queued_message_waits_with_what_it_will_say(put):
    message = put()
    assert (message.state, message.attempts, message.not_before) == ("queued", 0, NOW)
    assert message.context == {"name": "Dana"}
    assert len(message.message_id) == 32


def test_the_same_key_queues_once(session, put):
    assert put("same") is not None
    assert put("same") is None
    assert len(session.scalars(select(Message)).all()) == 1


def test_dates_in_a_context_are_kept_as_iso_text(session, dana):
    context = {"due_on": date(2026, 12, 3), "items": [{"ends_on": date(2028, 2, 29)}]}
    message = outbox.queue(session, to=dana, template="digest", context=context, dedupe_key="k", now=NOW)
    session.refresh(message)
    assert message.context == {"due_on": "2026-12-03", "items": [{"ends_on": "2028-02-29"}]}


def test_a_context_that_json_cannot_hold_is_an_error_at_once(session, dana):
    with pytest.raises(TypeError, match="cannot hold"):
        outbox.queue(session, to=dana, template="digest", context={"who": dana}, dedupe_key="k", now=NOW)


@pytest.mark.parametrize("state", ["bounced", "complained"])
def test_an_address_from_which_mail_came_back_gets_nothing_but_what_was_asked_for(session, dana, put, state):
    dana.state = state
    assert put("reminder", template="digest") is None
    assert put("reset", template="account") is not None
    assert put("link", template="contact_link") is not None
    assert len(outbox.claim(session, now=NOW)) == 2


# --- claiming


def test_a_claim_takes_what_is_due_oldest_first_and_nothing_twice(session, put):
    second, first = put("b", at=NOW), put("a", at=NOW - timedelta(minutes=1))
    put("later", at=NOW + timedelta(seconds=1))
    claimed = outbox.claim(session, now=NOW)
    assert [each.id for each in claimed] == [first.id, second.id]
    assert {each.state for each in claimed} == {"sending"}
    assert {each.lease_until for each in claimed} == {NOW + LEASE}
    assert outbox.claim(session, now=NOW) == []


def test_a_claim_takes_no_more_than_it_was_told(session, put):
    for n in range(5):
        put(str(n))
    assert [len(outbox.claim(session, now=NOW, limit=2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_sender_that_was_never_heard_of_again_loses_its_messages_to_the_next(session, put):
    message = put()
    outbox.claim(session, now=NOW)
    name = message.message_id
    assert outbox.claim(session, now=NOW + LEASE) == []
    again = outbox.claim(session, now=NOW + LEASE + timedelta(seconds=1))
    assert [(each.id, each.attempts, each.message_id) for each in again] == [(message.id, 2, name)]
    assert attempts_of(session, message) == [(1, False, "The sender stopped before it could say what came of it.")]


def test_a_reminder_stopped_after_it_was_queued_is_dropped_and_erased(session, dana, put):
    message = put(template="digest")
    stops.stop(session, dana, stops.all_of_kind(stops.choices(session, dana), "expiry"), now=NOW)
    assert outbox.claim(session, now=NOW) == []
    assert (message.state, message.drop_reason, message.context, message.attempts) == (
        "dropped",
        "stopped",
        None,
        0,
    )


def test_mail_queued_before_the_address_came_back_is_dropped(session, dana, put):
    message = put()
    dana.state = "bounced"
    assert outbox.claim(session, now=NOW) == []
    assert (message.state, message.drop_reason, message.context) == ("dropped", "bounced", None)


def test_stopping_everything_keeps_back_no_mail_that_the_listing_needs(session, dana, put):
    needed, receipt = put("a", template="second_look"), put("b", template="claim_received")
    stops.stop(session, dana, stops.choices(session, dana)[-1], now=NOW)
    assert [each.id for each in outbox.claim(session, now=NOW)] == [needed.id]
    assert receipt.state == "dropped"


# --- delivering and settling


def test_a_delivered_message_keeps_its_subject_and_nothing_of_what_it_said(session, put):
    message = put()
    attempt(session, Scripted(ACCEPTED), NOW)
    session.refresh(message)
    assert (message.state, message.sent_at, message.lease_until) == ("sent", NOW, None)
    assert (message.subject, message.context) == ("Please correct one thing", None)
    assert attempts_of(session, message) == [(1, True, "250 queued as A1")]


def test_a_busy_server_is_asked_again_later_and_later(session, put):
    message, at, waits = put(), NOW, []
    for _ in range(len(DELAYS) + 1):
        attempt(session, Scripted(BUSY), at)
        session.refresh(message)
        assert message.state == "queued"
        waits.append(message.not_before - at)
        at = message.not_before
    assert waits == [*DELAYS, DELAYS[-1]]
    attempt(session, Scripted(ACCEPTED), at)
    session.refresh(message)
    assert message.state == "sent"
    assert [delivered for _, delivered, _ in attempts_of(session, message)] == [False] * 6 + [True]


def test_after_three_days_of_trying_it_is_given_up(session, put):
    message = put()
    attempt(session, Scripted(BUSY), NOW + GIVE_UP + timedelta(minutes=1))
    session.refresh(message)
    assert (message.state, message.context) == ("failed", None)


@pytest.mark.parametrize(
    ("reply", "state"), [(NO_SUCH_ADDRESS, "bounced"), (AGAINST_US, "ok")], ids=["nobody there", "not from us"]
)
def test_a_refusal_is_final_and_only_an_unknown_address_is_remembered(session, dana, put, reply, state):
    message = put()
    attempt(session, Scripted(reply), NOW)
    session.refresh(message)
    assert (message.state, message.context, dana.state) == ("failed", None, state)
    assert attempts_of(session, message) == [(1, False, reply.text)]


def test_an_address_that_takes_mail_again_is_good_again(session, dana, put):
    dana.state = "bounced"
    put(template="account")
    attempt(session, Scripted(ACCEPTED), NOW)
    assert dana.state == "ok"


def test_one_refusal_does_not_keep_the_others_back(session, put):
    refused, fine = put("a"), put("b")
    attempt(session, Scripted(NO_SUCH_ADDRESS, ACCEPTED), NOW)
    session.refresh(refused)
    session.refresh(fine)
    assert (refused.state, fine.state) == ("failed", "sent")


def test_when_no_server_answers_the_rest_waits_without_having_been_tried(session, put):
    tried, untried = put("a"), put("b")
    transport = Scripted(DOWN)
    attempt(session, transport, NOW)
    session.refresh(tried)
    session.refresh(untried)
    assert len(transport.sent) == 1
    assert (tried.state, tried.attempts, tried.not_before) == ("queued", 1, NOW + DELAYS[0])
    assert (untried.state, untried.attempts, untried.not_before) == ("queued", 0, NOW)
    assert attempts_of(session, untried) == []


def test_no_mail_is_begun_when_the_lease_is_nearly_over(session, put):
    put()
    letters = letters_for(outbox.claim(session, now=NOW))
    transport = Scripted(ACCEPTED)
    late = NOW + LEASE - timedelta(seconds=30)
    outcomes = list(outbox.deliver(transport, letters, clock=lambda: late))
    assert transport.sent == []
    assert [each.reply for each in outcomes] == [None]


def test_a_slow_sender_that_comes_back_in_time_keeps_the_message_from_going_out_again(session, put):
    message = put()
    [letter] = letters_for(outbox.claim(session, now=NOW))
    later = NOW + LEASE + timedelta(minutes=1)
    outbox.put_back(session, later)
    outbox.settle(session, [Outcome(letter.id, letter.attempt, ACCEPTED, "Subject")], now=later)
    session.refresh(message)
    assert message.state == "sent"
    assert outbox.claim(session, now=later) == []


def test_a_slow_sender_cannot_undo_what_the_next_one_does(session, put):
    message = put()
    [slow] = letters_for(outbox.claim(session, now=NOW))
    later = NOW + LEASE + timedelta(minutes=1)
    [quick] = letters_for(outbox.claim(session, now=later))
    outbox.settle(session, [Outcome(slow.id, slow.attempt, BUSY)], now=later)
    session.refresh(message)
    assert (message.state, message.attempts) == ("sending", 2)
    outbox.settle(session, [Outcome(quick.id, quick.attempt, ACCEPTED, "Subject")], now=later)
    session.refresh(message)
    assert message.state == "sent"
    assert [n for n, _, _ in attempts_of(session, message)] == [1, 2]


def test_a_recipient_who_was_erased_while_the_mail_was_under_way_is_no_error(session, put):
    message = put()
    [letter] = letters_for(outbox.claim(session, now=NOW))
    session.delete(message)
    session.flush()
    outbox.settle(session, [Outcome(letter.id, letter.attempt, ACCEPTED, "Subject")], now=NOW)
    assert session.scalars(select(Attempt)).all() == []
