"""The site does not start with a setting that is missing or unsafe; the sentence says what to do."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from trainers.config import ROOT, ClinicalReview, Settings, SettingsError, read_settings, secret_from_file
from trainers.factory import flask_config

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
        ("SITE_URL", "https://["),
        ("SITE_URL", "https://trainers.example:port"),
        ("SITE_URL", "https://trainers.example/below"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", f"{'k' * 40},{'k' * 40}"),
        ("SECRET_KEY", f"{'k' * 40} {'k' * 40}"),
        ("SECRET_KEY", f"{'k' * 40}\t{'k' * 40}"),
        ("SECRET_KEY_OLD", "short"),
        ("SECRET_KEY_OLD", f"{'o' * 40}, short"),
        ("SECRET_KEY_OLD", f"{'o' * 40} {'k' * 40}"),
        ("MAIL_URL", "file:///var/mail"),
        ("MAIL_URL", "gopher://mail"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_URL", "smtp://mail:port"),
        ("MAIL_FROM", "nobody in particular"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgres://host/name"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file:site?mode=memory&uri=true"),
        ("DATABASE_URL", f"sqlite:///{ROOT}/static/site.db"),
        ("DATABASE_URL", "postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql+psycopg_async://host/name"),
        ("UPLOADS_URL", "memory://photos"),
        ("UPLOADS_URL", "data:,photos"),
        ("SITE_URL", "https://..."),
        ("SITE_URL", "https://exa mple.org"),
        ("UPLOADS_URL", "quatsch://somewhere"),
        ("UPLOADS_URL", f"file://{ROOT}/static/photos"),
        ("RATE_LIMIT_URL", "nonsense"),
        ("TRUSTED_PROXIES", "10.0.0.1, *"),
        ("SITE_POSTAL_ADDRESS", " "),
        ("SITE_EMAIL", ""),
        ("SITE_EMAIL", "hello"),
        ("SITE_TIMEZONE", "Mars/Olympus"),
        ("SITE_TIMEZONE", "../etc/passwd"),
    ],
)
def test_an_unsafe_or_missing_value_stops_the_start_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(tmp_path, PUBLIC | {name: value})


@pytest.mark.parametrize(("kept", "sentence"), [("", "is empty. Delete it"), ("two words", "without commas")])
def test_a_kept_key_that_is_none_stops_the_start(tmp_path: Path, kept: str, sentence: str) -> None:
    (tmp_path / "secret_key").write_text(kept)
    with pytest.raises(SettingsError, match=sentence):
        read_settings(tmp_path, {})


def test_an_empty_value_is_as_good_as_none(tmp_path: Path) -> None:
    empty = dict.fromkeys((field.name.upper() for field in fields(Settings)), " ")
    assert read_settings(tmp_path, empty) == read_settings(tmp_path, {})


def test_a_missing_setting_is_a_sentence_on_the_terminal_and_no_traceback() -> None:
    environment = os.environ | PUBLIC | {"SITE_EMAIL": ""}
    command = [sys.executable, "-m", "flask", "--app", "app", "audit", "show"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "The site does not start. Set SITE_EMAIL to the address where people can write to you.\n"


@pytest.mark.parametrize("site_url", ["https://trainers.example", "http://127.0.0.1:8000"])
def test_cookies_travel_over_https_alone_and_never_to_scripts(tmp_path: Path, site_url: str) -> None:
    config = flask_config(read_settings(tmp_path, PUBLIC | {"SITE_URL": site_url}))
    for cookie in ("SESSION_COOKIE", "REMEMBER_COOKIE"):
        assert config[f"{cookie}_SECURE"] is site_url.startswith("https")
        assert config[f"{cookie}_HTTPONLY"] is True
        assert config[f"{cookie}_SAMESITE"] == "Lax"


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAIL_URL", "file:"), ("MAIL_URL", f"file://{ROOT}/static/mail"), ("MAIL_URL", "file:///")],
)
def test_a_folder_that_cannot_be_used_stops_the_start_at_home_too(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(tmp_path, {name: value})


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
    shown = repr(read_settings(tmp_path, PUBLIC | {"SECRET_KEY_OLD": "o" * 40}))
    assert PUBLIC["SECRET_KEY"] not in shown
    assert "o" * 40 not in shown


@pytest.mark.parametrize("between", [",", ", ", " ", "\n", " ,\n"])
def test_former_keys_stand_one_beside_the_other(tmp_path: Path, between: str) -> None:
    former = ["o" * 40, "p" * 32]
    settings = read_settings(tmp_path, PUBLIC | {"SECRET_KEY_OLD": between.join(former)})
    assert settings.secret_keys == (PUBLIC["SECRET_KEY"], *former)


def test_outside_production_a_former_key_may_be_short_but_not_the_one_in_force(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"SECRET_KEY_OLD": "short"}).secret_key_old == ("short",)
    with pytest.raises(SettingsError, match="SECRET_KEY_OLD"):
        read_settings(tmp_path, {"SECRET_KEY": "short", "SECRET_KEY_OLD": "short"})


# Who has read the hip check


@pytest.mark.parametrize(
    ("typed", "licence"),
    [("Jane Roe, PT 12345, 2026-11-20", "PT 12345"), (" Jane Roe,MD, Oregon 7 , 2026-11-20 ", "MD, Oregon 7")],
)
def test_a_clinical_review_is_a_name_a_licence_and_a_day(tmp_path: Path, typed: str, licence: str) -> None:
    review = read_settings(tmp_path, {"CLINICAL_REVIEW": typed}).clinical_review
    assert review == ClinicalReview("Jane Roe", licence, date(2026, 11, 20))


def test_without_a_clinical_review_there_is_none(tmp_path: Path) -> None:
    assert read_settings(tmp_path, PUBLIC).clinical_review is None
    assert read_settings(tmp_path, {"CLINICAL_REVIEW": " "}).clinical_review is None


@pytest.mark.parametrize(
    "typed",
    ["yes", "Jane Roe", "Jane Roe, 2026-11-20", "Jane Roe, PT 1, last week", ", PT 1, 2026-11-20",
     "Jane Roe, , 2026-11-20", "Jane Roe, PT 1, 2999-01-01", "Jane Roe, PT 1, 2026-02-30"],
)  # fmt: skip
def test_a_clinical_review_without_one_of_them_or_of_a_day_to_come_stops_the_start(
    tmp_path: Path, typed: str
) -> None:
    with pytest.raises(SettingsError, match="CLINICAL_REVIEW must be"):
        read_settings(tmp_path, {"CLINICAL_REVIEW": typed})
