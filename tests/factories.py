"""Invented people and their papers, built in a few words. Everything is flushed, nothing committed."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from trainers.core.models import (
    Account,
    Check,
    Credential,
    CredentialType,
    KeptSheet,
    Passkey,
    Recipient,
    Role,
    Share,
    ShortLink,
    Slug,
    Term,
    Trainer,
    TrainerSpecialty,
)
from trainers.core.names import number_key, slugify
from trainers.core.screens import Scores
from trainers.core.search import listing
from trainers.core.sheets import kept
from trainers.core.sheets.sheet import Sheet
from trainers.core.sign_in.second_factor import METHOD, totp_secrets, totp_type

SECRET_KEY = "only-for-tests-and-long-enough-for-them"
PHONE = totp_type(totp_secrets([SECRET_KEY]))
numbers = count(1)


def code_of(account: Account, now: datetime) -> str:
    """What the authenticator app on the account's phone shows; the next code when that one was used."""
    phone = PHONE.from_source(account.tf_totp_secret)
    shown = phone.generate(now)
    used = account.tf_last_counter is not None and shown.counter <= account.tf_last_counter
    return str((phone.generate(now + timedelta(seconds=30)) if used else shown).token)


class Factory:
    def __init__(self, session: Session, *, today: date, now: datetime) -> None:
        self.session, self.today, self.now = session, today, now

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def commit(self) -> None:
        self.session.commit()

    def account(
        self,
        email: str | None = None,
        *,
        roles: tuple[str, ...] = (),
        confirmed: bool = True,
        second_step: bool | None = None,
    ) -> Account:
        """Who has a role has an authenticator app too, unless told otherwise; `code_of` shows its codes."""
        n = next(numbers)
        account = Account(
            email=email or f"person{n}@example.org",
            password=None,
            active=True,
            fs_uniquifier=f"uniquifier{n:054d}",
            confirmed_at=self.now if confirmed else None,
            created_at=self.now,
        )
        account.roles = [self.role(name) for name in roles]
        if bool(roles) if second_step is None else second_step:
            self.give_phone(account)
        return self.add(account)

    def give_phone(self, account: Account) -> None:
        """With an authenticator app on it, set up as the second step."""
        account.tf_primary_method, account.tf_totp_secret = METHOD, PHONE.new().to_json(encrypt=True)

    def passkey(self, account: Account, name: str = "Phone") -> Passkey:
        """Of a device that nobody has."""
        return self.add(
            Passkey(
                account_id=account.id,
                name=name,
                credential_id=f"{account.id} {name}".encode(),
                public_key=b"of a device that nobody has",
                sign_count=0,
                backup_state=False,
                device_type="single_device",
                usage="secondary",
                lastuse_datetime=self.now,
            )
        )

    def role(self, name: str) -> Role:
        return self.session.scalar(select(Role).where(Role.name == name)) or self.add(Role(name=name))

    def reviewer(self, email: str | None = None) -> Account:
        return self.account(email, roles=("reviewer",))

    def trainer(
        self,
        name: str = "Dana Fitzgerald",
        *,
        zip: str = "97005",
        mode: str = "both",
        state: str = "listed",
        account: Account | None = None,
        specialties: tuple[str, ...] = (),
        **more: Any,
    ) -> Trainer:
        account = account or self.account()
        trainer = self.add(
            Trainer(
                account_id=account.id,
                name=name,
                zip=zip,
                mode=mode,
                state=state,
                created_at=self.now,
                listed_at=self.now if state == "listed" else None,
                specialties=[TrainerSpecialty(specialty=slug) for slug in specialties],
                **more,
            )
        )
        self.add(Slug(slug=f"{slugify(name)}-{trainer.id}", trainer_id=trainer.id, since=self.now))
        self.add(ShortLink(code=f"t{trainer.id}", trainer_id=trainer.id))
        self.recipient(account)
        return trainer

    def recipient(self, account: Account) -> Recipient:
        return self.add(
            Recipient(
                email=account.email,
                email_key=account.email.casefold(),
                account_id=account.id,
                key=f"recipientkey{next(numbers):020d}",
            )
        )

    def sheet(
        self,
        account: Account,
        day: date | None = None,
        scores: Scores | None = None,
        label: str = "",
        notes: str = "",
    ) -> KeptSheet:
        """Of today, still empty, unless told otherwise; with consent."""
        kept.agree(self.session, account.id, now=self.now)
        value = Sheet(day or self.today, scores or Scores(), label, notes)
        return kept.begin(self.session, account.id, value, now=self.now)

    def share(self, account: Account, trainer: Trainer, runner_name: str = "Robin") -> Share:
        """An invitation in force."""
        kept.agree(self.session, account.id, now=self.now)
        return self.add(
            Share(owner_id=account.id, trainer_id=trainer.id, runner_name=runner_name, given_at=self.now)
        )

    def type(self, key: str = "NASM/NASM-CPT") -> CredentialType:
        issuer, code = key.split("/", 1)
        return self.session.scalars(select(CredentialType).filter_by(issuer=issuer, code=code)).one()

    def credential(self, trainer: Trainer, key: str = "NASM/NASM-CPT") -> Credential:
        return self.add(Credential(trainer_id=trainer.id, type_id=self.type(key).id, created_at=self.now))

    def term(
        self,
        credential: Credential,
        *,
        expires_on: date | None = date(2027, 11, 30),
        issued_on: date | None = date(2025, 12, 1),
        number: str | None = None,
        name: str | None = None,
        corrects: Term | None = None,
        recorded_at: datetime | None = None,
    ) -> Term:
        number = number or f"NC-{next(numbers):06d}"
        if issued_on and expires_on and issued_on > expires_on:
            issued_on = expires_on - timedelta(days=700)
        term = self.add(
            Term(
                credential_id=credential.id,
                number=number,
                number_key=number_key(number),
                name_on_certificate=name or self.session.get_one(Trainer, credential.trainer_id).name,
                issued_on=issued_on,
                expires_on=expires_on,
                source="holder",
                corrects_id=corrects.id if corrects else None,
                recorded_at=recorded_at or self.now,
            )
        )
        self.session.expire(credential)
        return term

    def check(
        self, term: Term, *, outcome: str = "matched", by: str = "1", looked_on: date | None = None, **more: Any
    ) -> Check:
        lookup = {"method": "issuer_lookup", "source_url": "https://www.nasm.org/resources/validate-credentials"}
        found: dict[str, Any] = {}
        if outcome == "matched":
            found = {
                "shown_name": term.name_on_certificate,
                "shown_number": term.number,
                "shown_expires_on": term.expires_on,
                "shown_status": "Active",
                "name_result": "exact",
                "number_result": "exact",
                "expiry_result": "exact" if term.expires_on else "not_shown",
            }
        check = self.add(
            Check(
                term_id=term.id,
                outcome=outcome,
                looked_on=looked_on or self.today,
                by=by,
                **({"recorded_at": self.now} | lookup | found | more),
            )
        )
        self.session.expire(term)
        return check

    def listed(
        self,
        name: str = "Dana Fitzgerald",
        *,
        key: str = "NASM/NASM-CPT",
        expires_on: date | None = date(2027, 11, 30),
        looked_on: date | None = None,
        number: str | None = None,
        **more: Any,
    ) -> Trainer:
        """A listed trainer with one confirmed credential, to be found by the search."""
        trainer = self.trainer(name, **more)
        term = self.term(self.credential(trainer, key), expires_on=expires_on, number=number)
        self.check(term, looked_on=looked_on)
        listing.refresh(self.session, trainer, today=self.today)
        self.session.flush()
        return trainer

    def slug(self, trainer: Trainer) -> str:
        query = select(Slug.slug).where(Slug.trainer_id == trainer.id).order_by(Slug.since.desc())
        return self.session.scalars(query).first() or ""
