"""The operator's command that says whether everything is well."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from workflow_app import cases
from workflow_app.extensions import db
from workflow_app.operation import doctor


@click.command("doctor")
@with_appcontext
def ask_doctor() -> None:
    """Look at the whole installation: what is well, what is not, and what to do about it."""
    here = doctor.Installation(
        db.engine, current_app.config["REDIS_URL"], current_app.config["SMTP"], Path(current_app.instance_path),
        cases.current().store.calendar,
    )  # fmt: skip
    ill = 0
    for finding in doctor.examine(here):
        ill += not finding.is_well
        click.echo(f"{'ok  ' if finding.is_well else 'BAD '}{finding.name}: {finding.words}")
        if not finding.is_well:
            click.echo(f"    {finding.mend}")
    if ill:
        raise click.exceptions.Exit(1)
