"""Everything that comes again, in two tables.

`TICKS` come every few seconds or minutes. They look whether something is to be done, and nothing is
kept of them: a run that was missed is made up for by the next, which finds what is still to be done.
`JOBS` come at a local time, and each run is kept in the database (`turns`): with any number of
schedulers it happens once, and what was missed during a standstill becomes what the table says.

What comes again in a single case, such as the yearly report on a concept or its regular revision, is a
deadline of that case (``every=`` in its process) and comes with the others in the sweep, with its own date.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Flask

from workflow_app import cases, database
from workflow_app.cases import keeping
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.extensions import db

from . import attending, cleaning, deadlines, digests, figures, proving, retention, timekeeping, turns
from .schedules import At
from .tasks import redis_connection, relay
from .timekeeping import Tick, is_away
from .turns import Job, Missed, Turn
from .watch import Watch

log = logging.getLogger(__name__)
A_DAY = timedelta(days=1)
LONGEST_WAIT = 5
"""Seconds; what somebody holds for longer is passed over, and looked at again."""
SUNDAY = 6


def tidy(_turn: Turn) -> None:
    """Remove the files that no document needs, a day after they came."""
    keeping.tidy(cases.current(), clock.now() - A_DAY)


JOBS = (
    Job("documents", At(2, 10), tidy),
    Job("outbox", At(2, 30), cleaning.clean),
    Job("retention", At(3, 0), retention.clean),
    Job("history", At(4, 0, weekday=SUNDAY), proving.prove, missed=Missed.SKIP),
)


def ticks(watch: Watch) -> tuple[Tick, ...]:
    """What comes every few seconds or minutes. Messages go out and figures are counted whatever the clock
    says; deadlines, collected mails and the jobs above wait while it cannot be trusted."""
    return (
        Tick("relay", 2, lambda: relay(redis_connection()), "relay"),
        Tick("clock", 60, watch.compare, "deadlines"),
        Tick("deadlines", 20, lambda: deadlines.sweep(watch.is_right), "deadlines", needs_time=True),
        Tick("figures", 10, figures.keep, "figures"),
        Tick("digests", 60, digests.open_due, "housework", needs_time=True),
        Tick("jobs", 60, run_due, "housework", needs_time=True),
        Tick("workers", 60, attending.Attendance(), "relay"),
    )


def keep_time(app: Flask) -> None:
    """Do all this until told to stop."""
    with app.app_context():
        watch = Watch(database.in_background(db.engine, longest_wait=LONGEST_WAIT))
    timekeeping.keep_time(app, ticks(watch), watch.is_right)


def run_due() -> None:
    """Run every job whose time has come; one that fails does not keep the others waiting."""
    calendar = cases.current().store.calendar
    for job, row in turns.known(db.engine, JOBS, calendar):
        turns.set_right(db.engine, job, row, calendar)
        while row.next_at <= clock.now() and (turn := turns.claim(db.engine, job, calendar)):
            if not run(job, turn, calendar):
                break


def run(job: Job, turn: Turn, calendar: Calendar) -> bool:
    """Run a job that is ours; whether it went well."""
    log.info("%s begins, for %s", job.name, turn.moment)
    try:
        return _ran(job, turn, calendar)
    except turns.Overtaken:
        log.warning("%s took so long that somebody else does it now", job.name)
    return False


def _ran(job: Job, turn: Turn, calendar: Calendar) -> bool:
    try:
        job.run(turn)
        turns.done(turn, job, calendar)
    except turns.Overtaken:
        raise
    except Exception as error:
        name, is_trouble = type(error).__name__, not is_away(error)
        level, told = (logging.ERROR, error) if is_trouble else (logging.WARNING, None)
        log.log(level, "%s failed and will be tried again: %s", job.name, name, exc_info=told)
        turns.failed(turn, name, is_trouble=is_trouble)
        return False
    return True
