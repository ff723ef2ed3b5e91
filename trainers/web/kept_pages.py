"""Public pages that were made a moment ago, from the same data: they are not made again.

The engine itself says whether anybody has written since (web/data_version.py), so a kept page is never out
of date, not even by a moment: what expired at midnight is gone because the day stands in the key.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import Headers

from trainers.web import data_version, site
from trainers.web.htmx import wants_fragment

View = TypeVar("View", bound=Callable[..., Any])
SECONDS = 30
"""No page is kept longer, even if nobody writes: counts over all listings may be as old when it is made."""
MOST = 200
"""Pages that a process keeps: some two megabytes, since they are kept as they are sent."""


@dataclass(frozen=True)
class KeptPage:
    body: bytes
    headers: tuple[tuple[str, str], ...]


class KeptPages:
    """The pages that were asked for last, by what was asked."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> KeptPage | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def put(self, key: Hashable, page: KeptPage) -> None:
        with self._lock:
            self._pages[key] = page
            if len(self._pages) > self.most:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


def init_app(app: Flask) -> None:
    app.extensions["kept_pages"] = KeptPages()


def kept(view: View) -> View:
    """For a public page whose bytes follow from its address, the day and the database alone."""

    @wraps(view)
    def from_kept(*args: Any, **kwargs: Any) -> Any:
        if wants_fragment():
            return view(*args, **kwargs)
        key = what_is_asked()
        page = pages().get(key)
        if page is None:
            g.keep_page_as = key
            return view(*args, **kwargs)
        g.is_kept_page = True
        return Response(page.body, headers=Headers(page.headers))

    return cast(View, from_kept)


def what_is_asked() -> Hashable:
    encodings, soon = request.headers.get("Accept-Encoding"), int(monotonic() // SECONDS)
    return request.full_path, encodings, site.today(), soon, data_version.of_app().now()


def is_kept() -> bool:
    """Whether the answer is a page as it was sent before, finished."""
    return bool(g.get("is_kept_page"))


def keep(response: Response) -> None:
    """Keep a finished page, where its view asks for that."""
    key = g.pop("keep_page_as", None)
    if key is not None and response.status_code == 200:
        pages().put(key, KeptPage(response.get_data(), tuple(response.headers)))


def pages() -> KeptPages:
    return cast(KeptPages, current_app.extensions["kept_pages"])
