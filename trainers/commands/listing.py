import click
from flask.cli import AppGroup

from trainers.core import listing
from trainers.extensions import db
from trainers.web import site

command = AppGroup("listing", help="The rows that the search reads.")


@command.command("rebuild")
def rebuild() -> None:
    """Make every row anew from the tables of record."""
    count = listing.rebuild(db.session(), today=site.today())
    db.session.commit()
    click.echo(f"{count:,} listings made anew.")
