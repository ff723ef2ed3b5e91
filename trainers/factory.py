"""Puts the application together from its parts."""

import gc
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from . import cli, extensions, web
from .config import ROOT, Settings, read_settings
from .core.search.kept_counts import KeptCounts

KEPT_COUNTS_SECONDS = 30.0
"""With the pages that hold them (web/kept_pages.py) they are at most a minute old."""

SOON = {"socket_connect_timeout": 1, "socket_timeout": 1}
"""Seconds that a Redis may be silent: a page waits for it."""


def create_app(settings: Settings | None = None, *, instance: Path | None = None, **overrides: Any) -> Flask:
    """The application. `overrides` are Flask's own configuration keys (used by tests)."""
    instance = instance or ROOT / "instance"
    instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(instance),
    )
    settings = settings or read_settings(instance)
    app.config.from_mapping(flask_config(settings), **overrides)
    app.extensions["settings"] = settings
    app.extensions["kept_counts"] = KeptCounts(app.config.get("KEPT_COUNTS_SECONDS", KEPT_COUNTS_SECONDS))
    start_database(app)
    web.init_app(app)
    cli.init_app(app)
    return app


def settle() -> None:
    """What has been loaded stays to the end: the collector need not look at it again, nor so often at the rest.
    With its usual limits it takes a fifth of the time of a page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def flask_config(settings: Settings) -> dict[str, Any]:
    https = settings.site_url.startswith("https://")
    return {
        **web.secret_key_config(settings),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,  # no addresses of people in the log
            "pool_pre_ping": True,  # a database that was restarted costs nobody an error
        },
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,  # a photo of 10 MB and its form
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": https,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_DURATION": timedelta(days=30),
        "WTF_CSRF_TIME_LIMIT": None,  # a long form survives lunch
        "RATELIMIT_STORAGE_URI": settings.rate_limit_url,
        "RATELIMIT_STORAGE_OPTIONS": SOON if settings.rate_limit_url.startswith("redis") else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # Redis is down: each process counts by itself meanwhile
        **web.security_config(settings),
    }


def start_database(app: Flask) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db)
    with app.app_context():
        extensions.prepare_engine(extensions.db.engine)
