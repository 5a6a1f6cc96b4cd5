"""The operator's commands that say whether everything is well, and what comes again when."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from workflow_app import cases
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import periodic
from workflow_app.jobs.watch import Watch
from workflow_app.operation import doctor, jobs
from workflow_app.plainly import plainly


@click.command("doctor")
@with_appcontext
def ask_doctor() -> None:
    """Look at the whole installation: what is well, what is not, and what to do about it."""
    told = current_app.config
    here = doctor.Installation(
        db.engine, told["REDIS_URL"], told["SMTP"], Path(current_app.instance_path), cases.current().store.calendar,
        told["ADDRESS"], told["PROXIES"], told["SECRET_KEY"],
    )  # fmt: skip
    ill = 0
    for finding in doctor.examine(here):
        ill += not finding.is_well
        click.echo(f"{'ok  ' if finding.is_well else 'BAD '}{finding.name}: {finding.words}")
        if not finding.is_well:
            click.echo(f"    {finding.mend}")
    if ill:
        raise click.exceptions.Exit(1)


@click.command("periodic")
@with_appcontext
@plainly
def list_periodic() -> None:
    """List what comes again by itself: when it ran last, when it runs next, and what failed."""
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    for tick in periodic.ticks(Watch(db.engine)):
        click.echo(f"{tick.name:<12}every {tick.seconds:g} s")
    for one in jobs.known(db.session, clock.now()):
        last = f"{one.ended_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.ended_at else "never"
        failed = f", failed {one.failures} times ({one.last_error})" if one.failures else ""
        late = ", LATE" if one.is_late else ""
        click.echo(f"{one.name:<12}last {last}, next {one.next_at.astimezone(zone):%Y-%m-%d %H:%M}{failed}{late}")
