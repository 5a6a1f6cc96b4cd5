"""A deadline the clock could not deal with: it is tried again at once, or what failed is left out.

Nothing is done too early: only a warning or an end whose moment has come is tried again or left out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from workflow_app.engine import clock
from workflow_app.engine.definition import Deadline, Due
from workflow_app.models import Case, DueDate

from . import records
from .acting import Cases


def missed(cases: Cases, connection: Connection, ids: Collection[int]) -> dict[int, bool]:
    """Of these deadlines, locked until the end of the transaction: whether the clock should have done
    something by now that it has not."""
    return {row.id: _is_missed(cases, row) for row in _rows(connection, ids)}


def ring_now(connection: Connection, ids: Collection[int]) -> None:
    """The clock tries at its next tick; the deadlines must be held by `missed`."""
    running = DueDate.id.in_(ids), DueDate.status == "running"
    connection.execute(update(DueDate).where(*running).values(fire_at=clock.now()))


def leave_out(cases: Cases, connection: Connection, ids: Collection[int]) -> None:
    """The clock leaves out the warning or the end that it could not tell, and goes on with what comes
    after it; the deadline itself stays as it is. Held by `missed`."""
    for row in _rows(connection, ids):
        if _is_missed(cases, row):
            values = {"warned": row.warned + 1, "fire_at": _moment(cases, row, row.warned + 1)}
            connection.execute(update(DueDate).where(DueDate.id == row.id).values(**values))


def _rows(connection: Connection, ids: Collection[int]) -> list[Any]:
    columns = *DueDate.__table__.columns, Case.process, Case.version
    query = select(*columns).join(Case, Case.id == DueDate.case_id).where(DueDate.id.in_(ids)).order_by(DueDate.id)
    return list(connection.execute(query.with_for_update(of=DueDate)))


def _is_missed(cases: Cases, row: Any) -> bool:
    """Whether it runs and its moment has come, by the process itself: `fire_at` may have been put off."""
    if row.status != "running" or row.fire_at is None:
        return False
    if _deadline(cases, row) is None:
        return True
    moment = _moment(cases, row, row.warned)
    return moment is not None and moment <= clock.now()


def _moment(cases: Cases, row: Any, warned: int) -> datetime | None:
    """When the clock has something to do; None for nothing more, and where the process does not know
    this deadline, which may be why the clock cannot deal with it."""
    deadline = _deadline(cases, row)
    due = Due(row.name, row.anchor_on, row.due_on, row.remaining, row.extended, row.id)
    return records.next_moment(deadline, due, warned, cases.store.calendar) if deadline else None


def _deadline(cases: Cases, row: Any) -> Deadline | None:
    try:
        return cases.registry.find(row.process, row.version).deadline_by_name.get(row.name)
    except KeyError:
        return None
