"""What RQ workers run, and how work gets to them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workflow_app import cases, database
from workflow_app.engine import clock
from workflow_app.extensions import db

from . import limits, outbox
from .carrying import carry_out

log = logging.getLogger(__name__)
QUEUE = "teilhabe"
NO_LIMIT = -1
"""A batch has no time limit of RQ's: each of its rows has one of ours."""
FAILURES_KEPT = 3600
"""Seconds for which RQ keeps a batch that went wrong; what became of its rows stands in the database."""
POKED = 100
"""How many messages somebody hands over who waits for a page; the scheduler has more time."""
NOT_REACHED: tuple[type[Exception], ...] = (RedisError, *database.AWAY)
_stopping = threading.Event()


def redis_connection() -> Redis:
    """The Redis-protocol server of the current application."""
    return Redis.from_url(current_app.config["REDIS_URL"])


def relay(connection: Redis, most: int = outbox.IN_FLIGHT) -> int:
    """Hand messages that are due to the workers, as long as there are any; returns how many. Raises
    RedisError where they cannot be handed over; then they are as they were before."""
    connection.ping()
    queue, handed_over = Queue(QUEUE, connection=connection), 0
    while handed_over < most:
        limit = min(outbox.CLAIMED, most - handed_over)
        batches = outbox.claim(db.engine, limit, lambda names: set(queue.get_job_ids()).intersection(names))
        found = sum(len(batch.tickets) for batch in batches)
        _enqueue(queue, batches)
        handed_over += found
        if found < limit:
            break
    return handed_over


def _enqueue(queue: Queue, batches: Sequence[outbox.Batch]) -> None:
    jobs = [
        Queue.prepare_data(
            deliver, (batch.name, [tuple(ticket) for ticket in batch.tickets]),
            job_id=batch.name, timeout=NO_LIMIT, result_ttl=0, failure_ttl=FAILURES_KEPT,
        )
        for batch in batches
    ]  # fmt: skip
    try:
        if jobs:
            queue.enqueue_many(jobs)
    except RedisError:
        for batch in batches:
            outbox.release(db.engine, batch.name)
        raise


def deliver(batch: str, tickets: Sequence[tuple[int, int]]) -> int:
    """One batch, row by row by its ticket (runs in a worker, inside the application's context); how many
    are done."""
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
