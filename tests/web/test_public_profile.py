import json
import re
from datetime import date, timedelta

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from tests.page_client import PageClient
from trainers.core import trainers
from trainers.core.models import Slug, Trainer, TrainerLanguage
from trainers.core.search import listing
from trainers.core.standing.status import CHECK_FRESH_DAYS

NOINDEX = '<meta name="robots" content="noindex">'


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed(
        "Dana Reyes",
        zip="97005",
        number="NC-004821",
        expires_on=date(2027, 3, 12),
        looked_on=date(2026, 11, 12),
        headline="Strong hips for runners",
        bio="I run.\nI lift.\n\n<b>Every</b> day.",
        specialties=("running", "hip-strength"),
        languages=[TrainerLanguage(language="es"), TrainerLanguage(language="en")],
        accepting_said_on=date(2026, 11, 1),
    )
    made.commit()
    return trainer


@pytest.fixture
def address(made: Factory, dana: Trainer) -> str:
    return f"/trainers/{made.slug(dana)}"


def text_of(page: str, part: str = ".//main") -> str:
    """What a reader reads, in single spaces, also between a label and its value."""
    element = html5lib.parse(page, namespaceHTMLElements=False).find(part)
    assert element is not None
    return " ".join(" ".join(element.itertext()).split())


def section(page: str, name: str) -> str:
    return text_of(page, f".//section[@class='{name}']")


def test_a_card_says_what_was_seen_and_what_nobody_checked(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    card = text_of(page, ".//article[@id='nasm-nasm-cpt']")
    assert card.startswith("NASM Certified Personal Trainer Current until 12 March 2027")
    assert (
        "On 12 November 2026 a reviewer looked at NASM's public lookup."
        " It showed the same name, number and end date."
    ) in card
    assert (
        "Not checked: that this listing belongs to that person, CPR/AED, insurance, complaints, criminal records."
        " Look for yourself at NASM"
    ) in card
    assert "Number ends 4821 same" in card
    assert 'href="https://www.nasm.org/resources/validate-credentials"' in page
    assert 'href="/rules#status-current"' in page


def test_a_profile_gives_the_town_alone_and_the_end_of_the_number_alone(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert "Beaverton, OR" in text_of(page)
    for private in ("97005", "004821", "@example.org"):
        assert private not in page


def test_what_the_trainer_says_stands_apart_as_not_checked(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    said = section(page, "self-reported")
    assert said.startswith("What Dana Reyes says about her or his work")
    assert "Nobody checked them" in said
    assert "Strong hips for runners" in said
    assert "I run. I lift. <b>Every</b> day." in said, "text, with its line breaks as breaks"
    assert "Experience Running, Hip and glute strength" in said
    assert "Languages English, Spanish" in said
    assert "Takes new clients, said on 1 November 2026" in said
    assert "Strong hips" not in section(page, "cards")
    assert "<b>Every" not in page


def test_the_ways_to_write_and_to_report(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert f'href="{address}/contact"' in page
    assert f'href="{address}/report"' in page
    assert client.get(f"{address}/contact").status_code == 200
    assert client.get(f"{address}/report").status_code == 200


def test_each_look_is_listed_newest_first(client: FlaskClient, made: Factory, dana: Trainer, address: str) -> None:
    term = trainers.visible_credentials(made.session, dana)[0].terms[0]
    made.check(term, looked_on=date(2026, 5, 1))
    made.check(term, outcome="unavailable", looked_on=date(2026, 11, 20))
    made.commit()
    card = text_of(client.get(address).text, ".//article[@id='nasm-nasm-cpt']")
    days = re.findall(r"On (\d+ \w+ 2026) (?:a reviewer|we)", card.split("newest first")[1])
    assert days == ["20 November 2026", "12 November 2026", "1 May 2026"]


def test_what_is_not_checked_yet_is_shown_as_that(
    client: FlaskClient, made: Factory, dana: Trainer, address: str
) -> None:
    made.term(made.credential(dana, "FMS/FMS-L1"))
    made.commit()
    card = text_of(client.get(address).text, ".//article[@id='fms-fms-l1']")
    assert "Not checked yet" in card
    assert "Not checked: all of it so far." in card


# Search engines and machines


def test_a_current_profile_may_be_found_and_names_what_is_current(
    client: FlaskClient, made: Factory, dana: Trainer, address: str
) -> None:
    made.term(made.credential(dana, "ACSM/ACSM-CPT"))
    made.commit()
    page = client.get(address).text
    assert NOINDEX not in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{address}">' in page
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found is not None
    person = json.loads(found[1])["mainEntity"]
    assert person["name"] == "Dana Reyes"
    assert [held["name"] for held in person["hasCertification"]] == ["NASM Certified Personal Trainer"]


def test_a_profile_with_nothing_current_asks_not_to_be_found(client: FlaskClient, made: Factory) -> None:
    lapsed = made.listed("Robin", expires_on=TODAY - timedelta(days=1))
    old = made.listed("Sam", looked_on=TODAY - timedelta(days=CHECK_FRESH_DAYS + 1))
    made.commit()
    page = client.get(f"/trainers/{made.slug(lapsed)}").text
    assert NOINDEX in page
    assert "CertificationActive" not in page
    assert NOINDEX not in client.get(f"/trainers/{made.slug(old)}").text, "our delay is not the trainer's"


def test_a_name_cannot_break_out_of_the_page(client: FlaskClient, made: Factory) -> None:
    trainer = made.listed('</script><script src="//evil.example">"\'&')
    made.commit()
    page = client.get(f"/trainers/{made.slug(trainer)}").text
    assert '<script src="//evil' not in page
    assert page.count("</script>") == 2, "the one that marks, and what machines read"


# Addresses


def test_an_old_address_leads_to_the_new_one_for_good(
    client: FlaskClient, made: Factory, dana: Trainer, address: str
) -> None:
    trainers.change_name(
        made.session, dana, "Dana Fitzgerald", by="system", now=NOW + timedelta(days=1), today=TODAY
    )
    made.commit()
    response = client.get(address)
    assert (response.status_code, response.location) == (301, "/trainers/dana-fitzgerald")
    assert "Dana Fitzgerald" in client.get("/trainers/dana-fitzgerald").text
    assert "Reyes" not in client.get("/trainers/dana-fitzgerald").text


@pytest.mark.parametrize(("state", "code"), [("withdrawn", 410), ("paused", 404), ("draft", 404)])
def test_who_is_not_listed_is_not_shown(
    client: FlaskClient, store: Session, dana: Trainer, address: str, state: str, code: int
) -> None:
    dana.state = state
    listing.refresh(store, dana, today=TODAY)
    store.commit()
    response = client.get(address)
    assert response.status_code == code
    assert "Dana" not in response.text
    assert "Beaverton" not in response.text
    assert ("paused this listing" in response.text) == (state == "paused")
    assert "no-store" in response.headers["Cache-Control"]


def test_an_erased_trainers_address_stays_gone(client: FlaskClient, store: Session) -> None:
    store.add(Slug(slug="dana-gone", trainer_id=None, since=NOW))
    store.commit()
    assert client.get("/trainers/dana-gone").status_code == 410


@pytest.mark.parametrize(
    "slug",
    ["nobody", "%00", "dana%00", "dana%0d%0aX: y", "%ff", "Dana", "..", "a" * 5000, "%f0%9f%8f%83", "' or 1=1"],
)
def test_an_address_that_never_was_is_404(client: FlaskClient, slug: str) -> None:
    response = client.get(f"/trainers/{slug}")
    assert response.status_code == 404
    assert "Search for a trainer" in response.text or "start page" in response.text


def test_a_profile_is_the_same_for_everybody_and_is_asked_for_again_each_time(
    client: PageClient, store: Session, made: Factory, dana: Trainer, address: str
) -> None:
    visitor = client.get(address)
    assert visitor.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in visitor.headers
    assert client.sign_in(dana.account).get(address).data == visitor.data
    client.sign_out()
    marked = {"If-None-Match": visitor.headers["ETag"]}
    assert client.get(address, headers=marked).status_code == 304
    dana.state = "withdrawn"
    store.commit()
    assert client.get(address, headers=marked).status_code == 410, "gone at once"
