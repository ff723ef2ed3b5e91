"""`flask doctor`: whether what is kept fits together."""

import click
from flask.cli import with_appcontext

from trainers.commands.failing import fails_loudly
from trainers.commands.mailing import progress
from trainers.core.care import doctor
from trainers.core.search import listing
from trainers.extensions import db
from trainers.web import site
from trainers.web.filters import plural


@click.command("doctor")
@click.option("--mend", is_flag=True, help="Make listings and reminders anew where they are wrong.")
@with_appcontext
@fails_loudly
def command(mend: bool) -> None:
    """Look for what does not fit together: files, rows, listings, reminders. Then it ends with status 1."""
    session = db.session()
    let_go = session.commit if mend else session.rollback
    with progress(2 * listing.count_trainers(session), "looks") as bar:

        def done(count: int) -> None:
            """Others may write between two looks: a large directory takes minutes."""
            let_go()
            bar.update(count)

        found = list(
            doctor.examine(session, site.files(), today=site.today(), now=site.now(), mend=mend, progress=done)
        )
    let_go()
    for each in found:
        click.echo(f"{each.sentence}{' Mended.' if each.mended else ''}")
    left = sum(not each.mended for each in found)
    if left:
        raise click.ClickException(f"{plural(left, 'thing')} to look into.")
    click.echo("Everything fits together." if not found else "Everything else fits together.")
