"""Changing SECRET_KEY without ending anything: the new key signs, those of SECRET_KEY_OLD are still believed."""

from typing import Any

from flask import Flask
from flask_login.utils import decode_cookie, encode_cookie
from flask_security import Security
from itsdangerous import Serializer

from trainers.config import Settings


def secret_key_config(settings: Settings) -> dict[str, Any]:
    """Flask's settings for sessions, Flask-WTF's for form tokens."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_old),
        "WTF_CSRF_SECRET_KEY": oldest_first(settings),
    }


def init_app(app: Flask, security: Security) -> None:
    settings: Settings = app.extensions["settings"]
    sign_links_with_the_new_key(security, oldest_first(settings))
    believe_remembered_devices(security.login_manager, settings.secret_key_old)


def oldest_first(settings: Settings) -> list[str]:
    """As itsdangerous wants it, which signs with the last one and believes all."""
    return list(reversed(settings.secret_keys))


def sign_links_with_the_new_key(security: Security, secret_keys: list[str]) -> None:
    """Flask-Security hands the keys over the other way round, so that links would be signed with an old one."""
    for serializer in vars(security).values():
        if isinstance(serializer, Serializer):
            serializer.secret_keys = [key.encode() for key in secret_keys]


def believe_remembered_devices(login_manager: Any, old_keys: tuple[str, ...]) -> None:
    """Flask-Login knows one key: what an old one has signed is shown to it as if the new one had."""
    load = login_manager._load_user_from_remember_cookie

    def load_with_any_key(cookie: str) -> Any:
        for key in old_keys:
            if account := decode_cookie(cookie, key=key):
                return load(encode_cookie(account))
        return load(cookie)

    login_manager._load_user_from_remember_cookie = load_with_any_key
