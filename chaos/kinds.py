"""Messages made for faults: effects that are written down each time they happen, and jobs that are poison.

Each effect is a row in a ledger without any key, so that whatever happens twice is there twice.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import repeat
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Engine, Integer, MetaData, Table, insert, select

from workflow_app.engine import clock
from workflow_app.jobs import limits, outbox
from workflow_app.jobs.kinds import KINDS, Kind
from workflow_app.models import OutboxMessage

LEDGER = Table("chaos_ledger", MetaData(), Column("message", BigInteger), Column("tick", Integer))
GOOD, SLOW = "chaos_good", "chaos_slow"
POISON = ("chaos_raise", "chaos_segfault", "chaos_loop", "chaos_hang", "chaos_hog")
SECONDS = 1
"""How long a row made for faults may take."""


def note(connection: Connection, row: Any, _today: date, _found: Any) -> None:
    """An effect in the database."""
    connection.execute(insert(LEDGER).values(message=row.id))


def _slow(connection: Connection, row: Any, today: date, found: Any) -> None:
    """An effect that takes a while, so that a kill is likely to hit it."""
    note(connection, row, today, found)
    time.sleep(0.02)


def _raise(row: Any) -> None:
    raise RuntimeError("poison")


def _segfault(row: Any) -> None:
    ctypes.string_at(0)


def _loop(row: Any) -> None:
    while True:
        pass


def _hang(row: Any) -> None:
    sum(repeat(1))  # never comes back from C, so no signal reaches Python


def _hog(row: Any) -> None:
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


ACTS: tuple[Callable[[Any], None], ...] = (_raise, _segfault, _loop, _hang, _hog)


MADE = {
    GOOD: Kind(note),
    SLOW: Kind(_slow),
    **{name: Kind(note, act, seconds=SECONDS, outside=SECONDS) for name, act in zip(POISON, ACTS, strict=True)},
}


def install(*, in_haste: bool) -> None:
    """Make these kinds known in this process. In haste leases and pauses are short, so that the short form
    of a fault need not wait for them; everything else is as it is for everybody."""
    KINDS.update(MADE)
    limits.GRACE, limits.MEMORY = 1, 400 << 20
    if in_haste:
        limits.RENEWED = 1
        outbox.LEASE, outbox.PAUSES = timedelta(seconds=4), (timedelta(seconds=0.5),)


def write(engine: Engine, kinds: Sequence[str], *, attempts: int = 5) -> list[int]:
    """A message of each of these kinds, due now; their ids."""
    LEDGER.create(engine, checkfirst=True)
    now = clock.now()
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        first = connection.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1)) or 0
        rows = [
            {"kind": kind, "payload": {}, "dedupe_key": f"chaos:{first + n}", "run_at": now, "max_attempts": attempts}
            for n, kind in enumerate(kinds)
        ]
        found = connection.scalars(insert(OutboxMessage).returning(OutboxMessage.id), rows)
        return sorted(found)


def seen(engine: Engine) -> list[int]:
    """The messages whose effect happened, each as often as it happened."""
    with engine.connect() as connection:
        return list(connection.scalars(select(LEDGER.c.message)))
