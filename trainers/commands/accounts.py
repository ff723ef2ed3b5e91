from uuid import uuid4

import click
from flask import render_template
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.core import accounts
from trainers.core.mail import outbox
from trainers.core.sign_in import second_factor
from trainers.extensions import db
from trainers.web import site

command = AppGroup("accounts", help="People who sign in.")


@command.command("grant")
@click.argument("email")
@click.argument("role")
@fails_loudly
def grant(email: str, role: str) -> None:
    """Give the account with the address EMAIL a ROLE: reviewer or admin. It is signed out everywhere."""
    account = accounts.grant(db.session(), email, role, by="system")
    ready = account.second_factors > 0
    db.session.commit()
    next_step = "" if ready else " The next sign-in leads through setting up a second step."
    click.echo(f"{email} is now {role}.{next_step}")


@command.command("reset-second-factor")
@click.argument("email")
@fails_loudly
def reset_second_factor(email: str) -> None:
    """Take away every second step of EMAIL, who has lost them: app, passkeys, recovery codes. A mail says so.

    Be sure first who is asking: the mailbox alone proves little.
    """
    session, now = db.session(), site.now()
    account = second_factor.reset(session, email, by="system")
    told = {"site": site.settings(), "must": account.needs_second_factor}
    body = render_template("security/email/second_factor_reset.txt", **told)
    context = {"subject": "The second step of your Sound Stride account was reset", "body": body}
    to = outbox.recipient_for(session, account.email)
    outbox.queue(session, to=to, template="account", context=context, dedupe_key=f"account:{uuid4()}", now=now)
    session.commit()
    click.echo(f"{email} has no second step any more, is signed out everywhere, and is told by mail.")
