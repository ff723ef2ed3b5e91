from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from trainers.commands.failing import fails_loudly
from trainers.commands.mailing import progress
from trainers.core import heartbeats
from trainers.core.care import backup
from trainers.core.care.backup import Manifest
from trainers.extensions import db
from trainers.web import site
from trainers.web.filters import plural

command = AppGroup("backup", help="Everything in one file, and back.")

FOLDER = click.Path(file_okay=False, path_type=Path)
ARCHIVE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command.command("create")
@click.argument("folder", type=FOLDER)
@click.option(
    "--forget-after", type=click.IntRange(min=1), help="Delete archives in FOLDER older than so many days."
)
@fails_loudly
def create(folder: Path, forget_after: int | None) -> None:
    """Write database and uploaded files into one archive in FOLDER, while the site runs."""
    with tells_of_disks(), bar() as done:
        made, manifest = backup.create(db.engine, site.files(), folder, now=site.now(), progress=done)
        backup.verify(made, progress=done)
    heartbeats.beat(db.session(), heartbeats.BACKUP, now=site.now())
    db.session.commit()
    click.echo(f"{made}: {told(manifest)}")
    if manifest.skipped:
        click.echo(f"{plural(manifest.skipped, 'file')} went away meanwhile.")
    if forget_after:
        gone = backup.forget_old(folder, now=site.now(), days=forget_after)
        click.echo(f"{plural(len(gone), 'older archive')} deleted.")


@command.command("verify")
@click.argument("archive", type=ARCHIVE)
@fails_loudly
def verify(archive: Path) -> None:
    """Read an ARCHIVE to its end and compare all of it with its checksums."""
    with tells_of_disks(), bar() as done:
        manifest = backup.verify(archive, progress=done)
    click.echo(f"{archive} is whole: {told(manifest)}")


@command.command("restore")
@click.argument("archive", type=ARCHIVE)
@fails_loudly
def restore(archive: Path) -> None:
    """Put an ARCHIVE into this instance, which must be empty, and compare what is there then."""
    with tells_of_disks(), bar() as done:
        manifest = backup.restore(archive, db.engine, site.files(), progress=done)
    click.echo(f"Restored and compared: {told(manifest)}")
    click.echo("Now run: flask --app app prepare")


def told(manifest: Manifest) -> str:
    rows, tables = plural(manifest.rows, "row"), plural(len(manifest.tables), "table")
    return f"{rows} in {tables}, {plural(len(manifest.files), 'file')}, as of {manifest.made_at[:19]} UTC."


@contextmanager
def bar() -> Iterator[Callable[[int], object]]:
    with progress(0, "rows and files") as shown:
        shown.total = None
        yield shown.update


@contextmanager
def tells_of_disks() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"A file cannot be read or written: {error}") from error
