import re
from dataclasses import replace
from datetime import date

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.conftest import TODAY
from tests.page_client import words
from trainers.core.articles import list_articles
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
            assert str(source.year) in page.text
        assert 'href="/trainers"' in page.text


def test_the_hip_article_warns_before_it_advises(client: FlaskClient) -> None:
    page = client.get("/guidance/hip-pain-from-running").text
    assert page.index("This is not medical advice") < page.index('class="prose"')
    assert "911" in page


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
