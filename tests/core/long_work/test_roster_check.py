"""An issuer's list of holders: a verdict for each row, one batch of checks, nothing public by one look alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE
from tests.core.job_bench import run
from tests.factories import Factory
from trainers.core import evidence
from trainers.core.credentials import standing_of
from trainers.core.long_work import imports, jobs, roster_check
from trainers.core.long_work.job_kinds import ROSTER
from trainers.core.models import Check, Credential, Job, Message, Review
from trainers.core.review import contests, queue
from trainers.core.review.looks import Sitting
from trainers.core.standing.status import Status

ENDS = date(2027, 11, 30)
LISTED = TODAY - timedelta(days=1)
SENT_IN = NOW - timedelta(days=60)


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


def claim(
    make: Factory, name: str, number: str, key: str = "NASM/NASM-CPT", recorded_at: datetime = SENT_IN
) -> Credential:
    credential = make.credential(make.trainer(name), key)
    make.term(credential, number=number, expires_on=ENDS, recorded_at=recorded_at)
    return credential


def check(session: Session, make: Factory, files: evidence.Files, *rows: str) -> tuple[Job, list[str]]:
    admin = make.account(roles=("admin",))
    stored = ROSTER.start(files, "\n".join(["name;number;code;expires;status", *rows]).encode("utf-8-sig"))
    params = roster_check.params_of("NASM", LISTED, "Pacific/Honolulu")
    imports.enqueue(session, ROSTER, stored, account_id=admin.id, now=NOW, params=params)
    job = run(session, files)
    return job, [row.verdict or "" for row in jobs.judged_lines(session, job)]


def checks(session: Session) -> list[Check]:
    return list(session.scalars(select(Check).order_by(Check.id)))


def test_each_row_gets_a_verdict_and_what_matches_is_confirmed(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    dana, olga, lena = claim(make, "Dana", "A-1"), claim(make, "Olga Other", "A-2"), claim(make, "Lena", "A-3")
    job, verdicts = check(
        session,
        make,
        files,
        "DANA;a1;NASM-CPT;11/30/2027;Active",
        "Someone Else;A-2;NASM-CPT;2027-11-30;Active",
        "Lena;A-3;;2027-11-30;Suspended",
        "Nobody;A-9;NASM-CPT;2027-11-30;Active",
        "Dana;A-1;NASM-CES;2027-11-30;Active",
    )
    assert verdicts == [
        "NASM-CPT of Dana: confirmed.",
        "NASM-CPT of Olga Other: the name or the end date differs. A first miss; somebody else looks again.",
        "NASM-CPT of Lena: its status word is not active. A first miss; somebody else looks again.",
        "Nobody here has this number.",
        "The number is known here for NASM-CPT only.",
    ]
    assert job.sentence == "1 confirmed, 2 first misses, 1 left as they are, 1 not known here."
    kept = [(row.data or {}).get("name") for row in jobs.judged_lines(session, job)]
    assert kept == ["DANA", "Someone Else", "Lena", None, "Dana"]  # of strangers nothing is kept
    assert {(each.method, each.batch, each.looked_on) for each in checks(session)} == {
        ("issuer_roster", job.uuid, LISTED)
    }
    for each in (dana, olga, lena):
        session.expire(each)
    assert standing_of(dana, today=TODAY).status is Status.CURRENT
    assert standing_of(olga, today=TODAY).status is Status.NOT_CHECKED
    waiting = session.scalars(select(Review).where(Review.closed_at.is_(None)).order_by(Review.id)).all()
    assert [(work.credential, work.not_before) for work in waiting] == [
        (each, TODAY + timedelta(days=7)) for each in (olga, lena)
    ]
    assert session.scalars(select(Message.template).order_by(Message.id)).all() == [
        "claim_confirmed",
        "second_look",
        "second_look",
    ]


def test_a_list_that_shows_a_later_end_date_records_the_renewal(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    dana = claim(make, "Dana", "A-1")
    make.check(dana.terms[-1], looked_on=LISTED - timedelta(days=30))
    job, verdicts = check(session, make, files, "Dana;A-1;;11/30/2029;Active")
    assert verdicts == ["NASM-CPT of Dana: confirmed: the list shows a renewal to 30 November 2029."]
    assert job.sentence.startswith("1 confirmed, 0 first misses")
    session.expire(dana)
    assert standing_of(dana, today=TODAY).word == "Current until 30 November 2029"
    newest = dana.terms[-1]
    assert (newest.source, newest.corrects_id) == ("source", None)
    assert [(each.outcome, each.batch) for each in newest.checks] == [("matched", job.uuid)]
    [mail] = session.scalars(select(Message))
    assert (mail.template, (mail.context or {})["renewed"]) == ("claim_confirmed", True)


def test_a_list_says_nothing_about_what_was_sent_in_after_it_was_made(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    midnight = datetime(2026, 11, 23, 10, tzinfo=UTC)  # in Honolulu, where the day of the list ends
    claim(make, "Dana", "A-1", recorded_at=midnight)
    claim(make, "Olga", "A-2", recorded_at=midnight)
    claim(make, "Lena", "A-3", recorded_at=midnight - timedelta(seconds=1))
    _, verdicts = check(
        session, make, files, "Dana;A-1;;2027-11-30;", "Somebody Else;A-2;;2027-11-30;", "Lena;A-3;;2027-11-30;"
    )
    assert verdicts == [
        "NASM-CPT of Dana: left: sent in after the list was made.",
        "NASM-CPT of Olga: left: sent in after the list was made.",
        "NASM-CPT of Lena: confirmed.",
    ]
    assert len(checks(session)) == 1
    assert session.scalars(select(Review)).all() == []
    assert session.scalars(select(Message.template)).all() == ["claim_confirmed"]


def test_a_list_overturns_neither_the_issuers_page_nor_a_later_look(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    denied, later = claim(make, "Dana", "A-1"), claim(make, "Olga", "A-2")
    before = LISTED - timedelta(days=9)
    make.check(denied.terms[-1], outcome="second_look", by="7", looked_on=before)
    make.check(denied.terms[-1], outcome="no_match", by="8", looked_on=before + timedelta(days=8))
    make.check(later.terms[-1], looked_on=TODAY)
    _, verdicts = check(session, make, files, "Dana;A-1;;2027-11-30;", "Olga;A-2;;2027-11-30;")
    assert verdicts == [
        "NASM-CPT of Dana: matches, but the issuer's own page said no. Look there.",
        "NASM-CPT of Olga: somebody has looked since, on 23 November 2026.",
    ]
    assert len(checks(session)) == 3


def test_of_two_with_one_number_a_contest_decides(session: Session, make: Factory, files: evidence.Files) -> None:
    older, newer = claim(make, "Dana", "A-1"), claim(make, "Dana", "A-1")
    make.check(older.terms[-1], looked_on=LISTED - timedelta(days=30))
    _, [verdict] = check(session, make, files, "Dana;A-1;;2027-11-30;")
    assert verdict == (
        "NASM-CPT of Dana: confirmed. "
        "NASM-CPT of Dana: matches, but is left as it is. "
        "Another listing holds this number, and a contest about it is open. Decide that first."
    )
    contest = session.scalars(select(Review).where(Review.kind == "contest")).one()
    assert (contest.credential, contest.contested) == (newer, older)


def test_a_confirmed_number_opens_a_contest_for_who_waits_with_it(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    waits, holder = claim(make, "Olga", "A-1"), claim(make, "Dana", "A-1")
    _, [verdict] = check(session, make, files, "Dana;A-1;;2027-11-30;")
    assert verdict.endswith("NASM-CPT of Dana: confirmed.")
    contest = session.scalars(select(Review).where(Review.kind == "contest")).one()
    assert (contest.credential, contest.contested) == (waits, holder)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        ("moved", "NASM-CPT of Newer: confirmed."),
        (
            "kept",
            "NASM-CPT of Newer: matches, but is left as it is. "
            "A reviewer decided that another listing keeps this number. Send the claim back.",
        ),
    ],
)
def test_a_list_heeds_what_a_reviewer_decided_about_a_number(
    session: Session, make: Factory, files: evidence.Files, outcome: str, verdict: str
) -> None:
    older, newer = claim(make, "Older", "A-1"), claim(make, "Newer", "A-1")
    make.check(older.terms[-1], looked_on=LISTED - timedelta(days=30))
    contests.open_for_claim(session, newer, newer.terms[-1], now=NOW, today=TODAY)
    contest = session.scalars(select(Review).where(Review.kind == "contest")).one()
    reviewer = str(make.reviewer().id)
    queue.take(session, contest, by=reviewer, now=NOW, today=TODAY)
    sitting = Sitting(by=reviewer, now=NOW, today=TODAY, zone=ZONE)
    contests.decide(session, contest, sitting, outcome=outcome, answer="Seen on the photo.")
    _, [told] = check(session, make, files, "Newer;A-1;;2027-11-30;")
    assert told.endswith(verdict)
    assert len(session.scalars(select(Review).where(Review.kind == "contest")).all()) == 1


def test_rows_that_cannot_be_are_told_by_their_line_and_nothing_is_checked(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    claim(make, "Dana", "A-1")
    job, verdicts = check(
        session,
        make,
        files,
        "Dana;A-1;;2027-11-30;",
        ";A-2;;;",
        "Olga;-;;;",
        "Lena;A-3;;soon;",
        "Dana;A 1;;2027-11-30;",
        "Somebody Else;A-1;NASM-CPT;2026-11-30;Inactive",
        "Eva;A-4;CPT;2027-11-30;",
    )
    assert (job.state, verdicts, checks(session)) == ("failed", [], [])
    told = [(row.line, row.problem) for row in jobs.rejected_lines(session, job)]
    assert told == [
        (3, "The name is missing."),
        (4, "The number is missing."),
        (5, "Write the date as 2026-11-25 or 11/25/2026."),
        (6, "A row above has the same number. Take one of them out."),
        (7, "A row above has the same number. Take one of them out."),
        (8, "NASM has no certification CPT here. Write its code as /rules does."),
    ]
