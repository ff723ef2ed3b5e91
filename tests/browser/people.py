"""People at their browsers: they read words, fill in what has a label, press buttons and follow links."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, Response, expect
from sqlalchemy import select

from tests.browser.live import PASSWORD, LiveSite, first_link
from tests.factories import code_of
from trainers.core.models import Account

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
CALM: dict[str, Any] = {"reduced_motion": "reduce"}
"""The page jumps to the next control, and does not still slide there while we look or wait to press it."""
PATIENCE = 10_000.0
"""Milliseconds: far more than any page needs, for machines that do much else at the same time."""
expect.set_options(timeout=PATIENCE)


@dataclass
class Person:
    email: str
    page: Page
    site: LiveSite
    javascript: bool = True

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)

    # What they do

    def opens(self, address: str) -> Response:
        response = self.page.goto(address)
        assert response is not None
        return response

    def fills_in(self, answers: Mapping[str, str]) -> None:
        for label, answer in answers.items():
            self.write(self.page.get_by_label(label), answer)

    def types_date(self, question: str, month: int, day: int, year: int) -> None:
        boxes = self.group(question)
        for label, number in (("Month", month), ("Day", day), ("Year", year)):
            self.write(boxes.get_by_label(label), str(number))

    def chooses(self, label: str, answer: str) -> None:
        self.choose(self.page.get_by_label(label), answer)

    def ticks(self, *labels: str) -> None:
        for label in labels:
            self.tick(self.page.get_by_label(label))

    def shows_file(self, label: str, file: FilePayload) -> None:
        self.page.get_by_label(label).set_input_files(file)

    def unfolds(self, words: str) -> None:
        self.press(self.page.locator("summary", has_text=words))

    def presses(self, button: str) -> Response:
        """Answers what the press led to, a whole page."""
        with self.page.expect_navigation() as led_to:
            self.press(self.page.get_by_role("button", name=button, exact=True))
        return led_to.value

    def follows(self, link: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.press(self.page.get_by_role("link", name=link).first)

    def signs_in(self, password: str = PASSWORD) -> None:
        """With the code of the phone, where one is asked for."""
        self.gives_the_password(password)
        if self.page.get_by_role("heading", level=1, name="Your code", exact=True).count():
            self.fills_in({"Code": self.looks_at_the_phone()})
            self.presses("Go on")

    def gives_the_password(self, password: str = PASSWORD) -> None:
        self.opens("/login")
        self.fills_in({"Email address": self.email, "Password": password})
        self.presses("Sign in")

    def looks_at_the_phone(self) -> str:
        """Waits for a code of its own: the site takes each code once, and people sign in quickly here."""
        self.site.clock.pass_by(60)
        with self.site.store() as make:
            account = make.session.scalars(select(Account).where(Account.email == self.email)).one()
            return code_of(account, self.site.clock.now())

    def follows_the_mailed_link(self) -> EmailMessage:
        """The mail whose link was followed."""
        self.site.send_mail()
        mail = self.site.mailbox.newest_to(self.email)
        self.opens(first_link(mail))
        return mail

    # How they do it

    def write(self, field: Locator, answer: str) -> None:
        field.fill(answer)

    def choose(self, field: Locator, answer: str) -> None:
        field.select_option(label=answer)

    def tick(self, box: Locator) -> None:
        box.check()

    def press(self, thing: Locator) -> None:
        thing.click()

    # What they see

    def group(self, question: str) -> Locator:
        return self.page.get_by_role("group", name=question)

    def reads(self, *words: str | re.Pattern[str]) -> None:
        for each in words:
            expect(self.page.get_by_role("main").get_by_text(each).first).to_be_visible()

    def does_not_read(self, *words: str | re.Pattern[str]) -> None:
        for each in words:
            expect(self.page.get_by_text(each)).to_have_count(0)

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def finds_written(self, answers: Mapping[str, str]) -> None:
        for label, answer in answers.items():
            expect(self.page.get_by_label(label)).to_have_value(answer)

    def is_told_what_to_mend(self, *sentences: str | re.Pattern[str]) -> None:
        """The list of errors stands at the top, has the focus, and leads to the fields."""
        summary = self.page.locator(".error-summary")
        expect(summary).to_be_focused()
        for sentence in sentences:
            expect(summary.get_by_role("link", name=sentence)).to_be_visible()
