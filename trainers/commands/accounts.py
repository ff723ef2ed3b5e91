import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.core import accounts
from trainers.extensions import db

command = AppGroup("accounts", help="People who sign in.")


@command.command("grant")
@click.argument("email")
@click.argument("role")
@fails_loudly
def grant(email: str, role: str) -> None:
    """Give the account with the address EMAIL a ROLE: reviewer or admin."""
    accounts.grant(db.session(), email, role, by="system")
    db.session.commit()
    click.echo(f"{email} is now {role}.")
