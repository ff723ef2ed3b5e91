import re
from dataclasses import replace
from datetime import date
from html import escape

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.conftest import TODAY
from tests.page_client import words
from trainers.core.articles import NO_ENDORSEMENT, WAYS, Article, list_articles, related_to
from trainers.core.rules import RuleBook, rule_book
from trainers.core.standing.status_words import STATUS_WORDS
from trainers.web import guidance
from trainers.web.guidance import OWN_PAGES


def test_guidance_lists_every_article_and_each_opens(client: FlaskClient) -> None:
    index = client.get("/guidance").text
    for article in list_articles():
        assert f'href="/guidance/{article.slug}"' in index
        page = client.get(f"/guidance/{article.slug}")
        assert page.status_code == 200
        for source in article.sources:
            assert f'id="source-{source.number}"' in page.text
            assert escape(f"({source.kind}, {source.dated})").replace("&#x27;", "&#39;") in page.text
        for other in related_to(article):
            assert f'href="/guidance/{other.slug}">{escape(other.title)}</a>' in page.text


@pytest.mark.parametrize("way", WAYS.values())
def test_guidance_has_three_ways_in(client: FlaskClient, way: str) -> None:
    page = html5lib.parse(client.get("/guidance").text, namespaceHTMLElements=False)
    assert way in [words(heading) for heading in page.iter("h2")]
    assert way in [words(link) for link in page.iter("a")]


@pytest.mark.parametrize("article", list_articles(), ids=lambda article: article.slug)
def test_key_points_and_the_medical_notice_come_before_the_text(client: FlaskClient, article: Article) -> None:
    page = client.get(f"/guidance/{article.slug}").text
    assert page.index(">In short<") < page.index("This is not medical advice") < page.index('class="prose"')
    assert "911" in page


@pytest.mark.parametrize("article", list_articles(), ids=lambda article: article.slug)
def test_an_article_for_pain_ends_with_the_hip_check_and_the_others_with_a_search(
    client: FlaskClient, article: Article
) -> None:
    page = html5lib.parse(client.get(f"/guidance/{article.slug}").text, namespaceHTMLElements=False)
    main = page.find(".//main")
    assert main is not None
    searches = [(form.get("action"), form.get("method")) for form in main.iter("form")]
    to_the_check = "Take the hip check" in [words(link) for link in main.iter("a")]
    assert searches == ([] if article.way == "hurts" else [("/guidance/find", "post")])
    assert to_the_check is (article.way == "hurts")
    if article.way == "hurts":
        assert not [link for link in main.iter("a") if str(link.get("href")).startswith(("/trainers", "/check"))]


def test_the_search_of_an_article_leads_to_the_search_with_its_experience_chosen(client: FlaskClient) -> None:
    page = html5lib.parse(client.get("/guidance/strength-for-runners").text, namespaceHTMLElements=False)
    form = page.find(".//main//form")
    assert form is not None
    box = form.find(".//input[@type='checkbox']")
    assert box is not None
    assert (box.get("name"), box.get("value"), box.get("checked")) == ("specialty", "return-to-running", "")
    assert "Running again after hip pain (cleared by a clinician)" in words(form)
    there = client.post("/guidance/find", data={"place": "97005", "specialty": "return-to-running"})
    assert (there.status_code, there.location) == (303, "/trainers?place=97005&specialty=return-to-running")
    assert "Set-Cookie" not in there.headers
    assert client.get(there.location).status_code == 200


def test_the_search_of_an_article_works_without_its_experience_and_without_a_place(client: FlaskClient) -> None:
    assert client.post("/guidance/find", data={"place": " Boise, ID "}).location == "/trainers?place=Boise,+ID"
    assert client.post("/guidance/find").location == "/trainers"


def test_the_sheet_has_six_weeks_of_three_columns_and_says_when_to_stop(client: FlaskClient) -> None:
    page = html5lib.parse(client.get("/guidance/six-week-sheet").text, namespaceHTMLElements=False)
    weeks = list(page.iter("table"))
    captions = [words(week.find("caption")) for week in weeks]
    assert captions == [f"Week {number} Longest run:" for number in range(1, 7)]
    for week in weeks:
        assert [words(head) for head in week.findall("thead/tr/th")] == ["Day", "Morning pain", "Limp", "Run"]
        assert len(week.findall("tbody/tr")) == 7
    text = words(page.find(".//main"))
    assert "from 0 (none) to 10" in text
    assert "Write the longest of the week beside its number." in text
    assert "A limp ends the run" in text
    assert "no run and no training for the legs that day" in text
    assert text.index("Week 2") < text.index("After week 2: not better?") < text.index("Week 3")


@pytest.mark.parametrize("path", ["/guidance/six-week-sheet", "/guidance/letter-to-your-doctor"])
def test_what_is_printed_has_nothing_to_type_into(client: FlaskClient, path: str) -> None:
    page = html5lib.parse(client.get(path).text, namespaceHTMLElements=False)
    assert [field.tag for field in page.iter() if field.tag in ("form", "input", "textarea", "select")] == []
    assert "Nothing you write on it reaches us." in words(page.find("body"))


@pytest.mark.parametrize(
    "path",
    ["/guidance/movement-screen", "/guidance/letter-to-your-doctor", "/hip-check", "/guidance/six-week-sheet"],
)
def test_a_listing_is_said_to_be_no_endorsement_wherever_trainers_are_spoken_of(
    client: FlaskClient, path: str
) -> None:
    assert "A listing is no endorsement. Check the credential yourself." in client.get(path).text


def test_it_is_said_once_more_beside_the_search_of_an_article(client: FlaskClient) -> None:
    page = html5lib.parse(client.get("/guidance/strength-for-runners").text, namespaceHTMLElements=False)
    assert NO_ENDORSEMENT in words(page.find(".//section[@aria-labelledby='find']"))


def test_a_source_without_a_date_is_not_given_the_year_in_which_we_read_it(client: FlaskClient) -> None:
    page = html5lib.parse(client.get("/guidance/can-i-run-it-off").text, namespaceHTMLElements=False)
    told = [words(line) for line in page.findall(".//ol[@class='sources']/li")]
    assert any(line.endswith("(expert opinion, undated, read 2026)") for line in told)
    assert not [line for line in told if line.endswith(", 2026)")]


def test_unknown_article_is_404_with_the_way_back(client: FlaskClient) -> None:
    response = client.get("/guidance/no-such-article")
    assert response.status_code == 404
    assert "There is no such article." in response.text


@pytest.mark.parametrize("slug", OWN_PAGES)
def test_own_pages_open(client: FlaskClient, slug: str) -> None:
    assert client.get(f"/{slug}").status_code == 200


def test_rules_show_each_rule_with_its_source_and_date(client: FlaskClient) -> None:
    page = client.get("/rules").text
    for rule in rule_book().rules:
        assert f'id="rule-{rule.code.lower()}"' in page
        if rule.source:
            assert rule.source in page
    assert "15 August 2026" in page
    assert "check with the issuer" in page


def facts_of(page: str, code: str) -> dict[str, str]:
    """What the page says of a rule, by the name of the line."""
    box = html5lib.parse(page, namespaceHTMLElements=False).find(f".//*[@id='rule-{code.lower()}']")
    assert box is not None
    return {words(line[0]): words(line[1]) for line in box.findall("./dl/div")}


def test_what_we_could_not_read_is_said_and_not_left_out(client: FlaskClient) -> None:
    page, ask = client.get("/rules").text, "check with the issuer"
    for rule in rule_book().rules_on(TODAY):
        said = facts_of(page, rule.code)
        assert (ask in said["Kind"]) is (rule.accredited == "unknown"), rule.key
        assert (ask in said["Lasts"]) is (rule.cycle_months is None), rule.key
        assert (ask in said["Continuing education"]) is (rule.units_required is None), rule.key
        assert (ask in said["CPR/AED card"]) is (rule.cpr_aed == "unknown"), rule.key
        late_is_known = bool(rule.late_window_days or rule.late_until)
        if rule.units_required == 0:  # nothing is renewed; the notes say what the holder keeps up
            assert "After the end date" not in said, rule.key
        else:
            assert (ask in said["After the end date"]) is not late_is_known, rule.key
        assert said["We go by it"].startswith("from ")
    assert "every cycle ends on 31 December" in facts_of(page, "ACSM-CPT")["Lasts"]
    assert "up to the next 30 June" in facts_of(page, "ACSM-CPT")["After the end date"]
    assert "1 CEU is 10 contact hours" in facts_of(page, "NASM-CES")["Continuing education"]


def test_a_rule_that_is_to_come_is_announced_and_does_not_hold_yet(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = rule_book()
    cpt = book.by_key("NASM/NASM-CPT")
    coming = replace(cpt, valid_from=date(2027, 3, 1), units_text="3.0", units_required=3_000)
    monkeypatch.setattr(guidance, "rule_book", lambda: RuleBook(book.issuers, (*book.versions, coming)))
    page = client.get("/rules").text
    said = facts_of(page, "NASM-CPT")
    assert said["Continuing education"].startswith("2.0 CEU")
    assert said["We go by it"] == "from 15 August 2026 on, until 1 March 2027"
    assert "From 1 March 2027: 3.0 CEU" in page


def test_each_status_word_is_explained_where_its_tag_leads(client: FlaskClient) -> None:
    page = client.get("/rules").text
    for status, entry in STATUS_WORDS.items():
        assert f'id="status-{status.value}"' in page
        assert entry.word in page


@pytest.mark.parametrize("path", ["/rules", *(f"/{slug}" for slug in OWN_PAGES)])
def test_the_sites_own_words_claim_no_more_than_they_may(client: FlaskClient, path: str) -> None:
    page = client.get(path).text.replace("so it is not valid now", "").replace("It is not valid now", "")
    assert not re.search(r"\b(verified trainer|qualified|safe|valid)\b", page, re.IGNORECASE)


def test_somebody_badly_hurt_reads_911_before_anything_else(client: FlaskClient) -> None:
    page = client.get("/guidance").text
    assert page.index("Call 911 now") < page.index('class="results"')


def test_contact_details_come_from_the_settings(client: FlaskClient) -> None:
    page = client.get("/about").text
    assert "hello@example.org" in page
    assert "1 Test Street, Testville" in page
