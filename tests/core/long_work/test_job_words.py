"""How far a job is, in words that are true."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW
from trainers.core.long_work import job_words
from trainers.core.long_work.jobs import LEASE
from trainers.core.models import Job


def job(**more: Any) -> Job:
    usual = {"state": "running", "done": 500, "total": 2000, "claimed_at": NOW, "claimed_done": 0, "sentence": ""}
    return Job(**(usual | {"lease_until": NOW + LEASE} | more))


def words(after: int, **more: Any) -> str:
    return job_words.progress_words(job(**more), "row", now=NOW + timedelta(seconds=after))


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (9, ""),
        (12, ", less than a minute left"),
        (20, ", about 1 minute left"),
        (40, ", about 2 minutes left"),
        (200, ", about 10 minutes left"),
    ],
)
def test_the_time_left_goes_by_the_speed_so_far(after: int, left: str) -> None:
    assert words(after) == f"500 of 2,000 rows{left}"


def test_the_speed_is_that_of_who_holds_it_now() -> None:
    assert words(40, claimed_done=400) == "500 of 2,000 rows, about 10 minutes left"


@pytest.mark.parametrize(
    "more",
    [
        {"claimed_done": 500},  # nothing done by this holder yet
        {"claimed_done": 480, "total": 20_000},  # too little to judge by
        {"lease_until": NOW + timedelta(seconds=39)},  # nobody may be at it
        {"state": "queued", "lease_until": None},
        {"done": 2000},  # the last step cannot be measured
    ],
)
def test_nothing_is_said_of_the_time_when_it_cannot_be_known(more: dict[str, Any]) -> None:
    assert "left" not in words(40, **more)


def test_before_the_rows_are_counted_that_is_said() -> None:
    assert words(40, total=None, done=0) == "Counting the rows"
    assert words(40, total=None, done=0, state="queued") == "Not begun yet"
    assert words(40, total=None, done=0, state="cancelled") == "Not begun"
    assert words(40, total=0, done=0) == "0 rows"
    assert words(40, total=1, done=1) == "1 of 1 row"


@pytest.mark.parametrize(("done", "aloud"), [(0, 0), (499, 0), (500, 1), (1999, 3), (2000, 3)])
def test_the_last_quarter_is_over_when_the_job_is(done: int, aloud: int) -> None:
    assert job_words.quarters(job(done=done)) == aloud
    assert job_words.said_aloud(job(done=done)) == f"{aloud * 25} percent done."
    ended = job(done=done, state="done", sentence="2,000 rows exported.")
    assert (job_words.quarters(ended), job_words.said_aloud(ended)) == (4, "2,000 rows exported.")


@pytest.mark.parametrize(
    ("about", "first", "last", "what", "file"),
    [
        ("", None, None, "", "audit-2026-11-23.csv"),
        ("trainer:7", None, None, "trainer:7", "audit-trainer-7-2026-11-23.csv"),
        ("", "2026-11-01", None, "from 1 November 2026", "audit-2026-11-01-to-2026-11-23.csv"),
        ("trainer:7", None, "2026-11-02", "trainer:7, to 2 November 2026", "audit-trainer-7-2026-11-02.csv"),
    ],
)
def test_an_export_is_named_by_what_it_is_of(
    about: str, first: str | None, last: str | None, what: str, file: str
) -> None:
    export = job(kind="audit", about=about, params={"first_day": first, "last_day": last})
    assert job_words.what_words(export) == what
    assert job_words.file_name(export, NOW.date()) == file
