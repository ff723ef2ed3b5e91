"""A year of reminders, day by day, beside an oracle that shares no code with the site: exactly the same mails.

366 days with a 29 February and a 31 December, five outages of up to six days, renewals that are reported, sent
back and confirmed, ladders that are changed, stops. People live from UTC-10 to UTC+13; the days are the site's.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.full import FULL
from trainers.core import kept_cards
from trainers.core.education.dated_items import ItemEntry
from trainers.core.mail import alerts, digests, ladders, outbox, stops, watches
from trainers.core.mail.outbox import Outcome
from trainers.core.mail.transport import Fate, Reply
from trainers.core.models import Alert, Credential, DatedItem, Recipient, Review

FIRST = date(2027, 3, 1)
DAYS = 366  # the last one is 29 February 2028
PEOPLE = 40 if FULL else 12
DAY = timedelta(days=1)
SITE = ZoneInfo("Pacific/Honolulu")
OUTAGES = ((20, 6), (77, 1), (150, 5), (303, 6), (340, 3))  # from which day on, how many days
HOURS_FROM_UTC = (-10, -8, -5, 0, 13)
PLANNING_AT = 16  # o'clock in UTC: six in the morning on the site
LADDERS = ((90, 30, 7, 1, -1), (60, 14, 0), (90, 60, 30, 14, 7, 1, 0, -1), (7, -1), ())


@dataclass
class Deed:
    """Something that happens at a moment: a report, its answer, another ladder, a stop, a new card."""

    at: datetime
    what: str
    person: int
    item: str
    end: date | None = None
    steps: tuple = ()


@dataclass
class Story:
    """What there is at the beginning, and what happens."""

    ends: dict = field(default_factory=dict)  # (person, item) -> end
    deeds: list = field(default_factory=list)


def told(seed: int) -> Story:
    chance, story = random.Random(seed), Story()
    for person in range(PEOPLE):
        zone = HOURS_FROM_UTC[person % len(HOURS_FROM_UTC)]
        items = ["NASM", "cpr_aed"] if person % 2 else ["NASM", "ACSM", "insurance"]
        for item in items:
            end = FIRST + chance.randrange(-40, 450) * DAY
            if item == "ACSM":
                end = date(2027, 12, 31)
            elif person % 5 == 0 and item == "NASM":
                end = date(2028, 2, 29)
            story.ends[person, item] = end
            story.deeds += some_deeds(chance, person, item, end, zone)
    story.deeds.sort(key=lambda deed: deed.at)
    return story


def some_deeds(chance, person, item, end, zone):
    def at(day, hour=9):
        """Nine in the morning where that person lives."""
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=zone)

    early = end - chance.randrange(1, 60) * DAY
    if item in ("NASM", "ACSM"):
        roll = chance.random()
        if roll < 0.4:
            yield Deed(at(early), "report", person, item)
            answered = early + chance.randrange(1, 30) * DAY
            if roll < 0.25:
                yield Deed(at(answered), "confirm", person, item, end + 200 * DAY)
            elif roll < 0.35:
                yield Deed(at(answered), "send_back", person, item)
    elif chance.random() < 0.5:
        yield Deed(at(early), "card", person, item, end + 150 * DAY)
    if chance.random() < 0.5:
        yield Deed(
            at(FIRST + chance.randrange(1, 300) * DAY), "ladder", person, item, steps=chance.choice(LADDERS)
        )
    if chance.random() < 0.15:
        begun = FIRST + chance.randrange(1, 300) * DAY
        yield Deed(at(begun), "stop", person, item)
        yield Deed(at(begun + chance.randrange(5, 90) * DAY), "resume", person, item)


def is_out(day: date) -> bool:
    return any(FIRST + start * DAY <= day < FIRST + (start + length) * DAY for start, length in OUTAGES)


# The oracle: walks day by day and looks at everything, slowly. Not a line of it is the site's.


@dataclass
class Dated:
    end: date
    steps: tuple = (90, 30, 7, 1, -1)
    dealt: dict = field(default_factory=dict)  # step -> why it was not sent, or None
    gone: set = field(default_factory=set)  # days that were switched on when they were past
    paused_from: date | None = None
    waits: bool = False
    stopped: bool = False


def oracle(story: Story) -> tuple[list, list]:
    now = {key: Dated(end) for key, end in story.ends.items()}
    mails, skipped, deeds = [], [], list(story.deeds)
    for number in range(DAYS):
        today = FIRST + number * DAY
        planning = datetime(today.year, today.month, today.day, PLANNING_AT, tzinfo=UTC)
        while deeds and deeds[0].at <= planning:
            happen(now, deeds.pop(0))
        if is_out(today):
            continue
        by_person = defaultdict(list)
        for (person, item), dated in sorted(now.items()):
            step = look(dated, today)
            if step is None:
                continue
            for each in [s for s in dated.steps if s >= step and has_come(dated, s, today)]:
                dated.dealt[each] = "stopped" if dated.stopped else None if each == step else "passed together"
                if dated.dealt[each]:
                    skipped.append((today, person, item, dated.end, each, dated.dealt[each]))
            if not dated.stopped:
                by_person[person].append((item, dated.end))
        mails += [(today, person, sorted(named)) for person, named in sorted(by_person.items())]
    return mails, sorted(skipped)


def has_come(dated: Dated, step: int, today: date) -> bool:
    fresh = step not in dated.gone and all(step < each for each in dated.dealt)
    return fresh and today.toordinal() + step >= dated.end.toordinal()


def look(dated: Dated, today: date) -> int | None:
    """The nearest step that has come and was not dealt with."""
    if dated.waits and dated.paused_from and (today - dated.paused_from).days < 14:
        return None
    return min((step for step in dated.steps if has_come(dated, step, today)), default=None)


def happen(now: dict, deed: Deed) -> None:
    key = (deed.person, deed.item)
    dated, on_site = now[key], (deed.at - timedelta(hours=10)).date()
    if deed.what == "report":
        dated.waits = True
        dated.paused_from = dated.paused_from or on_site
    elif deed.what == "send_back":
        dated.waits = False
    elif deed.what in ("confirm", "card"):
        now[key] = Dated(deed.end, steps=dated.steps, stopped=dated.stopped)
    elif deed.what == "ladder":
        past = [s for s in deed.steps if s not in dated.steps and on_site.toordinal() + s >= dated.end.toordinal()]
        was_coming = max(
            (s for s in dated.steps if s not in dated.gone and all(s < d for d in dated.dealt)), default=-99
        )
        dated.gone |= {step for step in past if step > was_coming}
        dated.steps = deed.steps
    else:
        dated.stopped = deed.what == "stop"


# The site, with the same story


class Site:
    def __init__(self, session, make, story):
        self.session, self.make, self.story = session, make, story
        self.held, self.reviews, self.mails = {}, {}, []
        self.people = [make.trainer(f"Person {n}") for n in range(PEOPLE)]
        self.names = {trainer.account.email: n for n, trainer in enumerate(self.people)}
        for (person, item), end in story.ends.items():
            self.begin(person, item, end)

    def begin(self, person, item, end):
        trainer = self.people[person]
        if item in ("NASM", "ACSM"):
            credential = self.make.credential(trainer, f"{item}/{item}-CPT")
            self.make.check(self.make.term(credential, expires_on=end), looked_on=FIRST)
            watches.watch_credential(self.session, credential, today=FIRST)
            self.held[person, item] = credential
        else:
            entry = ItemEntry(item, end)
            self.held[person, item] = kept_cards.add(
                self.session, trainer, entry, now=self.make.now, today=FIRST, by="1"
            )

    def live(self):
        deeds = list(self.story.deeds)
        for number in range(DAYS):
            today = FIRST + number * DAY
            planning = datetime(today.year, today.month, today.day, PLANNING_AT, tzinfo=UTC)
            while deeds and deeds[0].at <= planning:
                deed = deeds.pop(0)
                getattr(self, deed.what)(deed, deed.at.astimezone(SITE).date())
            if not is_out(today):
                self.plan_and_send(today, planning)

    def plan_and_send(self, today, now):
        alerts.plan(self.session, today=today, now=now, zone=SITE)
        claimed = outbox.claim(self.session, now=now, limit=10_000)
        for message in digests.write_digests(self.session, claimed, today=today):
            named = sorted(self.named(item) for item in message.context["items"])
            self.mails.append((today, self.names[message.recipient.email], named))
            reply = Reply(Fate.DELIVERED, "250 OK")
            outbox.settle(self.session, [Outcome(message.id, message.attempts, reply, "x")], now=now)
        self.session.expire_all()

    def named(self, item):
        kinds = {"CPR/AED card": "cpr_aed", "insurance": "insurance"}
        return kinds.get(item["label"]) or item["issuer"], item["ends_on"]

    def report(self, deed, today):
        credential = self.held[deed.person, deed.item]
        review = Review(kind="renewal", credential_id=credential.id, trainer_id=credential.trainer_id,
                        opened_at=deed.at, due_on=today + 9 * DAY)  # fmt: skip
        self.reviews[deed.person, deed.item] = self.make.add(review)
        watches.report_renewal(self.session, credential, today=today)

    def answer(self, deed, outcome):
        review = self.reviews.pop((deed.person, deed.item))
        review.closed_at, review.outcome, review.closed_by = deed.at, outcome, "1"
        self.session.flush()

    def confirm(self, deed, today):
        self.answer(deed, "confirmed")
        credential = self.held[deed.person, deed.item]
        self.make.check(self.make.term(credential, expires_on=deed.end), looked_on=today)
        watches.watch_credential(self.session, credential, today=today)

    def send_back(self, deed, today):
        self.answer(deed, "returned")
        watches.watch_credential(self.session, self.held[deed.person, deed.item], today=today)

    def card(self, deed, today):
        entry = ItemEntry(deed.item, deed.end)
        trainer = self.people[deed.person]
        kept_cards.add(self.session, trainer, entry, now=deed.at, today=today, by="1")

    def ladder(self, deed, today):
        ladders.choose(self.session, self.people[deed.person], self.item_of(deed), deed.steps, today=today)

    def item_of(self, deed):
        held = self.held[deed.person, deed.item]
        return held.kind if isinstance(held, DatedItem) else held.uuid

    def recipient(self, deed):
        email = self.people[deed.person].account.email
        return self.session.scalars(select(Recipient).where(Recipient.email == email)).one()

    def stop(self, deed, today):
        choice = stops.Choice("credential", self.item_of(deed), "", False, False)
        stops.stop(self.session, self.recipient(deed), choice, now=deed.at)

    def resume(self, deed, today):
        choice = stops.Choice("credential", self.item_of(deed), "", True, False)
        stops.resume(self.session, self.recipient(deed), choice, now=deed.at)

    def skipped(self):
        found = []
        for alert in self.session.scalars(select(Alert).where(Alert.state == "skipped")):
            if alert.subject_kind == "credential":
                credential = self.session.get_one(Credential, alert.subject_id)
                trainer_id, item = credential.trainer_id, credential.type.issuer
            else:
                card = self.session.get_one(DatedItem, alert.subject_id)
                trainer_id, item = card.trainer_id, card.kind
            person = [trainer.id for trainer in self.people].index(trainer_id)
            day = alert.planned_at.astimezone(SITE).date()
            found.append((day, person, item, alert.expires_on, alert.step, alert.skip_reason))
        return sorted(found)


@pytest.mark.parametrize("seed", range(10 if FULL else 1))
def test_a_year_gives_exactly_the_mails_of_the_oracle(session, make, seed):
    story = told(seed)
    mails, skipped = oracle(story)
    site = Site(session, make, story)
    site.live()
    assert len(mails) > PEOPLE * 3
    assert sorted(site.mails) == mails
    assert site.skipped() == skipped
    assert len({(day, person) for day, person, _ in site.mails}) == len(site.mails), "two mails on one day"
