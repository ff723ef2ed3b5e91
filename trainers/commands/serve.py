"""`flask serve`: bring the database up to date, then run web and worker until stopped."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from types import FrameType

import click
from flask.cli import with_appcontext

from trainers.commands.failing import fails_loudly
from trainers.commands.prepare import prepare
from trainers.commands.samples import load_samples
from trainers.config import ROOT
from trainers.core.sample_directory import samples
from trainers.extensions import db
from trainers.web import site

HOST = "127.0.0.1"
WEB = (
    "granian --interface wsgi app:app --workers 1 --blocking-threads 2 --respawn-failed-workers"
    " --workers-kill-timeout 3 --no-access-log --log-level warning"
)
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # prctl(2)
LINUX = ctypes.CDLL(None) if sys.platform == "linux" else None


@click.command("serve")
@click.option("--port", default=8000, show_default=True)
@with_appcontext
@fails_loudly
def command(port: int) -> None:
    """Prepare the database, then run the web server and the worker until Ctrl-C."""
    refuse_used_port(port)
    os.umask(0o077)  # database, mails and photos are for nobody else on this machine
    prepare()
    load_samples_once()
    address = f"http://{HOST}:{port}"
    click.echo(f"Sound Stride runs at {address}  (stop with Ctrl-C)")
    if samples.are_loaded(db.session()):
        click.echo(f"  Sample trainer:  {samples.TRAINER_EMAIL}   password: {samples.PASSWORD}")
        click.echo(f"  Sample runner:   {samples.RUNNER_EMAIL}    password: {samples.PASSWORD}")
        click.echo(f"  Sample reviewer: {samples.REVIEWER_EMAIL}  password: {samples.PASSWORD}")
        click.echo(f"  Sign in: {address}/login    Mails that were sent: {address}/dev/mail")
        click.echo(f"  Reviewers are asked for a code too; the sample ones find it at {address}/dev/code")
    db.session.remove()
    run_until_stopped(port)


def refuse_used_port(port: int) -> None:
    """A second Granian would start without a word and take every other visitor."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise click.ClickException(
                f"Port {port} cannot be used; perhaps the site runs already. Stop that one, or: make run PORT=8001"
            ) from error


def load_samples_once() -> None:
    session = db.session()
    if not site.settings().production and samples.never_loaded(session):
        click.echo("First run: loading an invented directory of 200 trainers …")
        load_samples()
    session.commit()


def run_until_stopped(port: int) -> None:
    """Start web and worker as processes of their own; when one ends or we are told to stop, both end."""
    environment = os.environ | {"SITE_URL": os.environ.get("SITE_URL") or f"http://{HOST}:{port}"}
    children: list[subprocess.Popen[bytes]] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    for each in STOPPING:
        signal.signal(each, stop)
    for command in (f"{WEB} --host {HOST} --port {port}", "flask --app app worker"):
        children.append(start(command, environment))
    ended, status = os.wait()
    stop(0, None)
    for child in children:
        child.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # what a child that was killed outright has left behind
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, *(-each for each in STOPPING)):
        name = "web server" if ended == children[0].pid else "worker"
        raise click.ClickException(f"The {name} stopped by itself (status {code}).")


def start(module: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C reaches us alone and we stop both in good order."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *module.split()],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent if LINUX else None,
    )


def end_with_parent() -> None:
    """Have the kernel stop this process when the one that started it is killed outright (Linux only)."""
    if LINUX:
        LINUX.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
