"""The processes of the outbox's benchmark: `python -m benchmarks.carriers ours|bare forked|inside`.

Both sides do the same effect, a row with the time it was written at, and have the same kind of worker: with
everything imported, one queue, and connections of its own in each fork.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any

from flask import Flask
from rq import SimpleWorker, Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, insert

import config
from workflow_app import create_app
from workflow_app.extensions import db
from workflow_app.jobs import tasks, worker
from workflow_app.jobs.kinds import KINDS, Kind
from workflow_app.models.following import SITE
from workflow_app.operation import queues

EFFECTS = Table("bench_effects", MetaData(), Column("message", BigInteger), Column("at_ns", BigInteger))
KIND, QUEUE = "bench", "bare"


def write(connection: Connection, message: int) -> None:
    """The effect."""
    connection.execute(insert(EFFECTS).values(message=message, at_ns=time.time_ns()))


def _effect(connection: Connection, row: Any, _today: date, _found: Any) -> None:
    write(connection, row.payload["n"])


def bare(message: int) -> None:
    """The effect as a job of its own, without anything that would bring it back if it got lost."""
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        write(connection, message)


class BareWorker(Worker):
    """What RQ has, with the application imported and connections of its own in each fork."""

    app: Flask

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        with self.app.app_context():
            db.engine.dispose(close=False)
            return bool(super().perform_job(job, queue, execution))


def know() -> None:
    """Let the outbox of this process know our kind of message."""
    KINDS[KIND] = Kind(_effect)


def main(side: str, manner: str) -> None:
    """Work until told to stop."""
    know()
    app = create_app(config.from_environment())
    name = queues.NAMES[SITE] if side == "ours" else QUEUE
    if (side, manner) == ("ours", "forked"):
        worker.work(app)
        return
    with app.app_context():
        connection = tasks.redis_connection()
        if manner == "inside":
            SimpleWorker([name], connection=connection).work(logging_level="ERROR")
            return
        forked = BareWorker([name], connection=connection)
    forked.app = app
    forked.work(logging_level="ERROR")


if __name__ == "__main__":
    main(*sys.argv[1:])
