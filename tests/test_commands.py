"""Commands do their work once, and say what is wrong in a sentence."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import make_app
from trainers.core.models import CredentialType
from trainers.extensions import db


def test_a_new_installation_is_ready_for_claims_after_one_command(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    run = app.test_cli_runner()
    first = run.invoke(args=["prepare"])
    assert first.exit_code == 0, first.output
    second = run.invoke(args=["prepare"])
    assert "0 places and credential types added or changed" in second.output
    with app.app_context():
        assert (db.session.scalar(select(func.count()).select_from(CredentialType)) or 0) > 10
        db.session.remove()
        db.engine.dispose()


def test_without_tables_a_command_says_what_to_do(tmp_path: Path) -> None:
    run = make_app(tmp_path).test_cli_runner()
    for command in (
        ["audit", "show"],
        ["alerts", "plan"],
        ["listing", "rebuild"],
        ["accounts", "grant", "a@b.example", "admin"],
    ):
        done = run.invoke(args=command)
        assert done.exit_code == 1
        assert "no such table" in done.output
        assert "flask --app app prepare" in done.output


def test_loading_places_again_says_that_nothing_changed(app: Flask, store: Session) -> None:
    assert "0 places added or changed" in app.test_cli_runner().invoke(args=["places", "load"]).output
