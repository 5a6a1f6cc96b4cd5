"""Writing a whole database: its tables at the right migration, all rows in one transaction, and proof that
they are those that came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from workflow_app import database

from .errors import Trouble
from .reading import blocks
from .tables import Carried, filled, quoted, tables_of
from .values import WRITE, Row, Tally, canonical, converter

HOW_TO_EMPTY = "Please name an empty one: on PostgreSQL a new one (createdb), on SQLite a file that does not exist yet."


@dataclass(frozen=True)
class Target:
    """An empty database at a migration, in one transaction."""

    connection: Connection
    tables: Mapping[str, Carried]

    def table(self, name: str, columns: Iterable[tuple[str, str]]) -> Carried:
        """The table of this name. Raises Trouble where it is not there with just these columns."""
        found = self.tables.get(name)
        if found is None or sorted(found.columns) != sorted(columns):
            raise Trouble(f"The table {name} is not the same on both sides.")
        return Carried(name, tuple(columns), found.counted)

    def load(self, table: Carried, rows: Iterable[list[Row]]) -> None:
        """Write the rows of a table, block by block. Raises Trouble for one that the database refuses."""
        kind = self.connection.dialect.name
        written = map(converter(table.kinds, WRITE[kind]), rows)
        with _told(table.name):
            _LOAD[kind](self.connection, table, written)

    def tally(self, table: Carried) -> Tally:
        """Read what stands in a table now."""
        found = Tally()
        with closing(blocks(self.connection, table)) as all_of_them:
            for row in chain.from_iterable(all_of_them):
                found.add(canonical(row, table.documents))
        return found

    def count_on(self) -> None:
        """Let numbers that the database gives go on after the highest that is there; SQLite does so itself."""
        if self.connection.dialect.name != "postgresql":
            return
        for table in self.tables.values():
            if table.counted is not None:
                column = quoted(table.counted)
                self.connection.exec_driver_sql(
                    f"SELECT setval(s, coalesce(max({column}), 1), max({column}) IS NOT NULL)"
                    f" FROM pg_get_serial_sequence(%s, %s) AS s LEFT JOIN {quoted(table.name)} ON true"
                    " WHERE s IS NOT NULL GROUP BY s",
                    (table.name, table.counted),
                )


@contextmanager
def begun(engine: Engine, revision: str) -> Iterator[Target]:
    """One transaction in which an empty database gets its tables and is filled; after an error it is as
    it was. Raises Trouble where it is not empty."""
    with engine.connect().execution_options(immediate=True) as connection, _told(""), connection.begin():
        must_be_empty(connection)
        database.go_to(connection, revision)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # a row may name a later one of its table
        yield Target(connection, {table.name: table for table in tables_of(connection)})
    if engine.dialect.name == "postgresql":  # as the server itself would before long
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def must_be_empty(connection: Connection) -> None:
    """Raises Trouble where a database holds data, or tables that are not ours."""
    tables = tables_of(connection)
    if tables and database.revision_of(connection) is None:
        raise Trouble(f"The database holds tables that are not of Teilhabe ({tables[0].name}). {HOW_TO_EMPTY}")
    if name := filled(connection, tables):
        raise Trouble(f"The database holds data already (in the table {name}). Nothing was changed. {HOW_TO_EMPTY}")


def _insert(connection: Connection, table: Carried, rows: Iterator[list[list[Any]]]) -> None:
    marks = ", ".join("?" * len(table.columns))
    sql = f"INSERT INTO {quoted(table.name)} ({table.column_list}) VALUES ({marks})"
    for block in rows:
        connection.exec_driver_sql(sql, [tuple(row) for row in block])


def _copy(connection: Connection, table: Carried, rows: Iterator[list[list[Any]]]) -> None:
    """One statement for all rows of a table, so that a row may name a later one."""
    driver: Any = connection.connection.driver_connection
    sql = f"COPY {quoted(table.name)} ({table.column_list}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(sql) as copy:
        for block in rows:
            for row in block:
                copy.write_row(row)


_LOAD: Mapping[str, Callable[[Connection, Carried, Iterator[list[list[Any]]]], None]] = {
    "sqlite": _insert,
    "postgresql": _copy,
}


@contextmanager
def _told(table: str) -> Iterator[None]:
    """What the database refuses, in a sentence that holds nothing of what people wrote."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        words = getattr(getattr(reason, "diag", None), "message_primary", None) or str(reason)
        place = f" in the table {table}" if table else ""
        raise Trouble(f"The database refuses what is to be written{place}: {words}. Nothing was kept.") from None
