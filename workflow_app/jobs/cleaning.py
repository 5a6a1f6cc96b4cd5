"""Messages of the outbox that were carried out long ago go, and those that somebody has let be long ago.

What refers to them, such as a notification, stays and refers to nothing any more; only a notice stays as
long as a mail about it is not through, because by its number the mail finds what it is to tell. The key by
which a message was written once goes with it; by then what it stands for cannot come again: an event has its
number, a warning its day, a collected mail its period. The newest message always stays, so that no database
gives its number a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, Connection, delete, exists, func, select
from sqlalchemy.orm import aliased

from workflow_app.engine import clock
from workflow_app.models import Incident, OutboxMessage
from workflow_app.models.following import NOT_THROUGH, QUEUES

from .turns import Turn

BATCH = 500
SHORTEST = 8
"""Days; a collected mail may be asked for again for a week."""


def clean(turn: Turn) -> int:
    """Remove what is done and was due, or was given up and let be, more days ago than the setting says; returns
    how many."""
    gone = 0
    for which in (_old, _let_be):
        while (removed := _some(turn, which)) > 0:
            gone += removed
    return gone


def _some(turn: Turn, which: Callable[[Connection, datetime], Sequence[int]]) -> int:
    moment = clock.now() - timedelta(days=max(int(current_app.config["OUTBOX_DAYS"]), SHORTEST))
    with turn.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        turn.hold(connection)
        ids = which(connection, moment)
        if ids:
            connection.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


def _old(connection: Connection, moment: datetime) -> Sequence[int]:
    old = OutboxMessage.run_at < moment
    mine = OutboxMessage.state == "done", OutboxMessage.queue.in_(QUEUES), old  # so the index leads to the old ones
    query = select(OutboxMessage.id).where(*mine, _is_not_the_newest(connection), ~_has_mails())
    return connection.scalars(query.order_by(OutboxMessage.run_at).limit(BATCH)).all()


def _let_be(connection: Connection, moment: datetime) -> Sequence[int]:
    """Dead ones about which somebody decided long ago that nothing is to be done."""
    about = Incident.outbox_id == OutboxMessage.id
    decided = exists().where(about, Incident.state == "discarded", Incident.settled_at < moment)
    undecided = exists().where(about, Incident.settled_at.is_(None))
    mine = OutboxMessage.state == "dead", OutboxMessage.queue.in_(QUEUES), decided, ~undecided
    query = select(OutboxMessage.id).where(*mine, _is_not_the_newest(connection))
    return connection.scalars(query.order_by(OutboxMessage.run_at).limit(BATCH)).all()


def _is_not_the_newest(connection: Connection) -> ColumnElement[bool]:
    return OutboxMessage.id != (connection.scalar(select(func.max(OutboxMessage.id))) or 0)


def _has_mails() -> ColumnElement[bool]:
    """Whether a mail about this notice still waits, is on its way, or may be tried again."""
    mail = aliased(OutboxMessage)
    notice = mail.payload["outbox"].as_integer()
    undone = mail.state.in_(NOT_THROUGH), mail.queue.in_(QUEUES), mail.kind == "notice_mail", notice.is_not(None)
    return OutboxMessage.id.in_(select(notice).where(*undone))
