"""What Dana has learned, shows and is asked about: for the pages that are hers alone."""

from datetime import date, timedelta

from tests.application import NOW, TODAY
from tests.core.papers import picture
from tests.factories import Factory
from trainers.core import evidence, moderation
from trainers.core.education import dated_items, ledger, papers
from trainers.core.long_work import imports
from trainers.core.long_work.job_kinds import EDUCATION
from trainers.core.models import Review, Trainer
from trainers.core.review import contests, outages, queue

COURSES = (
    ledger.Entry("Hips of runners", "Northwest College", "N-104", date(2026, 3, 12), 900, approved_by="nasm"),
    ledger.Entry("A week of lectures", "Someone", "", date(2026, 4, 2), 1200, approved_by="neither"),
    ledger.Entry("Committee work", "ACSM", "", date(2025, 4, 2), 700, category="committee"),
)


def learn(make: Factory, files: evidence.Files, dana: Trainer) -> None:
    """A log with a photo that is to be filled in, a card that ends soon, a list that is being imported."""
    session = make.session
    for entry in COURSES:
        ledger.add(session, dana, entry, now=NOW, today=TODAY, by="1")
    later = ledger.add_photo_first(session, dana, now=NOW, by="1")
    card = dated_items.ItemEntry("cpr_aed", TODAY + timedelta(days=20), provider="Red Cross")
    for holder in (later, dated_items.add(session, dana, card, now=NOW, today=TODAY, by="1")):
        found = evidence.clean(picture(size=(300, 200)))
        papers.attach(session, files, holder, found, key=papers.store(files, found), now=NOW)


def import_of(make: Factory, files: evidence.Files, dana: Trainer) -> str:
    """The address of an import that waits."""
    stored = EDUCATION.start(files, b"title,date,hours\nHips,2026-03-12,2\n")
    job = imports.enqueue(make.session, EDUCATION, stored, account_id=dana.account_id, now=NOW)
    return f"/dashboard/education/import/{job.uuid}"


def ask_about(make: Factory, files: evidence.Files, dana: Trainer, *, taken_by: int) -> list[str]:
    """The addresses of work about words and a picture, and about a number that two claim; an outage."""
    session = make.session
    for color, state in (("teal", "shown"), ("purple", "waiting")):
        found = moderation.square(picture(size=(400, 300), color=color))
        key = moderation.store(files, found)
        kept = moderation.send_in(session, files, dana, found, key=key, now=NOW, today=TODAY)
        if state == "shown":
            kept.state, kept.decided_at, kept.decided_by = "shown", NOW, "1"
    rival = make.credential(make.trainer("Dana Fitzgerald-Two"))
    term = make.term(rival, number="1160448213")
    contests.open_for_claim(session, rival, term, now=NOW, today=TODAY)
    outages.begin(session, "ACSM", by="1", now=NOW)
    works = session.query(Review).where(Review.kind.in_(("profile", "contest"))).order_by(Review.id).all()
    for work in works:
        queue.take(session, work, by=str(taken_by), now=NOW, today=TODAY)
    return [f"/review/{work.uuid}{'/profile' if work.kind == 'profile' else ''}" for work in works]
