"""The operator's commands for the search index."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from workflow_app import cases
from workflow_app.cases import reindexing
from workflow_app.extensions import db
from workflow_app.models import Case
from workflow_app.plainly import plainly

search_group = AppGroup("search", help="Make the search index anew, and prove it.")


def index_what_is_missing() -> None:
    """Index cases that came before the search did; says how many, where there are any."""
    if found := sum(reindexing.rebuild(cases.current(), only_missing=True)):
        click.echo(f"{found} cases can be searched now.")


@search_group.command("rebuild")
@plainly
def rebuild() -> None:
    """Write the index of all cases anew, a few at a time; people can go on working."""
    with click.progressbar(length=_total(), label="Cases") as bar:
        for done in reindexing.rebuild(cases.current()):
            bar.update(done)


@search_group.command("check")
@plainly
def check() -> None:
    """Say where the index is not what the cases say."""
    wrong: list[int] = []
    with click.progressbar(length=_total(), label="Cases") as bar:
        for done, faulty in reindexing.check(cases.current()):
            wrong += faulty
            bar.update(done)
    for case_id in wrong:
        click.echo(f"case {case_id}: the index is not what the case says", err=True)
    sound = reindexing.full_text_is_sound(cases.current())
    if not sound:
        click.echo("The full-text index does not fit its rows.", err=True)
    if wrong or not sound:
        raise click.ClickException("Please run: flask --app workflow_app search rebuild")
    click.echo("The search index is right.")


def _total() -> int:
    total = db.session.scalar(select(func.count()).select_from(Case)) or 0
    db.session.rollback()
    return total
