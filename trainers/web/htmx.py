"""All HTMX knowledge: is a fragment wanted, and how to lead the browser on."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, make_response, redirect, render_template
from htmx_flask import Htmx, request

FRAGMENT_HEADERS = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request", "HX-Request-Type")


def init_app(app: Flask) -> None:
    Htmx(app)


def wants_fragment() -> bool:
    """True when htmx will swap our answer into part of the page it already shows."""
    return (
        bool(request.htmx)
        and request.headers.get("HX-Boosted") != "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
        and request.headers.get("HX-Request-Type") != "full"  # htmx 4
    )


def page_or_fragment(
    page: str, fragment: str, status: int = 200, *, show_address: str | None = None, **context: Any
) -> Response:
    """The whole page, or only the part that htmx will swap in; caches are told what decides it.

    `show_address` is what the browser shall show as the address of a fragment, for one with fewer empty fields.
    """
    name = fragment if wants_fragment() else page
    response = make_response(render_template(name, **context), status)
    if show_address and wants_fragment():
        response.headers["HX-Push-Url"] = "false" if is_shown(show_address) else show_address
    response.vary.update(FRAGMENT_HEADERS)
    return response


def is_shown(address: str) -> bool:
    """Whether the browser shows this address already: a second entry of the same would make Back do nothing."""
    try:
        shown = urlsplit(str(request.headers.get("HX-Current-URL", "")))
    except ValueError:  # no browser sends that
        return False
    return urlunsplit(("", "", shown.path, shown.query, "")) == address


def see_other(url: str) -> Response:
    """Lead on to `url` after success: 303, or 204 with HX-Redirect where a 303 would land inside the page."""
    if wants_fragment():
        return Response(status=204, headers={"HX-Redirect": url})
    return make_response(redirect(url, 303))
