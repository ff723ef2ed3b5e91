"""Forgetting a person, and what the append-only tables let go for it."""

from pathlib import Path

import pytest
from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.job_bench import bounce_file, queue_bounces
from tests.core.papers import PDF, draft_of, stored
from tests.factories import Factory
from trainers.core import accounts, audit, erasure, evidence, trainers
from trainers.core.errors import Gone
from trainers.core.mail import alerts, outbox
from trainers.core.models import (
    Account,
    Alert,
    Attempt,
    AuditEvent,
    Base,
    Bounce,
    CalendarToken,
    Check,
    Consent,
    ContactMessage,
    DatedItem,
    EducationRecord,
    Erasure,
    Follow,
    JobRow,
    LadderChoice,
    Message,
    Objection,
    Paper,
    Portrait,
    Recipient,
    Report,
    Review,
    ReviewNote,
    Slug,
    Stop,
    Term,
    Trainer,
    TrainerLanguage,
)
from trainers.core.screens import Scores
from trainers.core.search import listing
from trainers.core.slugs import slug_of

APPEND_ONLY = [Term, Check, Consent, AuditEvent, Attempt]
ONLY_FOR_SOME = {"account_role"}  # nobody but reviewers has one
LEFT_ALONE = {"place", "credential_type", "alembic_version", "role"}


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


def with_everything(session: Session, make: Factory, files: evidence.Files, name: str) -> Trainer:
    """A trainer with a row in every table that a trainer can have rows in."""
    trainer = make.trainer(name, specialties=("running",))
    account = trainer.account
    for purpose in trainers.CONSENTS:
        accounts.give_consent(session, account, purpose, now=NOW)
    make.passkey(account)
    credential = make.credential(trainer)
    first = make.term(credential, number="A1")
    make.check(make.term(credential, number="A2", corrects=first))
    reported(make, trainer)
    educated(make, files, trainer)
    make.add(
        ContactMessage(
            key=f"key {trainer.id}",
            trainer_id=trainer.id,
            sender_name="Runner",
            sender_email="runner@example.org",
            body="Hello",
            created_at=NOW,
            expires_at=NOW,
        )
    )
    evidence.keep_upload(session, files, draft_of(make, trainer), PDF, now=NOW)
    alerts.watch_credential(session, credential, today=TODAY)
    listing.refresh(session, trainer, today=TODAY)
    audit.record(session, by="1", action="x", subject="y", about=f"trainer:{trainer.id}", detail=name)
    trainer.languages = [TrainerLanguage(language="es")]
    make.sheet(account, scores=Scores({("push-up", "both"): 2}, {"shoulder": False}))
    make.share(account, trainer)
    job = queue_bounces(session, files, bounce_file(1), account_id=account.id)
    make.add(JobRow(job_id=job.id, line=2, key=account.email, data={"reason": "bounced"}))
    warning = mail(session, account)
    session.add(Stop(recipient_id=warning.recipient_id, scope="all", created_at=NOW))
    session.add(Bounce(message_id=warning.id, at=NOW, hard=False, status="452"))
    session.add(CalendarToken(account_id=account.id, hash=f"of {account.id}", created_at=NOW))
    followed = {"recipient_id": warning.recipient_id, "trainer_id": trainer.id}
    session.add(Follow(key=f"follow {trainer.id}", created_at=NOW, confirmed_at=NOW, told={}, **followed))
    session.add(LadderChoice(trainer_id=trainer.id, item="cpr_aed", steps="7"))
    session.add(
        Alert(
            recipient_id=warning.recipient_id,
            kind="expiry",
            subject_kind="credential",
            subject_id=credential.id,
            expires_on=TODAY,
            step=1,
            state="planned",
            message_id=warning.id,
            planned_at=NOW,
        )
    )
    session.flush()
    return trainer


def reported(make: Factory, trainer: Trainer) -> None:
    work = make.add(Review(kind="report", trainer_id=trainer.id, credential_id=None, opened_at=NOW, due_on=TODAY))
    make.add(Report(review_id=work.id, reason="other", body="Text", created_at=NOW))
    make.add(Objection(review_id=work.id, reason="other", body="Text", created_at=NOW))
    make.add(ReviewNote(review_id=work.id, by="1", body="Text", at=NOW))


def educated(make: Factory, files: evidence.Files, trainer: Trainer) -> None:
    """A portrait, and something learned with its paper, each with its file."""
    moment = {"created_at": NOW, "updated_at": NOW}
    record = make.add(EducationRecord(trainer_id=trainer.id, title="Hips", **moment))
    make.add(DatedItem(trainer_id=trainer.id, kind="cpr_aed", expires_on=TODAY, **moment))
    for n, table in enumerate((Paper, Portrait)):
        key = f"papers/{trainer.id}-{n}"
        files.write(key, PDF)
        kept = {"trainer_id": trainer.id, "sha256": "", "storage_key": key, "size": len(PDF), "uploaded_at": NOW}
        if table is Paper:
            kept |= {"record_id": record.id, "content_type": "application/pdf"}
        make.add(table(state="attached" if table is Paper else "waiting", **kept))


def mail(session: Session, account: Account) -> Message:
    """A delivered message, queued before anybody knew whose address it is."""
    message = outbox.queue(
        session,
        to=outbox.recipient_for(session, account.email),
        template="account",
        context={"body": "x"},
        dedupe_key=f"to {account.id}",
        now=NOW,
    )
    assert message is not None
    session.add(Attempt(message_id=message.id, n=1, at=NOW, delivered=True, reply="250 ok"))
    session.flush()
    return message


def counts(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name not in LEFT_ALONE
    }


def tables_about_a_person() -> set[str]:
    """All tables that hang, directly or not, on a trainer or on an account."""
    found = {"trainer", "account"}
    while True:
        more = {
            table.name
            for table in Base.metadata.sorted_tables
            if any(key.column.table.name in found for key in table.foreign_keys)
        }
        if more <= found:
            return found - ONLY_FOR_SOME
        found |= more


def test_nothing_of_the_person_is_left_but_the_address_and_the_deed(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    before = counts(session)
    trainer = with_everything(session, make, files, "Dana Fitzgerald")
    slug, trainer_id = slug_of(session, trainer), trainer.id
    filled = {name for name, count in counts(session).items() if count > before[name]}
    assert tables_about_a_person() <= filled, "with_everything has to fill the new tables too"

    erasure.erase_trainer(session, files, trainer, by="1", now=NOW)

    kept = {name: count for name, count in counts(session).items() if count != before[name]}
    assert kept == {"slug": 1, "short_link": 1, "erasure": 1, "audit_event": 1}
    assert session.get_one(Erasure, trainer_id).at == NOW
    assert session.scalars(select(AuditEvent.action)).one() == "erased"
    assert session.get_one(Slug, slug).trainer_id is None
    assert stored(files) == []
    with pytest.raises(Gone):
        trainers.find_by_slug(session, slug)


def test_somebody_else_loses_nothing(session: Session, make: Factory, files: evidence.Files) -> None:
    with_everything(session, make, files, "Bob Fitzgerald")
    before, kept_files = counts(session), stored(files)
    alice = with_everything(session, make, files, "Alice Fitzgerald")
    erasure.erase_trainer(session, files, alice, by="1", now=NOW)
    after = counts(session)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "slug": 1,
        "short_link": 1,
        "erasure": 1,
        "audit_event": 1,
    }
    assert stored(files) == kept_files


def test_an_erased_trainers_number_is_never_given_again(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    trainer = make.trainer()
    erased_id = trainer.id
    erasure.erase_trainer(session, files, trainer, by="1", now=NOW)
    assert make.trainer().id > erased_id


def test_work_that_a_leaving_reviewer_had_in_hand_goes_back_into_the_queue(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    reviewer, trainer = make.reviewer(), make.trainer()
    work = make.add(
        Review(
            kind="report",
            trainer_id=trainer.id,
            opened_at=NOW,
            due_on=TODAY,
            taken_by=reviewer.id,
            taken_until=NOW,
        )
    )
    erasure.forget_account(session, files, reviewer)
    session.refresh(work)
    assert (work.taken_by, work.taken_until) == (None, None)


def test_an_account_without_a_profile_leaves_no_address(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    account = make.account("somebody@example.org")
    mail(session, account)
    erasure.forget_account(session, files, account)
    session.expire_all()
    assert session.scalars(select(Account)).all() == []
    assert "example" not in session.scalars(select(Recipient.email)).one()


def test_mail_that_had_not_left_is_not_sent_to_a_forgotten_account(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    account = make.account()
    to = outbox.recipient_for(session, account.email)
    outbox.queue(session, to=to, template="account", context={"body": "x"}, dedupe_key="k", now=NOW)
    erasure.forget_account(session, files, account)
    assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize("table", APPEND_ONLY)
class TestTriggers:
    def test_rows_are_neither_changed_nor_deleted(
        self, session: Session, make: Factory, files: evidence.Files, table: type[Base]
    ) -> None:
        with_everything(session, make, files, "Dana Fitzgerald")
        first = inspect(table).primary_key[0]
        for statement in (delete(table), update(table).values({first.name: first})):
            with pytest.raises(IntegrityError, match=f"append_only_{table.__tablename__}"), session.begin_nested():
                session.execute(statement)

    def test_rows_of_an_erased_trainer_may_go_and_no_others(
        self, session: Session, make: Factory, files: evidence.Files, table: type[Base]
    ) -> None:
        alice = with_everything(session, make, files, "Alice Fitzgerald")
        with_everything(session, make, files, "Bob Fitzgerald")
        session.add(Erasure(trainer_id=alice.id, at=NOW))
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(delete(table))
