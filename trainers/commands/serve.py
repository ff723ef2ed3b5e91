"""`flask serve`: bring the database up to date, then run web and worker until stopped."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade
from whitenoise.compress import main as compress

from trainers.commands.samples import load_samples
from trainers.config import ROOT
from trainers.core import credentials, places, samples
from trainers.extensions import db
from trainers.web import site

WEB = (
    "granian --interface wsgi app:app --workers 1 --blocking-threads 4 --respawn-failed-workers"
    " --workers-kill-timeout 10 --no-access-log --log-level warning"
)


@click.command("serve")
@click.option("--port", default=8000, show_default=True)
@with_appcontext
def command(port: int) -> None:
    """Prepare the database, then run the web server and the worker until Ctrl-C."""
    prepare()
    address = f"http://127.0.0.1:{port}"
    click.echo(f"Sound Stride runs at {address}  (stop with Ctrl-C)")
    if samples.are_loaded(db.session()):
        click.echo(f"  Sample trainer:  {samples.TRAINER_EMAIL}   password: {samples.PASSWORD}")
        click.echo(f"  Sample reviewer: {samples.REVIEWER_EMAIL}  password: {samples.PASSWORD}")
        click.echo(f"  Sign in: {address}/login    Mails that were sent: {address}/dev/mail")
    db.session.remove()
    run_until_stopped(port)


def prepare() -> None:
    """Migrations, places, credential types, compressed static files; samples on the very first run."""
    upgrade()
    session = db.session()
    places.load_places(session, ROOT / "content" / "data" / "places.csv")
    credentials.sync_types(session)
    if not site.settings().production and samples.never_loaded(session):
        click.echo("First run: loading an invented directory of 200 trainers …")
        load_samples()
    session.commit()
    compress(["-q", str(ROOT / "static")])


def run_until_stopped(port: int) -> None:
    """Start web and worker as processes of their own; when one ends or we are told to stop, both end."""
    environment = os.environ | {"SITE_URL": os.environ.get("SITE_URL", f"http://127.0.0.1:{port}")}
    python = [sys.executable, "-m"]
    commands = (
        [*python, *WEB.split(), "--host", "127.0.0.1", "--port", str(port)],
        [*python, "flask", "--app", "app", "worker"],
    )
    children = [subprocess.Popen(each, cwd=ROOT, env=environment) for each in commands]  # noqa: S603

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ended, status = os.wait()
    stop(0, None)
    for child in children:
        child.wait()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        name = "web server" if ended == children[0].pid else "worker"
        raise click.ClickException(f"The {name} stopped by itself (status {code}).")
