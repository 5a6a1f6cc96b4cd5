"""The operator's commands for backups, for bringing them back, and for moving to another database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from workflow_app import cases, database, moving
from workflow_app.engine import clock
from workflow_app.plainly import plainly

FILE = click.Path(path_type=Path, dir_okay=False)
KINDS = ("sqlite", "postgresql")
MEGABYTE = 1_000_000


def _told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say what went wrong, thing by thing; the rest is told `plainly`."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except moving.Trouble as trouble:
            for detail in trouble.details:
                click.echo(detail, err=True)
            raise click.ClickException(str(trouble)) from None
        except OperationalError:
            raise
        except DBAPIError as error:
            raise click.ClickException(f"The database refuses it: {error.orig}") from None

    return plainly(wrapped)


@click.command("backup")
@click.argument("place", type=click.Path(path_type=Path), metavar="FILE-OR-FOLDER")
@click.option("--with-gaps", is_flag=True, help="Make it even where documents are missing, and say which.")
@with_appcontext
@_told
def back_up(place: Path, with_gaps: bool) -> None:
    """Write the whole database and all documents into one new file; people can go on working."""
    written = moving.back_up(cases.current(), place, with_gaps=with_gaps)
    for gap in written.manifest.gaps:
        click.echo(f"left out: {gap}", err=True)
    click.echo(f"{written.path}: {_described(written.manifest)}, {written.size / MEGABYTE:.1f} MB.")


@click.command("backup-check")
@click.argument("file", type=FILE)
@with_appcontext
@_told
def check_backup(file: Path) -> None:
    """Prove that a backup is as it was written, and say what is in it; nothing is written."""
    manifest = moving.check(file)
    for gap in manifest.gaps:
        click.echo(f"left out: {gap}", err=True)
    click.echo(f"The backup is sound: {_described(manifest)}.")
    click.echo(f"It shows {manifest.moment}, {manifest.database} at {manifest.revision}.")


def _described(manifest: moving.Manifest) -> str:
    size = manifest.document_bytes / MEGABYTE
    cases = manifest.tables["cases"].rows
    return f"{cases} cases, {manifest.rows} rows, {manifest.documents} documents ({size:.1f} MB)"


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--keep-calendars", is_flag=True, help="Keep the addresses of calendars, even those ended since.")
@with_appcontext
@_told
def restore(file: Path, keep_calendars: bool) -> None:
    """Bring a backup back into an empty database, its documents too, and prove that all is there.

    Sign-ins, links in mails and addresses of calendars are ended: some may have been ended since."""
    done = moving.restore(file, cases.current(), click.echo, keep_calendars=keep_calendars)
    click.echo(f"Restored as it was at {done.manifest.moment}: {_described(done.manifest)}. {done.proof}.")
    _say_what_ended(done, keep_calendars)
    if done.unsent or done.over:
        click.echo(
            f"When worker and scheduler start, {done.unsent} messages that were waiting then go out, and {done.over}"
            " deadlines that are over are kept: again, if that had happened before. docs/backup.md says how to send"
            " no mail twice."
        )
    wrong = (*(f"left out: {gap}" for gap in done.manifest.gaps), *done.proof.faults, *done.search)
    for fault in wrong:
        click.echo(fault, err=True)
    if not done.is_whole:
        raise click.ClickException("All rows are there, but not all is well; see above.")


def _say_what_ended(done: moving.Restored, keep_calendars: bool) -> None:
    ended = done.ended
    click.echo(
        f"Ended: {ended.sign_ins} sign-ins, {ended.links} links in mails (invitations, new passwords, new mail"
        f" addresses), {ended.calendars} addresses of calendars. Everybody signs in again; who was invited and has not"
        " come in yet is to be invited again."
    )
    if keep_calendars:
        click.echo("Addresses of calendars work as at the time of the backup, even those that were ended since.")
    click.echo(
        f"The backup is {_age(done.manifest)} old. What was done to accounts since then is undone, so old passwords"
        " work again: please look after locks, roles, passwords and mail addresses that were changed, and after people"
        " who wanted no more mails. docs/backup.md says how."
    )


def _age(manifest: moving.Manifest) -> str:
    hours = max(0, int((clock.now() - datetime.fromisoformat(manifest.moment)).total_seconds() // 3600))
    return f"{hours // 24} days and {hours % 24} hours"


@click.command("move")
@click.argument("target", envvar="TEILHABE_MOVE_TO", metavar="DATABASE-URL")
@click.confirmation_option(prompt="Have web, worker and scheduler been stopped?")
@with_appcontext
@_told
def move(target: str) -> None:
    """Copy the database into another, empty one (SQLite to PostgreSQL or back) and prove both.

    The address can also stand in TEILHABE_MOVE_TO, so that no password is seen in the list of processes."""
    engine = _engine(target)
    try:
        done = moving.move(cases.current(), engine, click.echo)
    finally:
        engine.dispose()
    click.echo(f"Moved: {done.rows} rows in {done.tables} tables, the same on both sides.")
    for fault in (*done.after.faults, *done.search):
        click.echo(fault, err=True)
    if not done.is_whole:
        raise click.ClickException("The new database is not well; please go on with the old one.")
    click.echo(
        "Now set DATABASE_URL to the new address and start web, worker and scheduler. Documents stay where they are."
        " The old database is as it was: nothing may be written into it any more; keep it until all is well."
    )


def _engine(url: str) -> Engine:
    """An engine for an address that somebody has typed. Raises Trouble for one that is none of ours."""
    try:
        engine = database.new_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise moving.Trouble("This is no address of a database. Examples: postgresql://user:password@host/name, "
                             "sqlite:////folder/file.sqlite3") from None  # fmt: skip
    if engine.dialect.name not in KINDS:
        raise moving.Trouble(f"Teilhabe works with SQLite and PostgreSQL, not with {engine.dialect.name}.")
    return engine
