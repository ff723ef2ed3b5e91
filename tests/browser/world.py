"""A small directory with somebody in every situation, so that each page has something to show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser.live import LiveSite
from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core import alerts, contact, listing, recipients, reports, review
from trainers.core.accounts import give_consent
from trainers.core.models import Account, ClaimDraft, Credential, Review, Trainer, TrainerLanguage
from trainers.core.slips import slip_code

VISITOR, NEWCOMER, APPLICANT, TRAINER, REVIEWER = "visitor", "newcomer", "applicant", "trainer", "reviewer"
EMAILS = {who: f"{who}@example.org" for who in (NEWCOMER, APPLICANT, TRAINER, REVIEWER)}
SOON = TODAY + timedelta(days=30)
BIO = "I work with runners who come back from a long break.\n\nWe begin with how you move and build from there."


@dataclass(frozen=True)
class World:
    """Addresses that no link leads to."""

    contact_link: str
    profiles: tuple[str, ...]
    mail_key: str


def furnish(site: LiveSite) -> World:
    with site.store() as make:
        second_reviewer = make.reviewer()
        for who in (NEWCOMER, APPLICANT, TRAINER):
            site.give_password(make.account(EMAILS[who]))
        reviewer = site.give_password(make.reviewer(EMAILS[REVIEWER]))
        dana = make_dana(make)
        make_applicant(make)
        make_neighbours(make, by=str(second_reviewer.id))
        make_queue(make, reviewer=reviewer, other=str(second_reviewer.id), about=dana)
        world = World(hold_message(make, dana), profiles(make), key_of(make.session, dana))
    site.run("alerts", "plan", "--today", TODAY.isoformat())
    site.send_mail()
    return world


def account_of(make: Factory, who: str) -> Account:
    return make.session.scalars(select(Account).where(Account.email == EMAILS[who])).one()


def make_dana(make: Factory) -> Trainer:
    """A listed trainer whose certification ends in 30 days; a second one waits for a reviewer."""
    account = account_of(make, TRAINER)
    dana = make.listed(
        "Dana Fitzgerald",
        account=account,
        expires_on=SOON,
        number="1160448213",
        specialties=("running", "hip-strength"),
        languages=[TrainerLanguage(language="es")],
        headline="Strength for people who run",
        bio=BIO,
    )
    agree(make, account)
    watch_all(make.session, dana)
    return dana


def agree(make: Factory, account: Account) -> None:
    for purpose in ("listing", "adult"):
        give_consent(make.session, account, purpose, now=NOW)


def watch_all(session: Session, trainer: Trainer) -> None:
    for credential in session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)):
        alerts.watch_credential(session, credential, today=TODAY)


def make_applicant(make: Factory) -> None:
    """Has told about himself and begun a claim; nothing is sent in yet."""
    trainer = make.trainer("Theo Marchetti", account=account_of(make, APPLICANT), state="draft")
    draft = ClaimDraft(
        trainer_id=trainer.id,
        kind="new",
        type_id=make.type().id,
        number="1160555001",
        name_on_certificate="Theo Marchetti",
        issued_on=date(2025, 12, 1),
        expires_on=date(2027, 11, 30),
        slip_code=slip_code("theo"),
        created_at=NOW,
        updated_at=NOW,
    )
    make.add(draft)


def make_neighbours(make: Factory, *, by: str) -> None:
    """One for each status, more than a page full of current ones, and two who are not to be seen."""
    ends = {
        "Ingrid Soon": SOON,
        "Omar Lapsed": TODAY - timedelta(days=20),
        "Lena Gone": TODAY - timedelta(days=800),
    }
    for name, expires_on in ends.items():
        make.listed(name, expires_on=expires_on, looked_on=TODAY - timedelta(days=100))
    make.listed("Ruth Restored", key="ACSM/ACSM-CPT", expires_on=date(2024, 12, 31))
    make.listed("Piet Oldcheck", looked_on=TODAY - timedelta(days=200))
    make.listed("Nora Undated", key="NASM/NASM-CES", expires_on=None)
    for n in range(1, 24):
        make.listed(f"Runner Neighbour {n}", key="ACSM/ACSM-CPT", expires_on=date(2027, 12, 31))
    unconfirmed(make, by=by)
    for state in ("paused", "withdrawn"):
        make.listed(f"Sam {state.title()}", state=state)


def unconfirmed(make: Factory, *, by: str) -> None:
    trainer = make.trainer("Karl Unconfirmed")
    term = make.term(make.credential(trainer))
    make.check(term, outcome="second_look", looked_on=TODAY - timedelta(days=20), by=by)
    make.check(term, outcome="no_match", looked_on=TODAY - timedelta(days=10), by="9999")
    listing.refresh(make.session, trainer, today=TODAY)


def make_queue(make: Factory, *, reviewer: Account, other: str, about: Trainer) -> None:
    """Work of each kind: a taken claim, a renewal, a second look, one for later, a report (taken too)."""
    taken = claim(make, make.trainer("Ada Newlisted"), "new", NOW)
    take(make.session, taken, reviewer)
    add_renewal(make, about)
    second = claim(make, make.trainer("Bela Secondlook"), "new", NOW - timedelta(days=9))
    first_miss(make, second, by=other, days_ago=8)
    later = claim(make, make.trainer("Carla Later"), "new", NOW - timedelta(days=3))
    first_miss(make, later, by=other, days_ago=2)
    reports.file_report(
        make.session, about, reason="details", body="She has moved.", email=None, now=NOW, today=TODAY
    )
    make.session.flush()
    take(make.session, make.session.scalars(select(Review).where(Review.kind == "report")).one(), reviewer)


def claim(make: Factory, trainer: Trainer, kind: str, opened_at: datetime) -> Review:
    credential = make.credential(trainer)
    make.term(credential, recorded_at=opened_at)
    listing.refresh(make.session, trainer, today=TODAY)
    opened_on = opened_at.date()
    return review.open_review(
        make.session, kind=kind, trainer=trainer, credential=credential, now=opened_at, today=opened_on
    )


def add_renewal(make: Factory, trainer: Trainer) -> None:
    credential = make.credential(trainer, "ACSM/ACSM-EP")
    make.check(make.term(credential, expires_on=TODAY + timedelta(days=38)))
    make.term(credential, expires_on=date(2029, 12, 31), issued_on=date(2026, 11, 1))
    review.open_review(make.session, kind="renewal", trainer=trainer, credential=credential, now=NOW, today=TODAY)
    listing.refresh(make.session, trainer, today=TODAY)


def first_miss(make: Factory, work: Review, *, by: str, days_ago: int) -> None:
    assert work.credential is not None
    looked_on = TODAY - timedelta(days=days_ago)
    make.check(work.credential.terms[0], outcome="second_look", looked_on=looked_on, by=by)
    work.not_before = work.due_on = looked_on + timedelta(days=7)


def take(session: Session, work: Review, reviewer: Account) -> None:
    review.take(session, work, by=str(reviewer.id), now=NOW, today=TODAY)


def hold_message(make: Factory, trainer: Trainer) -> str:
    """The address in the mail to somebody who has written to the trainer."""
    slug = make.slug(trainer)
    held = contact.hold_message(
        make.session,
        trainer,
        name="Robin",
        email="robin@example.org",
        body="Are you free on Fridays?",
        slug=slug,
        now=NOW,
    )
    return f"/trainers/{slug}/contact/{held.key}"


def profiles(make: Factory) -> tuple[str, ...]:
    """The address of everybody but the many neighbours, and of those who are not to be seen."""
    told_apart = select(Trainer).where(Trainer.name.not_like("Runner %"), Trainer.state != "draft")
    return tuple(f"/trainers/{make.slug(trainer)}" for trainer in make.session.scalars(told_apart))


def key_of(session: Session, trainer: Trainer) -> str:
    return recipients.recipient_for(session, trainer.account.email).key
