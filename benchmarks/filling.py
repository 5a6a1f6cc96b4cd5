"""Writing very many rows into an empty, migrated database, the fastest way each kind has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
from psycopg import sql

from workflow_app.searching.dialects import stored

from .copies import ORDER, STEP, TOWNS, Copy, Pattern, Row, Rows, town

VECTORS = {"search_texts": ("title", "words")}
"""Columns that PostgreSQL keeps in a way of its own."""


class Writer(Protocol):
    """What both kinds of database can do."""

    def write(self, table: str, rows: Sequence[Row]) -> None: ...

    def finish(self) -> None: ...


def fill(address: str, pattern: Pattern, cases: int) -> int:
    """The demonstration and so many copies of it that there are at least `cases` cases; returns how
    many there are. `address` is a path or a conninfo."""
    copies = max(0, -(-cases // pattern.size) - 1)
    with _writer(address) as writer:
        _write(writer, _as_it_is(pattern, copies))
        for n in range(1, min(TOWNS, copies) + 1):
            _write(writer, town(pattern, n))
        for n in range(1, copies + 1):
            _write(writer, Copy(pattern, n, 1 + (n - 1) % TOWNS).rows())
        writer.finish()
    return (copies + 1) * pattern.size


def _as_it_is(pattern: Pattern, copies: int) -> Rows:
    """The demonstration itself; its number series go on after the numbers of the copies."""
    series = [{**row, "last": row["last"] + copies * STEP} for row in pattern.rows["number_series"]]
    return {**pattern.rows, "number_series": series}


def _write(writer: Writer, rows: Rows) -> None:
    for table in ORDER:
        if rows.get(table):
            writer.write(table, rows[table])


@contextmanager
def _writer(address: str) -> Iterator[Writer]:
    if "host=" in address:
        with psycopg.connect(address) as connection:
            yield Postgres(connection)
        return
    with closing(sqlite3.connect(address)) as connection:
        yield Sqlite(connection)


class Sqlite:
    """One transaction for all; foreign keys are checked once, at the end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA cache_size = -200000")

    def write(self, table: str, rows: Sequence[Row]) -> None:
        names = list(rows[0])
        marks = ", ".join(f":{name}" for name in names)
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)

    def finish(self) -> None:
        self.connection.commit()
        if broken := self.connection.execute("PRAGMA foreign_key_check").fetchall():
            raise ValueError(f"rows that name nothing: {broken[:3]}")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _vector(row: Row, name: str) -> str:
    return stored(row[name].split(), "postgresql")


class Postgres:
    """COPY, with the values as SQLite keeps them: instants without a zone are UTC."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.counted: set[str] = set()
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET session_replication_role = replica")  # foreign keys: SQLite has proved the same rows

    def write(self, table: str, rows: Sequence[Row]) -> None:
        names = list(rows[0])
        self.counted |= {table} if "id" in names else set()
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with self.connection.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row([_vector(row, name) if name in VECTORS.get(table, ()) else row[name] for name in names])

    def finish(self) -> None:
        for table in self.counted:
            last = sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {}")
            self.connection.execute(last.format(sql.Identifier(table)), (table,))
        self.connection.commit()
        self.connection.autocommit = True
        self.connection.execute("VACUUM ANALYZE")  # as the server does by itself before long
