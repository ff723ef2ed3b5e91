"""`flask prepare`: what has to be done once after each update, in one step."""

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade
from whitenoise.compress import main as compress

from trainers.commands.failing import fails_loudly
from trainers.commands.listing import rebuild_listings
from trainers.config import ROOT
from trainers.core import credentials
from trainers.core.search import listing, places
from trainers.core.sign_in import second_factor
from trainers.extensions import db
from trainers.web import site
from trainers.web.filters import plural


@click.command("prepare")
@with_appcontext
@fails_loudly
def command() -> None:
    """Bring tables, places, credential types, listings and compressed static files up to date."""
    changed = prepare()
    click.echo(f"The database is up to date; {changed:,} places and credential types added or changed.")


def prepare() -> int:
    """Doing it twice changes nothing; returns how many places and types were added or changed."""
    upgrade()
    encrypt_again()
    session = db.session()
    changed = places.load_places(session, ROOT / "content" / "data" / "places.csv")
    changed += credentials.sync_types(session)
    session.commit()
    if listing.is_behind(session):  # an update that changes what the search reads leaves its rows to us
        rebuild_listings()
    compress(["-q", str(ROOT / "static")])
    return changed


def encrypt_again() -> None:
    """What an old SECRET_KEY has encrypted, so that it can be taken out of the settings."""
    changed, unreadable = second_factor.encrypt_again(db.session(), site.settings().secret_keys)
    db.session.commit()
    if changed:
        click.echo(f"The second steps of {plural(changed, 'account')} are encrypted with the new SECRET_KEY.")
    if unreadable:
        click.echo(
            f"The second steps of {plural(unreadable, 'account')} cannot be read: SECRET_KEY was changed without"
            " SECRET_KEY_OLD. Set that, or reset them (flask --app app accounts reset-second-factor EMAIL)."
        )
