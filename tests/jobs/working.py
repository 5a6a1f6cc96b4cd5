"""What relay and worker do, without either of them."""

from __future__ import annotations

from collections.abc import Sequence

from redis import Redis
from rq import Worker

from workflow_app.extensions import db
from workflow_app.jobs import outbox, tasks


def one_round() -> int:
    """Carry out what is due now; how many messages were done."""
    return sum(tasks.deliver(batch.name, batch.tickets) for batch in outbox.claim(db.engine))


def work() -> int:
    """Carry out what is due until nothing is due any more; how many messages were done."""
    done = 0
    while batches := outbox.claim(db.engine):
        done += sum(tasks.deliver(batch.name, batch.tickets) for batch in batches)
    return done


def tickets(batches: Sequence[outbox.Batch]) -> list[outbox.Ticket]:
    """All tickets of these batches, in the order of their rows."""
    return sorted(ticket for batch in batches for ticket in batch.tickets)


def listening(queue: str, connection: Redis) -> Worker:
    """A worker that has said that it listens to this queue, and does nothing more."""
    found = Worker([tasks.queue(queue, connection)], connection=connection)
    found.register_birth()  # type: ignore[no-untyped-call]
    return found
