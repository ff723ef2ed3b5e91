import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.config import ROOT
from trainers.core.search import places
from trainers.extensions import db

command = AppGroup("places", help="US ZIPs, towns and their points.")


@command.command("load")
@fails_loudly
def load() -> None:
    """Load content/data/places.csv. Only what differs is written."""
    count = places.load_places(db.session(), ROOT / "content" / "data" / "places.csv")
    db.session.commit()
    click.echo(f"{count:,} places added or changed.")
