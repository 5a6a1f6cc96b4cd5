"""A deadline the clock could not deal with: it is tried again at once, or what failed is left out.

Nothing is done too early: only a warning or an end whose moment has come is tried again or left out. What is
locked here is locked in the order in which all others do it: cases, then their deadlines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from workflow_app.engine import clock
from workflow_app.engine.deadlines import begin
from workflow_app.engine.definition import Deadline, Due, Facts
from workflow_app.engine.errors import Invalid
from workflow_app.models import Case, CaseEvent, DueDate, OpenStep, RuleSetting

from . import clockwork, records
from .acting import Cases


def missed(cases: Cases, connection: Connection, ids: Collection[int]) -> dict[int, bool]:
    """Of these deadlines, locked with their cases until the end of the transaction: whether the clock should
    have done something by now that it has not, be it that a rule has refused it."""
    rows = _rows(connection, ids)
    taken = _taken(connection, rows)
    return {row.id: _is_missed(cases, row, taken) for row in rows}


def ring_now(connection: Connection, ids: Collection[int]) -> None:
    """The clock tries at its next tick; the deadlines must be held by `missed`."""
    running = DueDate.id.in_(ids), DueDate.status == "running"
    connection.execute(update(DueDate).where(*running).values(fire_at=clock.now()))


def leave_out(cases: Cases, connection: Connection, ids: Collection[int]) -> None:
    """The clock leaves out the warning or the end that it could not tell, or the step that it could not take,
    and goes on with what comes after it: one that comes again moves to its next date, any other stays as it
    is. Held by `missed`."""
    rows, facts = _rows(connection, ids), _facts(cases, connection)
    taken = _taken(connection, rows)
    for row in rows:
        if _is_missed(cases, row, taken):
            values = _without(cases, row, facts)
            connection.execute(update(DueDate).where(DueDate.id == row.id).values(**values))
            if "due_on" in values:
                _say_when_due(connection, row.case_id)


def is_over(cases: Cases, row: Any) -> bool:
    """Whether the clock has said of this deadline that its time is up (`row`: process, version, name and
    warned); also of one that its process does not know."""
    deadline = _deadline(cases, row)
    return deadline is None or row.warned > len(deadline.warn)


def _rows(connection: Connection, ids: Collection[int]) -> list[Any]:
    mine = DueDate.id.in_(ids)
    whose = select(Case.id).where(Case.id.in_(select(DueDate.case_id).where(mine))).order_by(Case.id)
    connection.execute(whose.with_for_update(key_share=True))
    columns = *DueDate.__table__.columns, Case.process, Case.version, Case.data
    query = select(*columns).join(Case, Case.id == DueDate.case_id).where(mine).order_by(DueDate.id)
    return list(connection.execute(query.with_for_update(of=DueDate, key_share=True)))


def _taken(connection: Connection, rows: Sequence[Any]) -> set[str | None]:
    """Of the steps at the end of these deadlines, the keys of those that were taken."""
    keys = [_key(row) for row in rows]
    return set(connection.execute(select(CaseEvent.key).where(CaseEvent.key.in_(keys))).scalars())


def _key(row: Any) -> str:
    return clockwork.key_of(row.id, row.due_on, row.extended)


def _is_missed(cases: Cases, row: Any, taken: Collection[str | None]) -> bool:
    """Whether it runs and its moment has come, by the process itself: `fire_at` may have been put off. When
    its time is up, whether the step at its end was not taken."""
    if row.status != "running":
        return False
    deadline = _deadline(cases, row)
    if deadline is None:
        return row.fire_at is not None
    if row.warned > len(deadline.warn):
        return bool(deadline.then) and _key(row) not in taken
    moment = _moment(cases, deadline, row, row.warned)
    return moment is not None and moment <= clock.now()


def _without(cases: Cases, row: Any, facts: Facts) -> dict[str, Any]:
    """What of a deadline is different when its next warning, or its end, is left out."""
    deadline = _deadline(cases, row)
    if deadline is None:
        return {"warned": row.warned + 1, "fire_at": None}
    warned = min(row.warned, len(deadline.warn)) + 1
    if warned > len(deadline.warn) and deadline.then and deadline.every:
        return _next_date(deadline, row, facts) or {
            "warned": warned,
            "fire_at": clockwork.comes_back(deadline, _due(row), row.data, facts),
        }
    return {"warned": warned, "fire_at": _moment(cases, deadline, row, warned)}


def _next_date(deadline: Deadline, row: Any, facts: Facts) -> dict[str, Any] | None:
    """A deadline that comes again, at the first of its dates after this one; None where that cannot be counted."""
    try:
        due = begin(deadline, row.data, facts, after=row.due_on)
    except Invalid:
        return None
    if due is None:
        return None
    warned, at = records.as_begun(deadline, due, facts)
    moved = {"anchor_on": due.anchor_on, "due_on": due.due_on, "extended": due.extended}
    return {**moved, "warned": warned, "fire_at": at}


def _say_when_due(connection: Connection, case_id: int) -> None:
    """The nearest end of a case's deadlines, beside its open steps."""
    running = DueDate.case_id == case_id, DueDate.status == "running"
    nearest = select(func.min(DueDate.due_on)).where(*running).scalar_subquery()
    connection.execute(update(OpenStep).where(OpenStep.case_id == case_id).values(due_on=nearest))


def _facts(cases: Cases, connection: Connection) -> Facts:
    """What is needed to count a deadline: the day, and the rule set in force."""
    now, calendar = clock.now(), cases.store.calendar
    today = calendar.local_date(now)
    valid = select(RuleSetting.name, RuleSetting.value).where(RuleSetting.valid_from <= today)
    settings = {row.name: row.value for row in connection.execute(valid.order_by(RuleSetting.valid_from))}
    return Facts(now, today, calendar, settings=settings)


def _moment(cases: Cases, deadline: Deadline, row: Any, warned: int) -> datetime | None:
    """When the clock has something to do; None for nothing more."""
    return records.next_moment(deadline, _due(row), warned, cases.store.calendar)


def _due(row: Any) -> Due:
    return Due(row.name, row.anchor_on, row.due_on, row.remaining, row.extended, row.id)


def _deadline(cases: Cases, row: Any) -> Deadline | None:
    """The deadline in its process; None where the process does not know it, which may be why the clock cannot
    deal with it."""
    try:
        return cases.registry.find(row.process, row.version).deadline_by_name.get(row.name)
    except KeyError:
        return None
