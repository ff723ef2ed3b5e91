"""Putting something of ours around one of Flask-Security's views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask

View = Callable[[], Any]


def around(app: Flask, endpoint: str, what: Callable[[View], Any]) -> None:
    """From now on `what` answers for the endpoint; it gets the view to call."""
    view: Any = app.view_functions[endpoint]

    @wraps(view)
    def wrapped(**values: Any) -> Any:
        return what(lambda: view(**values))

    app.view_functions[endpoint] = wrapped
