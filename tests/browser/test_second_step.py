"""Signing in with two steps, in a real browser: an authenticator app, passkeys, recovery codes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.live import LiveSite
from tests.browser.people import Person
from tests.web.signing_in import code_for
from trainers.core.models import Account

pytestmark = pytest.mark.by_day("sqlite")  # the same forms are sent in tests/web/test_second_factor.py, on both

EMAIL = "rita@example.org"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def by_name(site: LiveSite) -> str:
    """Browsers keep passkeys for names, never for numbers such as 127.0.0.1."""
    return site.url.replace("127.0.0.1", "localhost")


def with_account(site: LiveSite, **more: Any) -> None:
    with site.store() as make:
        account: Account = make.account(EMAIL, second_step=False, **more)
        site.give_password(account)


def has_a_device(rita: Person) -> Any:
    """A virtual authenticator in her browser; answers the way to it."""
    protocol = rita.page.context.new_cdp_session(rita.page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return protocol


def makes_recovery_codes(rita: Person) -> list[str]:
    rita.is_at("Recovery codes")
    rita.presses("Make my recovery codes")
    codes = rita.page.locator(".codes code").all_text_contents()
    assert len(codes) == 8
    return codes


def signs_out(rita: Person) -> None:
    rita.opens("/dashboard/account")
    rita.presses("Sign out")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_reviewer_is_led_through_setting_up_an_app_and_signs_in_with_it(
    site: LiveSite, meet: Callable[..., Person], javascript: bool
) -> None:
    with_account(site, roles=("reviewer",))
    rita = meet(EMAIL, javascript=javascript)
    rita.signs_in()
    rita.is_at("Set up an authenticator app")
    rita.presses("Show me the code to scan")
    picture = rita.page.get_by_alt_text("A QR code with the key that stands below")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth > 100") if javascript else True
    key = rita.page.locator("#secret").inner_text()

    rita.fills_in({"Code": "000 000"})
    assert rita.presses("Save").status == 422
    rita.is_told_what_to_mend("That code is not right, or was used before. Wait for the next one.")
    assert rita.page.locator("#secret").inner_text() == key
    rita.fills_in({"Code": code_for(key, site.clock.now())})
    rita.presses("Go on")
    codes = makes_recovery_codes(rita)
    rita.follows("I have them")
    rita.is_at("Review")

    signs_out(rita)
    rita.signs_in()
    rita.is_at("Review")
    signs_out(rita)
    rita.gives_the_password()
    rita.follows("I do not have my phone: use a recovery code")
    rita.fills_in({"Recovery code": codes[0].upper()})
    rita.presses("Go on")
    rita.is_at("Review")


def test_a_passkey_is_a_second_step_and_enough_for_a_reviewer(site: LiveSite, meet: Callable[..., Person]) -> None:
    with_account(site)
    rita = meet(EMAIL, home=by_name(site))
    device = has_a_device(rita)
    rita.signs_in()
    adds_a_passkey(rita, "Phone")
    makes_recovery_codes(rita)
    signs_out(rita)
    site.run("accounts", "grant", EMAIL, "reviewer")

    uses_the_passkey(rita)
    rita.is_at("Review")
    rita.opens("/wan-register")
    rita.presses("Remove: Phone")
    rita.reads("Reviewers and admins always need a second step. Set up another one first.")

    gets_another(device)
    adds_a_passkey(rita, "Laptop key", by="Change passkeys")
    rita.opens("/wan-register")
    rita.presses("Remove: Phone")
    rita.reads("The passkey “Phone” is removed.")
    site.send_mail()
    subjects = [mail["Subject"] for mail in site.mailbox.all_to(EMAIL)]
    assert subjects == [
        "Your Sound Stride account has a second step",
        "Your Sound Stride account has a second step",
        "A second step of your Sound Stride account was removed",
    ]


def adds_a_passkey(rita: Person, name: str, *, by: str = "Add passkeys") -> None:
    rita.opens("/dashboard/account")
    rita.follows(by)
    rita.fills_in({"Name of the device": name})
    rita.page.get_by_role("button", name="Add a passkey").click()
    rita.page.wait_for_url(lambda url: "/wan-register" not in url)


def uses_the_passkey(rita: Person) -> None:
    rita.signs_in()
    rita.is_at("Your passkey")
    rita.page.get_by_role("button", name="Use my passkey").click()
    rita.page.wait_for_url(lambda url: "/wan-signin" not in url)


def gets_another(device: Any) -> None:
    """One device makes one passkey for each account."""
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"transport": "usb"}})


def test_a_passkey_of_another_device_does_not_open_the_account_and_a_recovery_code_does(
    site: LiveSite, meet: Callable[..., Person]
) -> None:
    with_account(site)
    rita = meet(EMAIL, home=by_name(site))
    has_a_device(rita)
    rita.signs_in()
    adds_a_passkey(rita, "Phone")
    codes = makes_recovery_codes(rita)

    elsewhere = meet(EMAIL, home=by_name(site))
    has_a_device(elsewhere)  # a new one, which holds no passkey of hers
    elsewhere.signs_in()
    elsewhere.page.get_by_role("button", name="Use my passkey").click()
    expect(elsewhere.page.get_by_role("status")).to_contain_text("did not give us a passkey")
    expect(elsewhere.page.get_by_role("button", name="Try once more")).to_be_visible()
    elsewhere.follows("I do not have it here: use a recovery code")
    elsewhere.fills_in({"Recovery code": codes[0]})
    elsewhere.presses("Go on")
    elsewhere.opens("/dashboard/account")
    elsewhere.is_at("My account")


def test_a_passkey_of_somebody_else_on_the_same_device_opens_neither_account(
    site: LiveSite, meet: Callable[..., Person]
) -> None:
    """Sam's password and Rita's passkey: the browser is told, against what we said, to offer any key it has."""
    with_account(site)
    rita = meet(EMAIL, home=by_name(site))
    has_a_device(rita)
    rita.signs_in()
    adds_a_passkey(rita, "Phone")
    makes_recovery_codes(rita)
    signs_out(rita)
    with site.store() as make:
        sam = site.give_password(make.account("sam@example.org"))
        make.passkey(sam, "Laptop")

    rita.page.route("**/wan-signin*", offer_any_key)
    sam_at_her_device = Person("sam@example.org", rita.page, site)
    sam_at_her_device.signs_in()
    sam_at_her_device.is_at("Your passkey")
    with rita.page.expect_response("**/wan-signin/*"):
        rita.page.get_by_role("button", name="Use my passkey").click()
    sam_at_her_device.reads("That passkey does not open this account.")
    assert rita.page.request.get("/dashboard/account", max_redirects=0).status == 302


def offer_any_key(route: Route) -> None:
    answer = route.fetch()
    asked = re.sub(r"(allowCredentials&#34;: \[).*?\]", r"\1]", answer.text())
    route.fulfill(response=answer, body=asked)


def test_at_an_address_without_a_name_the_page_says_that_passkeys_do_not_work(
    site: LiveSite, meet: Callable[..., Person]
) -> None:
    with_account(site)
    rita = meet(EMAIL)
    has_a_device(rita)
    rita.signs_in()
    rita.opens("/wan-register")
    rita.fills_in({"Name of the device": "Phone"})
    rita.presses("Add a passkey")
    expect(rita.page.get_by_role("status")).to_contain_text("not at this address")
