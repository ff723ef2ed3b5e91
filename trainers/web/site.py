"""What each view asks for: the settings, the day, the session."""

from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from trainers.config import Settings
from trainers.core.dates import today_in
from trainers.core.evidence import Files, open_files
from trainers.core.hipcheck import may_be_asked
from trainers.core.hipcheck_file import hip_check
from trainers.core.search.matches import Kept
from trainers.extensions import db


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def is_tried_out() -> bool:
    """Whether the site stands on a machine of its own, for nobody else."""
    return not settings().production


def session() -> Session:
    """The session of this request. Core takes it and never commits; the view commits once."""
    return db.session()


def commit() -> None:
    db.session.commit()


def files() -> Files:
    """Where the private files are."""
    return open_files(settings().uploads_url)


def kept_counts() -> Kept:
    """What this process has counted over all listings a moment ago."""
    return cast(Kept, current_app.extensions["kept_counts"])


def now() -> datetime:
    moment = current_app.config.get("NOW")  # set by tests that travel in time
    return moment() if callable(moment) else datetime.now(UTC)


def today() -> date:
    """The date in SITE_TIMEZONE: a certification lasts to the end of its last day there."""
    return today_in(settings().site_timezone, now())


def zone() -> ZoneInfo:
    """SITE_TIMEZONE: the days in which moments are told."""
    return ZoneInfo(settings().site_timezone)


def hip_check_asks() -> bool:
    """Whether the hip check asks its questions here; otherwise it is the list of the warning signs."""
    review = settings().clinical_review
    return may_be_asked(hip_check(), reviewed_on=review.on if review else None, production=settings().production)


def url(path: str) -> str:
    """A whole address for mails."""
    return settings().site_url + path
