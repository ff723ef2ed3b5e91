import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.core import audit
from trainers.extensions import db

command = AppGroup("audit", help="Who did what.")


@command.command("show")
@click.argument("about", required=False)
@click.option("--limit", default=50, show_default=True, help="How many of the newest events.")
@fails_loudly
def show(about: str | None, limit: int) -> None:
    """Print the newest events, all or those ABOUT one trainer ("trainer:7"), newest first."""
    events = audit.newest_events(db.session(), about, limit=limit)
    for event in events:
        click.echo(f"{event.at:%Y-%m-%d %H:%M} {event.actor:>8} {event.action:<24} {event.subject} {event.detail}")
    click.echo(f"{len(events)} events.")
