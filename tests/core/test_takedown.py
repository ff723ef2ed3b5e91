import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.core import accounts, audit, takedown, trainers
from trainers.core.errors import Gone, NotFound, Refused
from trainers.core.models import Listing, Message, Trainer
from trainers.core.review import queue, reports, told
from trainers.core.review.looks import Sitting

WHY = "The person named here did not make it."


def down(session: Session, trainer: Trainer) -> None:
    takedown.take_down(session, trainer, why=WHY, by="7", now=NOW, today=TODAY)
    session.flush()


def test_a_listing_taken_down_is_gone_at_once_and_its_holder_is_told_why(session: Session, make: Factory) -> None:
    trainer = make.listed()
    slug = make.slug(trainer)
    down(session, takedown.trainer_at(session, slug))
    assert session.get(Listing, trainer.id) is None
    with pytest.raises(Gone):
        trainers.find_by_slug(session, slug)
    mail = session.scalars(select(Message).where(Message.template == "taken_down")).one()
    assert mail.recipient.account_id == trainer.account_id
    assert mail.context is not None
    assert mail.context["why"] == WHY
    assert ("taken_down", "7", WHY) in [
        (each.action, each.actor, each.detail) for each in audit.newest_events(session, f"trainer:{trainer.id}")
    ]


def test_each_who_reported_it_is_answered_and_its_holder_reads_why(session: Session, make: Factory) -> None:
    trainer = make.listed()
    found = [
        reports.file_report(session, trainer, reason="mine", body="Me.", email=email, now=NOW, today=TODAY)
        for email in ("robin@example.org", "kim@example.org", None)
    ]
    work, sitting = found[0].review, Sitting(by=str(make.reviewer().id), now=NOW, today=TODAY, zone=ZONE)
    queue.take(session, work, by=sitting.by, now=NOW, today=TODAY)
    takedown.take_down_reported(session, work, sitting, why=WHY)
    mails = session.scalars(select(Message).where(Message.template == "report_answered")).all()
    assert sorted(mail.recipient.email for mail in mails) == ["kim@example.org", "robin@example.org"]
    for mail in mails:
        assert mail.context is not None
        assert mail.context["answer"] == f"{takedown.DOWN}\n{WHY}"
        assert mail.context["profile_path"] is None
    decisions = [(each.about, each.why) for each in told.decisions_about(session, trainer, sitting.zone)]
    assert ("A report about your listing", WHY) in decisions


def test_its_holder_cannot_bring_it_back_until_we_lift_it(session: Session, make: Factory) -> None:
    trainer = make.listed()
    for purpose in trainers.CONSENTS:
        accounts.give_consent(session, trainer.account, purpose, now=NOW)
    down(session, trainer)
    with pytest.raises(Refused, match="taken this listing down"):
        trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)
    takedown.lift(session, trainer, why="We were wrong.", by="7")
    assert trainer.state == "withdrawn", "lifting lists nobody: that is the holder's to do"
    trainers.list_publicly(session, trainer, by="1", now=NOW, today=TODAY)
    assert trainer.state == "listed"


def test_what_is_not_there_cannot_be_taken_down(session: Session, make: Factory) -> None:
    with pytest.raises(NotFound, match="no-such-person"):
        takedown.trainer_at(session, "no-such-person")
    with pytest.raises(Refused, match="not public yet"):
        down(session, make.trainer(state="draft"))
    trainer = make.listed()
    with pytest.raises(Refused, match="have not taken"):
        takedown.lift(session, trainer, why="", by="7")
    down(session, trainer)
    with pytest.raises(Refused, match="down already"):
        down(session, trainer)
