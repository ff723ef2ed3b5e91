"""The same form sent several times at the same moment: done once, and nobody is shown a broken page."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.access_world import World, build
from tests.factories import Factory
from tests.web.registering import read
from trainers.core.models import Account, Base, Credential, Message, Review, Slug, Stop, Term, Trainer

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
    press(world, "nora", path)
    query = select(Review).where(Review.credential_id == credential_id, Review.closed_at.is_(None))
    assert len(read(store, query)) == 1


def test_one_stop(world: World, count: Callable[[type[Base]], int]) -> None:
    key = world.names["unsubscribe"]["key"]
    assert press(world, "anonymous", f"/unsubscribe/{key}") == {200: AT_ONCE}
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
