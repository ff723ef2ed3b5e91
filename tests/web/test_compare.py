from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from tests.page_client import PageClient
from tests.statements import counted_statements
from tests.web.test_directory import links_of, text_of
from trainers.core import trainers
from trainers.core.models import Trainer, TrainerLanguage
from trainers.core.slugs import give_slug

NASM = "https://www.nasm.org/resources/validate-credentials"


@pytest.fixture
def people(made: Factory) -> list[Trainer]:
    """Dana with an FMS card, Robin whose certification has ended, Sam."""
    dana = made.listed(
        "Dana Fitzgerald",
        expires_on=date(2027, 3, 12),
        looked_on=date(2026, 11, 12),
        specialties=("hip-strength",),
        languages=[TrainerLanguage(language="es"), TrainerLanguage(language="en")],
        accepting_said_on=date(2026, 11, 1),
    )
    made.check(made.term(made.credential(dana, "FMS/FMS-L1"), expires_on=None))
    robin = made.listed("Robin Lapsed", zip="97201", mode="online", expires_on=TODAY - timedelta(days=1))
    sam = made.listed("Sam Salem", zip="97301", mode="in_person", accepting=False)
    made.commit()
    return [dana, robin, sam]


def address_of(made: Factory, people: list[Trainer]) -> str:
    address = "/trainers/compare?" + "&".join(f"t={made.slug(each)}" for each in people)
    made.session.rollback()
    return address


def test_side_by_side_stands_what_was_seen_when_and_where(
    client: FlaskClient, made: Factory, people: list[Trainer]
) -> None:
    page = client.get(address_of(made, people)).text
    text = text_of(page)
    assert "As of 23 November 2026" in text
    assert text.index("Dana Fitzgerald") < text.index("Robin Lapsed") < text.index("Sam Salem")
    assert "NASM Certified Personal Trainer Current until 12 March 2027 End date: 12 March 2027" in text
    assert "Checked on 12 November 2026: source 1" in text
    assert "Expired: late renewal possible" in text
    assert "Not checked: that this listing belongs to that person" in text
    assert "FMS trained Yes, looked up on 23 November 2026 No card shows it No card shows it" in text
    assert "Town Beaverton, OR Portland, OR Salem, OR" in text
    assert "Meets clients In person and online Online In person" in text
    assert "Takes new clients, said on 1 November 2026 Takes new clients Takes no new clients now" in text
    assert "Languages, as told English, Spanish Not said Not said" in text
    assert "Experience, as told Hip and glute strength" in text
    links = links_of(page)
    assert links[NASM] == NASM
    assert links["Profile of Robin Lapsed"] == f"/trainers/{made.slug(people[1])}"


def test_each_source_is_written_out_once(client: FlaskClient, made: Factory, people: list[Trainer]) -> None:
    page = client.get(address_of(made, people)).text
    assert page.count(f'href="{NASM}"') == 1
    assert page.count('href="#source-1"') == 3


def test_an_old_address_leads_to_the_trainer_of_today(
    client: FlaskClient, made: Factory, people: list[Trainer]
) -> None:
    old = made.slug(people[0])
    trainers.change_name(made.session, people[0], "Dana Reyes", by="1", now=NOW, today=TODAY)
    made.commit()
    new = made.slug(people[0])
    page = client.get(f"/trainers/compare?t={old}&t={new}").text
    assert links_of(page)["Dana Reyes"] == f"/trainers/{new}"
    assert page.count('scope="col"') == 1, "by both addresses it is one trainer"
    assert f'data-mark="{new}" data-name="Dana Reyes" data-was="{old}"' in page


@pytest.mark.parametrize("state", ["withdrawn", "paused", "draft"])
def test_who_is_not_listed_now_is_said(
    client: FlaskClient, made: Factory, people: list[Trainer], state: str
) -> None:
    address = address_of(made, people)
    slug = made.slug(people[1])
    trainers.move(made.session, made.session.get_one(Trainer, people[1].id), state, by="1", today=TODAY)
    made.commit()
    text = text_of(client.get(address).text)
    assert f"“{slug}” is no longer listed." in text
    assert "Robin" not in text
    assert "Dana Fitzgerald" in text


def test_what_was_never_an_address_is_shown_as_text(
    client: FlaskClient, made: Factory, people: list[Trainer]
) -> None:
    slug = made.slug(people[0])
    for typed in (
        "nobody-of-this-name",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%00",
        "x" * 5000,
        "%25",
        "Dana%0d%0aX",
    ):
        response = client.get(f"/trainers/compare?t={typed}&t={slug}")
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "Dana Fitzgerald" in response.text
        assert len(response.text) < 30_000
    assert "“nobody-of-this-name” is no longer listed." in text_of(
        client.get("/trainers/compare?t=nobody-of-this-name").text
    )


def test_of_more_than_five_the_first_five_are_shown_and_one_who_is_named_twice_once(
    client: FlaskClient, made: Factory
) -> None:
    seven = [made.listed(f"Trainer {letter}") for letter in "abcdefg"]
    made.commit()
    address = address_of(made, [seven[0], *seven])
    text = text_of(client.get(address).text)
    assert "You can compare up to 5 trainers at once. We show the first 5 and left out 2." in text
    assert "Trainer e" in text
    assert "Trainer f" not in text
    assert client.get(address).text.count('scope="col"') == 5


def test_nobody_to_compare_leads_to_the_search(client: FlaskClient) -> None:
    for address in ("/trainers/compare", "/trainers/compare?t=", "/trainers/compare?x=1"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Nobody to compare yet." in text_of(page.text)
        assert links_of(page.text)["Find trainers"] == "/trainers"


def test_a_comparison_is_the_same_for_everybody_and_not_for_search_engines(
    client: PageClient, made: Factory, people: list[Trainer]
) -> None:
    reviewer = made.reviewer()
    made.commit()
    address = address_of(made, people)
    visitor = client.get(address)
    signed_in = client.sign_in(reviewer).get(address)
    assert signed_in.data == visitor.data
    assert "Set-Cookie" not in signed_in.headers
    assert '<meta name="robots" content="noindex">' in visitor.text


def test_each_further_trainer_costs_one_statement(app: Flask, made: Factory) -> None:
    five = [made.listed(f"Trainer {letter}") for letter in "abcde"]
    made.commit()
    visitor = FlaskClient(app, app.response_class)
    one, all_of_them = address_of(made, five[:1]), address_of(made, five)
    visitor.get(one)  # after a write, the first page asks anew whether samples are loaded
    for_one = counted_statements(app, lambda: visitor.get(one))
    assert for_one <= 10
    assert counted_statements(app, lambda: visitor.get(all_of_them)) == for_one + 4


def test_no_profile_is_given_the_address_of_a_page(made: Factory) -> None:
    for name in ("Map", "Compare"):
        trainer = made.trainer(name)
        give_slug(made.session, trainer, now=NOW + timedelta(days=1))
        assert made.slug(trainer) == f"{name.lower()}-2"
