"""What the clock does with deadlines: it warns, says that time is up, and takes declared steps.

A missed deadline never changes a state by itself unless its process says which step the clock
takes (domain.md section 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heapify, heappop, heappush

from workflow_app.engine import clock
from workflow_app.engine.definition import CLOCK, Deadline, Due, Notice, Process, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Refused
from workflow_app.engine.machine import open_hands

from . import records
from .acting import Cases
from .transaction import Part, Transaction, instant

WARNING = _("Deadline approaching: %(title)s")
OVERDUE = _("Deadline over: %(title)s")


@dataclass(frozen=True, slots=True)
class Rung:
    """What was done for one deadline: ``warned``, ``over`` or ``nothing`` (somebody else did it),
    the step that was taken or the reason why the clock could not take it, and when the same
    deadline has something to do again."""

    done: str
    step: str = ""
    refused: str = ""
    again: datetime | None = None


def due_rows(cases: Cases, limit: int = 100) -> list[int]:
    """The deadlines for which the clock has something to do now, the oldest first."""
    return [row for _at, row in _due_moments(cases, limit)]


def _due_moments(cases: Cases, limit: int) -> list[tuple[datetime, int]]:
    with cases.store.reading() as tx:
        rows = tx.rows(
            "SELECT fire_at, id FROM due_dates WHERE status = 'running' AND fire_at <= ? ORDER BY fire_at, id LIMIT ?",
            (clock.now(), limit),
        )
    return [(instant(at), row) for at, row in rows]


def ring_all(cases: Cases, limit: int = 100) -> Iterator[tuple[int, Rung]]:
    """Do everything that is due for so many deadlines, in the order of its moments: after a standstill
    a deadline that warns and ends in between takes its turn among the others each time."""
    waiting = _due_moments(cases, limit)
    heapify(waiting)
    while waiting:
        _at, row = heappop(waiting)
        rung = ring(cases, row)
        if rung.again and rung.again <= clock.now():
            heappush(waiting, (rung.again, row))
        yield row, rung


def ring(cases: Cases, row: int) -> Rung:
    """Do the next thing for one deadline, exactly once however many clocks are running. Where a
    rule speaks against the step the clock should take, the deadline is over all the same, and the
    refusal is told."""
    try:
        return _ring(cases, row, take_step=True)
    except Refused as no:
        return replace(_ring(cases, row, take_step=False), refused=str(no.reason))


def _ring(cases: Cases, row: int, *, take_step: bool) -> Rung:
    """One transaction: the case's lock is taken first, then the deadline is read again."""
    with cases.store.transaction() as tx:
        found = tx.rows("SELECT case_id FROM due_dates WHERE id = ?", (row,))
        if not found:
            return Rung("nothing")
        case = tx.take(found[0][0]).snapshot
        sql = "SELECT warned FROM due_dates WHERE id = ? AND status = 'running' AND fire_at <= ?"
        still = tx.rows(sql, (row, clock.now()))
        due = next((d for d in case.dues if d.row == row), None)
        if not still or due is None:
            return Rung("nothing")
        process = cases.registry.find(case.process, case.version)
        deadline = process.deadline_by_name[due.name]
        warned = still[0][0]
        over = warned >= len(deadline.warn)
        tx.write(_told(process, case, deadline, due, warned, over))
        tx.write([_moved_on(tx, deadline, due, warned + 1)])
        step = deadline.then if over else ""
        if step and take_step:
            cases.act_in(tx, case.id, step, CLOCK, {}, key=f"due:{row}:{due.due_on}:{due.extended}")
        now = tx.rows("SELECT fire_at FROM due_dates WHERE id = ? AND status = 'running'", (row,))
        tx.commit()
    again = instant(now[0][0]) if now and now[0][0] else None
    return Rung("over" if over else "warned", step, again=again)


def _told(process: Process, case: Snapshot, deadline: Deadline, due: Due, warned: int, over: bool) -> list[Part]:
    """Warnings go to those for whom the case waits and whom the deadline names; the end also to the
    party it escalates to."""
    waiting = {hand.principal for hand in open_hands(process, case.state, case.parts, case.hands, {}).values()}
    waiting |= set(deadline.warns.principals(case.parts))
    if over:
        waiting |= set(deadline.escalate.principals(case.parts))
    name = f"{'overdue' if over else 'warning'}:{deadline.name}"
    subject = OVERDUE if over else WARNING
    notice = (Notice(name, deadline.escalate, subject), tuple(sorted(waiting)))
    key = f"due:{due.row}:{due.due_on}:{due.extended}:{warned}"
    return records.outbox(case.id, case.seq, [notice], clock.now(), due_on=due.due_on, key=key)


def _moved_on(tx: Transaction, deadline: Deadline, due: Due, warned: int) -> Part:
    at: datetime | None = records.next_moment(deadline, due, warned, tx.calendar)
    return "UPDATE due_dates SET warned = ?, fire_at = ? WHERE id = ?", (warned, at, due.row)
