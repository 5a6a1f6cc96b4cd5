"""What RQ workers run, and how work gets to them."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.queue import EnqueueData
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workflow_app import cases, database
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models.following import QUEUES
from workflow_app.operation import queues

from . import limits, outbox
from .carrying import carry_out

log = logging.getLogger(__name__)
NO_LIMIT = -1
"""A batch has no time limit of RQ's: each of its rows has one of ours."""
FAILURES_KEPT = 3600
"""Seconds for which RQ keeps a batch that went wrong; what became of its rows stands in the database."""
POKED = 100
"""How many messages of each queue somebody hands over who waits for a page; the scheduler has more time."""
NOT_REACHED: tuple[type[Exception], ...] = (RedisError, *database.AWAY)
_stopping = threading.Event()


def redis_connection() -> Redis:
    """The Redis-protocol server of the current application."""
    return Redis.from_url(current_app.config["REDIS_URL"])


def queue(name: str, connection: Redis) -> Queue:
    """What RQ keeps of one of our queues."""
    return Queue(queues.NAMES[name], connection=connection)


def relay(connection: Redis, most: int = outbox.IN_FLIGHT) -> int:
    """Hand messages that are due to the workers of their queues, as long as there are any, up to `most` of
    each queue; returns how many. Raises RedisError where they could not be handed over, or where nobody knows
    whether they were; then those that no job has begun with wait as before."""
    connection.ping()
    handed_over, left = 0, most
    while left > 0:
        limit = min(outbox.CLAIMED, left)
        batches = outbox.claim(db.engine, limit, lambda names: _waiting(connection).intersection(names))
        _enqueue(connection, batches)
        found = Counter[str]()
        for batch in batches:
            found[batch.queue] += len(batch.tickets)
        handed_over += found.total()
        left -= limit
        if max(found.values(), default=0) < limit:
            break
    return handed_over


def _waiting(connection: Redis) -> set[str]:
    """The batches that wait for a worker, in whichever queue: a version before may have known fewer of them."""
    return {job for name in QUEUES for job in queue(name, connection).get_job_ids()}


def _enqueue(connection: Redis, batches: Sequence[outbox.Batch]) -> None:
    """Hand all of them over at once, each to its queue."""
    try:
        with connection.pipeline() as together:
            for name in QUEUES:
                if jobs := [_job(batch) for batch in batches if batch.queue == name]:
                    queue(name, connection).enqueue_many(jobs, pipeline=together)
            together.execute()
    except RedisError:
        outbox.take_back(db.engine, [batch.name for batch in batches])
        raise


def _job(batch: outbox.Batch) -> EnqueueData:
    return Queue.prepare_data(
        deliver, (batch.name, [tuple(ticket) for ticket in batch.tickets]),
        job_id=batch.name, timeout=NO_LIMIT, result_ttl=0, failure_ttl=FAILURES_KEPT, at_front=batch.awaited,
    )  # fmt: skip


def deliver(batch: str, tickets: Sequence[tuple[int, int]]) -> int:
    """One batch, row by row by its ticket (runs in a worker, inside the application's context); how many
    are done. It does not matter from which queue it came."""
    today = cases.current().store.calendar.local_date(clock.now())
    engine = db.engine  # a thread does not know the application it belongs to
    with limits.saying(lambda: _renew(engine, batch)):
        done = carry_out(engine, tickets, today, _stopping.is_set)
    if _stopping.is_set():
        outbox.release(engine, batch)
    return done


def stop_soon() -> None:
    """This process ends the row it is at, and gives the others back."""
    _stopping.set()


def _renew(engine: Engine, batch: str) -> None:
    try:
        outbox.renew(engine, batch)
    except SQLAlchemyError as error:
        log.warning("the lease of batch %s was not renewed: %s", batch, type(error).__name__)


def poke() -> None:
    """Hand out what has just been written, now instead of at the next tick; if it fails, nothing
    is lost, because the relay also runs by the clock. Without a queue there is nothing to poke."""
    if not current_app.config["REDIS_URL"]:
        return
    try:
        relay(redis_connection(), POKED)
    except NOT_REACHED as error:
        log.warning("the relay was not reached: %s", type(error).__name__)
