"""Another try for what was given up, or none at all: what the decisions about incidents mean for messages
and deadlines."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from workflow_app import cases
from workflow_app.cases import ringing_again
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents import deciding
from workflow_app.incidents.deciding import BUSY, OVER, STUCK, WAITS, Behind, Decided, Standings
from workflow_app.models import OutboxMessage

STANDS = {"dead": STUCK, "pending": WAITS, "dispatched": BUSY, "running": BUSY, "done": OVER}


def retry(by: int, ids: Collection[int]) -> Decided:
    """Have these incidents tried again, all in one transaction; at most `deciding.AT_ONCE`."""
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        return deciding.retry(connection, by, ids, BEHIND)


def discard(by: int, ids: Collection[int], reason: str) -> Decided:
    """Let these incidents be, all in one transaction. Raises Invalid without a reason."""
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        return deciding.discard(connection, by, ids, reason, BEHIND)


# ------------------------------------------------------------------------------------ messages


def _messages(connection: Connection, ids: Collection[int]) -> Standings:
    query = select(OutboxMessage.id, OutboxMessage.state).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id)
    return {row.id: STANDS[row.state] for row in connection.execute(query.with_for_update())}


def _send_again(connection: Connection, ids: Collection[int]) -> None:
    """From the beginning, with all attempts before it; a ticket that is still on its way stays stale."""
    dead = OutboxMessage.id.in_(ids), OutboxMessage.state == "dead"
    fresh = {"state": "pending", "attempt": 0, "run_at": clock.now(), "lease_until": None}
    connection.execute(update(OutboxMessage).where(*dead).values(ticket=OutboxMessage.ticket + 1, **fresh))


def _send_no_more(connection: Connection, ids: Collection[int]) -> None:
    """What waits for another try does not get it; what is dead stays so."""
    waits = OutboxMessage.id.in_(ids), OutboxMessage.state == "pending"
    connection.execute(update(OutboxMessage).where(*waits).values(ticket=OutboxMessage.ticket + 1, state="dead"))


# ----------------------------------------------------------------------------------- deadlines


def _deadlines(connection: Connection, ids: Collection[int]) -> Standings:
    found = ringing_again.missed(cases.current(), connection, ids)
    return {id_: STUCK if missed else OVER for id_, missed in found.items()}


def _leave_out(connection: Connection, ids: Collection[int]) -> None:
    ringing_again.leave_out(cases.current(), connection, ids)


BEHIND = {
    "message": Behind(_messages, _send_again, _send_no_more),
    "deadline": Behind(_deadlines, ringing_again.ring_now, _leave_out),
}
"""The kinds of incidents that can be tried again; the others go on by themselves."""
