from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from tests.conftest import NOW, TODAY, ZONE
from tests.databases import way_of
from trainers.core import rules
from trainers.core.mail import alerts, outbox, stops
from trainers.core.mail.due import people_due
from trainers.core.mail.watches import day_of, due_steps, set_next
from trainers.core.models import Alert, Message, Review, Watch

LADDER = (90, 30, 7, 1, -1)
DAY = timedelta(days=1)


@pytest.fixture
def holds(session, make):
    """Gives a trainer a confirmed credential that is watched; answers the credential."""

    def holds(expires_on, *, key="NASM/NASM-CPT", trainer=None, **more):
        trainer = trainer or make.trainer(**more)
        credential = make.credential(trainer, key)
        make.check(make.term(credential, expires_on=expires_on))
        alerts.watch_credential(session, credential, today=TODAY)
        return credential

    return holds


@pytest.fixture
def plan(session):
    def plan(today, *, now=NOW, zone=ZONE, **more):
        return alerts.plan(session, today=today, now=now, zone=zone, **more)

    return plan


@pytest.fixture
def mails(session):
    """The queued digests, oldest first, as (recipient's address, labels of the dates they name)."""

    def mails():
        query = select(Message).where(Message.template == "digest").order_by(Message.id)
        return [
            (each.recipient.email, [item["label"] for item in each.context["items"]])
            for each in session.scalars(query)
        ]

    return mails


def watches(session, credential):
    query = select(Watch).filter_by(subject_kind="credential", subject_id=credential.id).order_by(Watch.expires_on)
    return [(each.expires_on, each.next_on, each.next_step) for each in session.scalars(query)]


def told(session, credential):
    query = select(Alert).filter_by(subject_id=credential.id).order_by(Alert.id)
    return [(each.step, each.skip_reason) for each in session.scalars(query)]


# --- the ladder


@given(ends_on=st.dates(date(2026, 1, 1), date(2099, 12, 31)))
def test_each_step_is_due_from_its_own_day_on(ends_on):
    for step in LADDER:
        day = ends_on - step * DAY
        assert step not in due_steps(LADDER, (), ends_on, day - DAY)
        assert step == due_steps(LADDER, (), ends_on, day)[-1]


@given(ends_on=st.dates(date(2027, 1, 1), date(2099, 12, 31)), runs=st.sets(st.integers(-120, 40)))
def test_whatever_the_days_on_which_planning_runs_no_step_is_lost_and_none_comes_twice(ends_on, runs):
    watch, handled = Watch(expires_on=ends_on), []
    set_next(watch, LADDER, handled)
    for offset in sorted(runs):
        today = ends_on + offset * DAY
        due = due_steps(LADDER, handled, ends_on, today)
        assert bool(due) == (watch.next_on is not None and watch.next_on <= today)
        handled += due
        set_next(watch, LADDER, handled)
    last = ends_on + max(runs, default=-1000) * DAY
    assert handled == [step for step in LADDER if day_of(step, ends_on) <= last]
    assert watch.next_step == next((step for step in LADDER if step not in handled), None)


def test_the_steps_of_29_february_fall_on_real_days():
    end = date(2028, 2, 29)
    assert [day_of(step, end) for step in LADDER] == [
        date(2027, 12, 1),
        date(2028, 1, 30),
        date(2028, 2, 22),
        date(2028, 2, 28),
        date(2028, 3, 1),
    ]


def test_a_confirmed_date_is_watched_from_its_first_step_on(session, holds):
    credential = holds(date(2027, 11, 30))
    assert watches(session, credential) == [(date(2027, 11, 30), date(2027, 9, 1), 90)]


def test_a_ladder_that_is_to_come_is_not_climbed_before_its_day(session, holds, monkeypatch):
    book = rules.rule_book()
    coming = replace(book.by_key("NASM/NASM-CPT"), valid_from=TODAY + DAY, alert_days=(180, 60))
    monkeypatch.setattr(rules, "rule_book", lambda: rules.RuleBook(book.issuers, (*book.versions, coming)))
    credential = holds(date(2027, 11, 30))
    assert watches(session, credential) == [(date(2027, 11, 30), date(2027, 9, 1), 90)]
    alerts.watch_credential(session, credential, today=TODAY + DAY)
    assert watches(session, credential) == [(date(2027, 11, 30), date(2027, 6, 3), 180)]


def test_a_claim_that_nobody_has_checked_is_not_watched(session, make):
    credential = make.credential(make.trainer())
    make.term(credential)
    alerts.watch_credential(session, credential, today=TODAY)
    assert watches(session, credential) == []


def test_a_credential_without_an_end_is_not_watched(session, make):
    credential = make.credential(make.trainer(), "NASM/NASM-CES")
    make.check(make.term(credential, expires_on=None))
    alerts.watch_credential(session, credential, today=TODAY)
    assert watches(session, credential) == []


def test_watching_twice_changes_nothing(session, holds, plan):
    credential = holds(TODAY + 90 * DAY)
    plan(TODAY)
    before = watches(session, credential)
    alerts.watch_credential(session, credential, today=TODAY)
    assert watches(session, credential) == before
    assert before[0][2] == 30


def test_a_renewal_starts_a_ladder_of_its_own_and_ends_the_older_one(session, make, holds, plan, mails):
    credential = holds(TODAY + 7 * DAY)
    plan(TODAY)
    make.check(make.term(credential, expires_on=TODAY + 737 * DAY))
    alerts.watch_credential(session, credential, today=TODAY)
    assert watches(session, credential) == [
        (TODAY + 7 * DAY, None, None),
        (TODAY + 737 * DAY, TODAY + 647 * DAY, 90),
    ]
    for later in (DAY, 6 * DAY, 8 * DAY, 100 * DAY):
        plan(TODAY + later)
    assert len(mails()) == 1
    plan(TODAY + 647 * DAY)
    assert len(mails()) == 2


def test_a_date_that_was_corrected_back_goes_on_where_it_stood(session, make, holds, plan):
    first, second = TODAY + 30 * DAY, TODAY + 400 * DAY
    credential = holds(first)
    plan(TODAY)
    wrong = make.term(credential, expires_on=second, corrects=credential.terms[0])
    make.check(wrong)
    alerts.watch_credential(session, credential, today=TODAY)
    make.check(make.term(credential, expires_on=first, corrects=wrong))
    alerts.watch_credential(session, credential, today=TODAY)
    assert watches(session, credential) == [(first, TODAY + 23 * DAY, 7), (second, None, None)]


@pytest.mark.parametrize("gone", ["credential", "listing"])
def test_a_withdrawal_ends_the_watch(session, holds, gone):
    credential = holds(TODAY + 30 * DAY)
    if gone == "credential":
        credential.withdrawn_at = NOW
    else:
        credential.trainer.state = "withdrawn"
    alerts.watch_credential(session, credential, today=TODAY)
    assert watches(session, credential) == [(TODAY + 30 * DAY, None, None)]


# --- planning


def test_nothing_is_planned_before_the_first_step(holds, plan, mails):
    holds(TODAY + 91 * DAY)
    assert plan(TODAY).mails == 0
    assert mails() == []


def test_a_year_of_daily_planning_sends_each_step_once(session, holds, plan, mails):
    credential = holds(TODAY + 100 * DAY)
    sent_on = [n for n in range(200) if plan(TODAY + n * DAY).mails]
    assert sent_on == [10, 70, 93, 99, 101]
    assert told(session, credential) == [(step, None) for step in LADDER]
    assert watches(session, credential) == [(TODAY + 100 * DAY, None, None)]


def test_planning_twice_on_a_day_queues_nothing_twice(session, holds, plan, mails):
    credential = holds(TODAY + 30 * DAY)
    first, second = plan(TODAY), plan(TODAY)
    assert (first.mails, second.mails) == (1, 0)
    assert len(mails()) == 1
    assert Counter(step for step, _ in told(session, credential)) == Counter([90, 30])


def test_of_several_missed_steps_only_the_nearest_is_sent(session, holds, plan, mails):
    credential = holds(TODAY + 5 * DAY)
    done = plan(TODAY)
    assert (done.mails, done.planned, done.skipped) == (1, 1, Counter({"passed together": 2}))
    assert told(session, credential) == [(90, "passed together"), (30, "passed together"), (7, None)]


def test_a_run_that_comes_days_late_still_sends_the_step(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY)
    assert plan(TODAY + 25 * DAY).mails == 1
    assert told(session, credential)[-1] == (7, None)


def test_the_step_after_the_end_stays_due_until_it_is_sent(session, holds, plan):
    credential = holds(TODAY - 20 * DAY)
    assert plan(TODAY).mails == 1
    assert told(session, credential)[-1] == (-1, None)
    assert watches(session, credential)[0][1] is None


def test_one_mail_names_everything_that_is_due(session, holds, plan, mails):
    nasm = holds(TODAY + 30 * DAY)
    holds(TODAY + 6 * DAY, key="ACSM/ACSM-CPT", trainer=nasm.trainer)
    done = plan(TODAY)
    assert (done.mails, done.planned) == (1, 2)
    assert mails() == [(nasm.trainer.account.email, ["ACSM-CPT", "NASM-CPT"])]


def test_what_becomes_due_after_the_days_mail_waits_until_tomorrow(holds, plan, mails):
    nasm = holds(TODAY + 30 * DAY)
    plan(TODAY)
    holds(TODAY + 7 * DAY, key="ACSM/ACSM-CPT", trainer=nasm.trainer)
    second = plan(TODAY)
    assert (second.mails, second.waiting) == (0, 1)
    assert plan(TODAY + DAY).mails == 1
    assert [labels for _, labels in mails()] == [["NASM-CPT"], ["ACSM-CPT"]]


def test_two_people_get_a_mail_each(holds, plan, mails):
    one, two = holds(TODAY + 30 * DAY, name="One"), holds(TODAY + 30 * DAY, name="Two")
    assert plan(TODAY).mails == 2
    assert {email for email, _ in mails()} == {one.trainer.account.email, two.trainer.account.email}


def test_the_mail_is_told_what_the_listing_will_say(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY)
    [item] = session.scalars(select(Message)).one().context["items"]
    assert item["word_after"] == "Expired: late renewal possible"
    assert item["renew_path"] == f"/dashboard/certifications/{credential.uuid}/renew"
    assert item["late_line"].startswith("By the rule we read, NASM takes a late renewal until")
    assert not item["last"]


def test_only_the_last_step_says_that_it_is_the_last(session, holds, plan):
    holds(TODAY - DAY)
    plan(TODAY)
    [item] = session.scalars(select(Message)).one().context["items"]
    assert item["last"]


def test_a_paused_listing_is_still_reminded(holds, plan):
    holds(TODAY + 30 * DAY, state="paused")
    assert plan(TODAY).mails == 1


def unconfirmed(session, credential):
    credential.trainer.account.confirmed_at = None


def closed(session, credential):
    credential.trainer.account.active = False


def withdrawn(session, credential):
    credential.trainer.state = "withdrawn"


def bounced(session, credential):
    outbox.recipient_for(session, credential.trainer.account.email).state = "bounced"


def stopped(number):
    def stopped(session, credential):
        recipient = outbox.recipient_for(session, credential.trainer.account.email)
        stops.stop(session, recipient, stops.choices(session, recipient)[number], now=NOW)

    return stopped


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (unconfirmed, "unconfirmed account"),
        (closed, "unconfirmed account"),
        (withdrawn, "withdrawn"),
        (bounced, "address bounced"),
        (stopped(0), "stopped"),
        (stopped(1), "stopped"),
        (stopped(2), "stopped"),
    ],
    ids=["unconfirmed", "closed", "withdrawn", "bounced", "this credential", "reminders", "everything"],
)
def test_a_reminder_that_is_not_sent_says_why(session, holds, plan, mails, happens, reason):
    credential = holds(TODAY + 30 * DAY)
    happens(session, credential)
    done = plan(TODAY)
    assert (done.mails, done.skipped) == (0, Counter({reason: 2}))
    assert told(session, credential) == [(90, reason), (30, reason)]
    assert mails() == []
    assert watches(session, credential)[0][2] == 7


def test_a_stop_for_one_credential_leaves_the_other_in_the_mail(session, holds, plan, mails):
    nasm = holds(TODAY + 30 * DAY)
    acsm = holds(TODAY + 30 * DAY, key="ACSM/ACSM-CPT", trainer=nasm.trainer)
    stopped(0)(session, nasm)
    assert plan(TODAY).mails == 1
    assert [labels for _, labels in mails()] == [["ACSM-CPT"]]
    assert told(session, acsm)[-1] == (30, None)


def test_after_a_stop_is_ended_the_next_step_comes_again(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    stopped(1)(session, credential)
    plan(TODAY)
    recipient = outbox.recipient_for(session, credential.trainer.account.email)
    stops.resume(session, recipient, stops.all_reminders(stops.choices(session, recipient)), now=NOW)
    assert [n for n in range(1, 31) if plan(TODAY + n * DAY).mails] == [23, 29]


# --- a reported renewal


def report_renewal(session, credential, at: datetime):
    review = Review(
        kind="renewal",
        credential_id=credential.id,
        trainer_id=credential.trainer_id,
        opened_at=at,
        due_on=TODAY + 9 * DAY,
    )
    session.add(review)
    session.flush()
    return review


def test_a_reported_renewal_keeps_reminders_back_for_two_weeks_and_no_longer(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    report_renewal(session, credential, NOW)
    first = next(n for n in range(40) if plan(TODAY + n * DAY).mails)
    assert first == 14
    assert told(session, credential) == [(90, "passed together"), (30, None)]


def test_a_renewal_that_was_sent_back_lets_reminders_come_at_once(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    review = report_renewal(session, credential, NOW)
    waiting = plan(TODAY)
    assert (waiting.mails, waiting.waiting) == (0, 1)
    review.closed_at, review.outcome = NOW, "returned"
    session.flush()
    assert plan(TODAY + DAY).mails == 1


def test_a_report_that_joined_older_work_counts_from_its_own_day(session, make, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    report_renewal(session, credential, NOW - 20 * DAY)
    make.term(credential, expires_on=TODAY + 760 * DAY, recorded_at=NOW)
    assert plan(TODAY + DAY).mails == 0
    assert plan(TODAY + 14 * DAY).mails == 1


def test_a_correction_of_a_reported_renewal_gives_no_more_days(session, make, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    told_first = make.term(credential, expires_on=TODAY + 760 * DAY, recorded_at=NOW)
    report_renewal(session, credential, NOW + 13 * DAY)
    make.term(credential, expires_on=TODAY + 761 * DAY, recorded_at=NOW + 13 * DAY, corrects=told_first)
    assert plan(TODAY + 13 * DAY).mails == 0
    assert plan(TODAY + 14 * DAY).mails == 1


def test_a_report_in_the_evening_keeps_reminders_back_for_two_weeks_of_the_sites_days(make, session, holds, plan):
    credential, zone = holds(TODAY + 30 * DAY), ZONE
    evening = datetime(TODAY.year, TODAY.month, TODAY.day, 21, 0, tzinfo=zone).astimezone(UTC)
    assert evening.date() == TODAY + DAY  # where the clocks show UTC it is tomorrow
    make.term(credential, expires_on=TODAY + 760 * DAY, recorded_at=evening)
    report_renewal(session, credential, evening)
    assert next(n for n in range(40) if plan(TODAY + n * DAY, zone=zone).mails) == 14


def test_other_work_on_the_credential_keeps_nothing_back(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    report_renewal(session, credential, NOW).kind = "report"
    session.flush()
    assert plan(TODAY).mails == 1


# --- when something changed meanwhile


def test_reminders_follow_the_account_to_its_new_address(session, holds, plan, mails):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY)
    account = credential.trainer.account
    account.email = "dana.new@example.org"
    session.flush()
    outbox.recipient_for(session, account.email)  # the mail that confirmed the new address made it known
    plan(TODAY + 23 * DAY)
    assert mails()[-1] == ("dana.new@example.org", ["NASM-CPT"])
    assert told(session, credential) == [(90, "passed together"), (30, None), (7, None)]


def test_nobody_who_takes_over_an_old_address_gets_its_reminders(session, make, holds, plan, mails):
    credential = holds(TODAY + 30 * DAY)
    old = credential.trainer.account.email
    credential.trainer.account.email = "moved@example.org"
    session.flush()
    newcomer = make.account(old)
    outbox.recipient_for(session, old, account_id=newcomer.id)
    plan(TODAY)
    assert [email for email, _ in mails()] == ["moved@example.org"]


def test_a_date_that_no_longer_counts_is_put_right_and_not_sent(session, make, holds, plan, mails):
    credential = holds(TODAY + 30 * DAY)
    make.check(make.term(credential, expires_on=TODAY + 760 * DAY))  # nobody said so to alerts
    plan(TODAY)
    assert mails() == []
    assert watches(session, credential) == [
        (TODAY + 30 * DAY, None, None),
        (TODAY + 760 * DAY, TODAY + 670 * DAY, 90),
    ]


# --- many people


def test_people_can_be_planned_some_at_a_time(session, holds, plan):
    for n in range(5):
        holds(TODAY + 30 * DAY, name=f"Person {n}")
    people = alerts.people_to_plan(session, today=TODAY)
    assert len(people) == 5
    assert [plan(TODAY, people=people[start : start + 2]).mails for start in (0, 2, 4)] == [2, 2, 1]
    assert plan(TODAY).mails == 0


def test_many_people_are_read_in_portions(monkeypatch, holds, plan):
    monkeypatch.setattr(alerts, "AT_ONCE", 2)
    for n in range(5):
        holds(TODAY + 30 * DAY, name=f"Person {n}")
    done = plan(TODAY)
    assert (done.people, done.mails, done.skipped) == (5, 5, Counter({"passed together": 5}))


def test_planning_looks_only_at_what_is_due(session, holds):
    due = holds(TODAY + 30 * DAY)
    holds(TODAY + 300 * DAY)
    assert people_due(session, today=TODAY) == [outbox.recipient_for(session, due.trainer.account.email).id]
    way = way_of(session, "SELECT recipient_id FROM watch WHERE next_on <= '2026-11-23'")
    assert "ix_watch_next_on" in way


def test_the_number_of_questions_does_not_grow_with_the_number_of_quiet_people(session, holds, plan):
    holds(TODAY + 30 * DAY)
    few = questions(session, lambda: plan(TODAY))
    for n in range(10):
        holds(TODAY + 300 * DAY, name=f"Quiet {n}")
    holds(TODAY + 30 * DAY, name="Another")
    many = questions(session, lambda: plan(TODAY + DAY))
    assert many == few > 0


def questions(session, act):
    session.flush()
    session.expunge_all()
    asked = []

    def note(*told):
        asked.append(told)

    event.listen(session.connection(), "before_cursor_execute", note)
    act()
    event.remove(session.connection(), "before_cursor_execute", note)
    return len(asked)


def test_credentials_of_a_trainer_are_watched_apart(session, holds):
    nasm = holds(TODAY + 30 * DAY)
    acsm = holds(TODAY + 60 * DAY, key="ACSM/ACSM-CPT", trainer=nasm.trainer)
    assert watches(session, nasm) == [(TODAY + 30 * DAY, TODAY - 60 * DAY, 90)]
    assert watches(session, acsm) == [(TODAY + 60 * DAY, TODAY - 30 * DAY, 90)]
