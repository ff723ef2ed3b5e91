from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core.errors import NotFound
from trainers.core.models import Listing, Trainer, TrainerLanguage
from trainers.core.search import directory, listing
from trainers.core.search.alternatives import Alternatives, Nearest, Wider, Without
from trainers.core.search.directory import Query
from trainers.core.search.matches import Matches, Totals
from trainers.core.search.places import Spot, find
from trainers.core.search.query import PAGE_SIZE
from trainers.core.standing.status import CHECK_FRESH_DAYS

OLD = TODAY - timedelta(days=CHECK_FRESH_DAYS + 1)
LAPSED = date(2026, 11, 22)
EVERYBODY_CURRENT = Query()


def spot(session: Session, text: str) -> Spot:
    found = find(session, text)
    assert isinstance(found, Spot)
    return found


def names(session: Session, query: Query = EVERYBODY_CURRENT, *, today: date = TODAY) -> list[str]:
    return [row.name for row in directory.search(session, query, today=today).rows]


def nothing(session: Session, query: Query) -> Alternatives:
    results = directory.search(session, query, today=TODAY)
    assert (results.total, results.rows) == (0, ())
    assert results.alternatives is not None
    return results.alternatives


def shuffle(session: Session, trainer: Trainer, number: int) -> None:
    session.execute(update(Listing).where(Listing.trainer_id == trainer.id).values(shuffle=number))


# Who is shown


def test_the_default_shows_holders_of_a_current_nasm_or_acsm_certification(
    session: Session, make: Factory
) -> None:
    make.listed("Nasm Current")
    make.listed("Acsm Current", key="ACSM/ACSM-CPT")
    make.listed("Lapsed", expires_on=LAPSED)
    make.listed("Last Day", expires_on=TODAY)
    for key in ("NASM/NASM-CNC", "FMS/FMS-L1", "NASM/NASM-PTC"):
        make.listed(key, key=key)
    unchecked = make.trainer("Unchecked")
    make.term(make.credential(unchecked))
    listing.refresh(session, unchecked, today=TODAY)
    assert sorted(names(session)) == ["Acsm Current", "Last Day", "Nasm Current"]


def test_a_certification_leaves_the_default_by_itself_on_the_day_after_its_end(
    session: Session, make: Factory
) -> None:
    make.listed("Last Day", expires_on=TODAY)
    assert names(session) == ["Last Day"]
    assert names(session, today=TODAY + timedelta(days=1)) == []


def test_status_all_shows_everybody_who_is_listed(session: Session, make: Factory) -> None:
    make.listed("Current")
    make.listed("Lapsed", expires_on=LAPSED)
    make.listed("Paused", state="paused")
    assert names(session, Query(status="all")) == ["Current", "Lapsed"]


def test_a_credential_filter_and_the_status_hold_for_the_same_credential(session: Session, make: Factory) -> None:
    trainer = make.listed("Dana", key="NASM/NASM-CPT")
    make.check(make.term(make.credential(trainer, "FMS/FMS-L1"), expires_on=LAPSED))
    listing.refresh(session, trainer, today=TODAY)
    only_fms = make.listed("Only Fms", key="FMS/FMS-L1")
    fms = Query(credentials=("FMS/FMS-L1",))
    assert names(session, fms) == [], "the one has no current FMS card, the other no certification"
    assert sorted(names(session, replace(fms, status="all"))) == ["Dana", "Only Fms"]
    make.check(make.term(make.credential(only_fms, "ACSM/ACSM-EP")))
    listing.refresh(session, only_fms, today=TODAY)
    assert names(session, fms) == ["Only Fms"]


def test_filters_mean_or_inside_a_group_and_and_between_groups(session: Session, make: Factory) -> None:
    make.listed("Nasm Hips", specialties=("hip-strength",))
    make.listed("Acsm Runs", key="ACSM/ACSM-CPT", specialties=("running",))
    make.listed("Acsm Both", key="ACSM/ACSM-CPT", specialties=("running", "hip-strength"), accepting=False)
    hips, runs = Query(specialties=("hip-strength",)), Query(specialties=("running",))
    assert sorted(names(session, hips)) == ["Acsm Both", "Nasm Hips"]
    both = Query(specialties=("hip-strength", "running"))
    assert sorted(names(session, both)) == ["Acsm Both", "Acsm Runs", "Nasm Hips"]
    assert names(session, replace(runs, issuers=("NASM",))) == []
    assert names(session, replace(hips, credentials=("ACSM/ACSM-CPT", "ACSM/ACSM-EP"))) == ["Acsm Both"]
    assert names(session, replace(runs, accepting=True)) == ["Acsm Runs"]
    assert names(session, Query(issuers=("ACSM",), credentials=("NASM/NASM-CPT",))) == []


def test_a_movement_screen_is_asked_for_besides_a_certification(session: Session, make: Factory) -> None:
    make.listed("Cpt Alone")
    make.listed("Screen Alone", key="FMS/FMS-L1")
    screens = {
        "Both": ("FMS/FMS-L2", date(2027, 11, 30)),
        "Screen Lapsed": ("FMS/FMS-L1", LAPSED),
        "No End": ("FMS/FMS-L1", None),
    }
    for name, (key, ends) in screens.items():
        trainer = make.listed(name)
        make.check(make.term(make.credential(trainer, key), expires_on=ends))
        listing.refresh(session, trainer, today=TODAY)
    either = ("FMS/FMS-L1", "FMS/FMS-L2")
    assert sorted(names(session, Query(fms=either))) == ["Both", "No End"]
    assert names(session, Query(fms=("FMS/FMS-L1",), credentials=("NASM/NASM-CPT",))) == ["No End"]
    assert names(session, Query(fms=either, credentials=("ACSM/ACSM-CPT",))) == []
    everybody = names(session, Query(fms=either, status="all"))
    assert sorted(everybody) == ["Both", "No End", "Screen Alone", "Screen Lapsed"]
    assert everybody[-1] == "Screen Alone"
    (row,) = directory.search(session, Query(fms=("FMS/FMS-L2",)), today=TODAY).rows
    assert [held.key for held in row.held] == ["NASM/NASM-CPT", "FMS/FMS-L2"]
    offered = nothing(session, Query(fms=either, languages=("es",))).without
    assert offered == (Without("languages", 2),)


def test_by_language_and_by_way_of_meeting(session: Session, make: Factory) -> None:
    make.listed("Online", mode="online", languages=[TrainerLanguage(language="es")])
    make.listed("Gym", mode="in_person")
    make.listed("Either", mode="both")
    assert names(session, Query(languages=("es", "vi"))) == ["Online"]
    assert sorted(names(session, Query(modes=("online",)))) == ["Either", "Online"]
    assert sorted(names(session, Query(modes=("in_person",)))) == ["Either", "Gym"]
    assert len(names(session, Query(modes=("in_person", "online")))) == 3


# By name and number


def test_a_name_is_found_by_the_starts_of_its_words_in_any_order_without_accents(
    session: Session, make: Factory
) -> None:
    make.listed("José Ángel O’Brien-Müller")
    make.listed("Joseph Obrien")
    for typed in ("jose muller", "MÜL jos", "o'brien ang", "josé"):
        assert "José Ángel O’Brien-Müller" in names(session, Query(name=typed)), typed
    assert names(session, Query(name="obrien angel")) == ["José Ángel O’Brien-Müller"]
    for typed in ("ose", "jose xavier", "…", "%", "_ose"):
        assert "Joseph Obrien" not in names(session, Query(name=typed)), typed


def test_a_search_by_name_shows_all_listed_people_current_first(session: Session, make: Factory) -> None:
    make.listed("Dana Lapsed", expires_on=LAPSED)
    make.listed("Dana Old", looked_on=OLD)
    make.listed("Dana Current")
    make.listed("Dana Withdrawn", state="withdrawn")
    results = directory.search(session, Query(name="dana"), today=TODAY)
    assert [row.name for row in results.rows] == ["Dana Current", "Dana Old", "Dana Lapsed"]
    assert [row.in_date for row in results.rows] == [True, True, False]
    assert not results.nothing_current
    assert names(session, Query(name="dana", status="current")) == ["Dana Current", "Dana Old"]
    assert directory.search(session, Query(name="lapsed"), today=TODAY).nothing_current


def test_a_whole_number_finds_its_listing_however_it_is_spaced(session: Session, make: Factory) -> None:
    make.listed("Dana", number="NC-12 3456", expires_on=LAPSED)
    make.listed("Robin", number="9876")
    for typed in ("NC-123456", "nc123456", " NC 12 34 56 "):
        row = directory.search(session, Query(name=typed), today=TODAY).rows[0]
        assert (row.name, row.has_number) == ("Dana", True)
    assert names(session, Query(name="9876")) == ["Robin"]
    for part in ("NC-12345", "123456", "876", "NC"):
        assert names(session, Query(name=part)) == [], part


def test_a_short_number_is_no_number(session: Session, make: Factory) -> None:
    make.listed("Dana", number="123")
    assert names(session, Query(name="123")) == []


def test_a_number_is_not_found_on_a_listing_that_is_not_public(session: Session, make: Factory) -> None:
    make.listed("Dana", number="NC-4821", state="paused")
    withdrawn = make.trainer("Robin")
    credential = make.credential(withdrawn)
    make.term(credential, number="NC-4822")
    credential.withdrawn_at = NOW
    listing.refresh(session, withdrawn, today=TODAY)
    assert names(session, Query(name="NC-4821")) == []
    assert names(session, Query(name="NC-4822")) == []


# Near a place


def test_the_nearest_come_first_and_the_circle_is_a_circle(session: Session, make: Factory) -> None:
    portland = spot(session, "97201")
    for name, zip_code in (
        ("Salem", "97301"),
        ("Beaverton", "97005"),
        ("Portland", "97201"),
        ("Seattle", "98101"),
    ):
        make.listed(name, zip=zip_code)
    results = directory.search(session, Query(place=portland, radius=50), today=TODAY)
    assert [row.name for row in results.rows] == ["Portland", "Beaverton", "Salem"]
    assert [round(row.miles or 0) for row in results.rows] == [0, 6, 41]
    assert [row.town for row in results.rows] == ["Portland, OR", "Beaverton, OR", "Salem, OR"]
    assert names(session, Query(place=portland, radius=10)) == ["Portland", "Beaverton"]
    assert names(session, Query(place=portland, radius=40)) == ["Portland", "Beaverton"]


def test_an_old_check_comes_after_the_current_ones_even_when_it_is_nearer(session: Session, make: Factory) -> None:
    make.listed("Near Old", zip="97201", looked_on=OLD)
    make.listed("Far Current", zip="97301")
    query = Query(place=spot(session, "97201"), radius=50)
    assert names(session, query) == ["Far Current", "Near Old"]
    assert names(session) == ["Far Current", "Near Old"]


def test_with_a_credential_filter_the_age_of_its_own_check_decides(session: Session, make: Factory) -> None:
    mixed = make.listed("Old Fms", key="NASM/NASM-CPT")
    make.check(make.term(make.credential(mixed, "FMS/FMS-L1")), looked_on=OLD)
    other = make.listed("Old Nasm", looked_on=OLD)
    make.check(make.term(make.credential(other, "FMS/FMS-L1")))
    fresh = make.listed("Fresh", zip="97301")
    make.check(make.term(make.credential(fresh, "FMS/FMS-L1")))
    for trainer in (mixed, other, fresh):
        listing.refresh(session, trainer, today=TODAY)
    shown = names(session, Query(credentials=("FMS/FMS-L1",), place=spot(session, "97005"), radius=50))
    assert shown[0] == "Fresh"
    assert sorted(shown[1:]) == ["Old Fms", "Old Nasm"]
    assert names(session, Query(credentials=("FMS/FMS-L1",), status="all"))[-1] == "Old Fms"


def test_online_alone_asks_for_no_distance(session: Session, make: Factory) -> None:
    make.listed("Hawaii", zip="96813", mode="online")
    make.listed("Military", zip="09012", mode="both")
    portland = spot(session, "97201")
    results = directory.search(session, Query(place=portland, modes=("online",)), today=TODAY)
    assert sorted(row.name for row in results.rows) == ["Hawaii", "Military"]
    assert [row.miles for row in results.rows] == [None, None]
    assert names(session, Query(place=portland, modes=("online", "in_person"))) == []


def test_by_name_when_asked_with_the_distance_still_told(session: Session, make: Factory) -> None:
    make.listed("Zoe", zip="97201")
    make.listed("Émile", zip="97005")
    make.listed("Frank", zip="97005")
    query = Query(place=spot(session, "97201"), sort="name")
    results = directory.search(session, query, today=TODAY)
    assert [row.name for row in results.rows] == ["Émile", "Frank", "Zoe"]
    assert [round(row.miles or 0) for row in results.rows] == [6, 6, 0]
    assert names(session, Query(sort="name")) == ["Émile", "Frank", "Zoe"]


def test_nobody_in_the_circle_is_nobody_by_name_too(session: Session, make: Factory) -> None:
    make.listed("Far Away", zip="96813")
    assert names(session, Query(place=spot(session, "97005"), sort="name")) == []


# Pages and the daily order


def many(session: Session, make: Factory, count: int) -> None:
    for number in range(count):
        shuffle(session, make.listed(f"Trainer {number}"), 1 + 7919 * number)


@pytest.mark.parametrize("near", [True, False])
def test_pages_hold_twenty_and_together_everybody_once(session: Session, make: Factory, near: bool) -> None:
    many(session, make, 45)
    query = Query(place=spot(session, "97005")) if near else Query()
    pages = [directory.search(session, replace(query, page=page), today=TODAY) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [20, 20, 5]
    assert {(page.total, page.pages) for page in pages} == {(45, 3)}
    assert len({row.slug for page in pages for row in page.rows}) == 45
    for page in (4, 10**9):
        with pytest.raises(NotFound):
            directory.search(session, replace(query, page=page), today=TODAY)


@pytest.mark.parametrize("near", [True, False])
def test_ties_are_in_another_order_each_day_and_in_the_same_order_all_day(
    session: Session, make: Factory, near: bool
) -> None:
    many(session, make, 12)
    query = Query(place=spot(session, "97005")) if near else Query()
    assert names(session, query) == names(session, query)
    days = [TODAY + timedelta(days=ahead) for ahead in range(12)]
    firsts = {names(session, query, today=day)[0] for day in days}
    assert len(firsts) >= 5, "nobody stands first for ever"


@given(st.integers(0, 10**6), st.integers(1, 10**9))
def test_there_are_as_many_pages_as_the_total_needs(total: int, page: int) -> None:
    pages = Matches(Totals(total), page, ()).pages
    assert (pages - 1) * PAGE_SIZE < max(min(total, 1000), 1) <= pages * PAGE_SIZE


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        made.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("near", "most"), [(True, 2), (False, 2)])
def test_a_page_of_twenty_takes_as_many_statements_as_a_page_of_one(
    session: Session, shared_engine: Engine, make: Factory, near: bool, most: int
) -> None:
    query = Query(place=spot(session, "97005"), specialties=("running",)) if near else Query()
    counts = []
    for more in (1, 24):
        for number in range(more):
            trainer = make.listed(f"Dana {number}", specialties=("running", "trail"))
            make.check(make.term(make.credential(trainer, "ACSM/ACSM-EP")))
            listing.refresh(session, trainer, today=TODAY)
        session.flush()
        session.expunge_all()
        with statements(shared_engine) as made:
            results = directory.search(session, query, today=TODAY)
        counts.append(len(made))
    assert len(results.rows) == PAGE_SIZE
    assert len(results.rows[0].held) == 2
    assert counts[0] == counts[1] <= most, made


# What a row says


def test_a_row_shows_the_credentials_that_are_the_reason_and_counts_the_rest(
    session: Session, make: Factory
) -> None:
    trainer = make.listed("Dana", expires_on=date(2027, 3, 12), headline="Strong hips", specialties=("trail",))
    make.check(make.term(make.credential(trainer, "FMS/FMS-L1")), looked_on=date(2026, 9, 1))
    make.check(make.term(make.credential(trainer, "NASM/NASM-CNC")))
    make.term(make.credential(trainer, "ACSM/ACSM-CPT"))
    listing.refresh(session, trainer, today=TODAY)
    row = directory.search(session, Query(), today=TODAY).rows[0]
    assert [(held.title, held.word, held.looked_on) for held in row.held] == [
        ("NASM Certified Personal Trainer", "Current until 12 March 2027", TODAY),
        ("ACSM Certified Personal Trainer", "Not checked yet", None),
    ]
    assert (row.others, row.headline, row.miles) == (2, "Strong hips", None)
    row = directory.search(session, Query(credentials=("FMS/FMS-L1",)), today=TODAY).rows[0]
    assert [held.key for held in row.held] == ["NASM/NASM-CPT", "ACSM/ACSM-CPT", "FMS/FMS-L1"]
    assert row.held[2].looked_on == date(2026, 9, 1)


def test_a_row_without_a_certification_shows_what_there_is(session: Session, make: Factory) -> None:
    make.listed("Dana", key="NASM/NASM-CNC")
    row = directory.search(session, Query(name="dana"), today=TODAY).rows[0]
    assert [held.key for held in row.held] == ["NASM/NASM-CNC"]
    assert row.others == 0


def test_a_row_says_which_choices_it_meets(session: Session, make: Factory) -> None:
    spanish = [TrainerLanguage(language="es"), TrainerLanguage(language="en")]
    make.listed("Dana", specialties=("trail", "running"), languages=spanish)
    query = Query(specialties=("running", "marathon"), languages=("es",))
    row = directory.search(session, query, today=TODAY).rows[0]
    assert (row.experience, row.languages) == ("Running, Trail and ultra", "English, Spanish")
    assert row.fits == "Running, Spanish"


# When nothing is found


def test_nobody_in_range_tells_the_nearest_and_a_wider_circle(session: Session, make: Factory) -> None:
    for _ in range(2):
        make.listed(zip="97301", mode="in_person")
    make.listed(zip="97302")
    make.listed(zip="98101")
    found = nothing(session, Query(place=spot(session, "Portland, OR"), radius=25))
    assert found.nearest == Nearest(pytest.approx(41, abs=3), "Salem", "OR", 3)
    assert found.wider == Wider(50, 3)
    assert found.online == 2
    assert (found.empty_state, found.empty_site) == (None, False)


def test_each_choice_that_stands_in_the_way_is_counted_by_itself(session: Session, make: Factory) -> None:
    make.listed(specialties=("running",))
    make.listed(languages=[TrainerLanguage(language="es")], accepting=False)
    beaverton = spot(session, "97005")
    query = Query(place=beaverton, specialties=("running",), languages=("es",))
    assert nothing(session, query).without == (Without("specialties", 1), Without("languages", 1))
    assert nothing(session, replace(query, accepting=True)).without == (Without("languages", 1),)
    assert nothing(session, replace(query, accepting=True)).wider is None


def test_online_is_not_offered_to_who_asked_for_it(session: Session, make: Factory) -> None:
    make.listed(mode="online")
    assert nothing(session, Query(modes=("online",), languages=("es",))).online == 0
    assert nothing(session, Query(modes=("in_person",))).online == 1
    assert nothing(session, Query(modes=("in_person",))).without == (Without("modes", 1),)


def test_a_state_and_a_site_without_listings_say_so(session: Session, make: Factory) -> None:
    boise = Query(place=spot(session, "Boise, ID"))
    assert nothing(session, boise).empty_site
    assert nothing(session, Query()).empty_site
    make.listed(zip="97005")
    found = nothing(session, boise)
    assert (found.empty_state, found.empty_site) == ("Idaho", False)
    make.listed(zip="83201", expires_on=LAPSED)
    assert nothing(session, boise).empty_state is None


def test_a_name_that_is_listed_elsewhere_is_offered_without_the_place(session: Session, make: Factory) -> None:
    make.listed("Dana Reyes", zip="98101")
    found = nothing(session, Query(name="dana", place=spot(session, "97005")))
    assert Without("place", 1) in found.without
    assert nothing(session, Query(name="robin")).without == ()


def test_a_military_address_has_no_distance(session: Session, make: Factory) -> None:
    make.listed(zip="09012", mode="in_person")
    found = nothing(session, Query(place=spot(session, "97005")))
    assert (found.nearest, found.wider) == (None, None)


# Choices on offer


def test_only_languages_that_somebody_works_in_are_offered(session: Session, make: Factory) -> None:
    make.listed(languages=[TrainerLanguage(language="vi"), TrainerLanguage(language="en")])
    make.listed(state="paused", languages=[TrainerLanguage(language="fr")])
    assert directory.search(session, Query(), today=TODAY).spoken == ["en", "vi"]
