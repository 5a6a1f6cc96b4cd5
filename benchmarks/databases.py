"""Databases to measure on: the real tables and triggers, durable as in production."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text

from workflow_app.database import new_engine, upgrade

from . import postgres


def address(url: str) -> str:
    """The same database as its driver alone knows it: a path, or a conninfo."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return f"host={engine.url.query['host']} user=postgres dbname={engine.url.database}"


@contextmanager
def sqlite() -> Iterator[str]:
    """The address of a new SQLite database in a file."""
    with tempfile.TemporaryDirectory(prefix="teilhabe-bench-") as home:
        url = f"sqlite:///{home}/cases.db"
        _fresh(url)
        yield url


@contextmanager
def postgresql(server: str, name: str) -> Iterator[str]:
    """The address of a new database on a running server."""
    keeper = create_engine(server % "postgres", isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    _fresh(server % name)
    yield server % name
    with keeper.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    keeper.dispose()


@contextmanager
def database(kind: str, server: str, name: str = "bench") -> Iterator[str]:
    """A new database of one kind; a server is needed for PostgreSQL only."""
    with sqlite() if kind == "sqlite" else postgresql(server, name) as url:
        yield url


def _fresh(url: str) -> None:
    engine = new_engine(url)
    upgrade(engine)
    engine.dispose()


@contextmanager
def servers(kinds: tuple[str, ...], settings: tuple[str, ...] = postgres.DURABLE) -> Iterator[str]:
    """The PostgreSQL server, started only where one of the kinds needs it."""
    if "postgresql" not in kinds:
        yield ""
        return
    with postgres.server(settings) as server:
        yield server
