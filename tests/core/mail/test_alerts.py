from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from tests.conftest import NOW, TODAY, ZONE
from tests.databases import way_of
from trainers.core import kept_cards, rules
from trainers.core.education.dated_items import ItemEntry
from trainers.core.evidence import open_files
from trainers.core.mail import alerts, digests, outbox, pauses, planning, stops
from trainers.core.mail.outbox import Outcome
from trainers.core.mail.transport import Fate, Reply
from trainers.core.mail.watches import day_of, report_renewal
from trainers.core.models import Alert, Check, Message, Review, Term, Watch

LADDER = (90, 30, 7, 1, -1)
ACCEPTED = Reply(Fate.DELIVERED, "250 OK")
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
def sent():
    """The digests that were claimed and written, as (day, recipient's address, items)."""
    return []


@pytest.fixture
def plan(session, sent):
    """Plans a day and, unless told otherwise, sends what was planned on the same day."""

    def plan(today, *, zone=ZONE, sends=True):
        now = NOW + (today - TODAY)
        done = alerts.plan(session, today=today, now=now, zone=zone)
        if sends:
            send(session, sent, today, now)
        return done

    return plan


def send(session, sent, today, now):
    for message in digests.write_digests(session, outbox.claim(session, now=now, limit=1000), today=today):
        sent.append((today, message.recipient.email, message.context["items"]))
        outbox.settle(session, [Outcome(message.id, message.attempts, ACCEPTED, "Subject")], now=now)
    session.expire_all()


@pytest.fixture
def mails(sent):
    """What was sent, oldest first, as (recipient's address, labels of the dates they name)."""
    return lambda: [(email, [item["label"] for item in items]) for _, email, items in sent]


def watches(session, credential):
    query = select(Watch).filter_by(subject_kind="credential", subject_id=credential.id).order_by(Watch.expires_on)
    return [(each.expires_on, each.next_on, each.next_step) for each in session.scalars(query)]


def told(session, credential):
    query = select(Alert).filter_by(subject_id=credential.id).order_by(Alert.id)
    return [(each.step, each.skip_reason) for each in session.scalars(query)]


# --- the ladder


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


def test_the_mail_is_told_what_the_listing_will_say(sent, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY)
    [(_, _, [item])] = sent
    assert item["word_after"] == "Expired: late renewal possible"
    assert item["renew_path"] == f"/dashboard/certifications/{credential.uuid}/renew"
    assert item["late_line"].startswith("By the rule we read, NASM takes a late renewal until")
    assert not item["last"]


def test_only_the_last_step_says_that_it_is_the_last(sent, holds, plan):
    holds(TODAY - DAY)
    plan(TODAY)
    [(_, _, [item])] = sent
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
        (stopped(-1), "stopped"),
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
    stops.resume(session, recipient, stops.all_of_kind(stops.choices(session, recipient), "expiry"), now=NOW)
    assert [n for n in range(1, 31) if plan(TODAY + n * DAY).mails] == [23, 29]


# --- a reported renewal


def report(session, credential, day=TODAY):
    review = Review(
        kind="renewal",
        credential_id=credential.id,
        trainer_id=credential.trainer_id,
        opened_at=NOW + (day - TODAY),
        due_on=day + 9 * DAY,
    )
    session.add(review)
    report_renewal(session, credential, today=day)
    return review


def answer(session, credential, review, day, outcome="returned"):
    review.closed_at, review.outcome = NOW, outcome
    alerts.watch_credential(session, credential, today=day)


def test_a_reported_renewal_keeps_reminders_back_for_two_weeks_and_no_longer(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    report(session, credential)
    first = next(n for n in range(40) if plan(TODAY + n * DAY).mails)
    assert first == 14
    assert told(session, credential) == [(90, "passed together"), (30, None)]


def test_a_renewal_that_was_sent_back_lets_reminders_come_at_once(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    review = report(session, credential)
    assert plan(TODAY).mails == 0
    answer(session, credential, review, TODAY)
    assert plan(TODAY + DAY).mails == 1


def test_reporting_again_and_again_gives_no_more_days(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    review = report(session, credential)
    answer(session, credential, review, TODAY + 3 * DAY)
    report(session, credential, TODAY + 3 * DAY)
    assert [n for n in range(3, 29) if plan(TODAY + n * DAY).mails] == [14, 23]


def test_a_report_after_the_first_steps_keeps_only_later_ones_back(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY)
    report(session, credential, TODAY + 20 * DAY)
    assert [n for n in range(20, 60) if plan(TODAY + n * DAY).mails] == [34]
    assert told(session, credential)[2:] == [(7, "passed together"), (1, "passed together"), (-1, None)]


def test_a_confirmed_renewal_ends_the_ladder_and_the_new_term_gets_its_own(session, make, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    review = report(session, credential)
    make.check(make.term(credential, expires_on=TODAY + 130 * DAY))
    answer(session, credential, review, TODAY + 5 * DAY, "confirmed")
    assert [n for n in range(5, 140) if plan(TODAY + n * DAY).mails] == [40, 100, 123, 129, 131]


def test_a_renewal_reported_between_planning_and_sending_keeps_the_mail_back(session, holds, plan, sent, mails):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY, sends=False)
    report(session, credential)
    send(session, sent, TODAY, NOW)
    assert mails() == []
    assert told(session, credential)[-1] == (30, "renewal reported")


def test_other_work_on_the_credential_keeps_nothing_back(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    review = report(session, credential)
    review.kind = "report"
    alerts.watch_credential(session, credential, today=TODAY)
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


def test_many_people_are_read_in_portions(monkeypatch, holds, plan):
    monkeypatch.setattr(alerts, "AT_ONCE", 2)
    for n in range(5):
        holds(TODAY + 30 * DAY, name=f"Person {n}")
    done = plan(TODAY)
    assert (done.mails, done.planned, done.skipped) == (5, 5, Counter({"passed together": 5}))


def test_planning_looks_only_at_what_is_due(session, holds):
    holds(TODAY + 30 * DAY)
    holds(TODAY + 300 * DAY)
    assert planning.count_people(session, today=TODAY) == planning.count_due(session, today=TODAY) == 1
    way = way_of(session, "SELECT recipient_id FROM watch WHERE next_on <= '2026-11-23'")
    assert "ix_watch_next_on" in way


def test_the_number_of_questions_does_not_grow_with_the_number_of_people(session, holds, plan):
    holds(TODAY + 30 * DAY)
    few = questions(session, lambda: plan(TODAY, sends=False))
    for n in range(10):
        holds(TODAY + 300 * DAY, name=f"Quiet {n}")
        holds(TODAY + 31 * DAY, name=f"Another {n}")
    many = questions(session, lambda: plan(TODAY + DAY, sends=False))
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


# --- cards and insurance


@pytest.fixture
def carded(session, make):
    """Writes down a card or insurance that ends on a day."""

    def carded(trainer, kind, ends_on):
        entry = ItemEntry(kind, ends_on)
        return kept_cards.add(session, trainer, entry, now=NOW, today=TODAY, by="1")

    return carded


def test_one_mail_names_certifications_cards_and_insurance(holds, carded, plan, mails):
    credential = holds(TODAY + 30 * DAY)
    carded(credential.trainer, "cpr_aed", TODAY + 7 * DAY)
    carded(credential.trainer, "insurance", TODAY + 90 * DAY)
    assert plan(TODAY).planned == 3
    assert [labels for _, labels in mails()] == [["CPR/AED card", "NASM-CPT", "insurance"]]


@pytest.mark.parametrize("days_ago", [1, 400])
def test_a_card_that_has_lapsed_is_told_once(session, make, carded, plan, mails, days_ago):
    card = carded(make.trainer(), "cpr_aed", TODAY - days_ago * DAY)
    assert [plan(TODAY + n * DAY).mails for n in range(3)] == [1, 0, 0]
    assert [labels for _, labels in mails()] == [["CPR/AED card"]]
    assert told(session, card)[-1] == (-1, None)


def test_a_newer_card_ends_the_reminders_of_the_older_one(make, carded, plan, mails):
    trainer = make.trainer()
    carded(trainer, "cpr_aed", TODAY + 30 * DAY)
    carded(trainer, "cpr_aed", TODAY + 730 * DAY)
    assert [n for n in range(0, 200, 5) if plan(TODAY + n * DAY).mails] == []


def test_a_card_whose_date_is_changed_begins_anew(session, make, carded, plan):
    trainer = make.trainer()
    card = carded(trainer, "cpr_aed", TODAY + 30 * DAY)
    assert plan(TODAY).mails == 1
    later = ItemEntry("cpr_aed", TODAY + 40 * DAY)
    kept_cards.change(session, trainer, card, later, now=NOW, today=TODAY, by="1")
    assert [n for n in range(1, 50) if plan(TODAY + n * DAY).mails] == [1, 10, 33, 39, 41]


def test_a_card_that_is_removed_is_forgotten_and_the_older_one_counts_again(
    session, make, carded, plan, mails, tmp_path
):
    trainer = make.trainer()
    carded(trainer, "insurance", TODAY + 7 * DAY)
    newer = carded(trainer, "insurance", TODAY + 30 * DAY)
    plan(TODAY)
    kept_cards.remove(session, open_files(f"file://{tmp_path}"), trainer, newer, today=TODAY, by="1")
    assert plan(TODAY + DAY).mails == 1
    assert session.scalars(select(Watch.expires_on)).all() == [TODAY + 7 * DAY]


def test_a_stop_for_one_card_leaves_the_other(session, make, carded, plan, mails):
    trainer = make.trainer()
    for kind in ("cpr_aed", "insurance"):
        carded(trainer, kind, TODAY + 7 * DAY)
    recipient = outbox.recipient_for(session, trainer.account.email)
    choices = {choice.label: choice for choice in stops.choices(session, recipient)}
    stops.stop(session, recipient, choices["Reminders about your CPR/AED card"], now=NOW)
    plan(TODAY)
    assert [labels for _, labels in mails()] == [["insurance"]]


# --- asked again when the mail is about to leave


def renewed(session, credential):
    term = Term(
        credential_id=credential.id, number="N1", number_key="n1", name_on_certificate="Dana", source="source",
        issued_on=TODAY, expires_on=TODAY + 700 * DAY, recorded_at=NOW,
    )  # fmt: skip
    session.add(term)
    session.flush()
    session.add(
        Check(term_id=term.id, method="issuer_lookup", outcome="matched", shown_expires_on=TODAY + 700 * DAY,
              name_result="exact", number_result="exact", expiry_result="exact", source_url="https://x",
              looked_on=TODAY, by="1", recorded_at=NOW)
    )  # fmt: skip
    session.flush()
    session.expire_all()


def taken_off(session, credential):
    credential.withdrawn_at = NOW


@pytest.mark.parametrize(
    ("happens", "dropped", "reason"),
    [
        (renewed, "renewed", "renewed or corrected"),
        (taken_off, "withdrawn", "withdrawn"),
        (withdrawn, "withdrawn", "withdrawn"),
        (unconfirmed, "unconfirmed", "unconfirmed account"),
        (stopped(0), "stopped", "stopped"),
    ],
    ids=["renewed", "taken off", "withdrawn", "unconfirmed", "stopped"],
)
def test_what_changed_after_planning_is_dropped_with_the_reason(
    session, holds, plan, sent, mails, happens, dropped, reason
):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY, sends=False)
    happens(session, credential)
    send(session, sent, TODAY, NOW)
    assert mails() == []
    message = session.scalars(select(Message)).one()
    assert (message.state, message.drop_reason, message.context) == ("dropped", dropped, None)
    assert told(session, credential) == [(90, "passed together"), (30, reason)]


def test_a_date_that_was_renewed_after_planning_has_its_new_ladder(session, holds, plan, sent):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY, sends=False)
    renewed(session, credential)
    send(session, sent, TODAY, NOW)
    assert watches(session, credential)[-1] == (TODAY + 700 * DAY, TODAY + 610 * DAY, 90)


def test_of_a_mail_only_what_still_holds_is_sent(session, holds, plan, sent, mails):
    nasm = holds(TODAY + 30 * DAY)
    holds(TODAY + 30 * DAY, key="ACSM/ACSM-CPT", trainer=nasm.trainer)
    plan(TODAY, sends=False)
    stopped(0)(session, nasm)
    send(session, sent, TODAY, NOW)
    assert [labels for _, labels in mails()] == [["ACSM-CPT"]]


def test_a_mail_goes_to_the_address_that_the_account_has_when_it_leaves(session, holds, plan, sent, mails):
    credential = holds(TODAY + 30 * DAY)
    plan(TODAY, sends=False)
    credential.trainer.account.email = "dana.new@example.org"
    send(session, sent, TODAY, NOW)
    assert mails() == [("dana.new@example.org", ["NASM-CPT"])]


def test_while_a_mail_is_on_its_way_nothing_more_is_planned_for_that_person(session, holds, plan, sent, mails):
    holds(TODAY + 30 * DAY)
    plan(TODAY, sends=False)
    late = plan(TODAY + 23 * DAY, sends=False)
    assert (late.mails, late.waiting) == (0, 1)
    send(session, sent, TODAY + 23 * DAY, NOW + 23 * DAY)
    assert plan(TODAY + 23 * DAY).mails == 0, "one a day"
    assert plan(TODAY + 24 * DAY).mails == 1


def test_while_mail_is_paused_nothing_is_planned_and_nothing_lost(session, holds, plan):
    credential = holds(TODAY + 30 * DAY)
    pauses.begin(session, by="1", now=NOW)
    paused = plan(TODAY)
    assert (paused.mails, paused.waiting, paused.paused) == (0, 1, True)
    assert told(session, credential) == []
    pauses.end(session, by="1")
    assert plan(TODAY + 5 * DAY).mails == 1
