"""One write transaction: its own connection, the row lock, one commit.

The SQL of the fast path is written by hand and spoken to the driver directly: on PostgreSQL round
trips are what costs, so everything one case needs is read in one pipeline and written as one
statement with data-modifying CTEs; on SQLite Python is what costs, so there is as little of it
as possible. `dev.py bench` measures both against plain rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, ClassVar

from psycopg import RawCursor
from sqlalchemy import Engine

from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar, Unit
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
    "SELECT name, anchor_on, due_on, remaining, extended, id, warned, fire_at, remaining_unit FROM due_dates"
    " WHERE case_id = ? AND status IN ('running', 'suspended')"
)
SETTINGS = "SELECT name, value FROM rule_settings WHERE valid_from <= ? ORDER BY valid_from"
DONE = (
    "SELECT e.case_id, e.seq, e.to_state, c.number FROM case_events e JOIN cases c ON c.id = e.case_id WHERE e.key = ?"
)


@dataclass(frozen=True, slots=True)
class Head:
    """A case as taken: what the engine sees, where its chain stands, and the rule set in force: of
    every setting the newest value that is already valid. `done`: case, sequence, state and number of
    what had been done under the same key before. `rungs`: of each deadline, by its row, the warnings
    that are sent and when the clock has something to do next, as the database gives it."""

    snapshot: Snapshot
    hash: str
    parent: int | None
    settings: dict[str, Any]
    done: Sequence[Any] | None = None
    rungs: Mapping[int, tuple[int, Any]] = field(default_factory=dict)


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
    def reading(self, *, at_one_moment: bool = False) -> Iterator[Transaction]:
        """The same reads without a lock; what is written in it is taken back. `at_one_moment` shows
        everything as it was at the first read, whatever people do meanwhile."""
        connection = self.engine.raw_connection()
        kind = Postgres if self.engine.dialect.name == "postgresql" else Sqlite
        try:
            tx = kind(connection.driver_connection, self.calendar)
            if at_one_moment:
                tx.raw.execute(tx.ONE_MOMENT)
            yield tx
        finally:
            connection.rollback()
            connection.close()


class Transaction:
    """What both databases have in common. `ONE_MOMENT` begins a transaction that sees one moment;
    `DIALECT` is how SQLAlchemy calls the database."""

    ONE_MOMENT: ClassVar[str]
    DIALECT: ClassVar[str]

    def __init__(self, raw: Any, calendar: Calendar) -> None:
        self.raw = raw
        self.calendar = calendar

        self.now = clock.now()
        self.today = calendar.local_date(self.now)

    def begin(self) -> None: ...

    def take(self, case_id: int, key: str | None = None) -> Head:
        """The case with its row locked until the end, and what was done under this key; raises NotFound."""
        raise NotImplementedError

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def write(self, parts: Sequence[Part]) -> None:
        """All parts, each row of theirs touched once, in one go; what is wrong with them may be said
        no sooner than by the next read, or by the commit."""
        raise NotImplementedError

    def lock(self, case_ids: Sequence[int]) -> None:
        """Lock several cases in the order of their ids, so that two who need the same never wait
        for each other."""

    def lock_file(self, sha256: str) -> None:
        """Nobody else begins or ends to need this file until the end; several are locked in the order
        of their hashes."""

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

    def done(self, key: str) -> Sequence[Any] | None:
        """Case, sequence, state and number of what was done under this key."""
        found = self.rows(DONE, (key,))
        return found[0] if found else None

    def _head(
        self, found: Sequence[Any], parts: Sequence[Any], dues: Sequence[Any], settings: Sequence[Any],
        done: Sequence[Any] = (),
    ) -> Head:  # fmt: skip
        if not found:
            raise NotFound(_("There is no such case."))
        (id_, process, version, state, seq, entered, data, hands, number, title, hash_, parent) = found[0]
        held: dict[str, tuple[Holder, ...]] = {}
        for part, person, organization in parts:
            held[part] = (*held.get(part, ()), Holder(person, organization))
        snapshot = Snapshot(
            id_, process, version, state, seq, entered,
            data=_json(data), parts=held, hands={k: tuple(v) for k, v in _json(hands).items()},
            dues=tuple(
                Due(d[0], _date(d[1]), _date(d[2]), d[3], d[4], d[5], Unit(d[8]) if d[8] else None) for d in dues
            ),
            number=number, title=title,
        )  # fmt: skip
        rule_set = {name: _json(value) for name, value in settings}
        rungs = {d[5]: (d[6], d[7]) for d in dues}
        return Head(snapshot, hash_, parent, rule_set, done[0] if done else None, rungs)


class Sqlite(Transaction):
    """BEGIN IMMEDIATE takes the one write lock at once, so a transaction never fails half-way."""

    ONE_MOMENT = "BEGIN"
    DIALECT = "sqlite"

    def begin(self) -> None:
        self.raw.execute("BEGIN IMMEDIATE")

    def take(self, case_id: int, key: str | None = None) -> Head:
        run = self.raw.execute
        found, parts, dues = (run(sql, (case_id,)).fetchall() for sql in (CASE, PARTS, DUES))
        settings = run(SETTINGS, (self.today.isoformat(),)).fetchall()
        return self._head(found, parts, dues, settings, run(DONE, (key,)).fetchall() if key else ())

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return list(self.raw.execute(sql, _plain(params)).fetchall())

    def write(self, parts: Sequence[Part]) -> None:
        for sql, params in parts:
            self.raw.execute(sql, _plain(params))


class Postgres(Transaction):
    """READ COMMITTED; the case's row lock orders everything that happens to a case.

    What is written waits for what comes after it, so that a step takes two round trips: one to
    read, one to write and commit.
    """

    ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    DIALECT = "postgresql"

    def __init__(self, raw: Any, calendar: Calendar) -> None:
        super().__init__(raw, calendar)
        self._waiting: list[Part] = []

    def take(self, case_id: int, key: str | None = None) -> Head:
        # Each statement of the pipeline has its own snapshot, taken after the lock is held;
        # sub-selects of the locking statement would still see what was there before waiting.
        with self.raw.pipeline():
            cursors = [self._run(sql, (case_id,)) for sql in (CASE + " FOR UPDATE", PARTS, DUES)]
            cursors.append(self._run(SETTINGS, (self.today,)))
            cursors += [self._run(DONE, (key,))] if key else []
        return self._head(*(cursor.fetchall() for cursor in cursors))

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return list(self._run(sql, params).fetchall())

    def write(self, parts: Sequence[Part]) -> None:
        if parts:
            values = [p for _sql, params in parts for p in params]
            self._waiting.append((_combined(tuple(sql for sql, _p in parts)), values))

    def lock(self, case_ids: Sequence[int]) -> None:
        self._run("SELECT id FROM cases WHERE id = ANY(?) ORDER BY id FOR UPDATE", (list(case_ids),))

    def lock_file(self, sha256: str) -> None:
        self._run("SELECT pg_advisory_xact_lock(?)", (int(sha256[:15], 16),))

    def commit(self) -> None:
        with self.raw.pipeline():
            self._write_what_waits()
            self.raw.commit()

    def _run(self, sql: str, params: Sequence[Any]) -> Any:
        self._write_what_waits()
        return self._execute(sql, params)

    def _write_what_waits(self) -> None:
        waiting, self._waiting = self._waiting, []
        for sql, params in waiting:
            self._execute(sql, params)

    def _execute(self, sql: str, params: Sequence[Any]) -> Any:
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


def _plain(values: Sequence[Any]) -> list[Any]:
    """Values as SQLite keeps them: UTC without a zone, dates as ISO text (as the models read them)."""
    return [_AS_TEXT[type(value)](value) if type(value) in _AS_TEXT else value for value in values]


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    datetime: lambda moment: moment.replace(tzinfo=None).isoformat(" ", "microseconds"),
    date: date.isoformat,
}


def instant(value: Any) -> datetime:
    """A moment as either database gives it, aware and in UTC."""
    moment = datetime.fromisoformat(value) if type(value) is str else value
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json(value: Any) -> Any:
    return json.loads(value) if type(value) is str else value


def _date(value: Any) -> Any:
    return date.fromisoformat(value) if type(value) is str else value
