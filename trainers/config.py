"""Settings: typed, read once from the environment, checked before anything starts.

Production is when SITE_URL is not a loopback address; then an unsafe or missing value stops the start.
"""

import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fsspec.core import url_to_fs
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

ROOT = Path(__file__).resolve().parent.parent
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:]+")  # a name in ASCII, or an IP address
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")
NO_REVIEW = (
    "CLINICAL_REVIEW must be the clinician's name, licence and the day of the review, such as"
    " Jane Roe, PT 12345 Oregon, 2026-11-27."
)
NO_DATABASE = "DATABASE_URL must be an address such as postgresql+psycopg://user:password@host/name or sqlite:////srv/site.db."


class SettingsError(Exception):
    """A setting that the site may not start with; the text says which and what to do."""


@dataclass(frozen=True)
class ClinicalReview:
    """Who has read the questions of the hip check, and when."""

    name: str
    licence: str
    on: date


@dataclass(frozen=True)
class Settings:
    secret_key: str = field(repr=False)
    secret_key_old: tuple[str, ...] = field(repr=False)
    database_url: str = field(repr=False)
    uploads_url: str
    mail_url: str = field(repr=False)
    mail_from: str
    rate_limit_url: str
    site_url: str
    site_timezone: str
    site_postal_address: str
    site_email: str
    trusted_proxies: tuple[str, ...]
    clinical_review: ClinicalReview | None
    metrics_token: str = field(repr=False)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key that signs and encrypts, then those that are still believed."""
        return (self.secret_key, *self.secret_key_old)

    @property
    def production(self) -> bool:
        return urlsplit(self.site_url).hostname not in LOOPBACK

    @property
    def host(self) -> str:
        return host_of(self.site_url)


def read_settings(instance: Path, environ: dict[str, str] | None = None) -> Settings:
    """The settings of this process; `instance` is where the embedded defaults keep their files.

    Raises SettingsError with a sentence for a value that cannot be used.
    """
    values = dict(os.environ if environ is None else environ)

    def text(name: str, default: str = "") -> str:
        return values.get(name, "").strip() or default

    site_url = text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    host = host_of(site_url)
    settings = Settings(
        secret_key=text("SECRET_KEY") or secret_from_file(instance / "secret_key"),
        secret_key_old=tuple(text("SECRET_KEY_OLD").replace(",", " ").split()),
        database_url=text("DATABASE_URL", f"sqlite:///{instance / 'sound-stride.db'}"),
        uploads_url=text("UPLOADS_URL", f"file://{instance / 'uploads'}"),
        mail_url=text("MAIL_URL", f"file://{instance / 'mail'}"),
        mail_from=text("MAIL_FROM", f"notices@{host if '.' in host and host not in LOOPBACK else 'localhost'}"),
        rate_limit_url=text("RATE_LIMIT_URL", "memory://"),
        site_url=site_url,
        site_timezone=text("SITE_TIMEZONE", "Pacific/Honolulu"),
        site_postal_address=text("SITE_POSTAL_ADDRESS"),
        site_email=text("SITE_EMAIL"),
        trusted_proxies=tuple(part.strip() for part in text("TRUSTED_PROXIES").split(",") if part.strip()),
        clinical_review=read_review(text("CLINICAL_REVIEW")),
        metrics_token=text("METRICS_TOKEN"),
    )
    check(settings)
    if settings.production:
        check_production(settings, given_secret=bool(text("SECRET_KEY")))
    return settings


def host_of(site_url: str) -> str:
    """The name in SITE_URL, which may hold nothing but scheme, name and port: pages stand at fixed addresses."""
    try:
        url = urlsplit(site_url)
        bare = url.port != 0 and not (url.path or url.query or url.fragment or url.username)
    except ValueError:
        bare = False
    if not bare or url.scheme not in ("http", "https") or not HOST.fullmatch(url.hostname or ""):
        raise SettingsError("SITE_URL must be a web address such as https://example.org.")
    return str(url.hostname)


def check(settings: Settings) -> None:
    """Stop the start with a sentence when a value cannot be used."""
    try:
        ZoneInfo(settings.site_timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError("SITE_TIMEZONE must be a zone name such as Pacific/Honolulu.") from error
    check_secret_key(settings.secret_key)
    if settings.secret_key in settings.secret_key_old:
        raise SettingsError("SECRET_KEY_OLD must hold former keys only, not the SECRET_KEY in force.")
    if not may_be_address(settings.mail_from):
        raise SettingsError("MAIL_FROM must be an email address such as notices@example.org.")
    for proxy in settings.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise SettingsError(f"TRUSTED_PROXIES holds {proxy}, which is no IP address or network.") from error
    check_mail_url(settings.mail_url)
    check_database_url(settings.database_url)
    check_uploads_url(settings.uploads_url)
    check_rate_limit_url(settings.rate_limit_url)


def check_secret_key(key: str) -> None:
    if not key:
        raise SettingsError("The file instance/secret_key is empty. Delete it, or set SECRET_KEY.")
    if "," in key or key.split() != [key]:
        raise SettingsError("SECRET_KEY must be without commas and spaces, which part the keys in SECRET_KEY_OLD.")


def read_review(text: str) -> ClinicalReview | None:
    """Name, licence and day, with commas between; a licence may have commas of its own."""
    if not text:
        return None
    try:
        name, rest = text.split(",", 1)
        licence, day = rest.rsplit(",", 1)
        review = ClinicalReview(name.strip(), licence.strip(), date.fromisoformat(day.strip()))
    except ValueError as error:
        raise SettingsError(NO_REVIEW) from error
    if not review.name or not review.licence or review.on > datetime.now(UTC).date() + timedelta(days=1):
        raise SettingsError(NO_REVIEW)
    return review


def may_be_address(email: str) -> bool:
    local, _, domain = email.partition("@")
    return bool(local and domain) and "@" not in domain and email.isprintable() and " " not in email


def check_mail_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        folder = parts.path.strip("/") if parts.scheme == "file" and not parts.netloc else ""
        usable = folder or (parts.scheme in ("smtp", "smtps") and parts.port != 0 and parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("MAIL_URL must be smtp://host:port, smtps://host:port or file:/// with a folder.")
    if folder:
        refuse_public("MAIL_URL", parts.path)


def check_database_url(url: str) -> None:
    """A file of SQLite or a database of PostgreSQL: what lives in memory would be gone with the process."""
    try:
        address = make_url(url)
        address.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise SettingsError(NO_DATABASE) from error
    database = address.database or ""
    in_memory = ":memory:" in url or address.query.get("mode") == "memory"
    if address.drivername not in DRIVERS or not database or in_memory:
        raise SettingsError(NO_DATABASE)
    if address.drivername == "sqlite":
        refuse_public("DATABASE_URL", database)


def check_uploads_url(url: str) -> None:
    """Certificates are private, and are kept: in a folder or a bucket."""
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise SettingsError(f"UPLOADS_URL cannot be used: {error}") from error
    if "file" in system.protocol:
        refuse_public("UPLOADS_URL", path)
    elif "s3" not in system.protocol:
        raise SettingsError("UPLOADS_URL must be file:/// with a folder, or s3:// with a bucket.")


def refuse_public(setting: str, path: str) -> None:
    if Path(path).resolve().is_relative_to(ROOT / "static"):
        raise SettingsError(f"{setting} must not lie under static/: everybody can read what is there.")


def check_rate_limit_url(url: str) -> None:
    if url == "memory://":
        return
    try:
        storage_from_string(url)
    except (ConfigurationError, ValueError) as error:
        raise SettingsError(f"RATE_LIMIT_URL cannot be used: {error}") from error


def check_production(settings: Settings, *, given_secret: bool) -> None:
    """Stop the start with a sentence when a public site lacks something or would be unsafe."""
    needs = {
        "SITE_URL must start with https:// when the site is public.": settings.site_url.startswith("https://"),
        "Set SECRET_KEY to at least 32 random characters.": given_secret and len(settings.secret_key) >= 32,
        "SECRET_KEY_OLD holds a key of fewer than 32 characters; with commas or spaces between several.": all(
            len(key) >= 32 for key in settings.secret_key_old
        ),
        "Set MAIL_URL to a mail server such as smtp://user:password@host:587.": not settings.mail_url.startswith(
            "file:"
        ),
        "Set SITE_POSTAL_ADDRESS: the law wants it at the foot of each mail.": settings.site_postal_address,
        "Set SITE_EMAIL to the address where people can write to you.": may_be_address(settings.site_email),
    }
    if settings.metrics_token and len(settings.metrics_token) < 32:
        raise SettingsError("METRICS_TOKEN must have at least 32 characters, or be left out.")
    for sentence, fine in needs.items():
        if not fine:
            raise SettingsError(sentence)


def secret_from_file(path: Path) -> str:
    """The secret kept in `path`, made on first use; of several processes at once only one makes it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass  # another process was first; its secret is read below
        finally:
            Path(temporary).unlink()
    return path.read_text()
