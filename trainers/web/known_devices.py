"""Devices on which somebody has signed in before (OWASP: device cookies). Their wrong tries are counted apart, so
that strangers who guess at an address do not close it to who lives there."""

import secrets
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from trainers.core.sign_in import keys
from trainers.core.sign_in import limits as sign_in_limits
from trainers.core.sign_in.limits import Counted
from trainers.web import site

COOKIE = "known_device"
LASTS = timedelta(days=365)
SIGN_IN = "/login"
"""The only page to which the cookie is sent."""


def remember(response: Response, address: str) -> None:
    """The person has shown on this device that the account of the (folded) address is hers or his."""
    whose = sign_in_limits.counted("password", address, secret=site.settings().secret_key).key
    response.set_cookie(
        COOKIE,
        signer().dumps([whose, secrets.token_urlsafe(12)]),
        max_age=LASTS,
        path=SIGN_IN,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def counter_for(address: str) -> Counted | None:
    """The counter of this device, if it is known for just this (folded) address."""
    try:
        whose, device = signer().loads(request.cookies.get(COOKIE, ""), max_age=int(LASTS.total_seconds()))
    except BadData:
        return None
    every_key = site.settings().secret_keys
    names = [sign_in_limits.counted("password", address, secret=secret).key for secret in every_key]
    return sign_in_limits.counted("device", device, secret=every_key[0]) if whose in names else None


def signer() -> URLSafeTimedSerializer:
    """Signs with the key in force and believes former ones."""
    derived = [keys.derive(secret, "known devices") for secret in reversed(site.settings().secret_keys)]
    return URLSafeTimedSerializer(derived)
