"""Messages of the outbox that were carried out long ago go.

What refers to them, such as a notification, stays and refers to nothing any more; only a notice stays as
long as a mail about it is not through, because by its number the mail finds what it is to tell. The key by
which a message was written once goes with it; by then what it stands for cannot come again: an event has its
number, a warning its day, a collected mail its period. The newest message always stays, so that no database
gives its number a second time.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.orm import aliased

from workflow_app.engine import clock
from workflow_app.models import OutboxMessage
from workflow_app.models.following import QUEUES

from .turns import Turn

BATCH = 500
SHORTEST = 8
"""Days; a collected mail may be asked for again for a week."""
NOT_DONE = ("pending", "dispatched", "running", "dead")


def clean(turn: Turn) -> int:
    """Remove what is done and was due more days ago than the setting says; returns how many."""
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
    query = select(OutboxMessage.id).where(*mine, OutboxMessage.id != (newest or 0), ~_has_mails())
    return list(connection.execute(query.order_by(OutboxMessage.run_at).limit(BATCH)).scalars())


def _has_mails() -> ColumnElement[bool]:
    """Whether a mail about this notice still waits, is on its way, or may be tried again."""
    mail = aliased(OutboxMessage)
    notice = mail.payload["outbox"].as_integer()
    undone = mail.state.in_(NOT_DONE), mail.queue.in_(QUEUES), mail.kind == "notice_mail", notice.is_not(None)
    return OutboxMessage.id.in_(select(notice).where(*undone))
