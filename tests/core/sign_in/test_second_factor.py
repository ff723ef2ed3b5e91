"""Keys for single purposes, and secrets that change their key without anybody having to set up anything anew."""

from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import PHONE, SECRET_KEY, Factory
from trainers.core.erasure import forget_account
from trainers.core.evidence import open_files
from trainers.core.models import Account, Passkey
from trainers.core.sign_in import keys, second_factor

NEW = "another secret that is long enough, too"
RECOVERY = ["0123-4567-89ab", "cdef-0123-4567"]


def protected(make: Factory) -> Account:
    account = make.account(second_step=True)
    key = Fernet(second_factor.recovery_keys([SECRET_KEY])[0])
    account.mf_recovery_codes = [key.encrypt(code.encode()).decode() for code in RECOVERY]
    make.session.flush()
    return account


def test_passkeys_and_secrets_go_with_their_account(session: Session, make: Factory, tmp_path: Path) -> None:
    account = protected(make)
    make.passkey(account)
    forget_account(session, open_files(f"file://{tmp_path / 'uploads'}"), account)
    assert session.scalars(select(Passkey)).all() == []


def key_of(account: Account, *site_secrets: str) -> bytes:
    codes = second_factor.totp_type(second_factor.totp_secrets(site_secrets))
    key: bytes = codes.from_source(account.tf_totp_secret).key
    return key


def recovery_of(account: Account, *site_secrets: str) -> list[str]:
    fernet = MultiFernet([Fernet(key) for key in second_factor.recovery_keys(site_secrets)])
    return [fernet.decrypt(code.encode()).decode() for code in account.mf_recovery_codes or ()]


def test_each_purpose_and_each_secret_has_a_key_of_its_own() -> None:
    derived = [keys.derive(secret, purpose) for secret in (SECRET_KEY, NEW) for purpose in ("one", "two")]
    assert len({*derived, *(key[:8] for key in derived)}) == 8
    assert {len(key) for key in derived} == {32}
    assert keys.derive(NEW, "one") == derived[2]


def test_a_fingerprint_tells_keys_apart_and_is_no_part_of_them() -> None:
    key = keys.derive(NEW, "one")
    assert keys.fingerprint(key) == keys.fingerprint(bytes(key)) != keys.fingerprint(keys.derive(NEW, "two"))
    assert keys.fingerprint(key) not in key.hex()


def test_a_secret_is_written_with_the_first_key_and_read_with_any() -> None:
    old = PHONE.new().to_json(encrypt=True)
    both = second_factor.totp_type(second_factor.totp_secrets([NEW, SECRET_KEY]))
    assert both.from_source(old).key == PHONE.from_source(old).key
    tag = next(iter(second_factor.totp_secrets([NEW])))
    assert tag in both.new().to_json(encrypt=True)
    assert tag not in old


def test_what_an_old_key_encrypted_is_written_anew_and_read_without_it(session: Session, make: Factory) -> None:
    account = protected(make)
    before = key_of(account, SECRET_KEY)
    assert second_factor.encrypt_again(session, [NEW, SECRET_KEY]) == (1, 0)
    assert key_of(account, NEW) == before
    assert recovery_of(account, NEW) == RECOVERY
    assert second_factor.encrypt_again(session, [NEW]) == (0, 0)


def test_nothing_is_written_while_the_key_stays(session: Session, make: Factory) -> None:
    account = protected(make)
    before = account.tf_totp_secret, list(account.mf_recovery_codes or ())
    assert second_factor.encrypt_again(session, [SECRET_KEY]) == (0, 0)
    assert (account.tf_totp_secret, list(account.mf_recovery_codes or ())) == before


def test_what_no_key_can_read_is_counted_and_left_alone(session: Session, make: Factory) -> None:
    account = protected(make)
    before = account.tf_totp_secret, list(account.mf_recovery_codes or ())
    assert second_factor.encrypt_again(session, [NEW]) == (0, 1)
    assert (account.tf_totp_secret, list(account.mf_recovery_codes or ())) == before
