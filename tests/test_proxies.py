"""Whose address counts: X-Forwarded-For is believed from trusted proxies alone."""

from pathlib import Path
from typing import Any

import pytest
from flask import request

from tests.conftest import settings_for
from trainers.factory import create_app
from trainers.web import access


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        ((), "127.0.0.1", "9.9.9.9", "127.0.0.1"),
        (("10.0.0.0/8",), "127.0.0.1", "9.9.9.9", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "9.9.9.9", "9.9.9.9"),
        (("127.0.0.1",), "127.0.0.1", "8.8.8.8, 9.9.9.9", "9.9.9.9"),  # the first part is what the visitor wrote
        (("127.0.0.1", "10.0.0.0/8"), "10.1.2.3", "9.9.9.9, 127.0.0.1", "9.9.9.9"),
    ],
)
def test_a_visitor_cannot_choose_the_address_that_is_counted(
    tmp_path: Path, trusted: Any, peer: str, forwarded: str, seen: str
) -> None:
    app = create_app(settings_for(tmp_path, trusted_proxies=trusted), instance=tmp_path)
    app.add_url_rule("/address", view_func=access.linked(lambda: str(request.remote_addr)))
    headers = {"X-Forwarded-For": forwarded}
    answer = app.test_client().get("/address", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.text == seen
