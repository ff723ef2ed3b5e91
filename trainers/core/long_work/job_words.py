"""How far a job is, in words. Pure."""

from datetime import date, datetime, timedelta

from ..dates import long_date
from ..models import Job
from .jobs import FARTHEST_LEASE, has_ended

STATES = {
    "queued": "Waiting",
    "running": "Running",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Stopped",
}
SOON_TO_TELL = timedelta(seconds=10)
ENOUGH_TO_TELL = 20
"""Nothing is said of the time that is left before so much of it (a twentieth) was measured."""


def state_word(job: Job) -> str:
    return STATES[job.state]


def what_words(job: Job) -> str:
    """What tells it from others of its kind: "list.csv", "trainer:7, to 2 November 2026"; empty for the whole."""
    first, last = (job.params.get(name) for name in ("first_day", "last_day"))
    return ", ".join(
        part
        for part in (
            job.params.get("name"),
            job.about,
            f"from {day_words(first)}" if first else "",
            f"to {day_words(last)}" if last else "",
        )
        if part
    )


def day_words(day: str) -> str:
    return long_date(date.fromisoformat(day))


def file_name(job: Job, ordered: date) -> str:
    """ "audit-trainer-7-2026-11-01-to-2026-11-25.csv": what it is of, up to the day on which it was ordered."""
    first, last = job.params.get("first_day"), job.params.get("last_day") or ordered.isoformat()
    days = f"{first}-to-{last}" if first else last
    return "-".join(part for part in (job.kind, job.about.replace(":", "-"), days) if part) + ".csv"


def progress_words(job: Job, unit: str, *, now: datetime) -> str:
    """ "1,200 of 10,000 rows, about 2 minutes left"."""
    if job.total is None:
        return {"queued": "Not begun yet", "running": f"Counting the {unit}s"}.get(job.state, "Not begun")
    if job.total == 0:
        return f"0 {unit}s"
    words = f"{job.done:,} of {job.total:,} {unit if job.total == 1 else unit + 's'}"
    left = time_left(job, now=now)
    return f"{words}, {left}" if left else words


def time_left(job: Job, *, now: datetime) -> str:
    """At the speed of who holds it now; nothing when that cannot be told honestly."""
    if job.state != "running" or job.total is None or job.claimed_at is None or job.claimed_done is None:
        return ""
    spent, made, left = now - job.claimed_at, job.done - job.claimed_done, job.total - job.done
    if left <= 0 or spent < SOON_TO_TELL or made * ENOUGH_TO_TELL < left or is_silent(job, now=now):
        return ""
    minutes = spent * left / made / timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute left"
    return "about 1 minute left" if round(minutes) == 1 else f"about {round(minutes):,} minutes left"


def is_silent(job: Job, *, now: datetime) -> bool:
    """Whoever held it was not heard of again, and nobody has taken it over yet."""
    return job.lease_until is not None and not now <= job.lease_until <= now + FARTHEST_LEASE


def quarters(job: Job) -> int:
    """How many quarters are done: what is worth saying aloud."""
    if has_ended(job):
        return 4
    return min(3, 4 * job.done // job.total) if job.total else 0


def said_aloud(job: Job) -> str:
    """What a screen reader is told when another quarter is done, and at the end."""
    return job.sentence if has_ended(job) else f"{quarters(job) * 25} percent done."
