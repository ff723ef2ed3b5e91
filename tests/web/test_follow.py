"""Following a trainer from the page, without an account; and the trainer's own say."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import Factory
from tests.page_client import sign_in
from trainers.core.mail import stop_links
from trainers.core.mail.stops import FOLLOWING
from trainers.core.models import Follow, Message, Trainer

ASKED = {"email": "robin@example.org", "adult": "y"}


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed("Dana Fitzgerald")
    made.commit()
    return trainer


@pytest.fixture
def address(made: Factory, dana: Trainer) -> str:
    path = f"/trainers/{made.slug(dana)}"
    made.commit()
    return path


def follows(store: Session) -> list[tuple[str, bool]]:
    """Key, and whether the button was pressed."""
    rows = store.execute(select(Follow.key, Follow.confirmed_at.is_not(None))).all()
    store.rollback()
    return [tuple(row) for row in rows]


def test_from_the_page_to_the_button_and_back(client: FlaskClient, store: Session, address: str) -> None:
    assert f'href="{address}/follow"' in client.get(address).text
    assert "Look in your mail" in client.post(f"{address}/follow", data=ASKED, follow_redirects=True).text
    [(key, pressed)] = follows(store)
    assert not pressed

    assert "Follow Dana Fitzgerald?" in client.get(f"/follow/{key}").text
    assert follows(store) == [(key, False)], "following the link begins nothing"
    assert "You follow Dana Fitzgerald" in client.post(f"/follow/{key}", follow_redirects=True).text
    assert follows(store) == [(key, True)]

    assert "no longer follow Dana" in client.post(f"/follow/{key}/end").text
    assert follows(store) == []
    assert client.get(f"/follow/{key}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "", "adult": "y"}, "Enter your email address."),
        ({"email": "robin", "adult": "y"}, "Enter an email address such as name@example.org."),
        ({"email": "robin@example.org"}, "Tick the box if you are 18 or over."),
    ],
)
def test_what_is_missing_is_said_at_the_field(
    client: FlaskClient, store: Session, address: str, typed: dict[str, str], sentence: str
) -> None:
    response = client.post(f"{address}/follow", data=typed)
    assert (response.status_code, follows(store)) == (422, [])
    assert sentence in response.text
    assert typed["email"] in response.text


def test_the_page_says_the_same_to_who_follows_already(client: FlaskClient, store: Session, address: str) -> None:
    first = client.post(f"{address}/follow", data=ASKED, follow_redirects=True).text
    [(key, _)] = follows(store)
    client.post(f"/follow/{key}")
    assert client.post(f"{address}/follow", data=ASKED, follow_redirects=True).text == first
    assert follows(store) == [(key, True)]


def test_one_press_twice_is_one_mail(client: FlaskClient, store: Session, address: str) -> None:
    for _ in range(2):
        client.post(f"{address}/follow", data=ASKED)
    assert len(store.scalars(select(Message)).all()) == 1


def test_one_click_of_a_mail_program_stops_the_news(client: FlaskClient, store: Session, address: str) -> None:
    client.post(f"{address}/follow", data=ASKED)
    [(key, _)] = follows(store)
    client.post(f"/follow/{key}")
    token = stop_links.token_for(store.scalars(select(Follow)).one().recipient, FOLLOWING)
    store.rollback()
    stopped = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert "Stopped: All mails about trainers whom you follow." in stopped.text
    assert "Mails about Dana Fitzgerald, whom you follow" not in stopped.text, "covered by the wider stop"


def test_a_trainer_sees_how_many_and_clears_or_switches_it_off(
    client: FlaskClient, store: Session, made: Factory, dana: Trainer, address: str
) -> None:
    client.post(f"{address}/follow", data=ASKED)
    [(key, _)] = follows(store)
    client.post(f"/follow/{key}")
    uniquifier = dana.account.fs_uniquifier
    made.commit()
    sign_in(client, uniquifier)
    page = client.get("/dashboard/followers").text
    assert "1 person follows you" in page
    assert "robin" not in page

    cleared = client.post("/dashboard/followers/clear", follow_redirects=True).text
    assert "1 follower removed." in cleared
    assert follows(store) == []

    client.post("/dashboard/followers/off")
    assert client.post(f"{address}/follow", data=ASKED).status_code in (403, 409, 422)
    assert "/follow" not in client.get(address).text
    client.post("/dashboard/followers/on")
    assert client.get(f"{address}/follow").status_code == 200
