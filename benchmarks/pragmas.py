"""How every SQLite connection of ours is set up; apart, because it needs nothing."""

from __future__ import annotations

from typing import Any

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON", "busy_timeout=30000")


def prepare(connection: Any, _record: object = None) -> None:
    """Durable, guarded, and transactions begun by hand."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
