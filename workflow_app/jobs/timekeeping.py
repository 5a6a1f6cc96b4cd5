"""The process that keeps time: what comes again and again, each kind of work on a lane of its own.

A lane is a thread, so that counting or cleaning up never delays messages and deadlines. What fails is
said and comes again, later each time. What does not answer, such as a database or Redis, is waited for;
anything else becomes an incident as well, which is solved when the job has gone well again.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from workflow_app import database
from workflow_app.documents import Unavailable
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import Incident

log = logging.getLogger(__name__)
LONGEST_PAUSE = 60.0
"""Seconds; no pause after a failure is longer, unless the job comes more seldom anyway."""
PATIENCE = 20.0
"""Seconds to wait for what is being done when told to stop; what is cut off then is done again."""


@dataclass(frozen=True)
class Tick:
    """Something done again and again: a name, how many seconds apart, and what. It comes again at once
    where it returns True. `lane` is the thread it runs in; `needs_time` says that it must not be done
    while the clock cannot be trusted."""

    name: str
    seconds: float
    run: Callable[[], Any]
    lane: str
    needs_time: bool = False


@dataclass
class Lane:
    """The jobs of one thread, and when each is due (seconds of `clock.elapsed`). Once it is told to `stop`
    it begins nothing more."""

    ticks: Sequence[Tick]
    may_run: Callable[[], bool]
    stop: threading.Event = field(default_factory=threading.Event)
    due: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    well: set[str] = field(default_factory=set)

    def go_round(self) -> float:
        """Run what is due; returns the seconds until there is something to do again."""
        for tick in self.ticks:
            if not self.stop.is_set() and self.due.get(tick.name, 0.0) <= clock.elapsed():
                pause = self._run(tick)
                self.due[tick.name] = clock.elapsed() + pause
        return max(0.0, min(self.due.values(), default=0.0) - clock.elapsed())

    def _run(self, tick: Tick) -> float:
        """One run; how long to wait for the next."""
        try:
            if tick.needs_time and not self.may_run():
                return tick.seconds
            again = tick.run() is True
            if tick.name not in self.well:
                _went_well(tick)
                self.well.add(tick.name)
        except Exception as error:
            self.well.discard(tick.name)
            return self._failed(tick, error)
        self.failures.pop(tick.name, None)
        return 0.0 if again else tick.seconds

    def _failed(self, tick: Tick, error: Exception) -> float:
        count = self.failures[tick.name] = self.failures.get(tick.name, 0) + 1
        if is_away(error):
            log.warning("%s failed and will be tried again: %s", tick.name, type(error).__name__)
        else:
            log.error("%s failed and will be tried again: %s", tick.name, type(error).__name__, exc_info=error)
            _report(tick, error)
        return max(tick.seconds, min(tick.seconds * 2.0 ** min(count - 1, 10), LONGEST_PAUSE))


def is_away(error: Exception) -> bool:
    """Whether something does not answer; not whether a database refuses what it is asked."""
    return isinstance(error, RedisError | OSError | Unavailable) or database.is_away(error)


def _report(tick: Tick, error: Exception) -> None:
    """An incident, if the database takes it; the log has it in any case."""
    try:
        with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            report(connection, [Trouble("job", f"job:{tick.name}", type(error).__name__)])
    except SQLAlchemyError as no:
        log.warning("the incident could not be written down: %s", type(no).__name__)


def _went_well(tick: Tick) -> None:
    """The first run that goes well, in this process or after a failure, solves what stands from before."""
    subject = f"job:{tick.name}"
    mine = Incident.subject == subject, Incident.settled_at.is_(None)
    with db.engine.connect() as connection:
        stands = connection.execute(select(Incident.id).where(*mine)).first()
    if stands:
        with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            solved(connection, [subject])


def lanes(ticks: Sequence[Tick], may_run: Callable[[], bool], stop: threading.Event) -> dict[str, Lane]:
    """The jobs by the thread they run in."""
    names = dict.fromkeys(tick.lane for tick in ticks)
    return {name: Lane([tick for tick in ticks if tick.lane == name], may_run, stop) for name in names}


def keep_time(app: Flask, ticks: Sequence[Tick], may_run: Callable[[], bool]) -> None:
    """Run these jobs until told to stop. Two processes that do so at once do no harm."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    threads = [
        threading.Thread(target=_keep, args=(app, lane), name=name, daemon=True)
        for name, lane in lanes(ticks, may_run, stop).items()
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    until = clock.elapsed() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, until - clock.elapsed()))


def _keep(app: Flask, lane: Lane) -> None:
    with app.app_context():
        while not lane.stop.is_set():
            lane.stop.wait(lane.go_round())
