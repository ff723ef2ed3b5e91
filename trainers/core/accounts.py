"""Accounts as core sees them: addresses folded, roles granted, consent kept."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, Session

from . import audit
from .errors import DomainError, NotFound, Refused
from .models import Account, Consent, Role
from .models.account import ROLES

CONSENT_TEXT_VERSION = "2026-11"  # raise it when the text beside the boxes changes


def fold_email(address: str) -> str:
    """One spelling for each address: two that differ only in case are one account."""
    return address.strip().casefold()


@event.listens_for(Account, "before_insert")
@event.listens_for(Account, "before_update")
def keep_email_key(_mapper: Mapper[Account], _connection: Connection, account: Account) -> None:
    account.email_key = fold_email(account.email)
    account.created_at = account.created_at or datetime.now(UTC)


def find_account(session: Session, email: str) -> Account:
    """Raises NotFound when no account has this address."""
    found = session.scalar(select(Account).where(Account.email_key == fold_email(email)))
    if found is None:
        raise NotFound(f"No account has the address {email}.")
    return found


def grant(session: Session, email: str, role: str, *, by: str, why: str = "") -> Account:
    """Give an account a role (reviewer, admin) and end its sessions: with a role one signs in with two steps.

    Granting it twice changes nothing. Raises Refused for one's own account.
    """
    if role not in ROLES:
        raise DomainError(f"There is no role {role!r}; choose one of {', '.join(ROLES)}.")
    account = find_account(session, email)
    demand_other(account, by)
    row = session.scalar(select(Role).where(Role.name == role)) or Role(name=role)
    if row not in account.roles:
        account.roles.append(row)
        end_sessions(account)
        subject = f"account:{account.id}"
        audit.record(session, by=by, action="role_granted", subject=subject, about=subject, detail=told(role, why))
    return account


def revoke(session: Session, account: Account, role: str, *, by: str, why: str) -> None:
    """Take a role away and end the sessions. Raises Refused for one's own account."""
    demand_other(account, by)
    account.roles = [each for each in account.roles if each.name != role]
    end_sessions(account)
    note(session, account, "role_revoked", by=by, detail=told(role, why))


def ban(session: Session, account: Account, *, by: str, why: str) -> None:
    """Shut an account out: it is signed out everywhere and cannot sign in. Its listing is another matter."""
    demand_other(account, by)
    account.active = False
    end_sessions(account)
    note(session, account, "account_banned", by=by, detail=why)


def lift_ban(session: Session, account: Account, *, by: str, why: str) -> None:
    demand_other(account, by)
    account.active = True
    note(session, account, "account_ban_lifted", by=by, detail=why)


def demand_other(account: Account, by: str) -> None:
    """Nobody changes what they may do themselves, and nobody locks the last admin out by a slip."""
    if str(account.id) == by:
        raise Refused("This is your own account: another admin has to change it.")


def note(session: Session, account: Account, action: str, *, by: str, detail: str) -> None:
    subject = f"account:{account.id}"
    audit.record(session, by=by, action=action, subject=subject, about=subject, detail=detail)


def told(role: str, why: str) -> str:
    return f"{role}: {why}" if why else role


def known_as(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email_key == fold_email(email)))


def account_of(session: Session, account_id: int) -> Account:
    """Raises NotFound."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def special_accounts(session: Session) -> Sequence[Account]:
    """Who has a role, and who is shut out."""
    query = select(Account).where(Account.roles.any() | ~Account.active).order_by(Account.email_key)
    return session.scalars(query).all()


def end_sessions(account: Account) -> None:
    """Whoever is signed in anywhere has to sign in again: sessions and remembered devices go by this name."""
    account.fs_uniquifier = uuid4().hex


def give_consent(session: Session, account: Account, purpose: str, *, now: datetime) -> Consent:
    """Store one agreement with the version of its text; an agreement to the same version is kept once."""
    query = select(Consent).where(
        Consent.account_id == account.id,
        Consent.purpose == purpose,
        Consent.text_version == CONSENT_TEXT_VERSION,
    )
    found = session.scalar(query)
    if found is None:
        found = Consent(account_id=account.id, purpose=purpose, text_version=CONSENT_TEXT_VERSION, given_at=now)
        session.add(found)
    return found


def has_consented(session: Session, account_id: int, purpose: str) -> bool:
    """Whether the account has agreed to the text in force."""
    query = select(Consent.id).where(
        Consent.account_id == account_id,
        Consent.purpose == purpose,
        Consent.text_version == CONSENT_TEXT_VERSION,
    )
    return session.scalar(query) is not None
