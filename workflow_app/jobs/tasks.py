"""What RQ workers run, and how work gets to them."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from workflow_app import cases
from workflow_app.cases import clockwork, keeping
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.operation import logs

from . import outbox

log = logging.getLogger(__name__)
QUEUE = "teilhabe"
# The scheduler sweeps in batches so that one long catch-up does not keep the relay waiting.
SWEEP_BATCH = 100


def redis_connection() -> Redis:
    """The Redis-protocol server of the current application."""
    return Redis.from_url(current_app.config["REDIS_URL"])


def relay(connection: Redis) -> int:
    """Hand every due message to the workers; returns how many. What cannot be handed over now
    comes back when its lease is over."""
    tickets = outbox.claim(db.engine)
    if tickets:
        queue = Queue(QUEUE, connection=connection)
        queue.enqueue_many(
            [
                Queue.prepare_data(deliver, (t.id, t.ticket), job_id=f"ob-{t.id}-{t.ticket}", result_ttl=0)
                for t in tickets
            ]
        )
    return len(tickets)


def deliver(message: int, ticket: int) -> bool:
    """One message, by its ticket (runs in a worker, inside the application's context)."""
    this = outbox.Ticket(message, ticket)
    today = cases.current().store.calendar.local_date(clock.now())
    try:
        with logs.job("deliver", message):
            return outbox.deliver(db.engine, this, today)
    except Exception as error:
        log.exception("message %s could not be delivered", message)
        outbox.failed(db.engine, this, type(error).__name__)
        return False


def sweep() -> int:
    """Do what is due by the clock, oldest first; returns how many deadlines had something to do."""
    done = 0
    for row, rung in clockwork.ring_all(cases.current(), SWEEP_BATCH):
        done += rung.done != "nothing"
        if rung.refused:
            log.warning("deadline %s: the clock could not take %s: %s", row, rung.step, rung.refused)
    return done


def tidy() -> None:
    """Remove the files that no document needs, a day after they came."""
    keeping.tidy(cases.current(), clock.now() - timedelta(days=1))


def poke() -> None:
    """Hand out what has just been written, now instead of at the next tick; if it fails, nothing
    is lost, because the relay also runs by the clock. Without a queue there is nothing to poke."""
    if not current_app.config["REDIS_URL"]:
        return
    try:
        relay(redis_connection())
    except RedisError as error:
        log.warning("the relay was not reached: %s", type(error).__name__)
