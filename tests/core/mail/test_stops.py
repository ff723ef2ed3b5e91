import pytest
from sqlalchemy import func, select

from tests.conftest import NOW, TODAY
from trainers.core.errors import NotFound
from trainers.core.mail import alerts, outbox, stops
from trainers.core.mail.stops import REMINDERS, are_stopped
from trainers.core.models import Credential, Stop


@pytest.fixture
def dana(session, make):
    """Dana's recipient; she holds two credentials with an end date."""
    trainer = make.listed()
    second = make.credential(trainer, "ACSM/ACSM-CPT")
    make.check(make.term(second))
    for credential in session.scalars(select(Credential).filter_by(trainer_id=trainer.id)).all():
        alerts.watch_credential(session, credential, today=TODAY)
    return outbox.recipient_for(session, trainer.account.email)


def press(session, recipient, number):
    stops.stop(session, recipient, stops.choices(session, recipient)[number], now=NOW)


def in_force(session, recipient):
    return stops.stops_of(session, [recipient.id])[recipient.id]


def test_the_choices_go_from_one_credential_to_everything(session, dana):
    assert [choice.label for choice in stops.choices(session, dana)] == [
        "Reminders about your NASM-CPT",
        "Reminders about your ACSM-CPT",
        "All reminders about end dates",
        "Mails that say that a claim came in or was confirmed",
        "All mails about trainers whom you follow",
        "Every mail that your account and listing can do without",
    ]


def test_only_ones_own_credentials_are_named(session, dana):
    stranger = outbox.recipient_for(session, "stranger@example.org")
    assert [choice.scope for choice in stops.choices(session, stranger)] == ["kind", "kind", "kind", "all"]
    assert [choice.scope for choice in stops.choices(session, None)] == ["kind", "kind", "kind", "all"]


def test_stopping_one_credential_leaves_the_other(session, dana):
    nasm, acsm, *_ = stops.choices(session, dana)
    stops.stop(session, dana, nasm, now=NOW)
    assert are_stopped(in_force(session, dana), REMINDERS, nasm.subject)
    assert not are_stopped(in_force(session, dana), REMINDERS, acsm.subject)
    assert not are_stopped(in_force(session, dana), REMINDERS)


def test_stopping_reminders_stops_them_for_every_credential_but_no_other_kind(session, dana):
    nasm = stops.choices(session, dana)[0]
    press(session, dana, 2)
    assert are_stopped(in_force(session, dana), REMINDERS, nasm.subject)
    assert not are_stopped(in_force(session, dana), "receipt")


def test_stopping_everything_stops_every_kind(session, dana):
    press(session, dana, -1)
    assert are_stopped(in_force(session, dana), REMINDERS)
    assert are_stopped(in_force(session, dana), "receipt")


def test_a_wider_stop_shows_at_the_narrower_choices(session, dana):
    press(session, dana, 2)
    shown = [(choice.stopped, choice.covered) for choice in stops.choices(session, dana)]
    assert shown == [(False, True), (False, True), (True, False), *[(False, False)] * 3]


def test_stopping_twice_is_one_stop_even_from_an_old_page(session, dana):
    old_page = stops.choices(session, dana)[2]
    stops.stop(session, dana, old_page, now=NOW)
    stops.stop(session, dana, old_page, now=NOW)
    assert session.scalar(select(func.count()).select_from(Stop)) == 1


def test_what_was_stopped_can_be_had_again_and_stopped_again(session, dana):
    press(session, dana, 2)
    stops.resume(session, dana, stops.choices(session, dana)[2], now=NOW)
    assert in_force(session, dana) == frozenset()
    press(session, dana, 2)
    assert in_force(session, dana) == {("kind", REMINDERS)}
    assert session.scalar(select(func.count()).select_from(Stop)) == 2


def test_a_narrow_stop_outlives_the_end_of_a_wider_one(session, dana):
    press(session, dana, 0)
    press(session, dana, -1)
    stops.resume(session, dana, stops.choices(session, dana)[-1], now=NOW)
    assert {scope for scope, _ in in_force(session, dana)} == {"credential"}


def test_a_stop_outlives_a_change_of_address(session, make, dana):
    press(session, dana, 2)
    new = outbox.recipient_for(session, "dana.new@example.org", account_id=dana.account_id)
    assert in_force(session, new) == {("kind", REMINDERS)}
    assert stops.choices(session, new)[2].stopped
    stops.resume(session, new, stops.choices(session, new)[2], now=NOW)
    assert in_force(session, dana) == frozenset()


def test_stops_are_nobody_elses(session, make, dana):
    other = outbox.recipient_for(session, make.account().email)
    press(session, dana, -1)
    assert stops.stops_of(session, [dana.id, other.id])[other.id] == frozenset()


def test_people_without_an_account_do_not_share_their_stops(session):
    one, two = (outbox.recipient_for(session, f"{name}@example.org") for name in ("one", "two"))
    press(session, one, 1)
    assert in_force(session, two) == frozenset()


def test_a_stopped_credential_is_still_offered_when_nothing_is_to_come(session, dana):
    press(session, dana, 0)
    credential = session.scalars(select(Credential).filter_by(uuid=stops.choices(session, dana)[0].subject)).one()
    credential.trainer.state = "withdrawn"
    alerts.watch_credential(session, credential, today=TODAY)
    labels = [choice.label for choice in stops.choices(session, dana)]
    assert "Reminders about your NASM-CPT" in labels


@pytest.mark.parametrize("value", ["", "credential:no-such-thing", "kind:account", "all:expiry", "kind:expiry "])
def test_only_what_is_offered_can_be_chosen(session, dana, value):
    with pytest.raises(NotFound):
        stops.find_choice(stops.choices(session, dana), value)
