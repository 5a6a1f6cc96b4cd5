"""Messages of the outbox that were carried out long ago go.

What refers to them, such as a notification, stays and refers to nothing any more. The key by which a
message was written once goes with it; by then what it stands for cannot come again: an event has its
number, a warning its day, a collected mail its period. The newest message always stays, so that no
database gives its number a second time.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import Connection, delete, func, select

from workflow_app.engine import clock
from workflow_app.models import OutboxMessage
from workflow_app.models.following import QUEUES

from .turns import Turn

BATCH = 500
SHORTEST = 8
"""Days; a collected mail may be asked for again for a week."""


def clean(turn: Turn) -> int:
    """Remove what was done more days ago than the setting says; returns how many."""
    gone = 0
    while (removed := _some(turn)) > 0:
        gone += removed
    return gone


def _some(turn: Turn) -> int:
    with turn.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        turn.hold(connection)
        ids = _old(connection)
        if ids:
            connection.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


def _old(connection: Connection) -> list[int]:
    days = max(int(current_app.config["OUTBOX_DAYS"]), SHORTEST)
    newest = connection.execute(select(func.max(OutboxMessage.id))).scalar()
    old = OutboxMessage.run_at < clock.now() - timedelta(days=days)
    mine = OutboxMessage.state == "done", OutboxMessage.queue.in_(QUEUES), old  # so the index leads to the old ones
    query = select(OutboxMessage.id).where(*mine, OutboxMessage.id != (newest or 0))
    return list(connection.execute(query.order_by(OutboxMessage.run_at).limit(BATCH)).scalars())
