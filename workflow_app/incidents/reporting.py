"""How incidents come and, if all goes well in the end, go by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow_app.database import PORTION, portions
from workflow_app.engine import clock
from workflow_app.models import Incident
from workflow_app.models.incidents import UNSETTLED


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong.

    `kind` is one of those the table knows, `subject` what it is about (``message:17``), `error` the name of
    the exception's class or a word of our own; never what an exception says, which may quote people.
    """

    kind: str
    subject: str
    error: str
    case_id: int | None = None
    outbox_id: int | None = None
    due_id: int | None = None
    person_id: int | None = None


def report(connection: Connection, troubles: Sequence[Trouble]) -> None:
    """Open an incident for each, or count on the one that is there. Runs in the caller's transaction."""
    if not troubles:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    now = clock.now()
    fresh = insert(Incident)
    statement = fresh.on_conflict_do_update(
        index_elements=[Incident.subject],
        index_where=UNSETTLED,
        set_={"times": Incident.times + 1, "last_at": now, "error": fresh.excluded.error, "state": "open"},
    )
    connection.execute(statement, [_row(one) | {"first_at": now, "last_at": now} for one in troubles])


def point_out(connection: Connection, troubles: Sequence[Trouble]) -> None:
    """Open an incident for each that is about a person, once: what is open already is not counted on, and
    what somebody has discarded is not brought up again. For what stays wrong and is met at every turn."""
    if not troubles:
        return
    said = set[str]()
    for some in portions(troubles):
        mine = Incident.person_id.in_({one.person_id for one in some}), Incident.state != "solved"
        known = select(Incident.subject).where(*mine, Incident.subject.in_([one.subject for one in some]))
        said.update(connection.execute(known).scalars())
    report(connection, [one for one in troubles if one.subject not in said])


def solved(connection: Connection, subjects: Sequence[str]) -> None:
    """What was reported about these went well in the end. Runs in the caller's transaction; they are locked in
    the order of their ids, as those do who decide about them."""
    for some in portions(subjects, PORTION):
        mine = select(Incident.id).where(Incident.subject.in_(some), Incident.settled_at.is_(None))
        ids = connection.execute(mine.order_by(Incident.id).with_for_update()).scalars().all()
        if ids:
            change = update(Incident).where(Incident.id.in_(ids))
            connection.execute(change.values(state="solved", settled_at=clock.now()))


def _row(one: Trouble) -> dict[str, Any]:
    return {
        "kind": one.kind, "subject": one.subject, "error": one.error[:80], "case_id": one.case_id,
        "outbox_id": one.outbox_id, "due_id": one.due_id, "person_id": one.person_id, "times": 1, "state": "open",
    }  # fmt: skip
