"""A worker that stays: it outlives the end of its Redis, and ends itself when it is asked to.

RQ's own worker waits while it is idle; where Redis goes away in the middle of anything else, it gives up.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import cast

import rq
from redis.client import PubSubWorkerThread
from redis.exceptions import RedisError
from rq.exceptions import StopRequested

log = logging.getLogger(__name__)
PAUSE = 2.0
"""Seconds until a worker that has lost its Redis begins anew."""


class Worker(rq.Worker):
    """One that remembers that it was asked to stop, and can be asked without Redis."""

    max_connection_wait_time = 5.0  # seconds; RQ would look after a whole minute only
    told_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the job in hand, at once without one. Raises StopRequested."""
        self.told_to_stop = True
        try:
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]
        except RedisError:
            log.warning("asked to stop; Redis could not be told")


def work(new_worker: Callable[[], Worker]) -> None:
    """Work until a signal asks to stop: first the job in hand comes to its end, then this returns."""
    try:
        _listen()
        while True:
            worker = new_worker()
            _work_once(worker)
            _listen()
            if worker.told_to_stop:
                return
            log.warning("the worker begins anew")
            time.sleep(PAUSE)
    except StopRequested:
        return


def _work_once(worker: Worker) -> None:
    """As long as Redis is there; a job that was begun is waited for even if it goes away."""
    try:
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("the worker has lost Redis: %s", type(error).__name__)
    worker.wait_for_horse()
    if thread := cast(PubSubWorkerThread | None, worker.pubsub_thread):
        thread.stop()  # where Redis is gone, RQ has left it running


def _listen() -> None:
    """Hear signals ourselves, as long as no worker does."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise StopRequested
