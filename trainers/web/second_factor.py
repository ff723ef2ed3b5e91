"""The second step of signing in, by Flask-Security: an authenticator app or a passkey, and recovery codes.

Nobody with a role has a session before it; anybody may switch it on.
"""

import logging
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import MfRecoveryCodesUtil, Security, Totp, WebAuthnSigninResponseForm, login_user
from flask_security.signals import (
    tf_code_confirmed,
    tf_disabled,
    tf_profile_changed,
    wan_deleted,
    wan_registered,
)
from passlib.exc import TokenError

from trainers.config import Settings
from trainers.core.accounts import end_sessions
from trainers.core.errors import DomainError
from trainers.core.models import Account
from trainers.core.sign_in import second_factor
from trainers.web import access, site
from trainers.web.account_mails import tell
from trainers.web.account_words import MESSAGES
from trainers.web.around import View, around
from trainers.web.htmx import see_other

log = logging.getLogger(__name__)

APP, PASSKEY = "an authenticator app", "a passkey"
TOLERANCE = 30
"""Seconds by which a phone's clock may be wrong."""
CODES_PAGE = "/mf-recovery-codes"
CODE_ASKED = "security.two_factor_token_validation"


def second_factor_config(settings: Settings) -> dict[str, Any]:
    """Flask-Security's settings for the second step."""
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": TOLERANCE,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/dashboard/account",
        "SECURITY_TOTP_SECRETS": second_factor.totp_secrets(settings.secret_keys),
        "SECURITY_TOTP_ISSUER": second_factor.ISSUER,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": second_factor.recovery_keys(settings.secret_keys),
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": second_factor.ISSUER,
        "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_VERIFY": None,  # the password is asked for once more, never the passkey
        "SECURITY_WAN_POST_REGISTER_VIEW": "/dashboard/account",
    }


def init_app(app: Flask, security: Security) -> None:
    security.tf_setup_context_processor(being_set_up)
    security.tf_token_validation_context_processor(being_set_up)
    tf_profile_changed.connect(app_added, app)
    tf_code_confirmed.connect(code_confirmed, app)
    tf_disabled.connect(app_removed, app)
    wan_registered.connect(passkey_added, app)
    wan_deleted.connect(passkey_removed, app)
    around(app, "security.login", without_loop)
    around(app, "security.tf_select", without_loop)
    around(app, "security.two_factor_setup_validate", lambda _view: abort(404))  # of no page; names no account
    around(app, "security.two_factor_rescue", lambda _view: redirect(url_for("security.mf_recovery")))
    around(app, "security.wan_delete", keep_the_last)
    for endpoint in ("security.two_factor_setup", "security.wan_delete"):
        around(app, endpoint, one_at_a_time)
    around(app, "security.mf_recovery_codes", show_new_codes)
    for endpoint in (CODE_ASKED, "security.wan_register_response"):
        around(app, endpoint, lead_to_codes)
    around(app, CODE_ASKED, lead_to_passkey)


def without_loop(view: View) -> ResponseReturnValue:
    """Nobody who signs in asked to be led back to the sign-in, which is what Flask-Security writes into `next`."""
    response = current_app.make_response(view())
    target = urlsplit(response.location or "")
    wanted = parse_qs(target.query).get("next", [""])[0]
    if wanted and urlsplit(wanted).path == request.path:
        response.location = target._replace(query="").geturl()
    return response


def lead_to_codes(view: View) -> ResponseReturnValue:
    """Who has just set up a first second step is shown the recovery codes before anything else."""
    before = session.get("tf_state")
    if access.is_signed_in() and request.endpoint == CODE_ASKED and before != "validating_profile":
        return redirect("/dashboard")  # the Back button; Flask-Security would sign the person out
    response = current_app.make_response(view())
    if before != "ready" and response.status_code == 302 and access.is_signed_in():
        account = access.account()
        if account.second_factors and not account.mf_recovery_codes:
            return redirect(CODES_PAGE)
    return response


def lead_to_passkey(view: View) -> Any:
    """Who has no app has no code to give."""
    if not access.is_signed_in() and session.get("tf_state") == "ready":
        account = access.find_account(session.get("tf_user_id"))
        if account and account.webauthn and not account.has_authenticator:
            return redirect(url_for("security.wan_signin"))
    return view()


def one_at_a_time(view: View) -> Any:
    """Called before `keep_the_last` and Flask-Security ask what is left."""
    if request.method == "POST" and access.is_signed_in():
        second_factor.hold(site.session(), access.account())
    return view()


def keep_the_last(view: View) -> Any:
    if request.method == "POST" and access.is_signed_in():
        try:
            second_factor.refuse_to_be_without(access.account())
        except DomainError as error:
            flash(error.sentence, "error")
            return redirect(url_for("security.wan_register"))
    return view()


def show_new_codes(view: View) -> ResponseReturnValue:
    """On a page that can be looked at twice: reloading the answer to a form would send it again."""
    response = current_app.make_response(view())
    made = request.method == "POST" and response.status_code == 200 and not g.get("rejected")
    return see_other(f"{CODES_PAGE}?show_codes=yes") if made else response


def being_set_up() -> dict[str, Any]:
    """For the page with the secret, and for the one that asks for a code: the same again, after a wrong one."""
    secret = session.get("tf_totp_secret")
    if session.get("tf_state") != "validating_profile" or not secret:
        return {"authenticator": None}
    user = access.account() if access.is_signed_in() else access.find_account(session.get("tf_user_id"))
    return {"authenticator": current_app.extensions["security"].totp_factory.fetch_setup_values(secret, user)}


# What changed, told by mail and kept in the record


def code_confirmed(_app: Flask, *, user: Account, **_more: Any) -> None:
    """The first code of an app that is set up on the way in; other codes change nothing."""
    if session.get("tf_state") == "validating_profile":
        added(user, APP)


def app_added(_app: Flask, *, user: Account, **_more: Any) -> None:
    added(user, APP)
    stay_signed_in()


def passkey_added(_app: Flask, **_more: Any) -> None:
    added(access.account(), PASSKEY)
    stay_signed_in()


def app_removed(_app: Flask, *, user: Account, **_more: Any) -> None:
    user.tf_last_counter = None
    removed(user, APP)
    second_factor.forget_recovery_codes(user)


def passkey_removed(_app: Flask, *, name: str, **_more: Any) -> None:
    account = access.account()
    removed(account, PASSKEY, name=name)
    if account.second_factors == 1:
        account.mf_recovery_codes = None


def added(account: Account, what: str) -> None:
    """Sessions that began without it end: each one that is left has passed a second step or set it up."""
    end_sessions(account)
    second_factor.note(site.session(), account, by=str(account.id), action="second_factor_added", detail=what)
    tell(account.email, "second_factor_added", "Your Sound Stride account has a second step", what=what)


def removed(account: Account, what: str, *, name: str = "") -> None:
    """The name of a passkey is its holder's own words, so the record, which outlives the account, goes without."""
    second_factor.note(site.session(), account, by=str(account.id), action="second_factor_removed", detail=what)
    subject = "A second step of your Sound Stride account was removed"
    tell(account.email, "second_factor_removed", subject, what=f"{what} ({name})" if name else what)


def stay_signed_in() -> None:
    """On this device only."""
    name = current_app.config.get("REMEMBER_COOKIE_NAME", "remember_token")
    login_user(access.account(), remember=name in request.cookies)


# What counts as a second step


class OwnPasskeyForm(WebAuthnSigninResponseForm):
    """Flask-Security takes anybody's passkey after anybody's password, and lets in the passkey's owner."""

    def validate(self, **kwargs: Any) -> bool:
        if not super().validate(**kwargs):
            return False
        if self.user is None or self.user.fs_uniquifier != session.get("tf_user_id"):
            self.credential.errors = [MESSAGES["SECURITY_MSG_WEBAUTHN_MISMATCH_USER_HANDLE"][0]]
            return False
        return True


class SingleUseTotp(Totp):
    """Codes of an authenticator app: each works once, also when it is sent twice at the same moment."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        self._totp = second_factor.totp_type(secrets, issuer)

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        account: Account = getattr(user, "_get_current_object", lambda: user)()
        site.session().refresh(account, ["tf_last_counter", "tf_totp_secret"], with_for_update=True)
        in_use = totp_secret == account.tf_totp_secret
        try:
            match = self._totp.verify(
                token,
                totp_secret,
                time=site.now().timestamp(),
                window=window,
                last_counter=account.tf_last_counter if in_use else None,
            )
        except TokenError:
            return False
        except (KeyError, ValueError) as error:  # passlib has no key of that fingerprint, or the text is spoilt
            log.error("The authenticator secret of account %s cannot be read: %s", account.id, error)
            return False
        account.tf_last_counter = match.counter
        return True


class SingleUseRecoveryCodes(MfRecoveryCodesUtil):
    """Codes on paper: each works once, however it is typed, also when it is sent twice at the same moment."""

    def check_recovery_code(self, user: Any, code: str) -> bool:
        site.session().refresh(user, ["mf_recovery_codes"], with_for_update=True)
        return bool(super().check_recovery_code(user, tidy(code)))

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        """Also tells by mail, before the code signs anybody in."""
        gone = bool(super().delete_recovery_code(user, tidy(code)))
        subject = "A recovery code of your Sound Stride account was used"
        tell(user.email, "recovery_code_used", subject, left=len(user.mf_recovery_codes or ()))
        return gone


def tidy(code: str) -> str:
    """As it was printed: three groups of four."""
    signs = re.sub(r"[^0-9a-z]", "", code.lower())
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))
