"""A small directory with somebody in every situation, so that each page has something to show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import learned
from tests.browser.certificate import photograph
from tests.browser.live import LiveSite
from tests.conftest import NOW, TODAY
from tests.core.job_bench import bounce_file, chunk, queue_bounces, run
from tests.core.test_screening import all_at
from tests.factories import Factory
from trainers.core import claims, contact, drafts, evidence
from trainers.core.accounts import give_consent
from trainers.core.long_work import audit_export, jobs
from trainers.core.mail import alerts, following, recipients
from trainers.core.models import Account, ClaimDraft, Credential, Review, Trainer, TrainerLanguage
from trainers.core.review import queue, reports
from trainers.core.search import listing

VISITOR, NEWCOMER, APPLICANT, TRAINER = "visitor", "newcomer", "applicant", "trainer"
LEAVER, REVIEWER, ADMIN = "leaver", "reviewer", "admin"
ROLES = {REVIEWER: ("reviewer",), ADMIN: ("admin",)}
CODE_NEXT, PASSKEY_NEXT, CHOICE_NEXT = "code-next", "passkey-next", "choice-next"
HALF_WAY = (CODE_NEXT, PASSKEY_NEXT, CHOICE_NEXT)
"""Have given the password and not the second step."""
EMAILS = {who: f"{who}@example.org" for who in (NEWCOMER, APPLICANT, TRAINER, LEAVER, REVIEWER, ADMIN, *HALF_WAY)}
SOON = TODAY + timedelta(days=30)
PRINTED = {"issued_on": date(2025, 3, 12), "expires_on": date(2027, 3, 12)}
BIO = "I work with runners who come back from a long break.\n\nWe begin with how you move and build from there."


@dataclass(frozen=True)
class World:
    """Addresses of pages that no link leads to, each with the person who goes there."""

    hidden: tuple[tuple[str, str], ...]


def furnish(site: LiveSite) -> World:
    files = evidence.open_files(site.app.extensions["settings"].uploads_url)
    with site.store() as make:
        for who in EMAILS:
            site.give_password(make.account(EMAILS[who], roles=ROLES.get(who, ())))
        for who in HALF_WAY:
            give_second_steps(make, who)
        second_reviewer = str(make.reviewer().id)
        dana = make_dana(make)
        make_applicant(make, files)
        make_neighbours(make, by=second_reviewer)
        make_queue(make, files, about=dana, other=second_reviewer)
        learned.learn(make, files, dana)
        screen(make, dana)
        asked = learned.ask_about(make, files, dana, taken_by=account_of(make, REVIEWER).id)
        hidden = (
            *mailed(make, dana),
            *after_a_form(make, dana),
            *profiles(make),
            *compared(make),
            *each_work(make),
            *each_job(make, files),
            *((REVIEWER, address) for address in asked),
            (TRAINER, learned.import_of(make, files, dana)),
            *past_of(make, dana),
            *((NEWCOMER, f"/sheets/mine{page}") for page in ("", "/new", "/bring", "/progress")),
            (NEWCOMER, "/sheets/mine/trainers?name=neighbour"),
            (NEWCOMER, f"/sheets/mine/trainers/invite/{make.slug(dana)}"),
        )
    site.run("alerts", "plan", "--today", TODAY.isoformat())
    site.send_mail()
    return World((*hidden, (VISITOR, reset_link(site))))


def screen(make: Factory, dana: Trainer) -> None:
    """Dana keeps sheets of her own, and one runner has invited her, who had pain on the newest one."""
    runner = make.account()
    for days, scores in ((100, all_at(1)), (10, all_at(2, leg_raise_left=3, deep_squat=3))):
        make.sheet(dana.account, TODAY - timedelta(days=days), scores, "before the season")
    make.sheet(runner, TODAY - timedelta(days=30), all_at(2))
    make.sheet(runner, TODAY, all_at(2, {"shoulder": True}))
    make.share(runner, dana, "Robin")
    make.share(dana.account, make.listed("Tara Trainer"))


def past_of(make: Factory, dana: Trainer) -> list[tuple[str, str]]:
    return [(VISITOR, f"/trainers/{make.slug(dana)}?on={day}") for day in (TODAY, "2020-01-01")]


def account_of(make: Factory, who: str) -> Account:
    return make.session.scalars(select(Account).where(Account.email == EMAILS[who])).one()


# People


def give_second_steps(make: Factory, who: str) -> None:
    account = account_of(make, who)
    if who != PASSKEY_NEXT:
        make.give_phone(account)
    if who != CODE_NEXT:
        make.passkey(account, who)


def make_dana(make: Factory) -> Trainer:
    """A listed trainer whose certification ends in 30 days, and who reports the renewal of another."""
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
    report_renewal(make, dana)
    for credential in make.session.scalars(select(Credential).where(Credential.trainer_id == dana.id)):
        alerts.watch_credential(make.session, credential, today=TODAY)
    return dana


def agree(make: Factory, account: Account) -> None:
    for purpose in ("listing", "adult"):
        give_consent(make.session, account, purpose, now=NOW)


def report_renewal(make: Factory, trainer: Trainer) -> None:
    credential = make.credential(trainer, "ACSM/ACSM-EP")
    make.check(make.term(credential, expires_on=TODAY + timedelta(days=38)))
    make.term(credential, expires_on=date(2029, 12, 31), issued_on=date(2026, 11, 1))
    queue.open_review(make.session, kind="renewal", trainer=trainer, credential=credential, now=NOW, today=TODAY)
    listing.refresh(make.session, trainer, today=TODAY)


def make_applicant(make: Factory, files: evidence.Files) -> None:
    """Has told about himself, begun a claim and sent a photo; nothing is sent in yet."""
    trainer = make.trainer("Theo Marchetti", account=account_of(make, APPLICANT), state="draft")
    begin_claim(make, files, trainer, number="1160555001")


def begin_claim(make: Factory, files: evidence.Files, trainer: Trainer, *, number: str) -> ClaimDraft:
    printed = drafts.Printed(number=number, name=trainer.name, **PRINTED)
    draft = drafts.start_claim(make.session, trainer, make.type(), printed, now=NOW, today=TODAY)
    evidence.keep_upload(make.session, files, draft, photograph(trainer.name), now=NOW)
    return draft


def make_neighbours(make: Factory, *, by: str) -> None:
    """One for each status, more than a page full of current ones, and two who are not to be seen."""
    for name, days in (("Ingrid Soon", 45), ("Omar Lapsed", -20), ("Lena Gone", -800)):
        make.listed(name, expires_on=TODAY + timedelta(days=days), looked_on=TODAY - timedelta(days=100))
    make.listed("Ruth Restored", key="ACSM/ACSM-CPT", expires_on=date(2024, 12, 31))
    make.listed("Piet Oldcheck", looked_on=TODAY - timedelta(days=200))
    make.listed("Nora Undated", key="NASM/NASM-CES", expires_on=None)
    for n in range(1, 24):
        make.listed(f"Runner Neighbour {n}", key="ACSM/ACSM-CPT", expires_on=date(2027, 12, 31))
    unconfirmed(make, by=by)
    make.listed("Sam Paused", state="paused")
    make.listed("Sam Withdrawn", state="withdrawn", account=account_of(make, LEAVER))


def unconfirmed(make: Factory, *, by: str) -> None:
    trainer = make.trainer("Karl Unconfirmed")
    term = make.term(make.credential(trainer))
    make.check(term, outcome="second_look", looked_on=TODAY - timedelta(days=20), by=by)
    make.check(term, outcome="no_match", looked_on=TODAY - timedelta(days=10), by="9999")
    listing.refresh(make.session, trainer, today=TODAY)


# The reviewers' queue


def make_queue(make: Factory, files: evidence.Files, *, about: Trainer, other: str) -> None:
    """Besides the renewal: a claim and a report that are taken, a second look, and one for later."""
    reviewer = account_of(make, REVIEWER)
    take(make.session, send_in(make, files), reviewer)
    first_miss(make, "Bela Secondlook", by=other, days_ago=8)
    first_miss(make, "Carla Later", by=other, days_ago=2)
    reports.file_report(
        make.session, about, reason="details", body="She has moved.", email=None, now=NOW, today=TODAY
    )
    take(make.session, make.session.scalars(select(Review).where(Review.kind == "report")).one(), reviewer)
    decided = make.listed("Hugo Decided")
    term = make.session.scalars(select(Credential).where(Credential.trainer_id == decided.id)).one().terms[0]
    make.check(term, by=str(reviewer.id))


def send_in(make: Factory, files: evidence.Files) -> Review:
    ada = make.trainer("Ada Newlisted", state="draft")
    agree(make, ada.account)
    draft = begin_claim(make, files, ada, number="1160777002")
    return claims.submit_claim(make.session, draft, by=str(ada.account_id), now=NOW, today=TODAY)


def first_miss(make: Factory, name: str, *, by: str, days_ago: int) -> None:
    trainer, looked_on = make.trainer(name), TODAY - timedelta(days=days_ago)
    credential = make.credential(trainer)
    term = make.term(credential, recorded_at=at(looked_on))
    work = queue.open_review(
        make.session, kind="new", trainer=trainer, credential=credential, now=at(looked_on), today=looked_on
    )
    make.check(term, outcome="second_look", looked_on=looked_on, by=by)
    work.not_before = work.due_on = looked_on + timedelta(days=7)
    listing.refresh(make.session, trainer, today=TODAY)


def at(day: date) -> datetime:
    return NOW - (TODAY - day)


def take(session: Session, work: Review, reviewer: Account) -> None:
    taken_at = NOW + timedelta(microseconds=123_456)  # as a real clock has it
    queue.take(session, work, by=str(reviewer.id), now=taken_at, today=TODAY)


# Pages that no link leads to


def mailed(make: Factory, trainer: Trainer) -> list[tuple[str, str]]:
    """Where links in mails lead; the tokens of the first two are read only when the button is pressed."""
    slug = make.slug(trainer)
    told = {"name": "Robin", "email": "robin@example.org", "body": "Are you free on Fridays?"}
    held = contact.hold_message(make.session, trainer, slug=slug, now=NOW, **told)
    follows = [
        following.ask(make.session, trainer, email=email, slug=slug, now=NOW)
        for email in ("robin@example.org", "sam@example.org")
    ]
    following.confirm(make.session, follows[1], today=NOW.date(), now=NOW)
    key = recipients.recipient_for(make.session, trainer.account.email).key
    paths = (
        "/confirm/token",
        "/change-email/token",
        f"/trainers/{slug}/contact/{held.key}",
        *(f"/follow/{each.key}" for each in follows),
        f"/unsubscribe/{key}",
    )
    return [(VISITOR, path) for path in (*paths, f"/unsubscribe/{key}")]


def reset_link(site: LiveSite) -> str:
    with site.app.app_context(), site.store() as make:
        token = generate_reset_password_token(account_of(make, NEWCOMER))  # type: ignore[no-untyped-call]
        return f"/reset/{token}"


def after_a_form(make: Factory, trainer: Trainer) -> list[tuple[str, str]]:
    """Where a form that was sent leads on to, and what people see who have not come far or have left."""
    slug = make.slug(trainer)
    ends = ("contact/sent", "contact/delivered", "follow/sent", "report/thanks")
    credential = make.session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)).first()
    draft = make.session.scalars(select(ClaimDraft)).one()
    assert credential is not None
    return [
        *((VISITOR, f"/trainers/{slug}/{end}") for end in ends),
        (VISITOR, "/look-in-your-mail"),
        (TRAINER, f"/dashboard/certifications/{credential.uuid}/sent"),
        (TRAINER, f"/dashboard/certifications/{credential.uuid}/object"),
        (TRAINER, "/verify"),
        (REVIEWER, "/mf-recovery-codes"),
        (CODE_NEXT, "/tf-validate"),
        (CODE_NEXT, "/mf-recovery"),
        (PASSKEY_NEXT, "/wan-signin"),
        (CHOICE_NEXT, "/tf-select"),
        (NEWCOMER, "/dashboard/about-you"),
        *((APPLICANT, f"/dashboard/certifications/drafts/{draft.uuid}/{end}") for end in ("photo", "check")),
        (LEAVER, "/dashboard"),
        (LEAVER, "/dashboard/list-again"),
    ]


def profiles(make: Factory) -> list[tuple[str, str]]:
    """Everybody but the many neighbours and the drafts; two of them are not to be seen."""
    told_apart = select(Trainer).where(Trainer.name.not_like("Runner %"), Trainer.state != "draft")
    return [(VISITOR, f"/trainers/{make.slug(trainer)}") for trainer in make.session.scalars(told_apart)]


def compared(make: Factory) -> list[tuple[str, str]]:
    """Three of them and an address that was never anybody's; and nobody."""
    three = [path.removeprefix("/trainers/") for _who, path in profiles(make)[:3]]
    asked = "&".join(f"t={slug}" for slug in (*three, "no-such-trainer"))
    return [(VISITOR, f"/trainers/compare?{asked}"), (VISITOR, "/trainers/compare")]


def each_work(make: Factory) -> list[tuple[str, str]]:
    """The work in the queue, the taken claim first."""
    works = make.session.scalars(select(Review).order_by(Review.taken_by.is_(None), Review.id))
    return [(REVIEWER, f"/review/{work.uuid}") for work in works]


def each_job(make: Factory, files: evidence.Files) -> list[tuple[str, str]]:
    """Imports and exports of the admin: done, failed with two pages of rejected rows, under way, waiting."""
    session, admin = make.session, account_of(make, ADMIN).id
    bad = b"address,reason\n" + b"".join(b"nonsense %d,bounced\n" % n for n in range(150))
    ended = [
        audit_export.enqueue(session, zone=ZoneInfo("UTC"), account_id=admin, now=NOW),
        queue_bounces(session, files, bad, account_id=admin),
    ]
    for _ in ended:
        run(session, files)
    long_name = "b" * 96 + ".csv"
    running = queue_bounces(session, files, bounce_file(3000), account_id=admin, name=long_name)
    work = jobs.claim(session, now=NOW)
    assert work is not None
    chunk(session, files, work)
    days = {"since": TODAY, "until": TODAY}
    waiting = audit_export.enqueue(session, zone=ZoneInfo("UTC"), account_id=admin, now=NOW, **days)
    found = [f"/admin/jobs/{job.uuid}" for job in (*ended, running, waiting)]
    return [(ADMIN, path) for path in (*found, f"{found[1]}?page=2")]
