"""Each answer has an id, the log tells of it by its route alone, and metrics count it."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.application import make_app, settings_for
from tests.factories import Factory
from tests.house import close_database
from trainers import logs
from trainers.core import heartbeats
from trainers.extensions import db
from trainers.web import access

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SOMEBODY = "somebody@example.org"
GIVEN = "b7c1-from-the-proxy"


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[io.StringIO]:
    """The log as it is in production."""
    logger, stream = logging.getLogger("trainers"), io.StringIO()
    before = logger.handlers, logger.level
    logs.set_up(settings_for(tmp_path, site_url="https://trainers.example.org"), stream)
    yield stream
    logger.handlers, logger.level = before[0], before[1]


@pytest.fixture
def broken_client(fresh_app: Flask) -> FlaskClient:
    def broken(key: str) -> str:
        db.session.execute(text("SELECT * FROM no_such_table WHERE it = :it"), {"it": key})
        raise AssertionError("not reached")

    def odd(key: str) -> str:
        raise ValueError(f"{SOMEBODY} {key}")

    fresh_app.add_url_rule("/broken/<key>", view_func=access.linked(broken))
    fresh_app.add_url_rule("/odd/<key>", view_func=access.linked(odd))
    fresh_app.config.update(PROPAGATE_EXCEPTIONS=False)
    return fresh_app.test_client()


def test_each_answer_has_an_id_of_our_own(client: FlaskClient) -> None:
    asked = {"X-Request-ID": GIVEN}
    found = [client.get(path, headers=asked).headers["X-Request-ID"] for path in ("/", "/", "/no-such-page")]
    assert all(UUID.fullmatch(each) for each in found)
    assert len(set(found)) == 3


def test_a_kept_page_carries_the_id_of_who_asks_now_and_is_the_same_bytes(client: FlaskClient) -> None:
    first, second = (client.get("/trainers") for _ in range(2))
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers.getlist("X-Request-ID") == [first.headers["X-Request-ID"]]
    assert first.headers["X-Request-ID"].encode() not in first.data


@pytest.mark.parametrize(("proxies", "taken"), [(("127.0.0.0/8",), True), (("10.0.0.1",), False)])
def test_only_a_trusted_proxy_may_give_one(
    database_url: str, tmp_path: Path, proxies: tuple[str, ...], taken: bool
) -> None:
    app = make_app(tmp_path, database_url=database_url, trusted_proxies=proxies)
    answer = app.test_client().get("/", headers={"X-Request-ID": GIVEN, "X-Forwarded-For": "192.0.2.7"})
    assert (answer.headers["X-Request-ID"] == GIVEN) is taken
    odd = app.test_client().get("/", headers={"X-Request-ID": "<b>" * 5, "X-Forwarded-For": "192.0.2.7"})
    assert UUID.fullmatch(odd.headers["X-Request-ID"])
    close_database(app)


def test_an_error_page_names_its_id(broken_client: FlaskClient) -> None:
    answer = broken_client.get("/odd/x")
    assert (answer.status_code, answer.headers["X-Request-ID"] in answer.text) == (500, True)
    part = broken_client.get("/odd/x", headers={"HX-Request": "true"})
    assert part.headers["X-Request-ID"] in part.text


def test_the_log_of_production_is_a_json_object_a_line_without_what_was_typed(
    client: FlaskClient, lines: io.StringIO
) -> None:
    answer = client.get("/trainers?place=97005&name=Somebody")
    client.get("/unsubscribe/a-secret-token")
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    first, second = told[0], told[-1]
    assert first["request_id"] == answer.headers["X-Request-ID"]
    assert (first["method"], first["route"], first["status"]) == ("GET", "/trainers", 200)
    assert second["route"] == "/unsubscribe/<token>"
    assert not re.search(r"97005|Somebody|a-secret", lines.getvalue())


def test_an_error_is_logged_by_its_place_and_not_by_what_it_quotes(
    broken_client: FlaskClient, lines: io.StringIO
) -> None:
    for path in ("/odd/hunter2", "/broken/hunter2"):
        broken_client.get(path)
    told = [json.loads(line) for line in lines.getvalue().splitlines() if "error" in line]
    odd, broken = (each["error"] for each in told if "error" in each)
    assert "test_request_log.py" in odd
    assert odd.endswith("ValueError\n")
    assert "no_such_table" in broken
    assert not re.search("hunter2|somebody@", lines.getvalue())


def test_metrics_tell_requests_outbox_queue_and_heartbeats(client: FlaskClient, made: Factory) -> None:
    heartbeats.beat(made.session, heartbeats.BACKUP, now=made.now)
    made.commit()
    client.get("/guidance")
    told = client.get("/metrics").text
    assert re.search(r'sound_stride_request_seconds_count\{endpoint="guidance.index",status="200"\} [1-9]', told)
    assert 'sound_stride_last_done_timestamp_seconds{what="backup"} 1.7954' in told
    assert "sound_stride_queue_open 0.0" in told


def test_metrics_are_for_this_machine_or_by_token(database_url: str, tmp_path: Path) -> None:
    token = "a token of at least 32 characters"
    app = make_app(tmp_path, database_url=database_url, metrics_token=token)
    client, far = app.test_client(), {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    assert client.get("/metrics", environ_base=far).status_code == 403
    for given, status in ((f"Bearer {token}", 200), ("Bearer ", 403), ("Bearer other", 403)):
        headers = {"Authorization": given}
        assert client.get("/metrics", environ_base=far, headers=headers).status_code == status
    close_database(app)


def test_without_a_token_none_opens_metrics(client: FlaskClient) -> None:
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_base=far, headers={"Authorization": "Bearer "}).status_code == 403
