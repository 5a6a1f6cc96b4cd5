"""The database connection as all parts of the house use it, and its migrations. No Flask here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy import exc as sqlalchemy_errors

ROOT = Path(__file__).resolve().parent.parent
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "recursive_triggers = ON",
    "busy_timeout = 30000",
)
AWAY: tuple[type[Exception], ...] = (
    sqlalchemy_errors.OperationalError, sqlalchemy_errors.InterfaceError,
    psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError,
)  # fmt: skip
"""What may be raised when a database does not answer, also by the drivers themselves; whether it was that, and
not something about a single row, says `is_away`."""
CUT_OFF = ("08", "57P0", "25P03")
"""SQLSTATEs, or how they begin, with which PostgreSQL ends a connection or refuses one."""
SCARCE = ("53",)
"""Too little room on the disk, too little memory, too few connections."""
HELD = ("55P03", "40")
"""Somebody else holds what is wanted: in time, in a circle, or by being quicker."""
NOTHING_NOW = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
}  # fmt: skip
"""What SQLite answers when its file is locked, cannot be read or written, or has no room to grow."""
POSTGRESQL = ("postgresql", "postgres")
LONGEST_STANDSTILL = 60
"""Seconds for which a process in the background may hold what it does nothing with."""
PATIENCE = 10
"""Seconds to wait for a PostgreSQL that does not answer at all; ``?connect_timeout=`` in the address overrides it."""
PORTION = 500
"""So many rows are written at once where there may be any number of them."""
MANY = 10_000
"""So many values are asked for at once: PostgreSQL takes 65,535 in one statement and SQLite, as it
usually comes, 32,766."""
FULL_TEXT = ("search_titles", "search_words")
"""The full-text indexes: GIN on PostgreSQL, on SQLite tables of FTS5 with inner tables called after them."""


_One = TypeVar("_One")


class WrongDatabase(Exception):
    """The database is not one that this code can work with; the message says why."""


def normal_url(url: str) -> str:
    """The address with the driver we use: psycopg 3 for PostgreSQL, whatever people call it."""
    parsed = make_url(url)
    return (
        parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        if parsed.get_backend_name() in POSTGRESQL
        else url
    )


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs beside the address. What people wrote must not stand in messages of
    errors, because these are logged."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"hide_parameters": True}
    patience = {} if "connect_timeout" in parsed.query else {"connect_timeout": PATIENCE}
    return {
        "hide_parameters": True, "pool_pre_ping": True, "pool_size": 10, "max_overflow": 20, "connect_args": patience,
    }  # fmt: skip


def listen(engine: Engine) -> Engine:
    """Set up every connection of an engine.

    SQLite: we begin transactions ourselves, because the driver's own way loses updates; a
    connection with the execution option ``immediate`` takes the one write lock at once.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def new_engine(url: str) -> Engine:
    """An engine of our own making; used outside of Flask."""
    return listen(create_engine(normal_url(url), **engine_options(url)))


def in_background(engine: Engine, *, longest_wait: float = 0) -> Engine:
    """Set up a process that works in the background on PostgreSQL: where it stands still in the middle of a
    transaction, the server ends it after a while and others go on. It waits for nobody's lock for longer than
    so many seconds (0: as long as it takes)."""

    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(f"SET idle_in_transaction_session_timeout = {int(LONGEST_STANDSTILL * 1000)}")
        connection.execute(f"SET lock_timeout = {int(longest_wait * 1000)}")
        connection.commit()

    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", set_up)
        engine.dispose()  # what is open already was set up without
    return engine


def portions(values: Iterable[_One], size: int = MANY) -> Iterator[list[_One]]:
    """Values that are named one by one in a statement, in lists that every database takes; nothing for none."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


def is_held(error: BaseException) -> bool:
    """Whether something could not be had because somebody else holds it; it is there again soon."""
    state = getattr(_cause(error), "sqlstate", None)
    return bool(state) and str(state).startswith(HELD)


def is_away(error: BaseException) -> bool:
    """Whether the database does not answer or can do nothing for anybody now, by what SQLAlchemy or a driver
    raised; or something is held by somebody else. What it refuses for what was asked, such as a row that is
    too big or a statement that takes too long, is not that: it would be refused again."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in NOTHING_NOW
    if isinstance(cause, psycopg.errors.PipelineAborted):
        return False
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) and cause.sqlstate is None:
        return True  # no server has said this: there was none
    return str(getattr(cause, "sqlstate", "")).startswith((*CUT_OFF, *SCARCE, *HELD))


def _cause(error: BaseException) -> BaseException:
    """What the driver raised."""
    return getattr(error, "orig", None) or error


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def is_of_models(name: str | None, _kind: str, _parents: Any) -> bool:
    """Whether Alembic compares this table or index with the models: full text is each database's own."""
    return not (name or "").startswith(FULL_TEXT)


def head() -> str:
    """The newest migration this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """The migration the database is at; None for an empty one."""
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The migration the database is at, as this connection sees it; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this code has that migration; one that it does not have is newer."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def go_to(connection: Connection, revision: str) -> None:
    """Bring a database that holds no rows to a migration this code knows, upwards or downwards, in the
    transaction of this connection."""
    config, now = _config(), revision_of(connection)
    config.attributes["connection"] = connection
    before = {script.revision for script in ScriptDirectory.from_config(config).iterate_revisions(revision, "base")}
    if now is None or now in before - {revision}:
        command.upgrade(config, revision)
    elif now != revision:
        command.downgrade(config, revision)


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest migration, all of it or nothing. Raises WrongDatabase for
    one that is newer than this code."""
    config, now = _config(), current(engine)
    if now == head():
        return
    if now is not None and not is_known(now):
        raise WrongDatabase(
            f"The database is at version {now}, which this version of Teilhabe does not know: it is newer. "
            "Please start the newer version, or restore an older backup."
        )
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
