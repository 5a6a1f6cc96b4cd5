"""Whether this process could answer pages: the database and its tables are there.

The queue is looked at too, but pages need none: what happens meanwhile waits in the database. Were it a reason
to turn visitors away, one Redis that is gone would take all machines of a site out at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workflow_app import database

from . import queues
from .queues import PATIENCE


@dataclass(frozen=True, slots=True)
class Health:
    """What was found, each in a word or two: ``ok`` or what is wrong. `queue` is ``unreachable`` where Redis
    does not answer, and ``none`` where none is set, which a site without background work may be. `workers`
    says what nobody carries, such as ``nobody carries mails``. Pages can be answered all the same, so these
    two turn nobody away."""

    database: str
    migrations: str
    queue: str
    workers: str = "unknown"

    @property
    def is_ready(self) -> bool:
        """Whether pages can be answered."""
        return self.database == self.migrations == "ok"


def look(engine: Engine, redis_url: str) -> Health:
    """Look at everything once; never raises."""
    queue = queue_state(redis_url)
    workers = worker_state(redis_url) if queue == "ok" else "unknown"
    try:
        found = database.current(engine)
    except SQLAlchemyError:
        return Health("unreachable", "unknown", queue, workers)
    return Health("ok", "ok" if found == newest() else "not at head", queue, workers)


@cache
def newest() -> str:
    """The newest migration; read once, because it means reading all of them."""
    return database.head()


def queue_state(redis_url: str) -> str:
    """``ok``, ``unreachable``, or ``none`` where none is set."""
    if not redis_url:
        return "none"
    try:
        with Redis.from_url(redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as connection:
            connection.ping()
    except (RedisError, OSError, ValueError):
        return "unreachable"
    return "ok"


def worker_state(redis_url: str) -> str:
    """``ok``, ``unknown`` where Redis does not answer, or what nobody carries."""
    found = queues.workers(redis_url)
    if found is None:
        return "unknown"
    missing = queues.unattended(found)
    return queues.nobody_carries(missing) if missing else "ok"
