import click
from flask import current_app
from flask.cli import AppGroup
from flask_security import hash_password

from trainers.commands.failing import fails_loudly
from trainers.core import evidence
from trainers.core.errors import Refused
from trainers.core.sample_directory import samples
from trainers.extensions import db
from trainers.web import site

command = AppGroup("samples", help="An invented directory to look around in; never in production.")


@command.command("load")
@fails_loudly
def load() -> None:
    """Load 200 invented trainers, with dates counted from today."""
    if site.settings().production:
        raise Refused("Samples are refused in production: every listing there must be a real person's.")
    made = load_samples()
    db.session.commit()
    click.echo(f"{made} invented trainers are loaded.")


@command.command("clear")
@fails_loudly
def clear() -> None:
    """Remove the invented trainers and accounts, and nothing else."""
    files = evidence.open_files(site.settings().uploads_url)
    gone = samples.clear(db.session(), files, now=site.now())
    db.session.commit()
    click.echo(f"{gone} invented trainers are removed.")


def load_samples() -> int:
    return samples.load(
        db.session(),
        evidence.open_files(site.settings().uploads_url),
        now=site.now(),
        today=site.today(),
        password_hash=str(hash_password(samples.PASSWORD)),
        totp_secret=current_app.extensions["security"].totp_factory.generate_totp_secret(),
    )
