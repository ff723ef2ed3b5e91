"""Around each request: its id, a line in the log, and what the metrics count.

Outside of everything that makes a page, so that a page which was kept carries the id of who asks for it now.
"""

import logging
import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from time import perf_counter
from typing import Any
from uuid import uuid4

from flask import Flask, request

from trainers.config import Settings
from trainers.logs import request_id
from trainers.web import metering

log = logging.getLogger("trainers.requests")

HEADER = "X-Request-ID"
FROM_A_PROXY = re.compile(r"[A-Za-z0-9-]{8,64}")
ROUTE, NAME = "sound_stride.route", "sound_stride.endpoint"
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def init_app(app: Flask) -> None:
    """The innermost part notes which route it is, and how an error is told; `around` does the rest."""

    @app.before_request
    def note_route() -> None:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else ""
        request.environ[NAME] = request.endpoint or ""

    def log_exception(exc_info: Any) -> None:
        route = request.environ.get(ROUTE, "")
        log.error("%s %s broke", request.method, route, exc_info=exc_info)

    app.log_exception = log_exception  # type: ignore[method-assign]


class Around:
    """The WSGI application as the server sees it."""

    def __init__(self, inner: Callable[[Environ, StartResponse], Iterable[bytes]], settings: Settings) -> None:
        self.inner = inner
        self.proxies = [ip_network(each, strict=False) for each in settings.trusted_proxies]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        begun, name, status = perf_counter(), self.name_of(environ), ""

        def start(told: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = told.split(" ", 1)[0]
            return start_response(told, [*headers, (HEADER, name)], *rest)

        token = request_id.set(name)
        try:
            return self.inner(environ, start)
        finally:
            self.tell(environ, status, perf_counter() - begun)
            request_id.reset(token)

    def name_of(self, environ: Environ) -> str:
        """One of our own, unless a proxy that we trust has given one."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        if given and FROM_A_PROXY.fullmatch(given) and self.is_trusted(environ.get("REMOTE_ADDR", "")):
            return str(given)
        return str(uuid4())

    def is_trusted(self, address: str) -> bool:
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        return any(peer in each for each in self.proxies)

    def tell(self, environ: Environ, status: str, seconds: float) -> None:
        """By the route, never the path: that may hold a key. Static files are left out."""
        if NAME not in environ:
            return
        metering.observe(environ[NAME], status, seconds)
        facts = {"method": environ["REQUEST_METHOD"], "route": environ[ROUTE], "status": int(status or 500)}
        level = logging.WARNING if status.startswith("5") or not status else logging.INFO
        told = f"{facts['method']} {facts['route'] or 'no route'} {facts['status']}"
        log.log(level, told, extra=facts | {"ms": round(seconds * 1000, 1)})
