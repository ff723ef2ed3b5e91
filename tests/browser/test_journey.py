"""The main job, end to end: Dana registers, Rita checks her, Robin finds her and writes, and she is warned."""

import io
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.browser.certificate import SECRETS, SIZE, photograph
from tests.browser.keyboard import KeyboardPerson
from tests.browser.live import PASSWORD, LiveSite, first_link, text_of
from tests.browser.people import PHONE, Person

ENDS_ON = date(2027, 3, 12)
CERTIFICATE = {"Name on the certificate": "Dana Reyes", "Certificate number": "1160448213"}
MESSAGE = "I run three times a week and my hip gets tired.\n\nAre you free on Fridays?"
LOOKED = re.compile(r"a reviewer looked at NASM.s public lookup\. It showed the same name, number and end date")


WAYS: dict[str, dict[str, Any]] = {
    "with JavaScript": {"reduced_motion": "no-preference"},
    "without JavaScript": {"javascript": False},
    "with the keyboard alone": {"kind": KeyboardPerson},
}


@pytest.mark.by_day("postgresql")
def test_a_trainer_registers_is_checked_is_found_and_is_warned(
    site: LiveSite, meet: Callable[..., Person]
) -> None:
    the_main_job(site, meet, "with JavaScript")


@pytest.mark.by_day("sqlite")
def test_all_of_it_can_be_done_without_javascript(site: LiveSite, meet: Callable[..., Person]) -> None:
    the_main_job(site, meet, "without JavaScript")


@pytest.mark.engine("sqlite")  # the forms that are sent are the same
def test_all_of_it_can_be_done_with_the_keyboard_alone(site: LiveSite, meet: Callable[..., Person]) -> None:
    the_main_job(site, meet, "with the keyboard alone")


def the_main_job(site: LiveSite, meet: Callable[..., Person], way: str) -> None:
    dana = meet("dana@example.org", **WAYS[way])
    she_registers(dana)
    she_confirms_her_address(dana)
    she_tells_about_herself(dana)
    she_slips_and_then_tells_what_is_printed(dana)
    she_shows_a_photo(dana)
    she_checks_her_answers_and_sends_them_in(dana)

    rita = meet("rita@example.org", **WAYS[way])
    she_is_made_a_reviewer(rita)
    she_takes_the_claim(rita)
    she_sees_the_photo_without_its_secrets(rita)
    she_confirms_what_the_lookup_showed(rita)
    she_is_told_by_mail(dana)

    robin = meet("robin@example.org", **(PHONE if way != "with the keyboard alone" else {}), **WAYS[way])
    he_finds_her_nearby(robin)
    he_looks_further_away(robin)
    he_reads_how_she_was_checked(robin)
    he_goes_back_to_the_same_results(robin)
    he_writes_to_her(robin)
    he_sends_it_by_the_mailed_link(robin)
    she_gets_the_message(dana)

    site.clock.set_day(ENDS_ON - timedelta(days=30))
    she_is_warned_once(dana)
    she_finds_it_among_her_messages(dana)
    site.clock.set_day(ENDS_ON - timedelta(days=7))
    she_stops_the_reminders_with_one_click(dana)


# The trainer


def she_registers(dana: Person) -> None:
    dana.opens("/for-trainers")
    dana.follows(re.compile("register", re.I))
    dana.fills_in({"Email address": dana.email, "Password": "too short"})
    assert dana.presses("Make my account").status == 422
    dana.is_told_what_to_mend(re.compile("at least 12 characters"))
    dana.finds_written({"Email address": dana.email})
    dana.fills_in({"Password": PASSWORD})
    dana.presses("Make my account")
    dana.is_at("Look in your mail")


def she_confirms_her_address(dana: Person) -> None:
    dana.follows_the_mailed_link()
    dana.presses("Confirm my address")
    dana.reads("Your address is confirmed")
    dana.signs_in()


def she_tells_about_herself(dana: Person) -> None:
    dana.is_at("About you")
    dana.fills_in({"Name to show": "Dana Reyes", "Where you work": "97005"})
    dana.ticks("Both")
    dana.presses("Save and go on")


def she_slips_and_then_tells_what_is_printed(dana: Person) -> None:
    """Nothing she typed is lost when two answers are no good."""
    dana.chooses("Which certification?", "NASM Certified Personal Trainer")
    dana.fills_in(CERTIFICATE | {"Certificate number": "   "})
    dana.types_date("Start date", 3, 12, 2026)
    dana.types_date("End date", 3, 12, 2025)
    assert dana.presses("Save and go on").status == 422
    dana.is_told_what_to_mend("Enter the certificate number: every letter and digit.")
    dana.finds_written({"Name on the certificate": "Dana Reyes"})
    expect(dana.page.get_by_label("Which certification?")).to_have_value("NASM/NASM-CPT")
    expect(dana.group("Start date").get_by_label("Year")).to_have_value("2026")

    dana.fills_in({"Certificate number": CERTIFICATE["Certificate number"]})
    assert dana.presses("Save and go on").status == 422
    dana.is_told_what_to_mend("The end date is before the start date. Look at both once more.")
    dana.types_date("Start date", 3, 12, 2025)
    dana.types_date("End date", ENDS_ON.month, ENDS_ON.day, ENDS_ON.year)
    dana.presses("Save and go on")


def she_shows_a_photo(dana: Person) -> None:
    dana.reads(re.compile(r"\b[A-Z]\d-\d{3}\b"))
    photo: FilePayload = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photograph("Dana Reyes")}
    dana.shows_file("Photo of the certificate", photo)
    dana.presses("Send this photo")
    dana.reads("The file is here.")
    dana.follows("Check your answers")


def she_checks_her_answers_and_sends_them_in(dana: Person) -> None:
    dana.is_at("Check your answers")
    dana.reads("Dana Reyes", "NASM Certified Personal Trainer", "1160448213", "12 March 2027")
    assert dana.presses("Send it in").status == 422
    dana.is_told_what_to_mend(re.compile("Tick this box to be listed"), re.compile("18 or over"))
    dana.ticks("List me publicly", "I am 18 or over")
    dana.presses("Send it in")
    dana.reads(re.compile("A person looks at it by Wednesday 2 December"))


# The reviewer


def she_is_made_a_reviewer(rita: Person) -> None:
    with rita.site.store() as make:
        rita.site.give_password(make.reviewer(rita.email))


def she_takes_the_claim(rita: Person) -> None:
    rita.signs_in()
    rita.is_at("Review")
    rita.presses("Take: Dana Reyes")
    rita.reads("Dana Reyes", "1160448213")


def she_sees_the_photo_without_its_secrets(rita: Person) -> None:
    shown = rita.page.locator(".review__file img")
    expect(shown).to_be_visible()
    sent = rita.page.request.get(urllib.parse.urljoin(rita.site.url, shown.get_attribute("src") or ""))
    photo = Image.open(io.BytesIO(sent.body()))
    assert photo.size == SIZE
    assert not photo.getexif()
    assert [secret for secret in SECRETS if secret in sent.body()] == []


def she_confirms_what_the_lookup_showed(rita: Person) -> None:
    """With the wrong number first: the form says that it differs, and core refuses the confirmation."""
    rita.fills_in({"Name, as shown": "Dana Reyes", "Number, as shown": "1160448214"})
    rita.types_date("End date, as shown", ENDS_ON.month, ENDS_ON.day, ENDS_ON.year)
    rita.fills_in({"Its status word, as shown": "Active"})
    she_compares(rita, differing=1)
    assert rita.presses("Confirm").status == 422
    rita.is_told_what_to_mend()
    rita.reads("What you typed does not carry a confirmation. Look at the comparison below.")

    rita.fills_in({"Number, as shown": "1160448213"})
    she_compares(rita, differing=0)
    rita.presses("Confirm")
    rita.reads("Confirmed. The trainer is told, and the listing says so.")


def she_compares(rita: Person, *, differing: int) -> None:
    if not rita.javascript:  # with it the page compares while she types
        rita.presses("Compare")
    expect(rita.page.locator(".compare .result-same")).to_have_count(4 - differing)
    expect(rita.page.locator(".compare .result-different")).to_have_count(differing)


def she_is_told_by_mail(dana: Person) -> None:
    dana.site.send_mail()
    mail = dana.site.mailbox.newest_to(dana.email)
    assert mail["Subject"] == "We checked your NASM-CPT"
    assert "12 March 2027" in text_of(mail)


# The visitor


def he_finds_her_nearby(robin: Person) -> None:
    robin.opens("/")
    robin.fills_in({"Where?": "97005"})
    robin.presses("Find trainers")
    robin.is_at("Find a trainer")
    expect(robin.page.get_by_label("How far?")).to_have_value("25")
    robin.reads("1 trainer within 25 miles of Beaverton, OR", re.compile("less than 1 mile away"))
    robin.reads("Current until 12 March 2027")


def he_looks_further_away(robin: Person) -> None:
    robin.chooses("How far?", "50 miles")
    if not robin.javascript:  # with it the results follow each choice
        robin.presses("Search")
    robin.reads("1 trainer within 50 miles of Beaverton, OR")


def he_reads_how_she_was_checked(robin: Person) -> None:
    robin.follows("Dana Reyes")
    robin.is_at("Dana Reyes")
    robin.reads(re.compile("On 23 November 2026"), LOOKED, "Current until 12 March 2027")
    robin.reads(re.compile("Not checked:"), "ends 8213")
    robin.does_not_read("1160448213", "97005")


def he_goes_back_to_the_same_results(robin: Person) -> None:
    """A whole page with all its parts, and not the fragment that the script fetched last."""
    robin.page.go_back()
    robin.is_at("Find a trainer")
    robin.reads("1 trainer within 50 miles of Beaverton, OR")
    robin.finds_written({"Where?": "97005", "How far?": "50"})
    expect(robin.page.get_by_role("banner")).to_be_visible()
    expect(robin.page.locator("link[rel=stylesheet]")).not_to_have_count(0)
    robin.follows("Dana Reyes")


def he_writes_to_her(robin: Person) -> None:
    robin.follows("Write to Dana Reyes")
    robin.fills_in({"Your name": "Robin", "Your email address": "robin@example", "Your message": MESSAGE})
    assert robin.presses("Continue").status == 422
    robin.is_told_what_to_mend("Enter an email address such as name@example.org.")
    robin.finds_written({"Your name": "Robin", "Your message": MESSAGE})
    robin.fills_in({"Your email address": robin.email})
    robin.ticks("I am 18 or over")
    robin.presses("Continue")
    robin.is_at("Look in your mail")


def he_sends_it_by_the_mailed_link(robin: Person) -> None:
    """Following the link sends nothing yet, and the mail with the link holds nothing of the message."""
    mail = robin.follows_the_mailed_link()
    assert "Fridays" not in mail.as_string()
    robin.reads("Are you free on Fridays?")
    robin.site.send_mail()
    assert not [each for each in robin.site.mailbox.mails if "Fridays" in text_of(each)]
    robin.presses("Send my message to Dana Reyes")
    robin.is_at("Your message is on its way")


# The warning


def she_gets_the_message(dana: Person) -> None:
    dana.site.send_mail()
    mail = dana.site.mailbox.newest_to(dana.email)
    assert mail["Reply-To"] == "robin@example.org"
    assert "Are you free on Fridays?" in text_of(mail)


def she_is_warned_once(dana: Person) -> None:
    before = len(dana.site.mailbox.mails)
    for _twice in range(2):
        dana.site.run("alerts", "plan")
        dana.site.send_mail()
    (mail,) = dana.site.mailbox.mails[before:]
    assert mail["To"] == dana.email
    assert mail["Subject"] == "Your NASM-CPT ends in 30 days, on 12 March 2027"
    dana.opens(first_link(mail))
    dana.is_at("I have renewed")


def she_finds_it_among_her_messages(dana: Person) -> None:
    dana.opens("/dashboard")
    dana.follows(re.compile("Messages sent to me"))
    dana.reads("Your NASM-CPT ends in 30 days, on 12 March 2027")


def she_stops_the_reminders_with_one_click(dana: Person) -> None:
    """As a mail program does it: a POST without a cookie, a token or a page (RFC 8058)."""
    mail = dana.site.mailbox.newest_to(dana.email)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<(http.*)>", mail["List-Unsubscribe"])
    assert address
    with urllib.request.urlopen(address[1], data=b"List-Unsubscribe=One-Click") as answer:
        assert answer.status == 200
        assert answer.url == address[1]

    before = len(dana.site.mailbox.mails)
    dana.site.run("alerts", "plan")
    dana.site.send_mail()
    assert dana.site.mailbox.mails[before:] == []
