"""What people type, before anything reads it: without the characters that no text holds.

They come from pasted documents and from people who try things out. HTML may not carry them, and PostgreSQL refuses
some.
"""

import re

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def init_app(app: Flask) -> None:
    app.before_request(clean_request)


def clean_request() -> None:
    """Nothing has an address with such a character; in what was typed it is left out."""
    if NO_TEXT.search(request.path):
        abort(404)
    request.args = cleaned(request.args)
    if request.method == "POST":
        request.form = cleaned(request.form)


def cleaned(typed: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((NO_TEXT.sub("", name), NO_TEXT.sub("", value)) for name, value in typed.items(True))
