"""What the clock does with deadlines: it warns, says that time is up, and takes declared steps.

A missed deadline never changes a state by itself unless its process says which step the clock
takes (domain.md section 4). What is to be done follows from the deadline itself; `fire_at` only says
when to look. So whoever sets it to an earlier moment makes the clock look again, and never act early.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import Connection, select, update

from workflow_app.engine import clock
from workflow_app.engine.deadlines import begin
from workflow_app.engine.definition import CLOCK, Data, Deadline, Due, Facts, Notice, Process, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Refused
from workflow_app.engine.machine import open_hands
from workflow_app.models import Case, DueDate

from . import records
from .acting import Cases, Ringing
from .transaction import Head, Part, Transaction, instant

WARNING = _("Deadline approaching: %(title)s")
OVERDUE = _("Deadline over: %(title)s")
FOUND = (
    "SELECT d.fire_at, d.id, d.case_id, d.name, d.due_on, d.extended, d.warned, c.process, c.version"
    " FROM due_dates d JOIN cases c ON c.id = d.case_id WHERE d.status = 'running'"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A deadline as it was found in its row: when the clock has something to do for it, and what the
    database says of it at that time."""

    at: datetime
    row: int
    case_id: int
    name: str
    due_on: str
    extended: int
    warned: int
    process: str
    version: int

    @property
    def key(self) -> str:
        """What makes the step at the end of this deadline happen once."""
        return key_of(self.row, self.due_on, self.extended)

    def is_same(self, due: Due) -> bool:
        """Whether nobody has moved the deadline since it was found."""
        return (str(due.due_on), due.extended) == (self.due_on, self.extended)


@dataclass(frozen=True, slots=True)
class Rung:
    """What was done for one deadline: ``warned``, ``over``, ``nothing`` (there was nothing to do), ``held``
    (somebody else holds its case) or ``failed``; the step that was taken, or the reason why the clock could
    not take it, and what the same deadline has to do next."""

    done: str
    step: str = ""
    refused: str = ""
    next: Found | None = None


def key_of(row: int, due_on: date | str, extended: int) -> str:
    """What makes the step at the end of a deadline happen once."""
    return f"due:{row}:{due_on}:{extended}"


NOTHING = Rung("nothing")
Ring = Callable[[Cases, Found], Rung]


def due_rows(cases: Cases, limit: int = 100) -> list[int]:
    """The deadlines for which the clock has something to do now, the oldest first."""
    return [found.row for found in due_now(cases, limit)]


def due_now(cases: Cases, limit: int) -> list[Found]:
    """The same with what their rows say."""
    sql = f"{FOUND} AND d.fire_at <= ? ORDER BY d.fire_at, d.id LIMIT ?"
    with cases.store.reading() as tx:
        return [_found(row) for row in tx.rows(sql, (clock.now(), limit))]


def _found(row: tuple[Any, ...]) -> Found:
    at, id_, case_id, name, due_on, *rest = row
    return Found(instant(at), id_, case_id, name, str(due_on), *rest)


def ring_all(cases: Cases, limit: int = 100, ring_one: Ring | None = None) -> Iterator[tuple[int, Rung]]:
    """Do everything that is due for so many deadlines, in the order of its moments: after a standstill
    a deadline that warns and ends in between takes its turn among all others each time."""
    waiting = [(found.at, found.row, found) for found in due_now(cases, limit)]
    # Beyond the last moment of a full batch, others that were not read may have their turn before.
    last = waiting[-1][0] if len(waiting) == limit else clock.now()
    while waiting:
        _at, row, found = heappop(waiting)
        rung = (ring_one or ring_found)(cases, found)
        if rung.next and rung.next.at <= last:
            heappush(waiting, (rung.next.at, row, rung.next))
        yield row, rung


def ring(cases: Cases, row: int) -> Rung:
    """Do the next thing for one deadline if its time has come."""
    with cases.store.reading() as tx:
        found = tx.rows(f"{FOUND} AND d.id = ? AND d.fire_at <= ?", (row, clock.now()))
    return ring_found(cases, _found(found[0])) if found else NOTHING


def ring_found(cases: Cases, found: Found, refused: Callable[[Refused], None] | None = None) -> Rung:
    """Do the next thing for one deadline, exactly once however many clocks are running. Where a
    rule speaks against the step the clock should take, the deadline is over all the same, and the
    refusal is told: to `refused` before that is written, so that it is never lost. The step is tried
    again when somebody asks for it, or, of a deadline that comes again, at the next of its dates."""
    try:
        return _ring(cases, found, take_step=True)
    except Refused as no:
        if refused:
            refused(no)
        return replace(_ring(cases, found, take_step=False), refused=str(no.reason))


def hold(connection: Connection, found: Found) -> bool:
    """Lock a deadline until the end of the transaction: whether it still is as it was found, and due. Its
    case comes first, and whoever needs an incident about it as well takes that after it: so do all others,
    and nobody waits for somebody who waits for them."""
    case = select(Case.id).where(Case.id == found.case_id).with_for_update(read=True, key_share=True)
    connection.execute(case)
    mine = DueDate.id == found.row, DueDate.status == "running", DueDate.fire_at <= clock.now()
    same = DueDate.due_on == date.fromisoformat(found.due_on), DueDate.extended == found.extended
    query = select(DueDate.id).where(*mine, *same, DueDate.warned == found.warned)
    return connection.execute(query.with_for_update(key_share=True)).first() is not None


def put_off(connection: Connection, row: int, until: datetime) -> None:
    """Look again later at a deadline for which something has just gone wrong."""
    mine = DueDate.id == row, DueDate.status == "running", DueDate.fire_at <= clock.now()
    connection.execute(update(DueDate).where(*mine).values(fire_at=until))


def _ring(cases: Cases, found: Found, *, take_step: bool) -> Rung:
    """One transaction: what is to be moved is locked first, then the deadline is read again."""
    process = cases.registry.find(found.process, found.version)
    deadline = process.deadline_by_name[found.name]
    over = found.warned >= len(deadline.warn)
    step = deadline.then if over else ""
    with cases.store.transaction() as tx:
        if step:
            cases.lock_kin(tx, found.case_id, step, {})
        head = tx.take(found.case_id, found.key if step else None)
        due = _still_due(head, found, tx.now)
        if due is None:
            return NOTHING
        if (moment := _moment(tx, deadline, due, found.warned)) > tx.now:
            tx.write([_look_again(due, found.warned, moment)])
            tx.commit()
            return NOTHING
        after = records.next_moment(deadline, due, found.warned + 1, tx.calendar)
        if found.warned <= len(deadline.warn):
            day = "end" if over else records.warning_day(deadline, due, found.warned, tx.calendar).isoformat()
            tx.write(_told(process, head.snapshot, deadline, due, day))
        left = None if take_step else comes_back(deadline, due, head.snapshot.data, _facts(tx, head))
        tx.write([_look_again(due, min(found.warned, len(deadline.warn)) + 1, after or left)])
        if step and take_step and not head.done:
            cases.act_in(tx, found.case_id, step, CLOCK, {}, key=found.key, ringing=Ringing(head, due))
        again = _comes_again(tx, found) if step and deadline.every else None
        tx.commit()
    if after:
        again = replace(found, at=after, warned=found.warned + 1)
    return Rung("over" if over else "warned", step, next=again)


def _still_due(head: Head, found: Found, now: datetime) -> Due | None:
    """The deadline as it is now that its case is held; None where somebody was quicker."""
    due = next((due for due in head.snapshot.dues if due.row == found.row), None)
    if due is None or due.due_on is None or not found.is_same(due) or head.snapshot.version != found.version:
        return None
    warned, fire_at = head.rungs[found.row]
    return due if warned == found.warned and fire_at and instant(fire_at) <= now else None


def _moment(tx: Transaction, deadline: Deadline, due: Due, warned: int) -> datetime:
    """When the next thing is to be done; of a deadline for which all is done, when it ended."""
    at = records.next_moment(deadline, due, min(warned, len(deadline.warn)), tx.calendar)
    assert at is not None
    return at


def comes_back(deadline: Deadline, due: Due, data: Data, facts: Facts) -> datetime | None:
    """When the clock tries once more what a rule has refused at the end of a deadline that comes again: at the
    end of the next of its dates that is not over (UTC); not moved from holidays, because those that nobody
    knows yet may be why it was refused. None for all others, and while the day it is counted from is unknown."""
    if not deadline.every or due.due_on is None:
        return None
    again = begin(replace(deadline, roll=False), data, facts, after=max(due.due_on, facts.today))
    return facts.calendar.end_of_day(again.due_on) if again and again.due_on else None


def _facts(tx: Transaction, head: Head) -> Facts:
    return Facts(tx.now, tx.today, tx.calendar, settings=head.settings)


def _comes_again(tx: Transaction, found: Found) -> Found | None:
    """A deadline that comes again and again, as the step at its end has left it."""
    rows = tx.rows(f"{FOUND} AND d.id = ? AND d.fire_at <= ?", (found.row, tx.now))
    return _found(rows[0]) if rows else None


def _told(process: Process, case: Snapshot, deadline: Deadline, due: Due, day: str) -> list[Part]:
    """Warnings go to those for whom the case waits and whom the deadline names; the end also to the
    party it escalates to. Each `day` of a deadline, and its ``end``, is told once, however many warnings
    another version of the process has before it."""
    over = day == "end"
    waiting = {hand.principal for hand in open_hands(process, case.state, case.parts, case.hands, {}).values()}
    waiting |= set(deadline.warns.principals(case.parts))
    if over:
        waiting |= set(deadline.escalate.principals(case.parts))
    name = f"{'overdue' if over else 'warning'}:{deadline.name}"
    subject = OVERDUE if over else WARNING
    notice = (Notice(name, deadline.escalate, subject), tuple(sorted(waiting)))
    key = f"due:{due.row}:{due.due_on}:{due.extended}:{day}"
    return records.outbox(case.id, case.seq, [notice], clock.now(), due_on=due.due_on, key=key)


def _look_again(due: Due, warned: int, at: datetime | None) -> Part:
    return "UPDATE due_dates SET warned = ?, fire_at = ? WHERE id = ?", (warned, at, due.row)
