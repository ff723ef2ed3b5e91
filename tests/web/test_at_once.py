"""The same form sent several times at the same moment: done once, and nobody is shown a broken page."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from tests.access_world import World, build
from tests.application import TODAY
from tests.databases import connect
from tests.factories import Factory
from tests.page_client import PageClient
from tests.test_serve import wait_until
from tests.web.registering import read
from trainers.core import trainers
from trainers.core.models import Account, Base, Credential, Listing, Message, Review, Slug, Stop, Term, Trainer
from trainers.core.search import listing

AT_ONCE = 6
Counted = dict[str, int]


@pytest.fixture
def world(app: Flask, made: Factory) -> World:
    return build(app, made)


@pytest.fixture
def count(store: Session) -> Callable[[type[Base]], int]:
    def count(table: type[Base]) -> int:
        return int(read(store, select(func.count()).select_from(table))[0])

    return count


def press(world: World, who: str, path: str, data: dict[str, str] | None = None) -> Counter[int]:
    """So many times at once, each from a window of its own; answers how often each status came."""
    start = Barrier(AT_ONCE)
    windows = [world.browser(who) for _ in range(AT_ONCE)]

    def one(window: object) -> int:
        start.wait(timeout=30)
        return int(window.post(path, data=data or {"sent": "y"}).status_code)  # type: ignore[attr-defined]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = Counter(pool.map(one, windows))
    assert max(statuses) < 500, statuses
    return statuses


def press_together(world: World, *buttons: tuple[str, str, dict[str, str]]) -> Counter[int]:
    """Different forms at the same moment, each twice."""
    start = Barrier(2 * len(buttons))
    windows = [(world.browser(who), path, data) for who, path, data in buttons * 2]

    def one(window: tuple[PageClient, str, dict[str, str]]) -> int:
        browser, path, data = window
        start.wait(timeout=30)
        return int(browser.post(path, data={"sent": "y"} | data).status_code)

    with ThreadPoolExecutor(len(windows)) as pool:
        return Counter(pool.map(one, windows))


PAIRS = {
    "send in, discard": (("trainer", "{draft}/check"), ("trainer", "{draft}/discard")),
    "send in, withdraw": (("trainer", "{draft}/check"), ("trainer", "/dashboard/withdraw")),
    "withdraw one, withdraw all": (("trainer", "{credential}/withdraw"), ("trainer", "/dashboard/withdraw")),
    "pause, change the name": (("trainer", "/dashboard/pause"), ("trainer", "/dashboard/about-you")),
    "withdraw, take": (("trainer", "/dashboard/withdraw"), ("reviewer", "{work}/take")),
    "withdraw one, return": (("trainer", "{credential}/withdraw"), ("reviewer", "{work}/return")),
    "change the name, return": (("trainer", "/dashboard/about-you"), ("reviewer", "{work}/return")),
}
TOLD = {
    "/dashboard/about-you": {"name": "Dana Newname", "place": "97005", "mode": "both"},
    "{work}/return": {"reason": "photo_unreadable", "note": "It is too dark."},
}


@pytest.mark.parametrize("pair", PAIRS)
def test_two_who_do_different_things_do_not_wait_for_each_other_for_ever(world: World, pair: str) -> None:
    names = {
        "draft": f"/dashboard/certifications/drafts/{world.names['credentials.check']['uuid']}",
        "credential": f"/dashboard/certifications/{world.names['credentials']['uuid']}",
        "work": f"/review/{world.names['review']['uuid']}",
    }
    if "{work}/return" in str(PAIRS[pair]):
        assert world.browser("reviewer").post(f"{names['work']}/take").status_code == 303
    buttons = ((who, path.format(**names), TOLD.get(path, {})) for who, path in PAIRS[pair])
    statuses = press_together(world, *buttons)
    assert statuses[303] >= 1, statuses
    assert max(statuses) < 500, statuses


def test_what_the_search_shows_follows_whoever_commits_last(app: Flask, made: Factory, store: Session) -> None:
    """A trainer pauses while somebody else, who still saw the listing, writes it anew."""
    trainer_id = made.listed().id
    made.commit()
    engine = connect(app.config["SQLALCHEMY_DATABASE_URI"])
    reads = Event()

    def renew() -> None:
        with Session(engine) as other:
            if engine.dialect.name == "postgresql":
                assert other.get_one(Trainer, trainer_id).state == "listed"
            reads.set()
            listing.refresh(other, other.get_one(Trainer, trainer_id), today=TODAY)
            other.commit()

    with Session(engine) as one, ThreadPoolExecutor(1) as pool:
        trainers.pause(one, one.get_one(Trainer, trainer_id), by="1", today=TODAY)
        one.flush()
        renewed = pool.submit(renew)
        assert reads.wait(timeout=30)
        wait_until(lambda: renewed.done() or waits_for_a_lock(engine), "the other neither waits nor is done")
        one.commit()
        renewed.result(timeout=30)
    engine.dispose()
    assert read(store, select(Trainer.state)) == ["paused"]
    assert read(store, select(Listing)) == []


def waits_for_a_lock(engine: Engine) -> bool:
    """On SQLite every writer waits for the one before."""
    if engine.dialect.name == "sqlite":
        return True
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as beside:
        return bool(beside.scalar(text(waiting)))


def test_a_database_that_was_restarted_costs_nobody_an_error(
    app: Flask, client: PageClient, store: Session
) -> None:
    assert client.get("/trainers").status_code == 200
    if store.get_bind().dialect.name == "postgresql":
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        store.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    assert client.get("/trainers").status_code == 200


def test_one_profile(world: World, count: Callable[[type[Base]], int]) -> None:
    before = count(Trainer)
    told = {"name": "Mona Member", "place": "97005", "mode": "both"}
    press(world, "member", "/dashboard/about-you", told)
    assert count(Trainer) == before + 1


def test_one_claim(world: World, count: Callable[[type[Base]], int]) -> None:
    before = [count(table) for table in (Credential, Term, Review)]
    draft = world.names["credentials.check"]["uuid"]
    statuses = press(world, "trainer", f"/dashboard/certifications/drafts/{draft}/check")
    assert statuses == {303: 1, 404: AT_ONCE - 1}
    assert [count(table) for table in (Credential, Term, Review)] == [each + 1 for each in before]


def test_one_message(world: World, count: Callable[[type[Base]], int]) -> None:
    before = count(Message)
    names = world.names["contact"]
    press(world, "anonymous", f"/trainers/{names['slug']}/contact/{names['key']}")
    assert count(Message) == before + 1


def test_one_account(world: World, count: Callable[[type[Base]], int]) -> None:
    before = count(Account)
    press(world, "anonymous", "/register", {"email": "new@example.org", "password": "three odd words"})
    assert count(Account) == before + 1


def test_one_objection_and_one_piece_of_work(world: World, made: Factory, store: Session) -> None:
    trainer = made.trainer("Nora Notfound", account=made.account())
    term = made.term(made.credential(trainer))
    made.check(term, outcome="second_look", by="9998")
    made.check(term, outcome="no_match", by="9999")
    path, account_id, credential_id = (
        f"/dashboard/certifications/{term.credential.uuid}/object",
        trainer.account_id,
        term.credential_id,
    )
    made.commit()
    world.people["nora"] = account_id
    press(world, "nora", path, {"reason": "not_me", "body": "It is mine."})
    query = select(Review).where(Review.credential_id == credential_id, Review.closed_at.is_(None))
    assert len(read(store, query)) == 1


def test_one_stop(world: World, count: Callable[[type[Base]], int]) -> None:
    token = world.names["unsubscribe"]["token"]
    assert press(world, "anonymous", f"/unsubscribe/{token}") == {200: AT_ONCE}
    assert count(Stop) == 1


def test_one_new_address_for_a_new_name(world: World, store: Session) -> None:
    told = {"name": "Dana Newname", "place": "97005", "mode": "both"}
    press(world, "trainer", "/dashboard/about-you", told)
    assert len(read(store, select(Slug).where(Slug.slug.like("dana-newname%")))) == 1


def test_namesakes_get_an_address_each(world: World, made: Factory, store: Session) -> None:
    for n in range(AT_ONCE):
        world.people[f"namesake {n}"] = made.account().id
    made.commit()
    told = {"name": "Alex Smith", "place": "97005", "mode": "both"}
    start = Barrier(AT_ONCE)
    windows = [world.browser(f"namesake {n}") for n in range(AT_ONCE)]

    def register(n: int) -> int:
        start.wait(timeout=30)
        return int(windows[n].post("/dashboard/about-you", data=told).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(register, range(AT_ONCE))) == {303}
    assert len(read(store, select(Slug).where(Slug.slug.like("alex-smith%")))) == AT_ONCE
