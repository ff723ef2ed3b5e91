"""Where tries to sign in are counted: password, second step, password once more. The rule is core's."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_security.signals import password_reset
from sqlalchemy.orm import Session

from trainers.core.accounts import fold_email
from trainers.core.models import Account
from trainers.core.sign_in import limits as sign_in_limits
from trainers.core.sign_in.limits import Closed, Counted
from trainers.extensions import db
from trainers.web import access, known_devices, site
from trainers.web.account_mails import OutboxMailUtil
from trainers.web.around import View, around
from trainers.web.errors import TooManyTries
from trainers.web.filters import plural


@dataclass(frozen=True)
class Guarded:
    """A page on which somebody could guess. `who`: whose tries these are, none when nothing can be guessed now.

    `was_right`, told what the session held before, looks for what only a right answer leaves there.
    """

    who: Callable[[], Counted | None]
    was_right: Callable[[dict[str, Any]], bool]


def init_app(app: Flask) -> None:
    for endpoint, guarded in GUARDED.items():
        around(app, endpoint, partial(limited, guarded))
    password_reset.connect(lift_after_reset, app)
    app.after_request(write_what_was_right)


def limited(guarded: Guarded, view: View) -> Any:
    """Count the try before it is looked at; an account or a network that is closed is not looked at."""
    account = guarded.who() if request.method == "POST" else None
    if account is None:
        return view()
    network = counted("network", sign_in_limits.network_of(request.remote_addr or ""))
    now, before = site.now(), dict(session)
    closed = in_own_transaction(lambda own: sign_in_limits.admit(own, [account, network], now=now))
    if closed:
        raise too_many(closed, now)
    answer = view()
    if guarded.was_right(before):
        g.right_try = account, network
        if access.is_signed_in():
            g.known_device_of = access.account().email_key
    return answer


def in_own_transaction(work: Callable[[Session], Any]) -> Any:
    """What the view does later, or fails to do, changes nothing about it."""
    db.session.rollback()  # on SQLite whoever has read for a POST would make this writer wait for itself
    with Session(db.engine) as own, own.begin():
        return work(own)


def write_what_was_right(response: Response) -> Response:
    """After the view has committed."""
    if right := g.pop("right_try", None):
        account, network = right
        in_own_transaction(lambda own: sign_in_limits.was_right(own, account, network, now=site.now()))
    if lifted := g.pop("lifted_account", None):
        in_own_transaction(lambda own: sign_in_limits.lift(own, lifted))
    if address := g.pop("known_device_of", None):
        known_devices.remember(response, address)
    return response


def too_many(closed: Closed, now: datetime) -> TooManyTries:
    seconds = ceil((closed.until - now).total_seconds())
    why = (
        "Too many wrong tries came from your network." if closed.kind == "network" else "That was wrong too often."
    )
    sentence = f"{why} Try again in {plural(ceil(seconds / 60), 'minute')}."
    if closed.kind in ("password", "device"):
        sentence += " If you choose a new password by mail, you need not wait."
    return TooManyTries(sentence, retry_after=seconds)


def lift_after_reset(_app: Flask, *, user: Account, **_more: Any) -> None:
    """Who reads the account's mail need not wait for those who guess its password. Codes are another matter."""
    g.lifted_account = counted("password", user.email_key)
    g.known_device_of = user.email_key


# Whose tries they are


def counted(kind: str, name: str) -> Counted:
    return sign_in_limits.counted(kind, name, secret=site.settings().secret_key)


def typed_address() -> Counted | None:
    """In one spelling: as many tries for all ways to write an address as for one."""
    if access.is_signed_in():
        return None
    typed = request.form.get("email", "")
    with suppress(ValueError):  # what is no address is counted as it stands
        typed = OutboxMailUtil(current_app).normalize(typed)
    address = fold_email(typed)
    return known_devices.counter_for(address) or counted("password", address)


def own_password() -> Counted | None:
    """Of whoever is signed in. Those who guess at the sign-in do not close it."""
    return counted("password once more", str(access.account().id)) if access.is_signed_in() else None


def second_step() -> Counted | None:
    """Of whoever has given the password; not while an app is set up, when the code is on the page."""
    if access.is_signed_in() or session.get("tf_state") == "validating_profile":
        return None
    account = access.find_account(session.get("tf_user_id"))
    return counted("second step", str(account.id)) if account else None


def signed_in(_before: dict[str, Any]) -> bool:
    """By the account, not by the cookie: that may name a session which has ended."""
    return access.is_signed_in()


def got_past_the_password(before: dict[str, Any]) -> bool:
    """Flask-Security clears what was there before it looks at a password."""
    return signed_in(before) or bool(session.get("tf_user_id"))


GUARDED = {
    "security.login": Guarded(typed_address, got_past_the_password),
    "security.verify": Guarded(own_password, lambda before: session.get("fs_paa") != before.get("fs_paa")),
    "security.change_password": Guarded(
        own_password, lambda before: session.get("_user_id") != before.get("_user_id")
    ),
    "security.two_factor_token_validation": Guarded(second_step, signed_in),
    "security.mf_recovery": Guarded(second_step, signed_in),
    "security.wan_signin_response": Guarded(second_step, signed_in),
}
