"""Carrying out the rows of a batch, one after the other, as their kinds want it.

What one row needs is one commit: its effect, that it is settled, and that the next row is taken. A row
that fails takes back what it did and rests; its neighbours go on. A row that kills the process has been
taken before, so it alone has used up an attempt.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from workflow_app.operation import logs

from . import limits, outbox
from .kinds import KINDS
from .outbox import Ticket

log = logging.getLogger(__name__)
PATIENCE = 30
"""Seconds to write down that a row has failed; a process that cannot even do this is ended."""


class Stale(Exception):
    """Somebody else has taken the row over while we were at it."""


def carry_out(
    engine: Engine, tickets: Iterable[tuple[int, int]], today: date, stop: Callable[[], bool] = lambda: False
) -> int:
    """Carry rows out; how many are done by us. Stale tickets are passed over. When `stop` says so, no
    more rows are taken.

    Raises what the database says where it cannot be written to at all; the leases bring the rows back.
    """
    with engine.connect().execution_options(immediate=True) as connection:
        work = _Work(connection, today, iter([Ticket(*one) for one in tickets]), stop)
        row = work.first()
        while row is not None:
            row = work.one(row)
    return work.done


@dataclass
class _Work:
    """What one job is at, on a connection of its own."""

    connection: Connection
    today: date
    waiting: Iterator[Ticket]
    stop: Callable[[], bool]
    done: int = 0

    def first(self) -> Any:
        """The first row that is ours, or the next one, in a transaction of its own."""
        with self.connection.begin():
            return self._next()

    def _next(self) -> Any:
        """Take the next row that is ours, in the transaction that is open; None after the last one."""
        if self.stop():
            return None
        taken = (outbox.take(self.connection, ticket) for ticket in self.waiting)
        return next((row for row in taken if row is not None), None)

    def one(self, row: Any) -> Any:
        """Carry one row out; the next one."""
        try:
            with logs.job("deliver", row.id):
                following = self._carried_out(row)
            self.done += 1
        except Stale:
            following = self.first()
        except Exception as error:
            log.exception("message %s could not be delivered", row.id)
            following = self._put_back(row, type(error).__name__)
        return following

    def _put_back(self, row: Any, error: str) -> Any:
        with limits.hard(PATIENCE), self.connection.begin():
            outbox.put_back(self.connection, row, error)
            return self._next()

    def _carried_out(self, row: Any) -> Any:
        kind = KINDS[row.kind]
        with limits.hard(kind.longest):
            with limits.soft(kind.outside):
                found = kind.before(row) if kind.before else None
            with self.connection.begin():
                try:
                    with limits.soft(kind.seconds):
                        until = kind.effect(self.connection, row, self.today, found)
                except limits.TookTooLong:
                    # It was perhaps waiting for the database, whose answer may still come, or never.
                    self.connection.invalidate()
                    raise
                if not self._ended(row, until):
                    raise Stale
                return self._next()

    def _ended(self, row: Any, until: datetime | None) -> bool:
        """Settle a row, or let it wait until its effect may happen; whether it is ours still."""
        if until is None:
            return outbox.settle(self.connection, row)
        return outbox.put_off(self.connection, row, until)
