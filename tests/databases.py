"""Real databases for tests: one migrated template per kind, copied for every test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from workflow_app.database import new_engine, upgrade

_names = itertools.count()


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="teilhabe-test-")) / "template.sqlite3"
    engine = new_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def fresh_sqlite_url() -> str:
    """The address of a migrated, empty SQLite database of its own."""
    template = _sqlite_template()
    path = template.with_name(f"{next(_names)}.sqlite3")
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def fresh_sqlite() -> Engine:
    """A migrated, empty SQLite database of its own."""
    return new_engine(fresh_sqlite_url())


class Postgres:
    """A server with a migrated template; every test gets a copy."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.admin = create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
        self._create("template", "template0")
        engine = new_engine(address % "template")
        upgrade(engine)
        engine.dispose()

    def _create(self, name: str, template: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))

    @contextmanager
    def fresh_url(self, template: str = "template") -> Iterator[str]:
        """The address of a copy, dropped afterwards; one of ``template0`` has no tables."""
        name = f"test{next(_names)}"
        self._create(name, template)
        try:
            yield self.address % name
        finally:
            with self.admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
