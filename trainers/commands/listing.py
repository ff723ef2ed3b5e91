import sys

import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.core import takedown
from trainers.core.search import listing
from trainers.extensions import db
from trainers.web import site

command = AppGroup("listing", help="Listings: the rows that the search reads, and taking one down.")


@command.command("rebuild")
@fails_loudly
def rebuild() -> None:
    """Make every row anew from the tables of record."""
    click.echo(f"{rebuild_listings():,} listings made anew.")


def rebuild_listings() -> int:
    """With a bar that shows how far it is; answers how many are listed."""
    session = db.session()
    with click.progressbar(length=listing.count_trainers(session), label="Listings", file=sys.stderr) as bar:
        count = listing.rebuild(session, today=site.today(), progress=lambda done: bar.update(done - bar.pos))
    session.commit()
    return count


@command.command("take-down")
@click.argument("slug")
@click.option("--why", required=True, help="Mailed to the holder: name nobody who reported it.")
@fails_loudly
def take_down(slug: str, why: str) -> None:
    """Take the listing at /trainers/SLUG off the site; its holder cannot list it again until it is lifted."""
    trainer = takedown.trainer_at(db.session(), slug)
    takedown.take_down(db.session(), trainer, why=why, by="system", now=site.now(), today=site.today())
    db.session.commit()
    click.echo(f"/trainers/{slug} is down, and its holder is told.")


@command.command("lift")
@click.argument("slug")
@click.option("--why", required=True, help="Kept in the record of who did what.")
@fails_loudly
def lift(slug: str, why: str) -> None:
    """Let the holder of /trainers/SLUG list it again."""
    takedown.lift(db.session(), takedown.trainer_at(db.session(), slug), why=why, by="system")
    db.session.commit()
    click.echo(f"The holder of /trainers/{slug} may list it again.")
