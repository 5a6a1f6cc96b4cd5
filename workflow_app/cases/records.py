"""Which rows a move writes: the engine's answer turned into statements. Pure.

Nothing here reads; open steps and readers are derived from state and parts, so what changes is
the difference between what followed from the case before and what follows from it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Data, Deadline, Due, Facts, Holder, Notice, Process, Snapshot
from workflow_app.engine.machine import open_hands, readers

from .history import Event, canonical
from .transaction import Part

EVENT = (
    "case_id", "seq", "kind", "step", "from_state", "to_state", "version", "hands", "hands_needed",
    "actor_id", "at", "key", "digest", "previous_hash", "represents_id", "hash",
)  # fmt: skip


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    one = "(" + ", ".join("?" * len(columns)) + ")"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * rows)}"


def insert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> list[Part]:
    """One statement for all rows; none for no rows."""
    return [(_insert(table, columns, len(rows)), [v for row in rows for v in row])] if rows else []


def event(e: Event, salt: str, body: str) -> list[Part]:
    """The event and what was written with it."""
    values = (
        e.case_id, e.seq, e.kind, e.step, e.from_state, e.to_state, e.version, e.hands, e.hands_needed,
        e.actor_id, e.at, e.key, e.digest, e.previous_hash, e.represents_id, e.hash(),
    )  # fmt: skip
    return insert("case_events", EVENT, [values]) + insert(
        "case_event_payloads", ("case_id", "seq", "salt", "body"), [(e.case_id, e.seq, salt, body)]
    )


def head(
    case: Snapshot, e: Event, *, data: Data, title: str, hands: Mapping[str, Sequence[int]],
    number: str | None, entered: int, closed: bool,
) -> list[Part]:  # fmt: skip
    """The case row as the head of its history."""
    return [
        (
            "UPDATE cases SET state = ?, version = ?, seq = ?, entered_seq = ?, hash = ?, data = ?, title = ?,"
            " hands = ?, number = ?, closed = ?, changed_at = ? WHERE id = ?",
            (
                e.to_state, e.version, e.seq, entered, e.hash(), canonical(data), title,
                canonical(hands), number, closed, e.at, case.id,
            ),
        )
    ]  # fmt: skip


def grown(e: Event) -> list[Part]:
    """The case row after an event that changes nothing of the case itself."""
    return [("UPDATE cases SET seq = ?, hash = ?, changed_at = ? WHERE id = ?", (e.seq, e.hash(), e.at, e.case_id))]


Parts = Mapping[str, tuple[Holder, ...]]


def parties(case_id: int, before: Parts, after: Parts) -> list[Part]:
    """Who holds which part: rows taken away and rows added."""
    if before is after or before == after:
        return []
    old = [(part, h) for part, holders in before.items() for h in holders]
    new = [(part, h) for part, holders in after.items() for h in holders]
    found: list[Part] = []
    for part, holder in (pair for pair in old if pair not in new):
        column = "person_id" if holder.person else "organization_id"
        sql = f"DELETE FROM case_parties WHERE case_id = ? AND part = ? AND {column} = ?"
        found.append((sql, (case_id, part, holder.person or holder.organization)))
    rows = [(case_id, part, h.person, h.organization) for part, h in dict.fromkeys(new) if (part, h) not in old]
    return found + insert("case_parties", ("case_id", "part", "person_id", "organization_id"), rows)


def links(case_id: int, named: Iterable[tuple[str, int]]) -> list[Part]:
    """How this case belongs to others: kind and the other case; one that is there already stays."""
    rows = [(case_id, kind, to) for kind, to in named]
    return [(f"{sql} ON CONFLICT DO NOTHING", p) for sql, p in insert("case_links", ("from_id", "kind", "to_id"), rows)]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: everything from which its open steps and its readers follow. `due_on` is
    the nearest end of a running deadline."""

    state: str
    parts: Parts
    hands: Mapping[str, Any] = field(default_factory=dict)
    due_on: date | None = None


def nearest(dues: Iterable[Due]) -> date | None:
    """The nearest end of these deadlines; one that is suspended has none."""
    return min((due.due_on for due in dues if due.due_on), default=None)


def running_then(before: Iterable[Due], settled: Iterable[Due], running: Iterable[Due]) -> list[Due]:
    """The deadlines that run when these have ended and those have begun or changed."""
    gone = {due.name for due in settled}
    return [*(due for due in before if due.name not in gone), *running]


def consequences(
    process: Process, case_id: int, was: Standing | None, now: Standing, facts: Facts
) -> list[Part]:  # fmt: skip
    """Open steps and readers of a case that stood there and stands here; None for a new one."""
    return inbox(process, case_id, was, now, facts) + visibility(process, case_id, was, now)


OPEN = ("principal", "case_id", "step", "hands", "hands_needed", "due_on")


def inbox(process: Process, case_id: int, was: Standing | None, now: Standing, facts: Facts) -> list[Part]:
    """The open steps: those that are no longer awaited go, the others come or count on."""
    before = _awaited(process, was, facts) if was else {}
    after = _awaited(process, now, facts)
    found: list[Part] = []
    gone = [key for key in before if key not in after]
    if gone and len(gone) == len(before):
        found.append(("DELETE FROM open_steps WHERE case_id = ?", (case_id,)))
    else:
        sql = "DELETE FROM open_steps WHERE case_id = ? AND step = ? AND principal = ?"
        found += [(sql, (case_id, *key)) for key in gone]
    for key in before.keys() & after.keys():
        if before[key] != after[key]:
            sql = (
                "UPDATE open_steps SET hands = ?, hands_needed = ?, due_on = ?"
                " WHERE case_id = ? AND step = ? AND principal = ?"
            )
            found.append((sql, (*after[key], case_id, *key)))
    rows = [
        (principal, case_id, step, *value)
        for (step, principal), value in after.items()
        if (step, principal) not in before
    ]
    return found + insert("open_steps", OPEN, rows)


def _awaited(process: Process, standing: Standing, facts: Facts) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Step and principal -> hands, hands needed, and the day the inbox is sorted by."""
    found = open_hands(process, standing.state, standing.parts, standing.hands, facts.voters)
    return {key: (hand.hands, hand.hands_needed, standing.due_on) for key, hand in found.items()}


READER = ("principal", "case_id", "process", "state", "closed")


def visibility(process: Process, case_id: int, was: Standing | None, now: Standing) -> list[Part]:
    """Who may see the case now, and what their lists filter by."""
    old = readers(process, was.state, was.parts) if was else frozenset()
    new = readers(process, now.state, now.parts)
    shown = (now.state, process.state_by_name[now.state].final)
    found: list[Part] = []
    gone, stay = sorted(old - new), sorted(old & new)
    if gone and not stay:
        found.append(("DELETE FROM case_readers WHERE case_id = ?", (case_id,)))
    else:
        sql = "DELETE FROM case_readers WHERE case_id = ? AND principal = ?"
        found += [(sql, (case_id, principal)) for principal in gone]
    if stay and was and was.state != now.state:
        # Named one by one: a row that goes must not be touched twice in one statement.
        marks = ", ".join("?" * len(stay))
        sql = f"UPDATE case_readers SET state = ?, closed = ? WHERE case_id = ? AND principal IN ({marks})"
        found.append((sql, (*shown, case_id, *stay)))
    rows = [(principal, case_id, process.name, *shown) for principal in sorted(new - old)]
    return found + insert("case_readers", READER, rows)


DUE = (
    "case_id", "name", "anchor_on", "due_on", "fire_at", "status", "remaining", "extended", "warned", "remaining_unit",
)  # fmt: skip


def dues(
    process: Process, case_id: int, settled: Sequence[Due], running: Sequence[Due], facts: Facts, fired: str = ""
) -> list[Part]:
    """Deadlines that end, begin or are changed (one that is in both lists keeps its row).

    `fired` is the step just taken: a deadline whose end takes this step counts as fired.
    """
    found: list[Part] = []
    fresh = {due.name: due for due in running}
    for due in settled:
        if after := fresh.pop(due.name, None):
            sql = (
                "UPDATE due_dates SET anchor_on = ?, due_on = ?, fire_at = ?, status = ?, remaining = ?,"
                " extended = ?, warned = ?, remaining_unit = ? WHERE id = ?"
            )
            found.append((sql, (*_due(process, after, facts), due.row)))
        else:
            deadline = process.deadline_by_name.get(due.name)
            status = "fired" if fired and deadline and deadline.then == fired else "settled"
            # A suspended row may have no date; its remaining time says where it stood.
            sql = (
                "UPDATE due_dates SET status = ?, fire_at = NULL, due_on = COALESCE(due_on, anchor_on),"
                " remaining = NULL, remaining_unit = NULL WHERE id = ?"
            )
            found.append((sql, (status, due.row)))
    rows = [(case_id, due.name, *_due(process, due, facts)) for due in fresh.values()]
    return found + insert("due_dates", DUE, rows)


def _due(process: Process, due: Due, facts: Facts) -> tuple[Any, ...]:
    """A deadline as a row, from its anchor to the unit of what is left. A warning whose day has passed before the
    deadline begins (or is moved) warns of nothing."""
    if due.due_on is None:
        return due.anchor_on, None, None, "suspended", due.left, due.extended, 0, due.left_in and due.left_in.value
    warned, at = as_begun(process.deadline_by_name[due.name], due, facts)
    return due.anchor_on, due.due_on, at, "running", None, due.extended, warned, None


def as_begun(deadline: Deadline, due: Due, facts: Facts) -> tuple[int, datetime | None]:
    """Of a deadline that begins or is moved today: the warnings that count as sent, because their day has
    passed, and when the clock has something to do (UTC)."""
    assert due.due_on is not None
    missed = sum(day < facts.today for day in _warnings(deadline, due.due_on, facts.calendar))
    return missed, next_moment(deadline, due, missed, facts.calendar)


def as_carried_over(
    deadline: Deadline, before: Deadline, due: Due, rung: tuple[int, Any], facts: Facts
) -> tuple[int, Any]:  # fmt: skip
    """The same of a deadline that runs on under a newer definition; `rung` is what it was under the one
    `before`. No day is warned of twice. What the clock owed already and has not told, because it stood still,
    it still tells; a new warning whose day has passed warns of nothing. What was said to be over stays so,
    and so does the moment at which the clock tries again what was refused then."""
    assert due.due_on is not None
    warned, at = rung
    if warned > len(before.warn):
        return len(deadline.warn) + 1, at
    known, days = (_warnings(one, due.due_on, facts.calendar) for one in (before, deadline))
    if days == known:
        return rung
    told, owed = known[:warned], known[warned:]
    ahead = (n for n, day in enumerate(days) if day not in told and (day in owed or day >= facts.today))
    sent = next(ahead, len(days))
    return sent, next_moment(deadline, due, sent, facts.calendar)


def _warnings(deadline: Deadline, due_on: date, calendar: Calendar) -> list[date]:
    """The days on which a deadline warns, the earliest first."""
    return sorted(calendar.back(due_on, period) for period in deadline.warn)


def warning_day(deadline: Deadline, due: Due, warned: int, calendar: Calendar) -> date:
    """The day of the next warning of a deadline of which `warned` are sent."""
    assert due.due_on is not None
    return _warnings(deadline, due.due_on, calendar)[warned]


def next_moment(deadline: Deadline, due: Due, warned: int, calendar: Calendar) -> datetime | None:
    """When the clock has something to do for a deadline of which `warned` warnings are sent: at
    the beginning of the day of the next warning, or at the end (UTC). None: nothing more."""
    assert due.due_on is not None
    if warned > len(deadline.warn):
        return None
    if warned < len(deadline.warn):
        return calendar.end_of_day(warning_day(deadline, due, warned, calendar) - timedelta(days=1))
    return calendar.end_of_day(due.due_on)


OUTBOX = ("case_id", "kind", "payload", "dedupe_key", "run_at", "state", "ticket", "attempt", "max_attempts")


def outbox(
    case_id: int, seq: int, notices: Iterable[tuple[Notice, tuple[str, ...]]], at: datetime,
    *, due_on: date | None = None, key: str = "",
) -> list[Part]:  # fmt: skip
    """One message per notice that has somebody to reach; ids only, people are found when it is sent.
    `due_on` is the day of the deadline that it tells of, with a `key` by which it is told once, also where
    the deadline stands still for a while and comes to the same day again."""
    due = {"due": due_on.isoformat()} if due_on else {}
    rows = [message(case_id, seq, notice.name, to, at, key, **due) for notice, to in notices if to]
    once = " ON CONFLICT (dedupe_key) DO NOTHING" if key else ""
    return [(sql + once, params) for sql, params in insert("outbox", OUTBOX, rows)]


def message(
    case_id: int, seq: int, name: str, to: Iterable[str], at: datetime, key: str = "", **more: Any
) -> tuple[Any, ...]:  # fmt: skip
    """The row of a notice that is to be told from a moment on; `more` stands in its payload, too."""
    body = canonical({"notice": name, "seq": seq, "to": list(to), **more})
    return case_id, "notice", body, key or f"{case_id}:{seq}:{name}", at, "pending", 0, 0, 5
