from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from tests.conftest import NOW, TODAY
from trainers.core import rules
from trainers.core.education import dated_items
from trainers.core.mail import ladders, watches
from trainers.core.mail.upkeep import bring_up_to_date
from trainers.core.models import Watch

ENDS = date(2027, 11, 30)


def steps(session):
    return {each.item: (each.steps, each.next_step) for each in session.scalars(select(Watch))}


def test_cards_that_nobody_watched_are_watched_from_now_on(session, make):
    trainer = make.trainer()
    entry = dated_items.ItemEntry("cpr_aed", TODAY + timedelta(days=200))
    dated_items.add(session, trainer, entry, now=NOW, today=TODAY, by="1")  # as it was before there were reminders
    assert steps(session) == {}
    assert bring_up_to_date(session, today=TODAY) == 1
    assert steps(session) == {"cpr_aed": ("90,30,7,1,-1", 90)}
    assert bring_up_to_date(session, today=TODAY) == 0


def test_a_rule_that_changed_changes_the_ladders_of_who_chose_none(session, make, monkeypatch):
    usual, own = (make.credential(make.trainer(name)) for name in ("Usual", "Own"))
    for credential in (usual, own):
        make.check(make.term(credential, expires_on=ENDS))
        watches.watch_credential(session, credential, today=TODAY)
    ladders.choose(session, own.trainer, own.uuid, [14], today=TODAY)
    book = rules.rule_book()
    changed = replace(book.by_key("NASM/NASM-CPT"), valid_from=TODAY, alert_days=(60, 7))
    monkeypatch.setattr(rules, "rule_book", lambda: rules.RuleBook(book.issuers, (*book.versions, changed)))
    assert bring_up_to_date(session, today=TODAY) == 1
    assert steps(session) == {usual.uuid: ("60,7", 60), own.uuid: ("14", 14)}
    assert bring_up_to_date(session, today=TODAY) == 0
