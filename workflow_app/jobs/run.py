"""The two processes beside the web: a worker that carries messages out, a scheduler with a clock."""

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
from rq import Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.exc import SQLAlchemyError

from workflow_app.documents import Unavailable
from workflow_app.extensions import db

from . import digests, figures
from .tasks import QUEUE, redis_connection, relay, sweep, tidy

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


class ForkedWorker(Worker):
    """An RQ worker that has everything imported before it forks, and gives each fork its own
    database connections."""

    app: Flask

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        with self.app.app_context():
            db.engine.dispose(close=False)
            return bool(super().perform_job(job, queue, execution))


def work(app: Flask) -> None:
    """Carry messages out until told to stop."""
    with app.app_context():
        worker = ForkedWorker([QUEUE], connection=redis_connection(), maintenance_interval=30)
        worker.app = app
    worker.work(logging_level="WARNING")


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
