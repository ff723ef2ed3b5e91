import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import Factory
from trainers.core.models import ContactMessage, Message, Trainer

FILLED = {
    "name": "Robin",
    "email": "runner@example.org",
    "body": "I would like to train for a slow 10 km.",
    "adult": "y",
}


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed("Dana Fitzgerald")
    made.commit()
    return trainer


@pytest.fixture
def address(made: Factory, dana: Trainer) -> str:
    path = f"/trainers/{made.slug(dana)}/contact"
    made.commit()  # a session left open would keep the application from writing
    return path


def held(store: Session) -> tuple[str, str | None]:
    """Key and body of the one message; the session lets go of the database, so that the application can write."""
    key, body = store.execute(select(ContactMessage.key, ContactMessage.body)).one()
    store.rollback()
    return key, body


def count(store: Session, table: type) -> int:
    n = store.scalar(select(func.count()).select_from(table)) or 0
    store.rollback()
    return n


def test_a_message_waits_for_the_link_and_the_button(client: FlaskClient, store: Session, address: str) -> None:
    assert "Write to Dana Fitzgerald" in client.get(address).text
    response = client.post(address, data=FILLED, follow_redirects=True)
    assert "Look in your mail" in response.text
    key, _ = held(store)
    link = f"{address}/{key}"

    asked = client.get(link)
    assert "Send my message to Dana Fitzgerald" in asked.text
    assert count(store, Message) == 1, "following the link sends nothing"

    sent = client.post(link, follow_redirects=True)
    assert "on its way" in sent.text
    assert count(store, Message) == 2
    assert held(store) == (key, None)
    again = client.get(link)
    assert again.status_code == 410
    assert "This message was sent already." in again.text
    assert "withdrawn" not in again.text, "the link has done its work; the listing is still there"
    assert client.post(link).status_code == 410
    assert count(store, Message) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "   ", "Enter your name"),
        ("email", "runner", "Enter an email address"),
        ("email", "runner@example.org\r\nBcc: all@example.org", "Use letters, digits and signs on one line"),
        ("body", " \n ", "Write your message."),
        ("body", "x" * 1001, "Shorten your message to 1,000 characters."),
        ("body", "Look: http://a.example HTTPS://b.example", "Leave out all web addresses but one."),
        ("body", "www.a.example and www.b.example", "Leave out all web addresses but one."),
        ("adult", "", "Tick the box if you are 18 or over."),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(
    client: FlaskClient, store: Session, address: str, field: str, value: str, sentence: str
) -> None:
    response = client.post(address, data={**FILLED, field: value})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert sentence in response.text
    kept = "slow 10 km" if field != "body" else "Robin"
    assert kept in response.text
    assert count(store, ContactMessage) == 0
    assert count(store, Message) == 0


def test_an_unknown_link_is_404(client: FlaskClient, address: str) -> None:
    assert client.get(f"{address}/not-a-key").status_code == 404


def test_a_trainer_who_paused_meanwhile_is_no_matter_of_the_senders_account(
    client: FlaskClient, made: Factory, store: Session, dana: Trainer, address: str
) -> None:
    client.post(address, data=FILLED)
    key, body = held(store)
    made.session.get_one(Trainer, dana.id).state = "paused"
    made.commit()
    response = client.post(f"{address}/{key}")
    assert response.status_code == 403
    assert "takes no messages through this site at the moment" in response.text
    assert "Your account" not in response.text
    assert "This page is for others" not in response.text
    assert held(store) == (key, body)


def test_the_sixth_waiting_message_is_refused_with_a_sentence(
    client: FlaskClient, store: Session, address: str
) -> None:
    for _ in range(5):
        client.post(address, data=FILLED)
    response = client.post(address, data=FILLED)
    assert response.status_code == 422
    assert "5 messages waiting" in response.text
    assert count(store, ContactMessage) == 5
