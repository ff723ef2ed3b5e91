"""The search and all its counts against the slow one, for thousands of queries over one invented directory."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.conftest import TODAY
from tests.core.search import slow_search as slow
from tests.factories import Factory
from tests.full import FULL
from trainers.core.models import TrainerLanguage
from trainers.core.search import directory, listing, matches
from trainers.core.search.places import Area, find
from trainers.core.search.query import PAGE_SIZE, Query

ZIPS = ("97005", "97201", "97301", "98660", "98101", "09012", "99950", "96813", "00601")
KEYS = (
    "NASM/NASM-CPT",
    "NASM/NASM-CES",
    "ACSM/ACSM-CPT",
    "ACSM/ACSM-EP",
    "FMS/FMS-L1",
    "FMS/FMS-L2",
    "RRCA/RRCA-L1",
)
SPECIALTIES = ("running", "hip-strength", "trail", "marathon")
LANGUAGES = ("en", "es", "vi", "ase")
ENDS = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=30), TODAY + timedelta(days=500))
LOOKED = (TODAY, TODAY - timedelta(days=100), TODAY - timedelta(days=180), TODAY - timedelta(days=181))
PLACES = (None, "97005", "Portland, OR", "99950", "Oregon", "Multnomah County, OR", "98101")


def people(make: Factory) -> None:
    random = Random(7)
    for number in range(40):
        first, *others = random.sample(KEYS, random.randrange(1, 4))
        trainer = make.listed(
            f"Trainer {number}",
            key=first,
            expires_on=random.choice(ENDS),
            looked_on=random.choice(LOOKED),
            zip=random.choice(ZIPS),
            mode=random.choice(("in_person", "online", "both")),
            accepting=random.random() < 0.7,
            specialties=random.sample(SPECIALTIES, random.randrange(3)),
            languages=[TrainerLanguage(language=code) for code in random.sample(LANGUAGES, random.randrange(3))],
        )
        trainer.accepting_said_on = TODAY - timedelta(days=random.choice((0, 89, 90, 91, 400)))
        for key in others:
            term = make.term(make.credential(trainer, key), expires_on=random.choice(ENDS))
            if random.random() < 0.8:
                make.check(term, looked_on=random.choice(LOOKED))
        listing.refresh(make.session, trainer, today=TODAY)


@pytest.fixture
def everybody(session: Session, make: Factory) -> list[slow.Person]:
    people(make)
    session.flush()
    return slow.people(session, TODAY)


def some(choices: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), unique=True, max_size=2).map(tuple)


QUERIES = st.builds(
    Query,
    radius=st.sampled_from((1, 10, 25, 50, 200, 250)),
    credentials=some(KEYS),
    issuers=some(("NASM", "ACSM", "FMS")),
    specialties=some(SPECIALTIES),
    modes=some(("in_person", "online")),
    languages=some(LANGUAGES),
    fms=some(("FMS/FMS-L1", "FMS/FMS-L2")),
    accepting=st.booleans(),
    status=st.sampled_from((None, "current", "all")),
    sort=st.sampled_from((None, "distance", "name")),
)
MANY = settings(
    max_examples=500 if FULL else 30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@MANY
@given(QUERIES, st.sampled_from(PLACES), st.sampled_from((0, 1, 90, 400)))
def test_total_and_counts_are_those_of_counting_one_by_one(
    session: Session, everybody: list[slow.Person], query: Query, typed: str | None, later: int
) -> None:
    today = TODAY + timedelta(days=later)
    persons = everybody if not later else slow.people(session, today)
    place = find(session, typed) if typed else None
    query = Query(**{**query.__dict__, "place": place})
    results = directory.search(session, query, today=today)
    taken = [person for person in persons if slow.takes(person, query, today)]
    assert results.total == len(taken)
    assert results.facets == slow.facets(persons, query, today)
    assert {row.name for row in results.rows} <= {person.trainer.name for person in taken}
    by_name = {person.trainer.name: person for person in taken}
    keys = [order_of(by_name[row.name], query) for row in results.rows]
    assert keys == sorted(keys)
    assert keys == sorted(order_of(person, query) for person in taken)[:PAGE_SIZE]


def order_of(person: slow.Person, query: Query) -> tuple[int, float | str]:
    """What the order says before it comes to what differs each day."""
    if query.sort == "name":
        return slow.rank(person, query), person.trainer.name.lower()
    if query.centre is None or isinstance(query.place, Area):
        return slow.rank(person, query), 0.0
    return slow.rank(person, query), round(slow.miles_of(person.place, query.centre), 6)


@MANY
@given(QUERIES, st.sampled_from(PLACES))
def test_a_map_counts_the_same_trainers(
    session: Session, everybody: list[slow.Person], query: Query, typed: str | None
) -> None:
    query = Query(**{**query.__dict__, "place": find(session, typed) if typed else None})
    places = matches.by_zip(session, matches.ask(session, query, today=TODAY))
    assert sum(place.trainers for place in places) == slow.total(everybody, query, TODAY)


def test_the_day_after_an_end_needs_no_job(session: Session, make: Factory) -> None:
    make.listed("Last Day", expires_on=date(2026, 12, 31), looked_on=date(2026, 12, 1))
    counted = [
        directory.search(session, Query(), today=day).facets["credentials"]["NASM/NASM-CPT"]
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    ]
    assert counted == [1, 0]
