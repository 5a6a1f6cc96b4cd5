"""The process that keeps time: it runs the periodic jobs."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from workflow_app.documents import Unavailable

from . import digests, figures
from .tasks import redis_connection, relay, sweep, tidy

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """Something done again and again: a name, how many seconds apart, and what."""

    name: str
    seconds: float
    run: Callable[[], Any]


PERIODIC = (
    Periodic("relay", 2, lambda: relay(redis_connection())),
    Periodic("deadlines", 20, sweep),
    Periodic("documents", 24 * 3600, tidy),
    Periodic("figures", 2, figures.keep),
    Periodic("digests", 60, digests.open_due),
)


def keep_time(app: Flask) -> None:
    """Run the periodic jobs until told to stop. Two of these at once do no harm."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    tick = min(job.seconds for job in PERIODIC)
    waited = {job.name: job.seconds for job in PERIODIC}
    with app.app_context():
        while not stop.is_set():
            for job in PERIODIC:
                if waited[job.name] >= job.seconds:
                    waited[job.name] = 0
                    _try(job)
                waited[job.name] += tick
            stop.wait(tick)


def _try(job: Periodic) -> None:
    """One run; what fails is said and comes again."""
    try:
        job.run()
    except (RedisError, SQLAlchemyError, OSError, Unavailable) as error:
        log.warning("%s failed and will be tried again: %s", job.name, type(error).__name__)
