"""An invented directory to look around in: 200 trainers over the whole country, every status among them.

Dates are counted from the day of loading. Every name ends in "(sample)", every address in .invalid.
"""

from datetime import date, datetime
from random import Random
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from .. import audit, credentials
from ..accounts import give_consent, grant
from ..erasure import erase_trainer, forget_account
from ..evidence import Files
from ..mail import alerts, outbox
from ..models import (
    Account,
    AuditEvent,
    CredentialType,
    Erasure,
    Place,
    ShortLink,
    Slug,
    Trainer,
    TrainerLanguage,
    TrainerSpecialty,
)
from ..names import slugify
from ..rules import load_specialties
from ..search import listing
from ..sign_in import second_factor
from ..slugs import give_short_link
from .learning import make_log
from .papers import MAKERS, Sampler
from .screened import screen

COUNT = 200
PASSWORD = "three odd sample words"  # noqa: S105 - printed at start; samples are refused in production
DOMAIN = "sample.invalid"
TRAINER_EMAIL = f"trainer@{DOMAIN}"
REVIEWER_EMAIL = f"reviewer@{DOMAIN}"
RUNNER_EMAIL = f"runner@{DOMAIN}"
RUNNER_EMAILS = {"Robin (sample)": RUNNER_EMAIL, "Ari (sample)": f"second.runner@{DOMAIN}"}
SECOND_REVIEWER_EMAIL = f"second.reviewer@{DOMAIN}"

FIRST = (
    "Ada Bao Carmen Dmitri Elif Farid Greta Hana Imani Jonas Keiko Liam Maren Nadia Oskar Priya Quinn Rosa "
    "Sven Talia Umar Vera Wanda Ximena Yusuf Zofia Aroha Bjørn Chloé Dariusz Esperanza Finn Gwen Hugo Ines "
    "José Kwame Lucía"
).split()
LAST = (
    "Abernathy Birkeland Castellanos Delacroix Eriksen Fairweather Galloway Hartigan Ibarra Jankowski "
    "Kowalczyk Lindqvist Marchetti Nakagawa O'Dell Petrosyan Quintero Rasmussen Szabó Thibault Underhill "
    "Valenzuela Wałęsa Xanthos Yilmaz Zielińska Müller Nguyễn Smith-Jones Featherstone Greenhalgh Holmqvist "
    "Okonkwo Pemberton"
).split()
HEADLINES = (
    "Strength for people who run",
    "Calm, careful coaching for sore hips",
    "From first steps to your first half marathon",
    "Hinge, squat, carry: the basics done well",
    "Back to running, one week at a time",
    "",
)
BIO = (
    "I work with runners who want to get stronger without losing their joy in running. We begin with how you move,"
    " then build from there. If something hurts, I send you to a doctor or a physical therapist first."
)
LANGUAGES = ("en", "es", "fr", "pl", "vi", "zh", "ar", "pt")

# How many of each; what is left of COUNT is current.
MIX = {
    "expires_soon": 24,
    "renewal_reported": 6,
    "expired_renewal_open": 10,
    "expired_reinstatement": 8,
    "expired": 8,
    "check_old": 12,
    "no_end_date": 10,
    "not_checked": 14,
    "second_look": 4,
    "not_confirmed": 6,
}


def are_loaded(session: Session) -> bool:
    return session.scalar(select(Trainer.id).where(Trainer.is_sample).limit(1)) is not None


def never_loaded(session: Session) -> bool:
    """Whether this is a new database: nobody has an account, and samples were never loaded here."""
    accounts = session.scalar(select(func.count()).select_from(Account))
    loaded = session.scalar(select(AuditEvent.id).where(AuditEvent.action == "samples_loaded").limit(1))
    return not accounts and loaded is None


def load(
    session: Session,
    files: Files,
    *,
    now: datetime,
    today: date,
    password_hash: str,
    totp_secret: str | None = None,
) -> int:
    """Make the invented directory; returns the number of trainers, 0 when it is there already.

    `totp_secret` becomes the reviewers' authenticator app; without one they set it up when they sign in.
    """
    if are_loaded(session):
        return 0
    credentials.sync_types(session)
    random = Random(20_261_123)  # noqa: S311 - the same directory on each machine
    reviewers = [
        make_account(session, email, password_hash, now=now, random=random)
        for email in (REVIEWER_EMAIL, SECOND_REVIEWER_EMAIL)
    ]
    for each in reviewers:
        grant(session, each.email, "reviewer", by="system")
        each.tf_totp_secret, each.tf_primary_method = totp_secret, second_factor.METHOD if totp_secret else None
    types = {f"{each.issuer}/{each.code}": each for each in session.scalars(select(CredentialType))}
    sampler = Sampler(session, files, now, today, random, types, (str(reviewers[0].id), str(reviewers[1].id)))
    places = choose_places(session, random)
    kinds = [kind for kind, count in MIX.items() for _ in range(count)]
    kinds += ["current"] * (COUNT - len(kinds))
    random.shuffle(kinds)
    kinds[0] = "expires_soon"  # the sample trainer that people sign in as
    made = [
        make_trainer(sampler, n, kind, place, password_hash)
        for n, (kind, place) in enumerate(zip(kinds, places, strict=True))
    ]
    for name, email in RUNNER_EMAILS.items():
        screen(sampler, make_account(session, email, password_hash, now=now, random=random), name, made[0])
    listing.rebuild(session, today=today)
    audit.record(
        session, by="system", action="samples_loaded", subject="samples", about="samples", detail=str(COUNT)
    )
    return COUNT


def make_account(session: Session, email: str, password_hash: str, *, now: datetime, random: Random) -> Account:
    account = Account(
        email=email,
        password=password_hash,
        active=True,
        fs_uniquifier=UUID(int=random.getrandbits(128)).hex,
        confirmed_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def choose_places(session: Session, random: Random) -> list[str]:
    """COUNT ZIPs: the most populous of each state, the rest drawn by population."""
    rows = session.execute(
        select(Place.zip, Place.state, Place.population).where(Place.lat.is_not(None)).order_by(Place.zip)
    ).all()
    largest: dict[str, tuple[int, str]] = {}
    for row in rows:
        largest[row.state] = max(largest.get(row.state, (-1, "")), (row.population, row.zip))
    chosen = [place for _, place in largest.values()][:COUNT]
    weights = [row.population for row in rows]
    return chosen + random.choices([row.zip for row in rows], weights, k=COUNT - len(chosen))


def make_trainer(sampler: Sampler, n: int, kind: str, place: str, password_hash: str) -> Trainer:
    session, random = sampler.session, sampler.random
    name = f"{random.choice(FIRST)} {random.choice(LAST)} (sample)"
    email = TRAINER_EMAIL if n == 0 else f"sample{n}@{DOMAIN}"
    account = make_account(session, email, password_hash, now=sampler.now, random=random)
    trainer = Trainer(
        account_id=account.id,
        name=name,
        zip=place,
        mode=random.choice(("in_person", "in_person", "both", "online")),
        state="listed",
        headline=random.choice(HEADLINES),
        bio=random.choice((BIO, "")),
        accepting=random.random() < 0.8,
        accepting_said_on=sampler.days_ago(random.randrange(1, 60)),
        is_sample=True,
        created_at=sampler.moment(sampler.days_ago(400)),
        listed_at=sampler.moment(sampler.days_ago(390)),
        specialties=[TrainerSpecialty(specialty=slug) for slug in some_specialties(random)],
        languages=[TrainerLanguage(language=code) for code in {"en", random.choice(LANGUAGES)}],
    )
    session.add(trainer)
    session.flush()
    session.add(Slug(slug=f"{slugify(name)}-{n}", trainer_id=trainer.id, since=trainer.created_at))
    give_short_link(session, trainer)
    outbox.recipient_for(session, email, account_id=account.id)
    for purpose in ("listing", "adult"):
        give_consent(session, account, purpose, now=trainer.created_at)
    make_credentials(sampler, trainer, kind)
    make_log(sampler, trainer)
    return trainer


def some_specialties(random: Random) -> list[str]:
    return random.sample([each.slug for each in load_specialties()], k=random.randrange(1, 5))


def make_credentials(sampler: Sampler, trainer: Trainer, kind: str) -> None:
    made = [MAKERS[kind](sampler, trainer)]
    if kind in ("current", "expires_soon") and sampler.random.random() < 0.4:
        made.append(MAKERS["no_end_date"](sampler, trainer))
    for credential in made:
        sampler.session.expire(credential)
        alerts.watch_credential(sampler.session, credential, today=sampler.today)


def clear(session: Session, files: Files, *, now: datetime) -> int:
    """Remove the invented trainers, their papers and accounts, and nothing else; returns how many trainers."""
    samples = list(session.scalars(select(Trainer).where(Trainer.is_sample)))
    ids = [trainer.id for trainer in samples]
    slugs = list(session.scalars(select(Slug.slug).where(Slug.trainer_id.in_(ids))))
    codes = list(session.scalars(select(ShortLink.code).where(ShortLink.trainer_id.in_(ids))))
    for trainer in samples:
        erase_trainer(session, files, trainer, by="system", now=now)
    others = (REVIEWER_EMAIL, SECOND_REVIEWER_EMAIL, *RUNNER_EMAILS.values())
    for account in session.scalars(select(Account).where(Account.email_key.in_(others))).all():
        forget_account(session, files, account)
    leave_no_trace(session, ids, slugs, codes)
    return len(samples)


def leave_no_trace(session: Session, ids: list[int], slugs: list[str], codes: list[str]) -> None:
    """A real trainer who goes leaves an address that says so, and a date; an invented one leaves nothing."""
    about = [f"trainer:{each}" for each in ids]
    session.execute(delete(AuditEvent).where(AuditEvent.about.in_(about)))
    session.execute(delete(Erasure).where(Erasure.trainer_id.in_(ids)))
    session.execute(delete(Slug).where(Slug.slug.in_(slugs)))
    session.execute(delete(ShortLink).where(ShortLink.code.in_(codes)))
