import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.core.mail import notifications
from trainers.extensions import db
from trainers.web import site
from trainers.web.filters import plural

command = AppGroup("bounces", help="Mail that came back.")


@command.command("read")
@click.argument("source", type=click.Path(exists=True, path_type=Path, allow_dash=True))
@fails_loudly
def read(source: Path) -> None:
    """Take in delivery status notifications (RFC 3464) from SOURCE.

    SOURCE is a Maildir, a folder of .eml files, an mbox file, a single mail, or - for one mail on standard input.
    Nothing in it is changed; reading it again does no harm.
    """
    done = notifications.take_in(db.session(), mails_in(source), now=site.now())
    db.session.commit()
    click.echo(
        f"{plural(done.read, 'mail')} read: {done.hard} failed for good, {done.soft} for now, {done.others} tell"
        f" of no failure of ours. {plural(done.marked, 'address', 'addresses')} marked: no more mail goes there."
    )


def mails_in(source: Path) -> Iterator[bytes]:
    if str(source) == "-":
        yield sys.stdin.buffer.read()
    elif source.is_dir():
        inside = [source / "new", source / "cur"] if (source / "cur").is_dir() else [source]
        for folder in inside:
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.is_file():
                    yield path.read_bytes()
    elif is_mbox(source):
        box = mailbox.mbox(source, create=False)
        yield from (message.as_bytes() for message in box)
        box.close()
    else:
        yield source.read_bytes()


def is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "
