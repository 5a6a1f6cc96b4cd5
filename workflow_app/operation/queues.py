"""The queues on the way to the workers, by the names that Redis knows, and how many workers listen to each.

RQ writes down who listens. A worker that was killed counts for up to two minutes more, until its sign of life
is too old.
"""

from __future__ import annotations

from collections.abc import Mapping

from redis import Redis
from redis.exceptions import RedisError
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from workflow_app.models.following import MAILS, QUEUES, SITE

PATIENCE = 2
"""Seconds to wait for Redis."""
NAMES = {SITE: "teilhabe", MAILS: "teilhabe-mails"}
CARRIED = {SITE: "notices", MAILS: "mails"}
"""What workers of each queue carry, in a word for whoever looks after the installation."""
COMMANDS = {SITE: "worker", MAILS: "worker --mails"}
"""How to start one."""


def workers(redis_url: str) -> Mapping[str, int] | None:
    """How many workers listen to each queue; None where Redis does not answer or is not set."""
    if not redis_url:
        return None
    try:
        with Redis.from_url(redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as connection:
            return {queue: _listening(connection, NAMES[queue]) for queue in QUEUES}
    except (RedisError, OSError, ValueError):
        return None


def unattended(found: Mapping[str, int]) -> list[str]:
    """The queues to which nobody listens."""
    return [queue for queue in QUEUES if not found.get(queue)]


def nobody_carries(queues: list[str]) -> str:
    """``nobody carries mails``."""
    return f"nobody carries {' and '.join(CARRIED[queue] for queue in queues)}"


def _listening(connection: Redis, name: str) -> int:
    """What is left in the list of a worker that has died lives no more under its own key."""
    keys = connection.smembers(WORKERS_BY_QUEUE_KEY % name)
    return int(connection.exists(*keys)) if keys else 0
