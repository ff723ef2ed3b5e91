"""The invented papers of the sample directory: for each status a credential that has it on the day of loading."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from ..dates import add_months
from ..evidence import Files
from ..models import Check, Credential, CredentialType, Review, Term, Trainer
from ..names import number_key
from ..review import queue
from ..rules import Rule, rule_book
from .photos import photograph

LOOKUP = "https://lookup.invalid/sample"


@dataclass
class Sampler:
    """What is at hand while the samples are made."""

    session: Session
    files: Files
    now: datetime
    today: date
    random: Random
    types: dict[str, CredentialType]
    reviewers: tuple[str, str]

    def rule(self, key: str) -> Rule:
        return rule_book().by_key(key)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def moment(self, day: date) -> datetime:
        return self.now - timedelta(days=(self.today - day).days)


def claim(sampler: Sampler, trainer: Trainer, key: str, expires_on: date | None, recorded_on: date) -> Term:
    """A credential of a type with its first term, as the trainer told us on a day."""
    credential = Credential(
        trainer_id=trainer.id,
        type_id=sampler.types[key].id,
        created_at=sampler.moment(recorded_on),
    )
    sampler.session.add(credential)
    sampler.session.flush()
    return add_term(sampler, credential, trainer, expires_on, recorded_on)


def add_term(
    sampler: Sampler, credential: Credential, trainer: Trainer, expires_on: date | None, recorded_on: date
) -> Term:
    number = f"S{sampler.random.randrange(10**7, 10**8)}"
    months = sampler.rule(f"{credential.type.issuer}/{credential.type.code}").cycle_months or 24
    term = Term(
        credential_id=credential.id,
        number=number,
        number_key=number_key(number),
        name_on_certificate=trainer.name,
        issued_on=add_months(expires_on, -months) if expires_on else recorded_on,
        expires_on=expires_on,
        source="holder",
        recorded_at=sampler.moment(recorded_on),
    )
    sampler.session.add(term)
    sampler.session.flush()
    return term


def confirm(sampler: Sampler, term: Term, looked_on: date) -> Check:
    lookup = sampler.rule(f"{term.credential.type.issuer}/{term.credential.type.code}").lookup_url
    check = Check(
        term_id=term.id,
        method="issuer_lookup" if lookup else "document_seen",
        outcome="matched",
        shown_name=term.name_on_certificate,
        shown_number=term.number,
        shown_expires_on=term.expires_on,
        shown_status="Active",
        name_result="exact",
        number_result="exact",
        expiry_result="exact" if term.expires_on else "not_shown",
        source_url=LOOKUP if lookup else "",
        looked_on=looked_on,
        by=sampler.reviewers[0],
        recorded_at=sampler.moment(looked_on),
    )
    sampler.session.add(check)
    sampler.session.flush()
    return check


def miss(sampler: Sampler, term: Term, outcome: str, by: str, looked_on: date) -> None:
    sampler.session.add(
        Check(
            term_id=term.id,
            method="issuer_lookup",
            outcome=outcome,
            source_url=LOOKUP,
            looked_on=looked_on,
            by=by,
            recorded_at=sampler.moment(looked_on),
        )
    )
    sampler.session.flush()


def next_year_end(day: date, *, at_least: int) -> date:
    """The first 31 December that is more than `at_least` days after `day`: ACSM's terms all end on one."""
    end = date(day.year, 12, 31)
    return end if (end - day).days > at_least else date(day.year + 1, 12, 31)


def current(sampler: Sampler, trainer: Trainer) -> Credential:
    random = sampler.random
    key = random.choice(("NASM/NASM-CPT", "NASM/NASM-CPT", "ACSM/ACSM-CPT", "ACSM/ACSM-EP", "ACSM/ACSM-CEP"))
    if key.startswith("ACSM"):
        ends = next_year_end(sampler.today, at_least=95)
    else:
        ends = sampler.today + timedelta(days=random.randrange(95, 700))
    term = claim(sampler, trainer, key, ends, sampler.days_ago(170))
    confirm(sampler, term, sampler.days_ago(random.randrange(1, 160)))
    return term.credential


def expires_soon(sampler: Sampler, trainer: Trainer) -> Credential:
    ends = sampler.today + timedelta(days=sampler.random.choice((0, 1, 5, 7, 20, 30, 45, 60, 89, 90)))
    term = claim(sampler, trainer, "NASM/NASM-CPT", ends, sampler.days_ago(120))
    confirm(sampler, term, sampler.days_ago(sampler.random.randrange(1, 100)))
    return term.credential


def renewal_reported(sampler: Sampler, trainer: Trainer) -> Credential:
    ends = sampler.today + timedelta(days=sampler.random.randrange(2, 30))
    term = claim(sampler, trainer, "NASM/NASM-CPT", ends, sampler.days_ago(120))
    confirm(sampler, term, sampler.days_ago(100))
    add_term(sampler, term.credential, trainer, add_months(ends, 24), sampler.days_ago(1))
    open_work(sampler, trainer, term.credential, "renewal", sampler.days_ago(1))
    return term.credential


def expired_renewal_open(sampler: Sampler, trainer: Trainer) -> Credential:
    ends = sampler.days_ago(sampler.random.choice((1, 30, 85, 100, 200, 350)))
    term = claim(sampler, trainer, "NASM/NASM-CPT", ends, ends - timedelta(days=100))
    confirm(sampler, term, ends - timedelta(days=60))
    return term.credential


def expired_reinstatement(sampler: Sampler, trainer: Trainer) -> Credential:
    ends = date(sampler.today.year - 2, 12, 31)
    term = claim(sampler, trainer, "ACSM/ACSM-CPT", ends, ends - timedelta(days=100))
    confirm(sampler, term, ends - timedelta(days=60))
    return term.credential


def expired(sampler: Sampler, trainer: Trainer) -> Credential:
    ends = sampler.days_ago(sampler.random.randrange(370, 900))
    term = claim(sampler, trainer, "NASM/NASM-CPT", ends, ends - timedelta(days=100))
    confirm(sampler, term, ends - timedelta(days=60))
    return term.credential


def check_old(sampler: Sampler, trainer: Trainer) -> Credential:
    ends = sampler.today + timedelta(days=sampler.random.randrange(100, 400))
    term = claim(sampler, trainer, "NASM/NASM-CPT", ends, sampler.days_ago(300))
    confirm(sampler, term, sampler.days_ago(sampler.random.randrange(181, 290)))
    return term.credential


def no_end_date(sampler: Sampler, trainer: Trainer) -> Credential:
    key = sampler.random.choice(("NASM/NASM-CES", "NASM/NASM-CES", "FMS/FMS-L1", "FMS/FMS-L2"))
    term = claim(sampler, trainer, key, None, sampler.days_ago(100))
    confirm(sampler, term, sampler.days_ago(sampler.random.randrange(1, 90)))
    return term.credential


def not_checked(sampler: Sampler, trainer: Trainer) -> Credential:
    claimed_on = sampler.days_ago(sampler.random.randrange(0, 9))
    ends = sampler.today + timedelta(days=sampler.random.randrange(100, 600))
    term = claim(sampler, trainer, "NASM/NASM-CPT", ends, claimed_on)
    open_work(sampler, trainer, term.credential, "new", claimed_on)
    return term.credential


def second_look(sampler: Sampler, trainer: Trainer) -> Credential:
    looked_on = sampler.days_ago(8)
    term = claim(sampler, trainer, "NASM/NASM-CPT", sampler.today + timedelta(days=300), sampler.days_ago(12))
    miss(sampler, term, "second_look", sampler.reviewers[1], looked_on)
    work = open_work(sampler, trainer, term.credential, "new", sampler.days_ago(12))
    work.not_before = work.due_on = looked_on + timedelta(days=7)
    return term.credential


def not_confirmed(sampler: Sampler, trainer: Trainer) -> Credential:
    term = claim(sampler, trainer, "NASM/NASM-CPT", sampler.today + timedelta(days=300), sampler.days_ago(40))
    miss(sampler, term, "second_look", sampler.reviewers[0], sampler.days_ago(30))
    miss(sampler, term, "no_match", sampler.reviewers[1], sampler.days_ago(20))
    return term.credential


def open_work(sampler: Sampler, trainer: Trainer, credential: Credential, kind: str, opened_on: date) -> Review:
    """A line in the reviewers' queue, with the photo that belongs to it."""
    sampler.session.expire(credential)
    title = sampler.rule(f"{credential.type.issuer}/{credential.type.code}").full_name
    photograph(sampler.session, sampler.files, credential.terms[-1], title=title, now=sampler.moment(opened_on))
    return queue.open_review(
        sampler.session,
        kind=kind,
        trainer=trainer,
        credential=credential,
        now=sampler.moment(opened_on),
        today=opened_on,
    )


MAKERS = {
    "current": current,
    "expires_soon": expires_soon,
    "renewal_reported": renewal_reported,
    "expired_renewal_open": expired_renewal_open,
    "expired_reinstatement": expired_reinstatement,
    "expired": expired,
    "check_old": check_old,
    "no_end_date": no_end_date,
    "not_checked": not_checked,
    "second_look": second_look,
    "not_confirmed": not_confirmed,
}
