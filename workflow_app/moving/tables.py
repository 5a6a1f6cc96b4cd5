"""What the tables of a database are, read from the database itself: it may be older than the models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, MetaData, Table

from workflow_app.database import FULL_TEXT, is_of_models

from .errors import Trouble
from .values import DOCUMENT, INTEGER, kind_of

VERSION = "alembic_version"
DERIVED = ("search_texts", "figures")
"""Not carried, because it is made anew from the rest: the texts of the search, whose words each database
keeps in its own way (and so `FULL_TEXT`), and the figures that the scheduler counts each minute."""
NOT_CARRIED = frozenset({VERSION, *DERIVED})

__all__ = ["DERIVED", "FULL_TEXT", "VERSION", "Carried", "filled", "quoted", "tables_of"]


@dataclass(frozen=True)
class Carried:
    """A table with its columns and their kinds; `counted` is the column whose values the database counts."""

    name: str
    columns: tuple[tuple[str, str], ...]
    counted: str | None = None

    @cached_property
    def kinds(self) -> list[str]:
        return [kind for _name, kind in self.columns]

    @cached_property
    def documents(self) -> list[int]:
        """The places of columns with JSON."""
        return [n for n, kind in enumerate(self.kinds) if kind == DOCUMENT]

    @property
    def column_list(self) -> str:
        """The names of all columns for a statement."""
        return ", ".join(quoted(name) for name, _kind in self.columns)


def tables_of(connection: Connection) -> list[Carried]:
    """The tables that are carried, parents before children. Raises Trouble for a column of an unknown type."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _all: is_of_models(name, "table", None))
    return [_carried(table) for table in metadata.sorted_tables if table.name not in NOT_CARRIED]


def _carried(table: Table) -> Carried:
    columns = tuple((str(c.name), kind_of(c.type, f"{table.name}.{c.name}")) for c in table.columns)
    keys: list[Any] = list(table.primary_key.columns)
    counted = keys[0].name if len(keys) == 1 and (keys[0].name, INTEGER) in columns else None
    return Carried(table.name, columns, counted)


def filled(connection: Connection, tables: Iterable[Carried]) -> str | None:
    """The name of a table that holds a row, if there is one."""
    for table in tables:
        if connection.exec_driver_sql(f"SELECT 1 FROM {quoted(table.name)} LIMIT 1").first():
            return table.name
    return None


def quoted(name: str) -> str:
    """A name of a table or column for a statement. Raises Trouble for one that could be more than that."""
    if not name.isidentifier():
        raise Trouble(f"{name!r} is no name of a table or column.")
    return f'"{name}"'
