"""The process that carries messages out: it has everything imported, and forks for each job.

What happens in a fork harms nobody else: it has its own connections to the database, its limits, and
when it dies the row it was at has failed and the others go back at once. It dies with its worker.
"""

from __future__ import annotations

import logging
import os
import signal
from types import FrameType
from typing import Any

from flask import Flask
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.exc import SQLAlchemyError

from workflow_app import database
from workflow_app.extensions import db
from workflow_app.models.following import SITE

from . import bound, lasting, limits, outbox, tasks

log = logging.getLogger(__name__)
MAINTENANCE = 30
"""Seconds between two times when RQ tidies up after workers that have died; the leases do not wait for it."""
HEARD_OF = 45
"""Seconds between two signs of life of an idle worker. One that was killed counts for a minute more, and one
whose Redis is gone without a word, as when its machine loses power, finds out within these seconds."""


class ForkedWorker(lasting.Worker):
    """An RQ worker on exactly one queue: only then RQ moves a job from the queue to itself in one go."""

    app: Flask
    own_id = 0

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """In the worker: start the fork, which has to know whose it is."""
        self.own_id = os.getpid()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the fork, first of all. RQ has put it into a group of its own, where no kill of the worker's
        group finds it."""
        bound.to_parent(self.own_id)
        super().main_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """In the fork: everything for one job."""
        limits.enforce()
        signal.signal(signal.SIGUSR1, _stop_soon)
        with self.app.app_context():
            db.engine.dispose(close=False)
            return bool(super().perform_job(job, queue, execution))

    def handle_work_horse_killed(self, job: Job, retpid: Any, ret_val: Any, rusage: Any) -> None:
        """In the worker: a fork has died before it was through."""
        how = f"signal {os.WTERMSIG(ret_val)}" if ret_val and os.WIFSIGNALED(ret_val) else "ended"
        log.warning("the process of batch %s died: %s", job.id, how)
        try:
            with self.app.app_context():
                outbox.release(db.engine, job.id, how)
                db.engine.dispose()  # the next fork must not inherit a connection
        except SQLAlchemyError as error:
            log.warning("batch %s waits until its lease is over: %s", job.id, type(error).__name__)

    def handle_warm_shutdown_request(self) -> None:
        """In the worker: asked to stop, it lets the fork end the row it is at and take no other."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            try:
                os.kill(self.horse_pid, signal.SIGUSR1)
            except ProcessLookupError:
                pass  # it is through already


def _stop_soon(_signal: int, _frame: FrameType | None) -> None:
    tasks.stop_soon()


def work(app: Flask, queue: str = SITE) -> None:
    """Carry the messages of a queue out until told to stop, however often Redis or the database go away
    meanwhile."""

    with app.app_context():
        database.in_background(db.engine)

    def new_worker() -> ForkedWorker:
        with app.app_context():
            connection = tasks.redis_connection()
        worker = ForkedWorker(
            [tasks.queue(queue, connection)],
            connection=connection, worker_ttl=HEARD_OF, maintenance_interval=MAINTENANCE,
        )  # fmt: skip
        worker.app = app
        return worker

    lasting.work(new_worker)
