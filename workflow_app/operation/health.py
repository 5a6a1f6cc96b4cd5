"""Whether this process could answer pages: the database, its tables, and the queue are there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workflow_app import database

PATIENCE = 2
"""Seconds to wait for Redis."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found, each in one word: ``ok`` or what is wrong. `queue` is ``none`` where no Redis is
    set, which a site without background work may be."""

    database: str
    migrations: str
    queue: str

    @property
    def is_ready(self) -> bool:
        """Whether pages can be answered."""
        return self.database == self.migrations == "ok" and self.queue in ("ok", "none")


def look(engine: Engine, redis_url: str) -> Health:
    """Look at everything once; never raises."""
    try:
        found = database.current(engine)
    except SQLAlchemyError:
        return Health("unreachable", "unknown", queue_state(redis_url))
    return Health("ok", "ok" if found == newest() else "not at head", queue_state(redis_url))


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
