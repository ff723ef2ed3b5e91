"""Thin pages: read the form, call one core function, render or lead on."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from granian.utils.proxies import wrap_wsgi_with_proxy_headers
from sqlalchemy.exc import InterfaceError, OperationalError
from whitenoise import WhiteNoise

from trainers.config import ROOT, Settings
from trainers.core.sample_directory import samples
from trainers.extensions import csrf, limiter

from . import (
    access,
    accounts,
    bundles,
    data_version,
    errors,
    filters,
    headers,
    htmx,
    kept_pages,
    request_log,
    secret_keys,
    site,
    typed,
)

PAGES = (
    "home",
    "directory",
    "places",
    "programs",
    "map",
    "bundles",
    "compare",
    "badges",
    "contact",
    "follow",
    "followers",
    "reports",
    "guidance",
    "hip_check",
    "sheets",
    "my_sheets",
    "kept_sheets",
    "sheet_shares",
    "runners",
    "profile",
    "portraits",
    "credentials",
    "education",
    "education_files",
    "evidence",
    "review",
    "cases",
    "corrections",
    "moderation",
    "outages",
    "messages",
    "reminders",
    "decisions",
    "unsubscribe",
    "jobs",
    "mail_desk",
    "crawlers",
    "takeout",
    "admin",
    "our_record",
    "health",
    "metrics",
    "development",
)

security_config = accounts.security_config
secret_key_config = secret_keys.secret_key_config


def init_app(app: Flask) -> None:
    request_log.init_app(app)
    typed.init_app(app)  # first: whatever reads a form after it finds it clean
    csrf.init_app(app)
    limiter.init_app(app)
    htmx.init_app(app)
    headers.init_app(app)
    data_version.init_app(app)
    kept_pages.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    bundles.init_app(app)
    accounts.init_app(app)
    for blueprint in blueprints(app):
        app.register_blueprint(blueprint)
    app.context_processor(site_context)
    access.demand_statements(app)
    serve(app, app.extensions["settings"])


def blueprints(app: Flask) -> Iterable[Blueprint]:
    """One for each page module; the development pages stay out of production."""
    settings: Settings = app.extensions["settings"]
    for name in PAGES:
        if name == "development" and settings.production:
            continue
        yield import_module(f"trainers.web.{name}").blueprint


def site_context() -> dict[str, Any]:
    return {
        "site": site.settings(),
        "today": site.today(),
        "samples_loaded": samples_loaded(),
        "hip_check_asks": site.hip_check_asks(),
    }


def samples_loaded() -> bool:
    """Whether invented trainers stand in the directory; each page then says so."""
    if site.settings().production:
        return False
    try:
        return data_version.of_app().remembered("samples", lambda: samples.are_loaded(site.session()))
    except (InterfaceError, OperationalError):  # the page says why the database does not answer
        return False


def drop_stale(folder: Path) -> None:
    """A packed copy that is older than its file would be served, and kept by browsers, for a year."""
    for packed in folder.rglob("*.gz"):
        file = packed.with_suffix("")
        if not file.exists() or file.stat().st_mtime > packed.stat().st_mtime + 1:
            packed.unlink(missing_ok=True)


def serve(app: Flask, settings: Settings) -> None:
    """Static files from this process, and the visitor's address from the proxies that we trust."""
    drop_stale(ROOT / "static")
    files = WhiteNoise(app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=31_536_000)
    app.wsgi_app = files  # type: ignore[method-assign]
    if settings.trusted_proxies:
        app.wsgi_app = wrap_wsgi_with_proxy_headers(  # type: ignore[method-assign]
            app.wsgi_app, trusted_hosts=list(settings.trusted_proxies)
        )
    app.wsgi_app = request_log.Around(app.wsgi_app, settings)  # type: ignore[method-assign]
