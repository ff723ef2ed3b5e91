"""`flask prepare`: what has to be done once after each update, in one step."""

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade
from whitenoise.compress import main as compress

from trainers.commands.failing import fails_loudly
from trainers.config import ROOT
from trainers.core import credentials, places
from trainers.extensions import db


@click.command("prepare")
@with_appcontext
@fails_loudly
def command() -> None:
    """Bring tables, places, credential types and compressed static files up to date."""
    changed = prepare()
    click.echo(f"The database is up to date; {changed:,} places and credential types added or changed.")


def prepare() -> int:
    """Doing it twice changes nothing; returns how many rows were added or changed."""
    upgrade()
    session = db.session()
    changed = places.load_places(session, ROOT / "content" / "data" / "places.csv")
    changed += credentials.sync_types(session)
    session.commit()
    compress(["-q", str(ROOT / "static")])
    return changed
