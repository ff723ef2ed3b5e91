"""What admins see of the site, and what they do about accounts; what everybody sees of our record."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from tests.conftest import NOW, TODAY
from trainers.core import audit
from trainers.core.models import AuditEvent, Review, Trainer
from trainers.web import metering


@pytest.fixture
def admin(client, made):
    client.sign_in(made.account("admin@example.org", roles=("admin",)))
    made.commit()
    return client


def act(client, account, what, why="Somebody complained."):
    address = f"/admin/accounts/{account.id}"
    object_session(account).rollback()  # nobody else could write meanwhile
    return client.post(address, data={"act": what, "why": why}, follow_redirects=True)


def test_the_page_tells_queue_forecast_mail_backup_and_routes(admin, made):
    trainer = made.trainer()
    for days in range(8):
        closed = {"closed_at": NOW - timedelta(days=1), "outcome": "resolved"} if days < 4 else {}
        opened = NOW - timedelta(days=days)
        made.add(Review(kind="report", trainer_id=trainer.id, opened_at=opened, due_on=opened.date(), **closed))
    made.commit()
    admin.get("/guidance")
    page = admin.get("/admin").text
    for told in ("backup: none made here", "28 days, if nothing new comes", "16 November 2026", "Slowest routes"):
        assert told in page
    assert "guidance.index" in {route.endpoint for route in metering.slowest(1000)}


def test_roles_are_given_and_taken_with_a_reason_on_record(admin, made, store):
    account = made.account("helper@example.org")
    made.commit()
    before = account.fs_uniquifier
    assert "Done, and on record." in act(admin, account, "grant-reviewer", "Knows the sources.").text
    store.refresh(account)
    assert (account.has_role("reviewer"), account.fs_uniquifier == before) == (True, False)
    act(admin, account, "revoke-reviewer", "Has left.")
    store.expire_all()
    assert not account.has_role("reviewer")
    told = [(event.action, event.detail) for event in audit.newest_events(store, f"account:{account.id}")]
    assert told == [("role_revoked", "reviewer: Has left."), ("role_granted", "reviewer: Knows the sources.")]


def test_who_is_shut_out_is_signed_out_and_stays_out_until_let_in(app, admin, made, store):
    account = made.account()
    made.commit()
    guest = app.test_client().sign_in(account)
    assert guest.get("/dashboard/account").status_code == 200
    act(admin, account, "ban")
    assert guest.get("/dashboard/account").status_code == 302
    store.refresh(account)
    assert app.test_client().sign_in(account).get("/dashboard/account").status_code == 302
    act(admin, account, "lift-ban")
    store.refresh(account)
    assert app.test_client().sign_in(account).get("/dashboard/account").status_code == 200


def test_a_listing_is_taken_down_and_lifted(admin, made, store):
    trainer = made.listed()
    made.commit()
    act(admin, trainer.account, "take-down")
    store.expire_all()
    assert store.scalars(select(Trainer.state)).all() == ["withdrawn"]
    address = f"/trainers/{made.slug(trainer)}"
    assert admin.get(address).status_code == 410
    assert "taken down" in act(admin, trainer.account, "take-down").text
    act(admin, trainer.account, "lift")
    store.expire_all()
    assert store.scalars(select(Trainer.taken_down_at)).all() == [None]


def test_nothing_is_done_without_a_reason_or_to_oneself(admin, made, store):
    account = made.account()
    made.commit()
    answer = act(admin, account, "ban", why=" ")
    assert (answer.status_code, "Write why" in answer.text) == (422, True)
    assert store.scalar(select(AuditEvent.id)) is None
    store.rollback()
    me = admin.post("/admin/accounts", data={"email": "ADMIN@example.org"}).text
    mine = me.split("/admin/accounts/")[2].split('"')[0]
    for what in ("revoke-admin", "grant-reviewer"):
        answer = admin.post(f"/admin/accounts/{mine}", data={"act": what, "why": "A slip."})
        assert (answer.status_code, "your own account" in answer.text) == (422, True), what


def test_accounts_are_found_by_the_whole_address_alone(admin, made):
    account = made.account("dana@example.org")
    made.commit()
    link = f"/admin/accounts/{account.id}"
    assert link in admin.post("/admin/accounts", data={"email": " Dana@Example.org "}).text
    for part in ("dana", "%", ""):
        assert link not in admin.post("/admin/accounts", data={"email": part}).text


def test_the_record_is_searched_by_whole_words(admin, made, store):
    for who, action in (("7", "role_granted"), ("system", "role_granted"), ("7", "erased")):
        audit.record(store, by=who, action=action, subject="trainer:70", about="trainer:70", detail=f"<{action}>")
    store.commit()
    page = admin.get("/admin/audit?about=7+role_granted").text
    assert page.count("&lt;role_granted&gt;") == 1
    assert admin.get("/admin/audit?about=trainer:7").text.count("Nothing on record") == 1
    assert admin.get("/admin/audit?about=%25").text.count("Nothing on record") == 1


def test_our_record_counts_a_quarter_once_it_has_ended(client, made):
    trainer = made.listed()
    claim = made.term(made.credential(trainer, "NASM/NASM-CES"))
    august = datetime(2026, 8, 10, tzinfo=UTC)
    wrong = made.check(claim, recorded_at=august)
    for _ in range(3):
        made.check(claim, recorded_at=august)
    made.check(claim, outcome="unavailable", recorded_at=august)
    made.check(claim, outcome="inactive", recorded_at=NOW, supersedes_id=wrong.id)
    for days in (1, 2, 9):
        closed = {"closed_at": august, "outcome": "confirmed"}
        opened = august - timedelta(days=days)
        made.add(Review(kind="new", trainer_id=trainer.id, opened_at=opened, due_on=TODAY, **closed))
    made.commit()
    page = client.get("/our-record").text
    assert "1 July 2026 to 30 September 2026" in page
    assert page.count("no checks") == 3
    assert "1 (25.0 %)" in page
    assert "2.0 days (3 claims)" in page
