"""How far each certification is: read for one trainer or for many, and what mails and My listing say of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.factories import Factory
from trainers.core.credentials import visible_credentials
from trainers.core.education import dated_items, ledger
from trainers.core.education.progress import Progress, lines_for, logged, progress_of, whole_count
from trainers.core.education.timeline import MOST_RECORDS, timeline
from trainers.core.errors import DomainError, NotFound
from trainers.core.models import Trainer
from trainers.core.standing.status import Status


def learned(session: Session, trainer: Trainer, hours: int, day: date = TODAY, title: str = "A course") -> None:
    entry = ledger.Entry(title=title, completed_on=day, minutes=hours * 60, approved_by="both")
    ledger.add(session, trainer, entry, now=NOW, today=TODAY, by="1")


def carded(session: Session, trainer: Trainer, ends_on: date, kind: str = "cpr_aed") -> None:
    dated_items.add(session, trainer, dated_items.ItemEntry(kind, ends_on), now=NOW, today=TODAY, by="1")


def confirmed(make: Factory, trainer: Trainer, key: str, ends_on: date | None) -> None:
    make.check(make.term(make.credential(trainer, key), expires_on=ends_on, issued_on=None))


def one(session: Session, trainer: Trainer) -> Progress:
    [found] = progress_of(session, trainer, today=TODAY)
    return found


def test_a_reminder_tells_what_the_log_holds_and_which_card_ends_sooner(session: Session, make: Factory) -> None:
    dana, olga = make.trainer(), make.trainer("Olga Other")
    for each in (dana, olga):
        confirmed(make, each, "NASM/NASM-CPT", date(2027, 3, 12))
    learned(session, dana, 15)
    carded(session, dana, date(2027, 3, 2))
    said = [each.in_a_mail for each in lines_for(session, [dana.id, olga.id], today=TODAY).values()]
    assert said == [
        "Your log here shows 1.6 of 2.0 CEU: 0.4 CEU still missing."
        " Your CPR/AED card ends on 2 March 2027, before your NASM-CPT.",
        "NASM asks for 2.0 CEU; you keep no log of them here.",
    ]


def test_of_several_acsm_certifications_the_units_of_the_highest_are_enough(
    session: Session, make: Factory
) -> None:
    dana = make.trainer()
    for key in ("ACSM/ACSM-CPT", "ACSM/ACSM-EP"):
        confirmed(make, dana, key, date(2026, 12, 31))
    learned(session, dana, 50)
    lower, higher = progress_of(session, dana, today=TODAY)
    assert lower.line == "Of several ACSM certifications, the units of ACSM-EP are enough. 38 days left."
    assert whole_count(lower, logged(session, [dana.id]), {}) is None
    assert higher.line == "50 of 60 CEC, 38 days left."


def test_a_late_renewal_keeps_acsms_schedule_and_a_first_certificate_begins_on_its_day(
    session: Session, make: Factory
) -> None:
    dana, olga = make.trainer(), make.trainer("Olga Other")
    confirmed(make, dana, "ACSM/ACSM-CPT", date(2025, 12, 31))
    again = {"expires_on": date(2028, 12, 31), "issued_on": date(2026, 5, 20)}
    make.check(make.term(visible_credentials(session, dana)[0], **again))
    make.check(make.term(make.credential(olga, "ACSM/ACSM-CPT"), **again))
    begins = [found.cycle.begins_on for each in (dana, olga) if (found := one(session, each)).cycle]
    assert begins == [date(2026, 1, 1), date(2026, 5, 20)]


def test_a_higher_one_that_has_ended_covers_nothing(session: Session, make: Factory) -> None:
    dana = make.trainer()
    confirmed(make, dana, "ACSM/ACSM-CPT", date(2026, 12, 31))
    confirmed(make, dana, "ACSM/ACSM-EP", date(2025, 12, 31))
    learned(session, dana, 45)
    lower, higher = progress_of(session, dana, today=TODAY)
    assert lower.line == "45 of 45 CEC, 38 days left."
    assert higher.line.endswith("its end date has passed.")


@pytest.mark.parametrize(
    ("key", "ends_on", "line"),
    [
        ("RRCA/RRCA-L1", None, "RRCA asks for no units, and for a current CPR card."),
        ("NASM/NASM-CES", None, "We do not know how many units are asked for. Check with NASM."),
        (
            "UESCA/UESCA-RUN",
            date(2027, 1, 1),
            "Renewed by exam, paper or course: there are no hours to count. Check with UESCA. 39 days left.",
        ),
        ("NASM/NASM-CPT", TODAY - timedelta(days=1), "0.0 of 2.0 CEU, its end date has passed."),
        ("NASM/NASM-CPT", TODAY + timedelta(days=1), "0.0 of 2.0 CEU, 1 day left."),
    ],
)
def test_where_there_is_nothing_to_count_that_is_said(
    session: Session, make: Factory, key: str, ends_on: date | None, line: str
) -> None:
    dana = make.trainer()
    confirmed(make, dana, key, ends_on)
    assert one(session, dana).line == line


def test_of_several_cards_the_one_that_ends_last_counts_and_a_lapsed_one_changes_no_status(
    session: Session, make: Factory
) -> None:
    dana = make.trainer()
    confirmed(make, dana, "NASM/NASM-CPT", date(2027, 3, 12))
    carded(session, dana, TODAY - timedelta(days=1))
    found = one(session, dana)
    assert found.governing.startswith("Your CPR/AED card ended on 22 November 2026.")
    assert found.count and found.count.card == 0  # noqa: PT018
    from trainers.core.credentials import standing_of

    assert standing_of(visible_credentials(session, dana)[0], today=TODAY).status is Status.CURRENT
    carded(session, dana, date(2027, 6, 1))
    assert one(session, dana).governing == ""
    carded(session, dana, date(2027, 1, 1), kind="insurance")
    assert one(session, dana).governing == "Your insurance ends on 1 January 2027, before your NASM-CPT."


def test_a_card_that_ended_long_ago_does_not_hide_the_one_that_ends_next(session: Session, make: Factory) -> None:
    dana = make.trainer()
    confirmed(make, dana, "NASM/NASM-CPT", date(2027, 3, 12))
    carded(session, dana, date(2020, 1, 1), kind="insurance")
    carded(session, dana, TODAY + timedelta(days=3))
    assert one(session, dana).governing == (
        "Your CPR/AED card ends on 26 November 2026, before your NASM-CPT."
        " Your insurance ended on 1 January 2020. This changes nothing that the public reads."
    )


def test_the_picture_says_in_order_what_lies_on_the_line(session: Session, make: Factory) -> None:
    dana = make.trainer()
    confirmed(make, dana, "NASM/NASM-CPT", date(2027, 3, 12))
    learned(session, dana, 1, date(2026, 3, 13))
    marks = timeline(one(session, dana), {"cpr_aed": date(2027, 1, 1)})
    assert [(mark.kind, mark.at) for mark in marks] == [
        ("begin", 0),
        ("record", 500),
        ("today", 850),
        ("card", 903),
        ("end", 1000),
    ]


def test_of_a_long_log_the_picture_has_a_mark_for_each_month(session: Session, make: Factory) -> None:
    dana = make.trainer()
    confirmed(make, dana, "NASM/NASM-CPT", date(2027, 3, 12))
    for number in range(MOST_RECORDS + 1):
        learned(session, dana, 1, date(2026, 3 + number % 2, 13 + number % 4), f"Course {number}")
    records = [mark.words for mark in timeline(one(session, dana), {}) if mark.kind == "record"]
    assert records == [
        "31 entries from 13 March 2026 to 15 March 2026",
        "30 entries from 14 April 2026 to 16 April 2026",
    ]


def test_somebody_elses_entry_is_not_there(session: Session, make: Factory) -> None:
    dana, olga = make.trainer(), make.trainer("Olga Other")
    learned(session, dana, 1)
    carded(session, dana, TODAY)
    [record], [item] = ledger.own_records(session, dana), dated_items.own_items(session, dana)
    with pytest.raises(NotFound):
        ledger.own_record(session, olga, record.uuid)
    with pytest.raises(NotFound):
        dated_items.own_item(session, olga, item.uuid)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (dated_items.ItemEntry("cpr_aed", None), "expires_on"),
        (dated_items.ItemEntry("cpr_aed", date(2033, 1, 1)), "expires_on"),
        (dated_items.ItemEntry("cpr_aed", TODAY, TODAY + timedelta(days=1)), "issued_on"),
        (dated_items.ItemEntry("cpr_aed", date(2025, 1, 1), date(2025, 1, 2)), "expires_on"),
        (dated_items.ItemEntry("cpr_aed", TODAY, None, "x" * 121), "provider"),
    ],
)
def test_a_card_that_cannot_be_is_refused_at_its_field(
    session: Session, make: Factory, entry: dated_items.ItemEntry, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        dated_items.add(session, make.trainer(), entry, now=NOW, today=TODAY, by="1")
    assert caught.value.field == field
