"""Commands do their work once, and say what is wrong in a sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.application import make_app
from tests.databases import Databases
from tests.house import close_database
from trainers.core.models import CredentialType
from trainers.extensions import db


@pytest.fixture
def empty_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without tables."""
    url = databases.empty()
    app = make_app(tmp_path, database_url=url)
    yield app
    close_database(app)
    databases.drop(url)


def test_a_new_installation_is_ready_for_claims_after_one_command(empty_app: Flask) -> None:
    run = empty_app.test_cli_runner()
    first = run.invoke(args=["prepare"])
    assert first.exit_code == 0, first.output
    second = run.invoke(args=["prepare"])
    assert "0 places and credential types added or changed" in second.output
    with empty_app.app_context():
        assert (db.session.scalar(select(func.count()).select_from(CredentialType)) or 0) > 10


def test_without_tables_a_command_says_what_to_do(empty_app: Flask) -> None:
    run = empty_app.test_cli_runner()
    for command in (
        ["audit", "show"],
        ["alerts", "plan"],
        ["listing", "rebuild"],
        ["accounts", "grant", "a@b.example", "admin"],
    ):
        done = run.invoke(args=command)
        assert done.exit_code == 1
        assert re.search(r"no such table|relation \S+ does not exist", done.output)
        assert "flask --app app prepare" in done.output


def test_loading_places_again_says_that_nothing_changed(app: Flask, store: Session) -> None:
    assert "0 places added or changed" in app.test_cli_runner().invoke(args=["places", "load"]).output
