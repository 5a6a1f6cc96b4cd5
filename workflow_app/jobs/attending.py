"""Whether somebody takes what is handed over to a queue. Where no worker listens for a while it is an incident, so
that people learn of it on the site as well: mails cannot tell them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app

from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, report, solved
from workflow_app.operation import queues

PATIENCE = 300.0
"""Seconds without a worker after which people are told; an update takes less."""


def subject(queue: str) -> str:
    """What the incident of a queue is about."""
    return f"workers:{queue}"


@dataclass
class Attendance:
    """Looks when called. Without Redis there is nothing to see, and the relay says so.

    The database is asked only where something has changed: `since` when nobody listens to a queue (by
    `clock.elapsed`), and what was `told` of each; of what was told by others nothing is known at first.
    """

    since: dict[str, float] = field(default_factory=dict)
    told: dict[str, bool] = field(default_factory=dict)

    def __call__(self) -> None:
        found = queues.workers(current_app.config["REDIS_URL"])
        for queue, workers in (found or {}).items():
            self._look(queue, workers)

    def _look(self, queue: str, workers: int) -> None:
        if workers:
            self.since.pop(queue, None)
            self._tell(queue, missing=False)
        elif clock.elapsed() - self.since.setdefault(queue, clock.elapsed()) >= PATIENCE:
            self._tell(queue, missing=True)

    def _tell(self, queue: str, *, missing: bool) -> None:
        if self.told.get(queue) is missing:
            return
        with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            if missing:
                report(connection, [Trouble("job", subject(queue), queues.nobody_carries([queue]))])
            else:
                solved(connection, [subject(queue)])
        self.told[queue] = missing
