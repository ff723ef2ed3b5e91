"""Settings: typed, read once from the environment, checked before anything starts.

Production is when SITE_URL is not a loopback address; then an unsafe or missing value stops the start.
"""

import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SettingsError(Exception):
    """A setting that the site may not start with; the text says which and what to do."""


@dataclass(frozen=True)
class Settings:
    secret_key: str = field(repr=False)
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

    @property
    def production(self) -> bool:
        return urlsplit(self.site_url).hostname not in LOOPBACK

    @property
    def host(self) -> str:
        return urlsplit(self.site_url).hostname or "localhost"


def read_settings(instance: Path, environ: dict[str, str] | None = None) -> Settings:
    """The settings of this process; `instance` is where the embedded defaults keep their files.

    Raises SettingsError with a sentence for a value that cannot be used.
    """
    values = dict(os.environ if environ is None else environ)

    def text(name: str, default: str = "") -> str:
        return values.get(name, default).strip()

    site_url = text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    host = urlsplit(site_url).hostname or "localhost"
    settings = Settings(
        secret_key=text("SECRET_KEY") or secret_from_file(instance / "secret_key"),
        database_url=text("DATABASE_URL") or f"sqlite:///{instance / 'sound-stride.db'}",
        uploads_url=text("UPLOADS_URL") or f"file://{instance / 'uploads'}",
        mail_url=text("MAIL_URL") or f"file://{instance / 'mail'}",
        mail_from=text("MAIL_FROM") or f"notices@{host if '.' in host and host not in LOOPBACK else 'localhost'}",
        rate_limit_url=text("RATE_LIMIT_URL", "memory://"),
        site_url=site_url,
        site_timezone=text("SITE_TIMEZONE", "Pacific/Honolulu"),
        site_postal_address=text("SITE_POSTAL_ADDRESS"),
        site_email=text("SITE_EMAIL"),
        trusted_proxies=tuple(part.strip() for part in text("TRUSTED_PROXIES").split(",") if part.strip()),
    )
    check(settings, given_secret=bool(text("SECRET_KEY")))
    return settings


def check(settings: Settings, *, given_secret: bool) -> None:
    """Stop the start with a sentence when a setting is missing or unsafe."""
    url = urlsplit(settings.site_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise SettingsError("SITE_URL must be a web address such as https://example.org.")
    try:
        ZoneInfo(settings.site_timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError("SITE_TIMEZONE must be a zone name such as Pacific/Honolulu.") from error
    if urlsplit(settings.mail_url).scheme not in ("file", "smtp", "smtps"):
        raise SettingsError("MAIL_URL must start with smtp://, smtps:// or file://.")
    if settings.production:
        check_production(settings, given_secret=given_secret)


def check_production(settings: Settings, *, given_secret: bool) -> None:
    needs = {
        "SITE_URL must start with https:// when the site is public.": settings.site_url.startswith("https://"),
        "Set SECRET_KEY to at least 32 random characters.": given_secret and len(settings.secret_key) >= 32,
        "Set MAIL_URL to a mail server such as smtp://user:password@host:587.": not settings.mail_url.startswith(
            "file:"
        ),
        "Set SITE_POSTAL_ADDRESS: the law wants it at the foot of each mail.": settings.site_postal_address,
        "Set SITE_EMAIL to the address where people can write to you.": settings.site_email,
    }
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
