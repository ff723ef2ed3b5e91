"""The site does not start with a setting that is missing or unsafe; the sentence says what to do."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trainers.config import SettingsError, read_settings, secret_from_file

PUBLIC = {
    "SITE_URL": "https://trainers.example",
    "SECRET_KEY": "k" * 40,
    "MAIL_URL": "smtp://mail.example:587",
    "SITE_POSTAL_ADDRESS": "1 Main Street",
    "SITE_EMAIL": "hello@trainers.example",
}


def test_defaults_start_on_a_fresh_machine(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    assert not settings.production
    assert settings.database_url == f"sqlite:///{tmp_path / 'sound-stride.db'}"
    assert settings.site_timezone == "Pacific/Honolulu"


def test_a_public_site_starts_when_everything_is_set(tmp_path: Path) -> None:
    assert read_settings(tmp_path, PUBLIC).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "http://trainers.example"),
        ("SITE_URL", "trainers.example"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("MAIL_URL", "file:///var/mail"),
        ("MAIL_URL", "gopher://mail"),
        ("SITE_POSTAL_ADDRESS", " "),
        ("SITE_EMAIL", ""),
        ("SITE_TIMEZONE", "Mars/Olympus"),
        ("SITE_TIMEZONE", "../etc/passwd"),
    ],
)
def test_an_unsafe_or_missing_value_stops_the_start_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(tmp_path, PUBLIC | {name: value})


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_loopback_addresses_are_not_production(tmp_path: Path, url: str) -> None:
    assert not read_settings(tmp_path, {"SITE_URL": url}).production


def test_the_secret_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "secret_key"
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: secret_from_file(path), range(64)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 48
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret_key"]


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    assert PUBLIC["SECRET_KEY"] not in repr(read_settings(tmp_path, PUBLIC))
