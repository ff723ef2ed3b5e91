"""What is no good is said at the top, in the title and at the field, and each sentence leads to its field."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.live import LiveSite
from tests.browser.pages import NOTHING_TO_FILL_IN, Stop, Tour
from tests.browser.world import World

FIELD = """field => {
  const around = field.closest("fieldset[aria-describedby]") || field;
  const ids = (around.getAttribute("aria-describedby") || "").split(" ");
  return {said: ids.map(id => document.getElementById(id)?.innerText || "").join(" "),
          invalid: field.type === "radio" || field.getAttribute("aria-invalid") === "true"};
}"""
"""What is read out at a field. Of a group the sentence belongs to the whole; round buttons cannot be invalid."""


def test_each_sentence_leads_to_its_field_and_is_read_there(tour: Tour, stops: list[Stop]) -> None:
    sent_in_empty = [stop for stop in stops if stop.press and stop.press not in NOTHING_TO_FILL_IN]
    assert len(sent_in_empty) > 10
    for stop in sent_in_empty:
        page, _html = tour.open(stop)
        summary = page.locator(".error-summary")
        expect(summary, stop.name).to_be_focused()
        assert page.title().startswith("Error: "), stop.name
        sentences = summary.get_by_role("link").all()
        assert sentences or stop.path == "/login", stop.name  # which must not say which of the two was wrong
        for sentence in sentences:
            leads_to_its_field(page, sentence, stop.name)


def leads_to_its_field(page: Page, sentence: Locator, name: str) -> None:
    sentence.focus()
    page.keyboard.press("Enter")
    field = page.locator(":focus")
    expect(field, f"{name}: {sentence.inner_text()}").to_have_count(1)
    assert f"#{field.get_attribute('id')}" == sentence.get_attribute("href"), name
    read = field.evaluate(FIELD)
    assert sentence.inner_text() in read["said"], (name, read)
    assert read["invalid"], (name, sentence.inner_text())


def test_a_page_where_nothing_is_wrong_does_not_say_so(town: tuple[LiveSite, World]) -> None:
    client = town[0].app.test_client()
    for path in ("/", "/trainers", "/login", "/register"):
        assert "<title>Error" not in client.get(path).text
