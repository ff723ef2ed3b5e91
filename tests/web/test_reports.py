import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import Factory
from trainers.core.models import Report, Review

FILLED = {"reason": "credential", "body": "The number belongs to somebody else.", "email": ""}


@pytest.fixture
def address(made: Factory) -> str:
    slug = made.slug(made.listed("Dana Fitzgerald"))
    made.commit()
    return f"/trainers/{slug}/report"


def test_a_report_opens_work_for_the_reviewers(client: FlaskClient, store: Session, address: str) -> None:
    response = client.post(address, data=FILLED, follow_redirects=True)
    assert "Thank you" in response.text
    report = store.scalars(select(Report)).one()
    assert report.body == FILLED["body"]
    assert report.email is None
    assert (report.review.kind, report.review.closed_at) == ("report", None)


def test_two_reports_are_two_lines_of_work(client: FlaskClient, store: Session, address: str) -> None:
    client.post(address, data=FILLED)
    client.post(address, data={**FILLED, "reason": "impostor", "email": "witness@example.org"})
    reports = store.scalars(select(Report)).all()
    assert sorted(report.reason for report in reports) == ["credential", "impostor"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("reason", "", "Choose what is wrong."),
        ("reason", "hacked", "Not a valid choice"),
        ("body", "  ", "Tell us in a sentence or two."),
        ("body", "x" * 2001, "Shorten it to 2,000 characters."),
        ("email", "nobody", "Enter an email address"),
    ],
)
def test_bad_input_writes_nothing(
    client: FlaskClient, store: Session, address: str, field: str, value: str, sentence: str
) -> None:
    response = client.post(address, data={**FILLED, field: value})
    assert response.status_code == 422
    assert sentence in response.text
    assert store.scalars(select(Review)).all() == []


def test_the_listing_is_not_changed_by_a_report(client: FlaskClient, address: str) -> None:
    profile = address.removesuffix("/report")
    before = client.get(profile).data
    client.post(address, data=FILLED)
    assert client.get(profile).data == before
