import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.core.review import rechecks
from trainers.extensions import db
from trainers.web import site
from trainers.web.filters import plural

command = AppGroup("review", help="The reviewers' queue.")


@command.command("open")
@fails_loudly
def open_due() -> None:
    """Put confirmed certifications that are to be looked at again into the queue. Twice opens nothing twice."""
    opened = rechecks.open_due(db.session(), today=site.today(), now=site.now())
    db.session.commit()
    listed = ", ".join(f"{count} {cause}" for cause, count in sorted(opened.by_cause.items()))
    click.echo(f"{plural(opened.total, 'look')} opened{f': {listed}' if listed else ''}.")
