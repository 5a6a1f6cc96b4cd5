"""The operator's commands. What goes wrong is one clear sentence and an exit code other than 0."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import func, select

from workflow_app import cases, database, demo, process_check, texts
from workflow_app.cases import erasing, keeping, migrating, proving
from workflow_app.cli_backup import back_up, check_backup, move, restore
from workflow_app.cli_incidents import incidents_group
from workflow_app.cli_mail import mail_group
from workflow_app.cli_operation import ask_doctor, list_periodic
from workflow_app.cli_people import how_to_begin, people_group
from workflow_app.cli_search import index_what_is_missing, search_group
from workflow_app.engine import clock
from workflow_app.engine.definition import CLOCK, Actor
from workflow_app.extensions import db
from workflow_app.jobs import periodic, starting
from workflow_app.jobs import worker as working
from workflow_app.models import Case, Person
from workflow_app.models.following import MAILS, SITE
from workflow_app.plainly import plainly

A_DAY = timedelta(days=1)


database_group = AppGroup("database", help="Create and migrate the database.")
demo_group = AppGroup("demo", help="The demonstration data of Flensburg.")
cases_group = AppGroup("cases", help="Prove and migrate cases.")
documents_group = AppGroup("documents", help="Look after the files of documents.")
processes_group = AppGroup("processes", help="Look after process definitions.")


@database_group.command("prepare")
@click.option("--empty", is_flag=True, help="Do not load the demonstration.")
@plainly
def prepare(empty: bool) -> None:
    """Create or migrate the database, and load the demonstration once."""
    database.upgrade(db.engine)
    index_what_is_missing()
    if not empty:
        demo.load(echo=click.echo)
        demo.tell_accounts(click.echo)
    elif db.session.scalar(select(Person.id).limit(1)) is None:
        how_to_begin()


@demo_group.command("load")
@plainly
def load() -> None:
    """Load the demonstration; what was loaded before stays as it is."""
    demo.load(echo=click.echo)


@demo_group.command("accounts")
@plainly
def accounts() -> None:
    """Print one line per demonstration account."""
    demo.tell_accounts(click.echo)


@cases_group.command("verify")
@plainly
def verify() -> None:
    """Replay every case and prove its state and hashes, and that every file is there as it was added."""
    total = db.session.scalar(select(func.count()).select_from(Case)) or 0
    db.session.rollback()
    faults, erased = 0, 0
    with click.progressbar(proving.prove(cases.current()), length=total, label="Cases") as found:
        for finding in found:
            erased += len(finding.erased)
            faults += bool(finding.faults)
            for fault in finding.faults:
                click.echo(f"\ncase {finding.case_id}: {fault}", err=True)
    click.echo(f"{total} cases, {faults} with faults, {erased} erased payloads.")
    if faults:
        raise click.exceptions.Exit(1)


@cases_group.command("erase")
@click.argument("case")
@click.option("--event", "events", type=int, multiple=True, help="Only what was written with this event; repeatable.")
@click.option("--by", "email", required=True, help="The e-mail address of whoever answers for it.")
@click.confirmation_option(prompt="What is erased cannot be brought back. Go on?")
@plainly
def erase(case: str, events: tuple[int, ...], email: str) -> None:
    """Erase what was written in a case (its number or id); its history, numbers and states stay."""
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise click.ClickException("There is no account with this e-mail address.")
    found = db.session.scalar(select(Case.id).where(Case.id == int(case) if case.isdigit() else Case.number == case))
    if found is None:
        raise click.ClickException("There is no such case.")
    actor = Actor(person.id, frozenset({f"person:{person.id}"}))
    db.session.rollback()
    done = erasing.erase(cases.current(), found, actor, events or None)
    click.echo(f"Erased; the case has {done.seq} events now.")


@cases_group.command("migrate")
@click.argument("process")
@click.option("--to", "version", type=int, required=True, help="The version to move to.")
@click.option("--check", "only_check", is_flag=True, help="Only say what would be done.")
@plainly
def migrate(process: str, version: int, only_check: bool) -> None:
    """Move the running cases of a process to another version: all of them or none."""
    store = cases.current()
    plan = migrating.plan(store, process, version) if only_check else migrating.migrate(store, process, version, CLOCK)
    for (from_version, state, to_state), ids in sorted(plan.moves.items()):
        click.echo(f"version {from_version}, {state} -> {to_state}: {len(ids)} cases")
    for (from_version, state), ids in sorted(plan.missing.items()):
        click.echo(f"version {from_version}, {state}: no place in version {version} for {len(ids)} cases", err=True)
    if plan.missing:
        raise click.exceptions.Exit(1)
    if plan.anew:
        click.echo(f"{len(plan.anew)} cases went on while this command waited for them; they were moved from there.")
    if plan.passed:
        click.echo(f"{len(plan.passed)} cases ended or were moved while this command waited; they were left alone.")
    click.echo("Checked, nothing was moved." if only_check else f"{sum(map(len, plan.moves.values()))} cases moved.")


@documents_group.command("tidy")
@plainly
def tidy() -> None:
    """Remove files that no document needs and that are older than a day."""
    done = keeping.tidy(cases.current(), clock.now() - A_DAY)
    click.echo(f"{done.orphans} files that no document needs and {done.broken} broken uploads removed.")


@processes_group.command("check")
@plainly
def check() -> None:
    """Check what the engine cannot know: forms, texts and their translation."""
    faults = process_check.faults(current_app)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} things to mend.")
    click.echo("All processes are complete.")


@click.command("texts")
@plainly
def update_texts() -> None:
    """Collect the texts of code and pages into the catalogues; say which are not translated yet."""
    missing = texts.update()
    for text in missing:
        click.echo(text)
    click.echo(f"{len(missing)} texts to translate." if missing else "Every text is translated.")


@click.command("worker")
@click.option("--mails", is_flag=True, help="Carry the mails out, and nothing else. Somebody has to.")
@with_appcontext
def worker(mails: bool) -> None:
    """Carry out what happens on the site (notices and the like), or with --mails the mails, until told to stop.

    Mails have workers of their own, so that a mail server that is slow keeps nobody else waiting.
    """
    starting.must_be_ready()
    working.work(current_app._get_current_object(), MAILS if mails else SITE)  # type: ignore[attr-defined]


@click.command("scheduler")
@with_appcontext
def scheduler() -> None:
    """Keep deadlines and hand out messages until told to stop."""
    starting.must_be_ready()
    periodic.keep_time(current_app._get_current_object())  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    """Give an application these commands."""
    for command in (
        database_group,
        demo_group,
        cases_group,
        documents_group,
        processes_group,
        people_group,
        search_group,
        mail_group,
        incidents_group,
        update_texts,
        worker,
        scheduler,
        ask_doctor,
        list_periodic,
        back_up,
        check_backup,
        restore,
        move,
    ):
        app.cli.add_command(command)
