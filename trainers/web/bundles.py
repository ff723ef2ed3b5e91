"""Stylesheets and scripts that go together, each sent as one file: on a phone every file costs a round trip."""

import hashlib
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Flask, Response, abort
from flask.typing import ResponseReturnValue

from trainers.config import ROOT
from trainers.web import access

blueprint = Blueprint("bundles", __name__)
STATIC = ROOT / "static"
PARTS = {
    "site.css": ("css/site.css", "css/parts.css", "css/marks.css", "css/print.css"),
    "search.js": ("js/htmx.min.js", "js/site.js", "js/places.js", "js/near.js", "js/marks.js"),
}
FOR_PRINT = "css/print.css"
A_YEAR = 31_536_000


@dataclass(frozen=True)
class Bundle:
    text: str
    mark: str  # changes with its content, so that browsers may keep it


def init_app(app: Flask) -> None:
    app.jinja_env.globals["bundle_url"] = bundle_url


@blueprint.get("/bundles/<name>")
@access.public
def show(name: str) -> ResponseReturnValue:
    if name not in PARTS:
        abort(404)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    response = Response(bundle(name).text, mimetype=kind)
    response.cache_control.public = response.cache_control.immutable = True
    response.cache_control.max_age = A_YEAR
    return response


def bundle_url(name: str) -> str:
    return f"/bundles/{name}?v={bundle(name).mark}"


@cache
def bundle(name: str) -> Bundle:
    text = "\n".join(map(part, PARTS[name]))
    return Bundle(text, hashlib.sha256(text.encode()).hexdigest()[:10])


def part(path: str) -> str:
    text = (STATIC / path).read_text()
    return f"@media print {{\n{text}}}\n" if path == FOR_PRINT else text
