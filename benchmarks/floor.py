"""The floor: the rows of a step and nothing else, as fast as plain driver calls write them.

One prepared statement per row, one commit, no pipelining, no engine, no hashing: whatever can be
known beforehand is a constant (`Leg`). It takes the row first, as it has to. Kept free of the
application's modules, so that its memory is that of the driver.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Row = tuple[Any, ...]
HASH = "f" * 64
SALT = "0" * 32

TAKE = "SELECT state, seq, hash, data FROM cases WHERE id = ?"
HEAD = (
    "UPDATE cases SET state = ?, version = ?, seq = ?, entered_seq = ?, hash = ?, data = ?, title = ?, hands = ?,"
    " number = ?, closed = ?, changed_at = ? WHERE id = ?"
)
EVENT = (
    "INSERT INTO case_events (case_id, seq, kind, step, from_state, to_state, version, hands, hands_needed, actor_id,"
    " at, key, digest, previous_hash, represents_id, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
PAYLOAD = "INSERT INTO case_event_payloads (case_id, seq, salt, body) VALUES (?, ?, ?, ?)"
SETTLE = (
    "UPDATE due_dates SET status = 'settled', fire_at = NULL"
    " WHERE case_id = ? AND name = ? AND status IN ('running', 'suspended')"
)
DUE = (
    "INSERT INTO due_dates (case_id, name, anchor_on, due_on, fire_at, status, remaining, extended, warned,"
    " remaining_unit)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
DONE = "DELETE FROM open_steps WHERE principal = ? AND case_id = ? AND step = ?"
CHANGE = (
    "UPDATE open_steps SET hands = ?, hands_needed = ?, due_on = ? WHERE principal = ? AND case_id = ? AND step = ?"
)
OPEN = "INSERT INTO open_steps (principal, case_id, step, hands, hands_needed, due_on) VALUES (?, ?, ?, ?, ?, ?)"
BLIND = "DELETE FROM case_readers WHERE principal = ? AND case_id = ?"
STAYS = "UPDATE case_readers SET state = ?, closed = ? WHERE principal = ? AND case_id = ?"
READER = "INSERT INTO case_readers (principal, case_id, process, state, closed) VALUES (?, ?, ?, ?, ?)"
OUTBOX = (
    "INSERT INTO outbox (case_id, kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
FOUND = "UPDATE search_texts SET audience = ?, texts = ?, title = ?, words = ? WHERE id = ?"
FOUND_FIRST = "INSERT INTO search_texts (audience, texts, title, words, id, case_id) VALUES (?, ?, ?, ?, ?, ?)"
FOUND_LAST = "DELETE FROM search_texts WHERE id = ?"
PER_CASE = 64


@dataclass(frozen=True)
class Leg:
    """One step of the circle with everything that can be known before it is taken."""

    process: str
    step: str
    from_state: str
    to_state: str
    actor: int | None
    title: str
    data: str
    body: str
    settled: tuple[str, ...]
    dues: tuple[Row, ...]  # name, anchor_on, due_on, fire_at, status, remaining, extended, warned, remaining_unit
    done: tuple[Row, ...]  # principal, step
    opened: tuple[Row, ...]  # principal, step, hands, hands_needed, due_on
    blind: tuple[str, ...]
    stay: tuple[str, ...]
    readers: tuple[str, ...]
    notices: tuple[Row, ...]  # name, payload with the sequence left open as %d
    found: tuple[Row, ...]  # audience, texts, title, words, place among the rows of the case
    changed: tuple[Row, ...] = ()  # hands, hands_needed, due_on, principal, step
    entered: int | None = None  # the step with which the state was entered, where it stays
    found_first: tuple[Row, ...] = ()  # the same for rows that are new
    found_last: tuple[int, ...] = ()  # places of the rows that go


def write(run: Callable[[str, Row], Any], leg: Leg, case_id: int, before: Row, key: str, at: Any) -> None:
    """All rows of one step, one statement each."""
    seq = before[1] + 1
    run(EVENT, (case_id, seq, "step", leg.step, leg.from_state, leg.to_state, 1, 1, 1, leg.actor, at, key, HASH,
                before[2], None, HASH))  # fmt: skip
    run(PAYLOAD, (case_id, seq, SALT, leg.body))
    run(HEAD, (leg.to_state, 1, seq, leg.entered or seq, HASH, leg.data, leg.title, "{}", None, False, at, case_id))
    for name in leg.settled:
        run(SETTLE, (case_id, name))
    for due in leg.dues:
        run(DUE, (case_id, *due))
    for principal, step in leg.done:
        run(DONE, (principal, case_id, step))
    for *values, principal, step in leg.changed:
        run(CHANGE, (*values, principal, case_id, step))
    for principal, *rest in leg.opened:
        run(OPEN, (principal, case_id, *rest))
    for principal in leg.blind:
        run(BLIND, (principal, case_id))
    for principal in leg.stay:
        run(STAYS, (leg.to_state, False, principal, case_id))
    for principal in leg.readers:
        run(READER, (principal, case_id, leg.process, leg.to_state, False))
    for name, payload in leg.notices:
        run(OUTBOX, (case_id, "notice", payload % seq, f"{case_id}:{seq}:{name}", at, "pending", 0, 0, 5))
    _write_index(run, leg, case_id)


def _write_index(run: Callable[[str, Row], Any], leg: Leg, case_id: int) -> None:
    for *values, place in leg.found:
        run(FOUND, (*values, case_id * PER_CASE + place))
    for *values, place in leg.found_first:
        run(FOUND_FIRST, (*values, case_id * PER_CASE + place, case_id))
    for place in leg.found_last:
        run(FOUND_LAST, (case_id * PER_CASE + place,))


@dataclass(frozen=True)
class Raw:
    """A driver's own connection: `run` is one prepared statement, `begin` and `commit` a transaction, `now`
    the time as the driver takes it."""

    run: Callable[[str, Row], Any]
    begin: Callable[[], Any]
    commit: Callable[[], Any]
    now: Callable[[], Any]
    take: str


@contextmanager
def _postgresql(address: str) -> Iterator[Raw]:
    import psycopg

    numbered: dict[str, str] = {}
    with psycopg.connect(address) as connection:
        cursor = psycopg.RawCursor(connection)

        def run(sql: str, params: Row) -> Any:
            if sql not in numbered:
                first, *others = sql.split("?")
                numbered[sql] = first + "".join(f"${n}{text}" for n, text in enumerate(others, 1))
            return cursor.execute(numbered[sql], params, prepare=True)

        yield Raw(run, lambda: None, connection.commit, lambda: datetime.now(UTC), TAKE + " FOR UPDATE")


@contextmanager
def _sqlite(address: str) -> Iterator[Raw]:
    from .pragmas import prepare

    with closing(sqlite3.connect(address)) as connection:
        prepare(connection)
        run = connection.execute
        yield Raw(run, lambda: run("BEGIN IMMEDIATE"), lambda: run("COMMIT"), _utc_text, TAKE)


def _utc_text() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def raw(address: str) -> AbstractContextManager[Raw]:
    """A connection to a database, given as a path or a conninfo."""
    return (_postgresql if "host=" in address else _sqlite)(address)


@contextmanager
def open_floor(address: str, legs: Sequence[Leg]) -> Iterator[Callable[[int, int, str], None]]:
    """The function that takes a step of the circle."""
    with raw(address) as db:

        def act(case_id: int, leg: int, key: str) -> None:
            db.begin()
            before = db.run(db.take, (case_id,)).fetchone()
            write(db.run, legs[leg], case_id, before, key, db.now())
            db.commit()

        yield act
