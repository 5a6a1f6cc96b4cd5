"""One write transaction: its own connection, the row lock, one commit.

The SQL of the fast path is written by hand and spoken to the driver directly: on PostgreSQL round
trips are what costs, so everything one case needs is read in one pipeline and written as one
statement with data-modifying CTEs; on SQLite Python is what costs, so there is as little of it
as possible. `dev.py bench` measures both against plain rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from psycopg import RawCursor
from sqlalchemy import Engine

from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Due, Holder, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import NotFound

Part = tuple[str, Sequence[Any]]
CASE = (
    "SELECT id, process, version, state, seq, entered_seq, data, hands, number, title, hash, parent_id"
    " FROM cases WHERE id = ?"
)
PARTS = "SELECT part, person_id, organization_id FROM case_parties WHERE case_id = ? ORDER BY id"
DUES = (
    "SELECT name, anchor_on, due_on, remaining, extended, id FROM due_dates"
    " WHERE case_id = ? AND status IN ('running', 'suspended')"
)
SETTINGS = "SELECT name, value FROM rule_settings WHERE valid_from <= ? ORDER BY valid_from"


@dataclass(frozen=True, slots=True)
class Head:
    """A case as taken: what the engine sees, where its chain stands, and the rule set in force: of
    every setting the newest value that is already valid."""

    snapshot: Snapshot
    hash: str
    parent: int | None
    settings: dict[str, Any]


@dataclass(frozen=True)
class Store:
    """Where cases are kept: an engine and the calendar of the town."""

    engine: Engine
    calendar: Calendar

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that is rolled back unless `commit` was called in it."""
        connection = self.engine.raw_connection()
        kind = Postgres if self.engine.dialect.name == "postgresql" else Sqlite
        try:
            tx = kind(connection.driver_connection, self.calendar)
            tx.begin()
            yield tx
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """The same reads without a lock; what is written in it is taken back."""
        connection = self.engine.raw_connection()
        kind = Postgres if self.engine.dialect.name == "postgresql" else Sqlite
        try:
            yield kind(connection.driver_connection, self.calendar)
        finally:
            connection.rollback()
            connection.close()


class Transaction:
    """What both databases have in common."""

    def __init__(self, raw: Any, calendar: Calendar) -> None:
        self.raw = raw
        self.calendar = calendar

        self.now = clock.now()
        self.today = calendar.local_date(self.now)

    def begin(self) -> None: ...

    def take(self, case_id: int) -> Head:
        """The case with its row locked until the end; raises NotFound."""
        raise NotImplementedError

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def write(self, parts: Sequence[Part]) -> None:
        """All parts, each row of theirs touched once, in one go."""
        raise NotImplementedError

    def lock(self, case_ids: Sequence[int]) -> None:
        """Lock several cases in the order of their ids, so that two who need the same never wait
        for each other."""

    def commit(self) -> None:
        self.raw.commit()

    def next_number(self, prefix: str, year: int) -> str:
        """The next reference number, without gaps: it is taken back with the transaction."""
        row = self.rows(
            "INSERT INTO number_series (prefix, year, last) VALUES (?, ?, 1)"
            " ON CONFLICT (prefix, year) DO UPDATE SET last = number_series.last + 1 RETURNING last",
            (prefix, year),
        )[0]
        return f"{prefix}-{year}-{row[0]:04d}"

    def settings(self) -> dict[str, Any]:
        """The rule set in force today."""
        return {name: _json(value) for name, value in self.rows(SETTINGS, (self.today,))}

    def _head(self, found: Sequence[Any], parts: Sequence[Any], dues: Sequence[Any], settings: Sequence[Any]) -> Head:
        if not found:
            raise NotFound(_("There is no such case."))
        (id_, process, version, state, seq, entered, data, hands, number, title, hash_, parent) = found[0]
        held: dict[str, tuple[Holder, ...]] = {}
        for part, person, organization in parts:
            held[part] = (*held.get(part, ()), Holder(person, organization))
        snapshot = Snapshot(
            id_, process, version, state, seq, entered,
            data=_json(data), parts=held, hands={k: tuple(v) for k, v in _json(hands).items()},
            dues=tuple(Due(d[0], _date(d[1]), _date(d[2]), d[3], d[4], d[5]) for d in dues),
            number=number, title=title,
        )  # fmt: skip
        return Head(snapshot, hash_, parent, {name: _json(value) for name, value in settings})


class Sqlite(Transaction):
    """BEGIN IMMEDIATE takes the one write lock at once, so a transaction never fails half-way."""

    def begin(self) -> None:
        self.raw.execute("BEGIN IMMEDIATE")

    def take(self, case_id: int) -> Head:
        run = self.raw.execute
        found, parts, dues = (run(sql, (case_id,)).fetchall() for sql in (CASE, PARTS, DUES))
        return self._head(found, parts, dues, run(SETTINGS, (self.today.isoformat(),)).fetchall())

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return list(self.raw.execute(sql, [_plain(p) for p in params]).fetchall())

    def write(self, parts: Sequence[Part]) -> None:
        for sql, params in parts:
            self.raw.execute(sql, [_plain(p) for p in params])


class Postgres(Transaction):
    """READ COMMITTED; the case's row lock orders everything that happens to a case."""

    def take(self, case_id: int) -> Head:
        # Each statement of the pipeline has its own snapshot, taken after the lock is held;
        # sub-selects of the locking statement would still see what was there before waiting.
        with self.raw.pipeline():
            cursors = [self._run(sql, (case_id,)) for sql in (CASE + " FOR UPDATE", PARTS, DUES)]
            cursors.append(self._run(SETTINGS, (self.today,)))
        return self._head(*(cursor.fetchall() for cursor in cursors))

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return list(self._run(sql, params).fetchall())

    def write(self, parts: Sequence[Part]) -> None:
        if parts:
            self._run(_combined(tuple(sql for sql, _p in parts)), [p for _sql, params in parts for p in params])

    def lock(self, case_ids: Sequence[int]) -> None:
        self._run("SELECT id FROM cases WHERE id = ANY(?) ORDER BY id FOR UPDATE", (list(case_ids),))

    def _run(self, sql: str, params: Sequence[Any]) -> Any:
        # A raw cursor takes PostgreSQL's own $1, $2: psycopg parses %s anew each time in a statement
        # with more than fifty of them, which costs more than all the rest.
        return RawCursor(self.raw).execute(_numbered(sql), params, prepare=True)


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    first, *others = sql.split("?")
    return first + "".join(f"${n}{text}" for n, text in enumerate(others, 1))


@lru_cache(maxsize=512)
def _combined(statements: tuple[str, ...]) -> str:
    """Many statements as one: every part a CTE, all of them carried out."""
    parts = ", ".join(f"w{n} AS ({sql} RETURNING 1)" for n, sql in enumerate(statements))
    return f"WITH {parts} SELECT 1"


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it: UTC without a zone, dates as ISO text (as the models read them)."""
    if type(value) is datetime:
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if type(value) is date else value


def _json(value: Any) -> Any:
    return json.loads(value) if type(value) is str else value


def _date(value: Any) -> Any:
    return date.fromisoformat(value) if type(value) is str else value
