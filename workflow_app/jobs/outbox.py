"""From a row in the outbox to a notice that has reached people, or a mail that was sent.

The relay claims due rows in one transaction and hands their ids to RQ after the commit; a job
claims its row by its ticket, does one effect and settles in the same transaction. An id that gets
lost in Redis comes back when its lease is over; an id that arrives twice finds a stale ticket.
What kinds of messages there are, and what is done about each, stands in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, or_, select, update

from workflow_app.engine import clock
from workflow_app.models import OutboxMessage

from . import digests, mail, notice_mail, notices

LEASE = timedelta(seconds=60)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of message is carried out. `effect` writes, in the transaction that settles the
    message, and so happens exactly once. `before` it, and without a transaction that others would
    have to wait for, something may be done outside, such as talking to a mail server; that happens
    at least once, and what it gives is handed to the effect."""

    effect: Callable[[Connection, Any, date, Any], None]
    before: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A row on its way: only the newest ticket of a row may be carried out."""

    id: int
    ticket: int


def claim(engine: Engine, limit: int = BATCH) -> list[Ticket]:
    """Take the rows that are due, and those whose lease is over, and give each a new ticket.

    A row that has used up its attempts is dead from then on; people must look at it.
    """
    now = clock.now()
    mine = or_(
        and_(OutboxMessage.state == "pending", OutboxMessage.run_at <= now),
        and_(OutboxMessage.state.in_(("dispatched", "running")), OutboxMessage.lease_until <= now),
    )
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        rows = connection.execute(
            select(OutboxMessage.id, OutboxMessage.ticket, OutboxMessage.attempt, OutboxMessage.max_attempts)
            .where(mine)
            .order_by(OutboxMessage.run_at, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        dead = [row.id for row in rows if row.attempt >= row.max_attempts]
        alive = [row for row in rows if row.attempt < row.max_attempts]
        _set(connection, dead, state="dead", lease_until=None)
        _set(
            connection,
            [row.id for row in alive],
            state="dispatched",
            ticket=OutboxMessage.ticket + 1,
            lease_until=now + LEASE,
        )
    return [Ticket(row.id, row.ticket + 1) for row in alive]


def _set(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    if ids:
        connection.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(**values))


def deliver(engine: Engine, ticket: Ticket, today: date) -> bool:
    """Carry one row out as its kind wants it.

    False where the ticket is stale, because somebody else has done it or is doing it. An attempt
    is counted by the claim, in a transaction of its own, so that it counts even if we die.
    """
    now = clock.now()
    this = and_(OutboxMessage.id == ticket.id, OutboxMessage.ticket == ticket.ticket)
    with engine.connect().execution_options(immediate=True) as connection:
        with connection.begin():
            claimed = connection.execute(
                update(OutboxMessage)
                .where(this, OutboxMessage.state == "dispatched")
                .values(state="running", attempt=OutboxMessage.attempt + 1, lease_until=now + LEASE)
            )
        if claimed.rowcount != 1:
            return False
        with connection.begin():
            row = connection.execute(select(OutboxMessage).where(this, OutboxMessage.state == "running")).one()
        kind = KINDS[row.kind]
        done = kind.before(row) if kind.before else None
        with connection.begin() as transaction:
            kind.effect(connection, row, today, done)
            settled = connection.execute(
                update(OutboxMessage)
                .where(this, OutboxMessage.state == "running")
                .values(state="done", lease_until=None, last_error=None)
            )
            if settled.rowcount != 1:
                transaction.rollback()
                return False
    return True


def failed(engine: Engine, ticket: Ticket, error: str) -> None:
    """Put a row back after an error, later each time; its lease would bring it back anyway."""
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        connection.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == ticket.id, OutboxMessage.ticket == ticket.ticket, OutboxMessage.state == "running"
            )
            .values(state="pending", lease_until=None, last_error=error[:500], run_at=clock.now() + LEASE)
        )


KINDS = {
    "notice": Kind(notices.fan_out),
    "notice_mail": Kind(notice_mail.settle, notice_mail.send),
    "digest": Kind(digests.settle, digests.send),
    "account_link": Kind(mail.write_down, mail.send_link),
    "account_notice": Kind(mail.write_down, mail.send_notice),
    "password_reset": Kind(mail.begin_reset),
}
"""What can stand in the outbox, and what is done about it."""
