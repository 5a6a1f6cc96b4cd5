"""The operator's commands for incidents, also for when the site itself is down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import click
from flask.cli import AppGroup
from sqlalchemy import Select, select

from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents.deciding import AT_ONCE, Decided
from workflow_app.jobs import again
from workflow_app.models import Incident
from workflow_app.operation.waiting import INCIDENTS
from workflow_app.plainly import person_called, plainly
from workflow_app.queries.incidents import STATES, open_incident_ids

incidents_group = AppGroup("incidents", help="What a machine could not put right alone.")
WHICH = (
    click.argument("ids", type=int, nargs=-1),
    click.option("--all", "kind", type=click.Choice(("any", *INCIDENTS)), help="All that wait, of a kind or of any."),
    click.option("--by", "email", required=True, help="The e-mail address of whoever answers for it."),
)
WHY_NOT = {
    "solved": "gone well meanwhile", "discarded": "discarded already", "retrying": "being tried again already",
    "busy": "being tried at this moment", "alone": "goes on by itself", "none": "not there",
}  # fmt: skip


@incidents_group.command("list")
@plainly
def list_incidents() -> None:
    """Print what is not settled: id, kind, state, since when (UTC), how often, what about, which error."""
    last = 0
    while found := db.session.scalars(_unsettled(last)).all():
        for one in found:
            since = f"{one.first_at:%Y-%m-%d %H:%M}"
            case = f"case {one.case_id}" if one.case_id else "-"
            told = (one.id, one.kind, one.state, since, f"{one.times}x", one.subject, case, one.error)
            click.echo("\t".join(map(str, told)))
        last = found[-1].id
        db.session.expunge_all()


def _unsettled(after: int) -> Select[Incident]:
    waits = Incident.settled_at.is_(None), Incident.state.in_(STATES), Incident.id > after
    return select(Incident).where(*waits).order_by(Incident.id).limit(AT_ONCE)


def _which(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that say which incidents are meant, and who decides."""
    for option in reversed(WHICH):
        command = option(command)
    return command


@incidents_group.command("retry")
@_which
@plainly
def retry(ids: tuple[int, ...], kind: str | None, email: str) -> None:
    """Try incidents again, by their IDS or all of a kind."""
    by = person_called(email)
    _go_through(ids, kind, lambda some: again.retry(by, some))


@incidents_group.command("discard")
@_which
@click.option("--reason", required=True, help="Why nothing is to be done; it is kept.")
@plainly
def discard(ids: tuple[int, ...], kind: str | None, email: str, reason: str) -> None:
    """Discard incidents, by their IDS or all of a kind: nothing more is tried for them."""
    by = person_called(email)
    _go_through(ids, kind, lambda some: again.discard(by, some, reason))


def _go_through(ids: Sequence[int], kind: str | None, decide: Callable[[Sequence[int]], Decided]) -> None:
    """Decide in portions and say what was done; the exit code is 1 if something was left."""
    if bool(ids) == bool(kind):
        raise click.UsageError("Say which: by their ids, or --all message (deadline, job, clock, setting, any).")
    done, left = 0, Counter[str]()
    for some in _portions(ids, kind):
        decided = decide(some)
        done += len(decided.done)
        left.update(one.why for one in decided.left)
    click.echo(f"{done} done.")
    for why, count in sorted(left.items()):
        click.echo(f"{count} left: {WHY_NOT[why]}.", err=True)
    if left:
        raise click.exceptions.Exit(1)


def _portions(ids: Sequence[int], kind: str | None) -> list[Sequence[int]]:
    """The ids that are meant, as they are now."""
    meant = list(dict.fromkeys(ids))
    if kind:
        meant = list(open_incident_ids(db.session, None if kind == "any" else kind, clock.now(), None))
        db.session.rollback()
    return [meant[start : start + AT_ONCE] for start in range(0, len(meant), AT_ONCE)]
