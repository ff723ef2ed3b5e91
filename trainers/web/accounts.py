"""Accounts by Flask-Security, fitted to this site: mail through the outbox, buttons instead of links that act,
422 for rejected forms, sign-out everywhere."""

from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, flash, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_security import Security, hash_password, logout_user
from flask_security.change_email import ChangeEmailForm
from flask_security.forms import ForgotPasswordForm, SendConfirmationForm, TwoFactorVerifyCodeForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.signals import change_email_confirmed, user_authenticated, user_not_registered, user_registered
from wtforms import Form

from trainers.config import Settings
from trainers.core.mail import recipients
from trainers.core.models import Account
from trainers.extensions import limiter, store
from trainers.web import access, second_factor, secret_keys, sign_in_limits, site
from trainers.web.account_mails import OutboxMailUtil, tell
from trainers.web.account_words import MESSAGES
from trainers.web.htmx import see_other

blueprint = Blueprint("accounts", __name__)

LIMITS = {
    "security.login": "20 per minute; 100 per hour",
    "security.register": "10 per minute; 40 per hour",
    "security.forgot_password": "5 per minute; 20 per hour",
    "security.send_confirmation": "5 per minute; 20 per hour",
    "security.change_email": "5 per minute; 20 per hour",
    "security.change_password": "5 per minute; 20 per hour",
    "security.verify": "5 per minute; 20 per hour",
    "security.two_factor_token_validation": "20 per minute; 100 per hour",
    "security.mf_recovery": "20 per minute; 100 per hour",
    "security.wan_signin_response": "20 per minute; 100 per hour",
}


def security_config(settings: Settings) -> dict[str, Any]:
    """Flask-Security's settings. Answers never tell whether an address has an account."""
    return {
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_EMAIL": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_DATETIME_FACTORY": site.now,  # its own default has no zone, which our columns refuse
        "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=5),
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "SECURITY_CHANGE_EMAIL_WITHIN": timedelta(hours=2),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},  # argon2 salts by itself: one secret fewer to lose
        "SECURITY_HASHING_SCHEMES": ["argon2"],  # links cost the same for known and unknown addresses
        "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # else a DNS look-up at each sign-up
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_SENDER": settings.mail_from,
        "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
        "SECURITY_POST_LOGIN_VIEW": "/dashboard",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_REGISTER_VIEW": "/look-in-your-mail",
        "SECURITY_POST_CONFIRM_VIEW": "/login",
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/dashboard/account",
        "SECURITY_POST_CHANGE_EMAIL_VIEW": "/dashboard/account",
        "SECURITY_EMAIL_SUBJECT_REGISTER": "Confirm your address for Sound Stride",
        "SECURITY_EMAIL_SUBJECT_CONFIRM": "Confirm your address for Sound Stride",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password for Sound Stride",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your Sound Stride password was changed",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your Sound Stride password was changed",
        "SECURITY_CHANGE_EMAIL_SUBJECT": "Confirm your new address for Sound Stride",
        **second_factor.second_factor_config(settings),
        **MESSAGES,
    }


def init_app(app: Flask) -> None:
    security = Security(
        app,
        store,
        mail_util_cls=OutboxMailUtil,
        totp_cls=second_factor.SingleUseTotp,
        mf_recovery_codes_util_cls=second_factor.SingleUseRecoveryCodes,
        wan_signin_response_form=second_factor.OwnPasskeyForm,
        send_confirmation_form=EvenSendConfirmationForm,
        change_email_form=EvenChangeEmailForm,
        render_template=render_account_page,
    )
    security.login_manager.request_loader(lambda _request: None)  # else a token in the address signs in
    app.register_blueprint(blueprint)
    ask_before(app, "security.confirm_email", "accounts/confirm.html")
    ask_before(app, "security.change_email_confirm", "accounts/confirm_change.html")
    secret_keys.init_app(app, security)
    second_factor.init_app(app, security)
    sign_in_limits.init_app(app)
    app.before_request(refuse_json)
    for endpoint, limit in LIMITS.items():
        limited: Any = limiter.limit(limit, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
    change_email_confirmed.connect(tell_old_address, app)
    user_authenticated.connect(tell_what_came_back, app)
    user_registered.connect(cost_the_same, app)
    user_not_registered.connect(cost_the_same, app)
    app.after_request(finish_account_page)


def refuse_json() -> None:
    """Flask-Security would read a form from JSON, too, and answer in JSON with more than its pages tell; what is
    limited and logged here are forms alone."""
    security = current_app.extensions["security"]
    if request.blueprint == "security" and security._want_json(request):
        abort(415 if request.is_json else 406)


def ask_before(app: Flask, endpoint: str, template: str) -> None:
    """Let a followed link only ask; a button acts. Mail scanners follow links."""
    act: Any = app.view_functions[endpoint]

    @wraps(act)
    def ask_first(token: str) -> ResponseReturnValue:
        return act(token) if request.method == "POST" else render_template(template)

    app.view_functions[endpoint] = ask_first
    for rule in app.url_map.iter_rules(endpoint):
        if rule.methods is not None:
            rule.methods.add("POST")


def render_account_page(template: str, **context: Any) -> str:
    """Flask-Security's way to render; remembers that a form was rejected, which it answers with 200."""
    forms = [value for value in context.values() if isinstance(value, Form)]
    for form in forms:
        ask_for_what_is_missing(form)
    g.rejected = any(form.errors for form in forms)
    return render_template(template, **context)


def ask_for_what_is_missing(form: Form) -> None:
    """An empty field may be named: unlike "that address is unknown" it gives nothing away. Flask-Security answers
    it like an unknown address, with the sentence that a mail is on its way."""
    asks = isinstance(form, ForgotPasswordForm | SendConfirmationForm)
    if asks and request.method == "POST" and not (form.email.data or "").strip():
        session.pop("_flashes", None)  # that sentence
        form.email.errors = ["Enter your email address."]
    if (
        isinstance(form, TwoFactorVerifyCodeForm | MfRecoveryForm)
        and form.errors
        and not (form.code.data or "").strip()
    ):
        form.code.errors = ["Enter the code."]


def finish_account_page(response: Response) -> Response:
    if g.get("rejected") and response.status_code == 200 and request.method == "POST":
        response.status_code = 422
    return response


def tell_what_came_back(_app: Flask, user: Account, **_more: Any) -> None:
    """Who signs in is told that mail to the address came back: by mail that cannot be said."""
    recipient = recipients.find_address(site.session(), user.email)
    if recipient is not None and recipient.state != "ok":
        flash(
            f"Our mail to {user.email} came back, so we send no reminders. Under “Messages sent to me” you can"
            " change your address, or tell us that it works.",
            "warning",
        )


def tell_old_address(_app: Flask, *, old_email: str, **_more: Any) -> None:
    """Who loses an account this way has no other mailbox in which to learn of it."""
    tell(old_email, "address_notice", "The address of your Sound Stride account was changed")


class EvenSendConfirmationForm(SendConfirmationForm):
    """Takes as long for an unknown address as for a known one."""

    def validate(self, **kwargs: Any) -> bool:
        if super().validate(**kwargs):
            return True
        hash_password("-")
        return False


class EvenChangeEmailForm(ChangeEmailForm):
    """Takes as long for an address that somebody has as for a free one."""

    def validate(self, **kwargs: Any) -> bool:
        free = bool(super().validate(**kwargs))
        if self.existing_email_user:
            hash_password("-")
        return free


def cost_the_same(_app: Flask, *, user: Account, existing_email: bool = False, **_more: Any) -> None:
    """Registering hashes a password and a link; for an address that waits to be confirmed there are two links."""
    if not existing_email or user.confirmed_at:
        hash_password("-")


@blueprint.get("/look-in-your-mail")
@access.linked
def look_in_your_mail() -> ResponseReturnValue:
    return render_template("accounts/look_in_your_mail.html")


@blueprint.get("/dashboard/account")
@access.signed_in
def account() -> ResponseReturnValue:
    passkeys = len(access.account().webauthn)
    return render_template("accounts/account.html", account=access.account(), passkeys=passkeys)


@blueprint.post("/dashboard/account/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    store.set_uniquifier(access.account())
    site.commit()
    logout_user()
    flash("You are signed out on every device.", "success")
    return see_other("/login")
