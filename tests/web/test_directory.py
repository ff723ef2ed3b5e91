import json
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlencode

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.factories import Factory
from tests.page_client import PageClient, words
from trainers.core.models import TrainerLanguage
from trainers.core.review import outages
from trainers.core.search import listing
from trainers.core.standing.status import CHECK_FRESH_DAYS

FRAGMENT = {"HX-Request": "true"}
RESTORED = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
LAPSED = TODAY - timedelta(days=1)


def search(client: FlaskClient, **parameters: object) -> str:
    response = client.get("/trainers?" + urlencode(parameters, doseq=True))
    assert response.status_code == 200
    return text_of(response.text)


def text_of(page: str) -> str:
    """What a reader reads, in single spaces."""
    return words(html5lib.parse(page, namespaceHTMLElements=False).find("body"))


def links_of(page: str) -> dict[str, str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return {words(link): unescape(link.get("href") or "") for link in tree.iter("a")}


@pytest.fixture
def town(made: Factory) -> None:
    """Two near Portland, one of them lapsed, and one in Salem."""
    made.listed("Dana Fitzgerald", zip="97005", specialties=("hip-strength",), expires_on=date(2027, 3, 12))
    made.listed("Robin Lapsed", zip="97201", expires_on=LAPSED)
    made.listed("Sam Salem", zip="97301", mode="in_person", languages=[TrainerLanguage(language="es")])
    made.commit()


# Results


@pytest.mark.usefixtures("town")
def test_a_search_by_place_shows_name_town_distance_status_and_day_of_the_check(client: FlaskClient) -> None:
    text = search(client, place="97201", radius=25)
    assert "1 trainer within 25 miles of Portland, OR 97201" in text
    assert "Dana Fitzgerald Beaverton, OR · 6 miles away · In person and online" in text
    assert "NASM Certified Personal Trainer Current until 12 March 2027 We looked on 23 November 2026" in text
    assert "Says: Experience with Hip and glute strength." in text
    assert "Robin" not in text


@pytest.mark.usefixtures("town")
def test_all_statuses_are_shown_when_asked_for(client: FlaskClient) -> None:
    text = search(client, status="all")
    assert "3 trainers" in text
    assert "Robin Lapsed" in text
    assert "Expired: late renewal possible" in text


@pytest.mark.usefixtures("town")
def test_a_name_shows_everybody_listed_and_says_when_nothing_is_current(client: FlaskClient) -> None:
    text = search(client, name="lapsed rob")
    assert "One listing matches. No training certification on it is current in our record." in text
    assert "See what we saw and when." in text
    assert "Robin Lapsed" in text
    assert "No training certification" not in search(client, name="dana")


def test_a_whole_number_finds_its_listing_and_says_so(client: FlaskClient, made: Factory) -> None:
    made.listed("Dana Fitzgerald", number="NC-004821")
    made.commit()
    assert "The number you typed is on this listing." in search(client, name="nc 004821")
    text = search(client, name="NC-00482")
    assert "No listing has this number" in text
    assert "Check each character, or look it up with the issuer." in text


@pytest.mark.usefixtures("town")
def test_filters_are_named_with_a_way_to_take_each_off(client: FlaskClient) -> None:
    page = client.get(
        "/trainers?credential=NASM/NASM-CPT&specialty=hip-strength&specialty=running&issuer=NASM&accepting=y&mode=online"
    ).text
    assert "Fits your choice: Hip and glute strength" in text_of(page)
    links = links_of(page)
    assert links["Remove Running ×"] == (
        "/trainers?credential=NASM/NASM-CPT&issuer=NASM&specialty=hip-strength&mode=online&accepting=y"
    )
    assert "accepting" not in links["Remove Takes new clients ×"]
    assert 'name="issuer" value="NASM"' in page


@pytest.mark.usefixtures("town")
def test_what_was_asked_stays_in_the_form(client: FlaskClient) -> None:
    page = client.get("/trainers?place=Salem,+OR&radius=30&language=es&status=all&sort=name&name=sam").text
    assert 'value="Salem, OR"' in page
    assert '<option selected value="30">30 miles</option>' in page
    assert '<option selected value="name">By name</option>' in page
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    ticked = {box.get("value") for box in tree.iter("input") if box.get("checked") is not None}
    assert ticked == {"es", "all"}
    assert page.index('name="name"') < page.index("<details"), "the name that was asked for is in sight"


def test_online_alone_asks_for_no_place(client: FlaskClient, made: Factory) -> None:
    made.listed("Far Away", zip="96813", mode="online")
    made.commit()
    text = search(client, place="97201", mode="online")
    assert "Far Away Honolulu, HI · Online" in text
    assert "miles away" not in text
    assert "1 trainer, online, wherever they are" in text
    assert "Far Away" in search(client, place="Nowhereville", mode="online")


def test_a_movement_screen_is_a_choice_of_its_own(client: FlaskClient, made: Factory) -> None:
    both = made.listed("Dana Both")
    made.check(made.term(made.credential(both, "FMS/FMS-L1"), expires_on=None))
    listing.refresh(made.session, both, today=TODAY)
    made.listed("Robin Cpt")
    made.commit()
    page = client.get("/trainers?fms=FMS-L1&credential=NASM/NASM-CPT").text
    text = text_of(page)
    assert "1 trainer" in text
    assert "Dana Both" in text
    assert "Functional Movement Screen, Level 1 No end date shown" in text
    assert page.count('value="FMS-L1" checked') == 1
    assert 'value="FMS/FMS-L1"' not in page
    assert 'value="FMS/FMS-L1" checked' in client.get("/trainers?credential=FMS/FMS-L1").text


def test_an_old_check_is_said_to_be_our_delay(client: FlaskClient, made: Factory) -> None:
    made.listed("Dana Old", looked_on=TODAY - timedelta(days=CHECK_FRESH_DAYS + 1))
    made.commit()
    assert "Our last check is old" in search(client)


def test_a_row_counts_the_credentials_it_does_not_show(client: FlaskClient, made: Factory) -> None:
    trainer = made.listed("Dana", accepting=False)
    made.term(made.credential(trainer, "FMS/FMS-L1"))
    listing.refresh(made.session, trainer, today=TODAY)
    made.commit()
    text = search(client)
    assert "and 1 other credential" in text
    assert "Takes no new clients now" in text


# Pages


@pytest.fixture
def crowd(made: Factory) -> None:
    for number in range(41):
        made.listed(f"Trainer {number}")
    made.commit()


@pytest.mark.usefixtures("crowd")
def test_pages_keep_the_search_in_their_links(client: FlaskClient) -> None:
    page = client.get("/trainers?place=97005&radius=50&mode=online&mode=in_person&page=2").text
    assert "Page 2 of 3" in text_of(page)
    links = links_of(page)
    assert links["Earlier results"] == "/trainers?place=97005&radius=50&mode=online&mode=in_person"
    assert links["More results"] == "/trainers?place=97005&radius=50&mode=online&mode=in_person&page=3"
    last = client.get(links["More results"]).text
    assert last.count('class="result"') == 1
    assert "More results" not in last


@pytest.mark.usefixtures("crowd")
def test_a_page_that_is_not_there_is_404_with_the_way_back(client: FlaskClient) -> None:
    first = "/trainers?place=97005"
    for page in ("4", "1000000000", "0", "-1", "two", "1.5", "", "２", "9" * 5000):
        response = client.get("/trainers?" + urlencode({"place": "97005", "page": page}))
        assert response.status_code == 404, page
        assert links_of(response.text)["Back to the first page of results"] == first, page
    assert client.get(first).status_code == 200


# Nothing found


@pytest.mark.usefixtures("town")
def test_nobody_in_range_leads_farther_on(client: FlaskClient) -> None:
    page = client.get("/trainers?place=97201&radius=10&language=es&language=vi").text
    text = text_of(page)
    assert "Nobody within 10 miles of Portland, OR 97201 matches all your choices" in text
    assert "Nearest: 41 miles, in Salem (1 trainer)." in text
    links = links_of(page)
    assert links["Search 50 miles: 1 trainer"] == "/trainers?place=97201&radius=50&language=es&language=vi"
    assert links["Remove “Spanish or Vietnamese”: 1 trainer"] == "/trainers?place=97201&radius=10"
    assert "Online: " not in text


@pytest.mark.usefixtures("town")
def test_each_offer_leads_to_as_many_trainers_as_it_says(client: FlaskClient) -> None:
    page = client.get("/trainers?place=97201&radius=10&specialty=hip-strength&credential=ACSM/ACSM-CPT").text
    offers = {text: href for text, href in links_of(page).items() if ": " in text}
    assert offers
    for text, href in offers.items():
        assert text.split(": ")[1] in text_of(client.get(href).text)


@pytest.mark.usefixtures("town")
def test_a_state_without_listings_and_a_name_without_one(client: FlaskClient) -> None:
    page = client.get("/trainers?place=Boise,+ID").text
    assert "No trainers are listed in Idaho yet" in text_of(page)
    assert links_of(page)["NASM"].startswith("https://www.nasm.org/")
    page = client.get("/trainers?name=Nobody+Fitzgerald").text
    assert "No listing under “Nobody Fitzgerald”" in text_of(page)
    assert "only people who signed up are listed" in text_of(page)
    assert links_of(page)["NASM"] == "https://www.nasm.org/resources/validate-credentials"
    assert links_of(page)["ACSM"] == "https://usreps.org/"


@pytest.mark.usefixtures("town")
def test_a_name_or_number_that_is_listed_elsewhere_is_not_said_to_be_unlisted(
    client: FlaskClient, made: Factory
) -> None:
    made.listed("Nora Numbered", zip="97301", number="AB-4821-77")
    made.commit()
    text = search(client, name="Sam", place="Boise, ID")
    assert "No listing under “Sam” within 25 miles of Boise, ID With one choice less there is somebody:" in text
    assert "Remove “Boise, ID”: 1 trainer" in text
    assert "only people who signed up" not in text
    text = search(client, name="Sam", specialty="hip-strength")
    assert "No listing under “Sam” matches all your choices With one choice less there is somebody:" in text
    text = search(client, name="AB482177", place="Boise, ID")
    assert (
        "No listing within 25 miles of Boise, ID has this number With one choice less there is somebody:" in text
    )
    assert "Check each character" not in text
    assert "No listing has this number Check each character" in search(client, name="AB482178")


def test_a_new_site_says_that_nobody_is_listed(client: FlaskClient) -> None:
    assert "No trainers are listed yet" in search(client)


def test_several_towns_of_a_name_are_offered(client: FlaskClient) -> None:
    page = client.get("/trainers?place=Springfield&language=es").text
    assert "Which Springfield?" in text_of(page)
    assert links_of(page)["Springfield, MO"] == "/trainers?place=Springfield,+MO&language=es"
    assert "Springfield, OR" in text_of(page)


@pytest.mark.usefixtures("town")
def test_a_county_or_a_state_is_searched_whole_and_distance_is_not_asked(client: FlaskClient) -> None:
    text = search(client, place="Washington County, OR", radius=5)
    assert "1 trainer in Washington County, OR" in text
    assert "You named a whole county, so the distance is not asked." in text
    assert "Dana Fitzgerald Beaverton, OR · In person and online" in text
    assert "Sam Salem" not in text
    text = search(client, place="oregon")
    assert "2 trainers in Oregon" in text
    assert "You named a whole state, so the distance is not asked." in text
    assert "Sam Salem Salem, OR · In person" in text
    assert "miles away" not in text


@pytest.mark.usefixtures("town")
def test_online_trainers_are_found_wherever_they_are_whatever_area_is_named(client: FlaskClient) -> None:
    text = search(client, place="Multnomah County, OR", mode="online")
    assert "1 trainer, online, wherever they are" in text


@pytest.mark.usefixtures("town")
def test_a_county_where_nobody_is_says_so(client: FlaskClient) -> None:
    text = search(client, place="Lane County, OR")
    assert "Nobody in Lane County, OR has a current certification in our record" in text
    assert "No trainers are listed in Idaho yet" in search(client, place="Idaho")


@pytest.mark.usefixtures("town")
def test_a_county_of_several_states_is_asked_about(client: FlaskClient) -> None:
    page = client.get("/trainers?place=washington+county").text
    assert "Which Washington County?" in text_of(page)
    assert links_of(page)["Washington County, OR"] == "/trainers?place=Washington+County,+OR"


@pytest.mark.usefixtures("town")
def test_the_city_of_new_york_offers_the_state(client: FlaskClient) -> None:
    page = client.get("/trainers?place=new+york").text
    assert "within 25 miles of New York, NY" in text_of(page) or "No trainers are listed in New York" in text_of(
        page
    )
    assert links_of(page)["Search all of New York state"] == "/trainers?place=New+York+state"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("place=97005&place=97301", "Give one place; this address names several."),
        ("place=" + "x" * 10_000, "Shorten this to 80 characters."),
        ("place=" + "%00" * 50 + "x" * 81, "Shorten this to 80 characters."),
        ("radius=251", "Give the distance as a whole number of miles from 1 to 250."),
        ("radius=2.5", "Give the distance as a whole number of miles from 1 to 250."),
    ],
)
def test_a_place_that_cannot_be_asked_for_is_refused_with_a_sentence(
    client: FlaskClient, query: str, sentence: str
) -> None:
    answer = client.get(f"/trainers?{query}")
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)


def test_one_place_given_twice_is_one(client: FlaskClient) -> None:
    assert client.get("/trainers?place=97005&place=+97005").status_code == 200


@pytest.mark.parametrize("typed", ["%00", "%F0%9F%8F%83" * 20, "%27%22%25_*", "97%00005"])
def test_what_is_no_place_gets_a_sentence(client: FlaskClient, typed: str) -> None:
    answer = client.get(f"/trainers?place={typed}x")
    assert answer.status_code == 200
    assert "We do not know" in text_of(answer.text)


def test_the_distances_on_offer(client: FlaskClient) -> None:
    page = html5lib.parse(client.get("/trainers?radius=37").text, namespaceHTMLElements=False)
    offered = [option.text for option in page.find(".//select[@id='radius']").iter("option")]
    assert offered == ["5 miles", "10 miles", "25 miles", "37 miles", "50 miles", "100 miles"]


@pytest.mark.usefixtures("town")
def test_a_military_code_offers_online(client: FlaskClient) -> None:
    page = client.get("/trainers?place=09012").text
    assert "09012 is military mail and has no place on our map" in text_of(page)
    assert links_of(page)["Online: 1 trainer"] == "/trainers?place=09012&mode=online"


def test_an_unknown_town_offers_the_nearest_spellings(client: FlaskClient) -> None:
    page = client.get("/trainers?place=Portlnd,+OR").text
    assert "We do not know “Portlnd, OR”" in text_of(page)
    assert links_of(page)["Portland, OR"] == "/trainers?place=Portland,+OR"
    assert "You can also type a 5-digit ZIP" in text_of(page)
    assert "We do not know “###”" in search(client, place="###")


# Refused


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"radius": "-1"}, "Give the distance as a whole number of miles from 1 to 250."),
        ({"radius": "ten"}, "Give the distance as a whole number of miles from 1 to 250."),
        ({"radius": "251"}, "Give the distance as a whole number of miles from 1 to 250."),
        ({"radius": "0"}, "Give the distance as a whole number of miles from 1 to 250."),
        ({"radius": "1e2"}, "Give the distance as a whole number of miles from 1 to 250."),
        ({"radius": "２５"}, "Give the distance as a whole number of miles from 1 to 250."),
        (
            {"place": "00000"},
            "We do not know the ZIP code 00000. Check its five digits, or type a town and state.",
        ),
        ({"place": "9700"}, "We do not know the ZIP code 9700."),
        ({"place": "x" * 81}, "Shorten this to 80 characters."),
        ({"name": "x" * 121}, "Shorten this to 120 characters."),
        ({"sort": "price"}, "Choose the order from the list."),
        ({"status": "verified"}, "Choose current or all."),
        ({"credential": "NASM"}, "Choose from the list; we do not know that one."),
        ({"language": "xx"}, "Choose from the list; we do not know that one."),
        ({"specialty": "' OR 1=1"}, "Choose from the list; we do not know that one."),
        ({"mode": "moon"}, "Choose from the list; we do not know that one."),
        ({"issuer": "YMCA"}, "Choose from the list; we do not know that one."),
        ({"fms": "FMS-L9"}, "Choose from the list; we do not know that one."),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_nothing_is_lost(
    client: FlaskClient, parameters: dict[str, str], sentence: str
) -> None:
    asked = {"place": "Portland, OR", "radius": "50", "language": "es"} | parameters
    response = client.get("/trainers?" + urlencode(asked))
    assert response.status_code == 422
    text = text_of(response.text)
    assert sentence in text
    assert "Nothing was searched yet." in text
    if "place" not in parameters:
        assert 'value="Portland, OR"' in response.text
    if parameters.get("radius"):
        assert f'<option selected value="{parameters["radius"]}">' in response.text
    fragment = client.get("/trainers?" + urlencode(asked), headers=FRAGMENT)
    assert fragment.status_code == 422
    assert sentence in fragment.text


@pytest.mark.parametrize(
    "parameter", ["credential", "issuer", "fms", "specialty", "mode", "language", "sort", "status", "radius"]
)
def test_each_mistake_has_its_sentence_at_the_field_that_the_summary_leads_to(
    client: FlaskClient, parameter: str
) -> None:
    tree = html5lib.parse(client.get(f"/trainers?{parameter}=moon").text, namespaceHTMLElements=False)
    summary = tree.find(".//div[@class='error-summary']")
    assert summary is not None
    (link,) = summary.iter("a")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert link.get("href", "")[1:] in ids
    said = [each for each in tree.iter("p") if each.get("class") == "field__error"]
    assert [words(each).removeprefix("Error: ") for each in said] == [words(link)]


def test_every_mistake_is_named_at_once(client: FlaskClient) -> None:
    text = text_of(client.get("/trainers?place=00000&radius=ten&sort=price").text)
    assert "We do not know the ZIP code 00000." in text
    assert "Give the distance" in text
    assert "Choose the order" in text


def test_an_unknown_zip_offers_its_neighbours(client: FlaskClient) -> None:
    page = client.get("/trainers?place=97000").text
    assert any(text.endswith("OR 97001") or "970" in text for text in links_of(page))


def test_empty_parameters_ask_nothing(client: FlaskClient, made: Factory) -> None:
    made.listed("Dana")
    made.commit()
    assert "1 trainer" in search(
        client, name="", place="  ", radius="", credential="", language="", sort="", status="", fms=""
    )


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "'; drop table listing; --",
        "%",
        "🏃",
        "\u202eDana",
        "Dana\0",
        "Dana\r\nX: y",
        "\\",
        "Ł" * 60,
    ],
)
def test_odd_text_is_shown_as_text(client: FlaskClient, typed: str) -> None:
    for field in ("name", "place"):
        response = client.get("/trainers?" + urlencode({field: typed}))
        assert response.status_code == 200
        assert "<script>alert" not in response.text


# Fragments, caches, search engines


@pytest.mark.usefixtures("town")
def test_htmx_receives_the_results_alone_and_a_word_for_the_live_region(client: FlaskClient) -> None:
    response = client.get("/trainers?place=97201", headers=FRAGMENT)
    assert "<html" not in response.text
    assert "<form" not in response.text
    assert "Dana Fitzgerald" in response.text
    assert '<p id="status" hx-swap-oob="innerHTML">1 trainer found</p>' in response.text
    assert "HX-Request" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "private, no-store"
    filled = client.get("/trainers?place=97201&radius=25&name=&language=es&sort=distance", headers=FRAGMENT)
    assert filled.headers["HX-Push-Url"] == "/trainers?place=97201&language=es"
    shown = {"HX-Current-URL": "http://localhost/trainers?place=97201&language=es"}
    again = client.get("/trainers?place=97201&radius=25&name=&language=es", headers=FRAGMENT | shown)
    assert again.headers["HX-Push-Url"] == "false"  # or Back would lead nowhere
    nothing = client.get("/trainers?place=97201&language=vi", headers=FRAGMENT).text
    assert '<p id="status" hx-swap-oob="innerHTML">No trainers found</p>' in nothing


@pytest.mark.usefixtures("town")
def test_going_back_receives_the_whole_page(client: FlaskClient) -> None:
    response = client.get("/trainers?place=97201", headers=RESTORED)
    assert "<html" in response.text
    assert response.text.count('id="status"') == 1
    assert "HX-Request" in client.get("/trainers").headers["Vary"]


def test_the_form_works_without_javascript_and_asks_for_its_results_with_it(client: FlaskClient) -> None:
    tree = html5lib.parse(client.get("/trainers").text, namespaceHTMLElements=False)
    (form,) = [form for form in tree.iter("form") if form.get("role") == "search"]
    assert (form.get("method"), form.get("action")) == ("get", "/trainers")
    assert form.get("hx-get") == "/trainers"
    target = (form.get("hx-target") or "").removeprefix("#")
    assert target in {element.get("id") for element in tree.iter()}
    assert [button.get("type") for button in form.iter("button")] == ["button", "submit"]


@pytest.mark.usefixtures("town")
def test_a_public_page_is_the_same_for_everybody_and_answers_304(client: PageClient, made: Factory) -> None:
    reviewer = made.reviewer()
    made.commit()
    for path in ("/", "/trainers?place=97201", "/check"):
        visitor = client.get(path)
        signed_in = client.sign_in(reviewer).get(path)
        assert signed_in.data == visitor.data
        assert "Set-Cookie" not in signed_in.headers
        client.sign_out()
        again = client.get(path, headers={"If-None-Match": visitor.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_searches_stay_out_of_search_engines(client: FlaskClient) -> None:
    assert "noindex" not in client.get("/trainers").text
    for page in (client.get("/trainers?name=dana").text, client.get("/trainers?radius=ten").text):
        assert '<meta name="robots" content="noindex">' in page


# Check a trainer


@pytest.mark.usefixtures("town")
def test_check_asks_one_thing_and_leads_to_the_search_by_name(client: FlaskClient) -> None:
    tree = html5lib.parse(client.get("/check").text, namespaceHTMLElements=False)
    (form,) = list(tree.iter("form"))
    fields = [field.get("name") for field in form.iter("input")]
    assert (form.get("action"), form.get("method"), fields) == ("/trainers", "get", ["name"])
    assert "Robin Lapsed" in search(client, name="robin")


def test_the_search_is_not_for_posting(client: FlaskClient) -> None:
    response = client.post("/trainers")
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= set(response.allow)


def test_a_lookup_that_does_not_answer_is_told_to_who_searches(
    client: FlaskClient, store: Session, made: Factory
) -> None:
    said = "NASM's public lookup has not answered since"
    assert said not in unescape(client.get("/trainers").text)
    outages.begin(store, "NASM", by="1", now=NOW)
    made.commit()
    page = unescape(client.get("/trainers").text)
    assert said in page
    assert "That says nothing about trainers" in page
    assert said in unescape(client.get("/trainers?radius=nonsense&place=97005").text)
    outages.end(store, "NASM", by="1", now=NOW, today=TODAY, zone=ZONE)
    made.commit()
    assert said not in unescape(client.get("/trainers").text)


def test_each_filter_says_how_many_it_would_leave(client: FlaskClient, made: Factory) -> None:
    made.listed("Dana", specialties=("running",))
    made.listed("Robin", key="ACSM/ACSM-EP", specialties=("running", "trail"))
    made.commit()
    text = text_of(client.get("/trainers").text)
    for said in ("NASM Certified Personal Trainer 1", "Running 2", "Trail and ultra 1", "Online 2"):
        assert said in text, said
    chosen = text_of(client.get("/trainers?specialty=trail").text)
    assert "NASM Certified Personal Trainer 0" in chosen
    assert "Running 2" in chosen, "a count leaves out its own group"
    fragment = client.get("/trainers?specialty=trail", headers={"HX-Request": "true"}).text
    (told,) = re.findall(r'data-counts="([^"]*)"', fragment)
    counts = json.loads(unescape(told))
    assert (counts["specialty"]["running"], counts["credential"]["NASM/NASM-CPT"], counts["accepting"]["y"]) == (
        2,
        0,
        1,
    )


def test_a_slip_is_shown_with_what_was_found_instead(client: FlaskClient, made: Factory) -> None:
    made.listed("Dana Fitzgerald")
    made.commit()
    text = text_of(client.get("/trainers?name=fitzgerld").text)
    assert "Showing results for Fitzgerald" in text
    assert "Nobody is listed under “fitzgerld”." in text
    assert "1 trainer Dana Fitzgerald" in text


def test_the_nearest_beyond_an_empty_circle_are_shown_as_such(client: FlaskClient, made: Factory) -> None:
    for name, zip_code in (("Salem", "97301"), ("Eugene", "97401"), ("Seattle", "98101"), ("Honolulu", "96813")):
        made.listed(name, zip=zip_code)
    made.commit()
    page = client.get("/trainers?place=97201&radius=5").text
    text = text_of(page)
    assert "The nearest beyond 5 miles Salem Salem, OR · 41 miles away" in text
    assert text.index("Salem, OR ·") < text.index("Eugene, OR ·") < text.index("Seattle, WA ·")
    assert "Honolulu" not in text


def test_new_clients_fade_when_it_was_said_long_ago(client: FlaskClient, made: Factory) -> None:
    trainers = {days: made.listed(f"Said {days}") for days in (89, 91)}
    for days, trainer in trainers.items():
        trainer.accepting_said_on = TODAY - timedelta(days=days)
        listing.refresh(made.session, trainer, today=TODAY)
    made.commit()
    assert "Said 91" not in client.get("/trainers?accepting=y").text
    text = text_of(client.get("/trainers?sort=name").text)
    assert text.count("Takes new clients Only") + text.count("· Takes new clients") == 1
