import gc
from datetime import date, datetime

import click
from flask.cli import AppGroup

from trainers.commands import mailing
from trainers.commands.failing import fails_loudly
from trainers.core.mail import pauses
from trainers.core.mail.transport import open_transport
from trainers.extensions import db
from trainers.web import site

command = AppGroup("alerts", help="Reminders before something ends, and the mails that carry them.")


@command.command("plan")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Plan as if it were this day.")
@fails_loudly
def plan(today: datetime | None) -> None:
    """Queue today's reminders, one mail a person. Doing it twice queues nothing twice."""
    day: date = today.date() if today else site.today()
    click.echo(mailing.told(mailing.plan_all(db.session(), today=day, now=site.now(), zone=site.zone())))


@command.command("send")
@fails_loudly
def send() -> None:
    """Send all mail that is due, then end."""
    settings = site.settings()
    gc.freeze()  # what the start has made stays: the collector need not look at it again and again
    with open_transport(settings.mail_url, host=settings.host) as transport:
        done = mailing.send_all(db.session(), transport, settings, clock=site.now)
    click.echo(mailing.reported(done))
    if done.unreachable:
        raise click.ClickException(f"No mail can be handed over: {done.unreachable}")


@command.command("pause")
@fails_loudly
def pause() -> None:
    """Hold all mail back but what somebody has just asked for. Reminders wait; none is lost."""
    pauses.begin(db.session(), by="system", now=site.now())
    db.session.commit()
    click.echo("Mail is paused. `alerts resume` lets it out again.")


@command.command("resume")
@fails_loudly
def resume() -> None:
    """Let mail out again."""
    pauses.end(db.session(), by="system")
    db.session.commit()
    click.echo("Mail goes out again.")
