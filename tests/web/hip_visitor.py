"""Somebody at the hip check."""

from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.core.test_hipcheck import Given
from tests.page_client import words

ADDRESS = "/hip-check"


class Visitor:
    """Somebody who answers screen after screen. Only what the page's own form holds is sent."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.read(client.get(ADDRESS))

    def read(self, answer: TestResponse) -> None:
        self.answer = answer
        self.page = html5lib.parse(answer.text, namespaceHTMLElements=False)

    @property
    def main(self) -> Element:
        main = self.page.find(".//main")
        assert main is not None
        return main

    @property
    def heading(self) -> str:
        return words(self.main.find(".//h1"))

    @property
    def text(self) -> str:
        return words(self.main)

    def form(self, button: str) -> Element:
        for form in self.main.iter("form"):
            if button in [words(each) for each in form.iter("button")]:
                return form
        raise AssertionError(f"no form has the button {button!r} on: {self.heading}")

    def hidden(self, button: str) -> Given:
        """What this form carries along."""
        sent: Given = {}
        for field in self.form(button).iter("input"):
            if field.get("type") == "hidden":
                sent.setdefault(str(field.get("name")), []).append(str(field.get("value")))
        return sent

    def press(self, button: str, **chosen: list[str]) -> "Visitor":
        form = self.form(button)
        [pressed] = [each for each in form.iter("button") if words(each) == button]
        named = {str(pressed.get("name")): [str(pressed.get("value"))]} if pressed.get("name") else {}
        offered = {field.get("name") for field in form.iter("input")}
        assert chosen.keys() <= offered, f"{self.heading} does not ask for {chosen.keys() - offered}"
        assert (form.get("method"), str(form.get("action")).split("#")[0]) == ("post", ADDRESS)
        self.read(self.client.post(ADDRESS, data=self.hidden(button) | named | chosen))
        return self

    def ticked(self) -> set[tuple[str, str]]:
        """What is ticked on the page that is shown."""
        boxes = [box for box in self.main.iter("input") if box.get("checked") is not None]
        return {(str(box.get("name")), str(box.get("value"))) for box in boxes}

    def goes_through(self, given: Given) -> "Visitor":
        """Answers what is asked until it ends."""
        self.press("Start")
        while any(words(button) == "Continue" for button in self.main.iter("button")):
            asked = {str(box.get("name")) for box in self.main.iter("input") if box.get("type") != "hidden"}
            self.press("Continue", **{slug: given[slug] for slug in asked})
            assert self.answer.status_code == 200
        return self
