"""The second step of signing in: who must have one, how its secrets are kept, and losing it.

Codes of an authenticator app are TOTP (RFC 6238). Their secrets and the recovery codes are encrypted with keys
derived from the site's secret; each secret carries the fingerprint of its key, so that keys can be changed.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from passlib.totp import TOTP, AppWallet
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import audit
from ..accounts import end_sessions, find_account
from ..errors import DomainError
from ..models import Account
from . import keys

ISSUER = "Sound Stride"
METHOD = "authenticator"
KEY_STRETCHING = 1
"""Of the encryption (as a power of two): a derived key is random in all its bits and needs no more."""

UNREADABLE = (KeyError, ValueError, InvalidToken)
"""What passlib and cryptography raise when no key fits or the text is spoilt."""


def totp_secrets(site_secrets: Sequence[str]) -> dict[str, str]:
    """Encryption keys by their fingerprints, the one in force first."""
    derived = [keys.derive(secret, "authenticator secrets") for secret in site_secrets]
    return {keys.fingerprint(key): keys.as_text(key) for key in derived}


def recovery_keys(site_secrets: Sequence[str]) -> list[bytes]:
    """The key in force first."""
    return [keys.as_text(keys.derive(secret, "recovery codes")).encode() for secret in site_secrets]


def totp_type(secrets: dict[str, str], issuer: str = ISSUER) -> type[TOTP]:
    """A class of codes whose secrets are written with the first key and read with any."""
    wallet = AppWallet(secrets, default_tag=next(iter(secrets)), encrypt_cost=KEY_STRETCHING)
    made: type[TOTP] = TOTP.using(issuer=issuer, wallet=wallet)
    return made


def encrypt_again(session: Session, site_secrets: Sequence[str]) -> tuple[int, int]:
    """Write everything that an old key has encrypted with the one in force; then the old one can be forgotten.

    Returns for how many accounts, and how many hold something that no key at hand can read.
    """
    codes = totp_type(totp_secrets(site_secrets))
    recovery = [Fernet(key) for key in recovery_keys(site_secrets)]
    protected = select(Account).where(Account.tf_totp_secret.is_not(None) | Account.mf_recovery_codes.is_not(None))
    changed = unreadable = 0
    for account in session.scalars(protected.with_for_update(of=Account)):
        try:
            changed += encrypt_again_for(account, codes, recovery)
        except UNREADABLE:
            unreadable += 1
    session.flush()
    return changed, unreadable


def encrypt_again_for(account: Account, codes: type[TOTP], recovery: list[Fernet]) -> bool:
    """Raises one of UNREADABLE when no key fits."""
    changed = False
    if account.tf_totp_secret:
        kept = codes.from_source(account.tf_totp_secret)
        if kept.changed:  # passlib says so when another key than the first one was needed
            account.tf_totp_secret = codes(key=kept.key, format="raw").to_json(encrypt=True)
            changed = True
    if account.mf_recovery_codes and not all(reads(recovery[0], code) for code in account.mf_recovery_codes):
        rotated = [MultiFernet(recovery).rotate(code.encode()).decode() for code in account.mf_recovery_codes]
        account.mf_recovery_codes, changed = rotated, True
    return changed


def reads(key: Fernet, code: str) -> bool:
    try:
        key.decrypt(code.encode())
    except InvalidToken:
        return False
    return True


def hold(session: Session, account: Account) -> None:
    """Until the transaction ends nobody else takes a second step away; what there is is read anew. Of two at
    the same moment each would see the other's."""
    session.refresh(account, ["tf_primary_method", "tf_totp_secret"], with_for_update=True)
    session.expire(account, ["webauthn"])


def refuse_to_be_without(account: Account) -> None:
    """Before the last second step of somebody is taken away who must have one. Raises DomainError."""
    if account.needs_second_factor and account.second_factors <= 1:
        raise DomainError("Reviewers and admins always need a second step. Set up another one first.")


def note(session: Session, account: Account, *, by: str, action: str, detail: str) -> None:
    """What was done to a second step, for the record: second_factor_added, _removed or _reset."""
    subject = f"account:{account.id}"
    audit.record(session, by=by, action=action, subject=subject, about=subject, detail=detail)


def forget_recovery_codes(account: Account) -> None:
    """They stand in for a second step; without one they are worth nothing."""
    if not account.second_factors:
        account.mf_recovery_codes = None


def reset(session: Session, email: str, *, by: str) -> Account:
    """Take away every second step of somebody who has lost them all, and end the sessions.

    Raises NotFound without such an account, DomainError when there is nothing to reset.
    """
    account = find_account(session, email)
    if not account.second_factors:
        raise DomainError(f"{email} has no second step.")
    account.tf_primary_method = account.tf_totp_secret = account.tf_last_counter = None
    account.mf_recovery_codes = None
    account.webauthn.clear()
    end_sessions(account)
    note(session, account, by=by, action="second_factor_reset", detail="")
    session.flush()
    return account
