"""Reading a whole database as it is at one moment, row by row, never much of it in memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine

from .errors import Trouble
from .tables import Carried, quoted, tables_of
from .values import DOCUMENT, READ, Row, converter

BLOCK = 500
"""Rows that are in memory at a time."""
PATIENCE = "30s"
"""How long PostgreSQL waits for those who are writing before a move gives up; SQLite waits as long."""


@dataclass(frozen=True)
class Snapshot:
    """A database at one moment: the migration it is at, and its tables."""

    connection: Connection
    revision: str
    tables: list[Carried]

    def blocks(self, table: Carried) -> Generator[list[Row]]:
        """The rows of a table."""
        return blocks(self.connection, table)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Everything as it is now, whatever people do meanwhile; they go on working. Raises Trouble for a
    database without tables."""
    is_postgres = engine.dialect.name == "postgresql"
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if is_postgres else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        # Without the lock a migration could rewrite a table behind our back, and we would see it empty.
        yield _locked(engine, connection, "ACCESS SHARE")


@contextmanager
def frozen(engine: Engine) -> Iterator[Snapshot]:
    """Everything as it is now, and nobody can write until the end. Raises Trouble for a database without
    tables, OperationalError where somebody does not stop writing."""
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        yield _locked(engine, connection, "SHARE")


def _locked(engine: Engine, connection: Connection, mode: str) -> Snapshot:
    """PostgreSQL sees a moment from the first SELECT on, so the tables are looked up beside it and locked
    before."""
    names: list[str] = []
    if engine.dialect.name == "postgresql":
        with engine.connect() as other:
            names = [table.name for table in tables_of(other)]
        if names:
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(map(quoted, names))} IN {mode} MODE")
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise Trouble("The database has no tables of Teilhabe yet: there is nothing to take.")
    tables = tables_of(connection)
    if names and names != [table.name for table in tables]:
        raise Trouble("The database is being migrated just now. Please try again.")
    return Snapshot(connection, revision, tables)


def blocks(connection: Connection, table: Carried) -> Generator[list[Row]]:
    """The rows of a table as plain values, in the transaction of this connection. Who may stop before the
    end closes it, because PostgreSQL keeps a cursor for it."""
    # As text, because the driver would make objects of JSON, and of those another text.
    columns = (
        f"CAST({quoted(name)} AS TEXT)"
        if kind == DOCUMENT and connection.dialect.name == "postgresql"
        else quoted(name)
        for name, kind in table.columns
    )
    sql = f"SELECT {', '.join(columns)} FROM {quoted(table.name)}"
    plain = converter(table.kinds, READ)
    with connection.exec_driver_sql(sql, execution_options={"yield_per": BLOCK}) as result:
        for block in result.partitions():
            yield plain(block)
