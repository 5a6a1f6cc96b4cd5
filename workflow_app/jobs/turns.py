"""Who runs a job whose runs are kept: of many schedulers one, for each of its moments once.

A run is claimed in a transaction of its own and holds a lease. A scheduler that dies in the middle is
succeeded when the lease is over; one that was only asleep finds that its ticket is not valid any more as
soon as it wants to write, and what it would have written is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import PeriodicJob

from .schedules import At

LEASE = timedelta(minutes=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
GRACE = timedelta(hours=1)
"""What comes later than this was missed."""

APART = timedelta(days=2)
"""So far the clocks of two schedulers may be apart without one undoing what the other has written."""


class Missed(StrEnum):
    """What becomes of runs that were missed while no scheduler was there: they are left out until the next
    regular one, made up for in one run, or all made up for, the oldest first."""

    SKIP = "skip"
    ONCE = "once"
    EACH = "each"


class Overtaken(Exception):
    """Somebody else has this job by now: our lease was over."""


@dataclass(frozen=True)
class Turn:
    """One run that is ours: of which job, and for which moment of its schedule."""

    engine: Engine
    name: str
    ticket: int
    moment: datetime

    def hold(self, connection: Connection) -> None:
        """Make sure, in the transaction that is to write something, that the run still is ours, and keep
        it for longer. Raises Overtaken."""
        mine = PeriodicJob.name == self.name, PeriodicJob.ticket == self.ticket
        kept = connection.execute(update(PeriodicJob).where(*mine).values(lease_until=clock.now() + LEASE))
        if kept.rowcount != 1:
            raise Overtaken


@dataclass(frozen=True)
class Job:
    """A job whose runs are kept: when it comes, what it does, and what becomes of missed runs."""

    name: str
    when: At
    run: Callable[[Turn], Any]
    missed: Missed = Missed.ONCE


def claim(engine: Engine, job: Job, calendar: Calendar) -> Turn | None:
    """The next run of a job, if it is due and nobody else has it."""
    now = clock.now()
    free = or_(PeriodicJob.lease_until.is_(None), PeriodicJob.lease_until <= now)
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        mine = PeriodicJob.name == job.name, PeriodicJob.next_at <= now
        query = select(PeriodicJob).where(*mine, free).with_for_update(skip_locked=True)
        row = connection.execute(query).first()
        if row is None:
            return None
        if (first := job.when.after(row.done_for, calendar)) > now:
            _set(connection, job.name, next_at=first)  # it comes at another time since this version
            return None
        moment = _moment(job, row.done_for, now, calendar)
        if job.missed is Missed.SKIP and now - moment > GRACE and not row.failures:
            _set(connection, job.name, **_from_now_on(job, now, calendar))
            return None
        _set(connection, job.name, ticket=row.ticket + 1, lease_until=now + LEASE, began_at=now)
    return Turn(engine, job.name, row.ticket + 1, moment)


def done(turn: Turn, job: Job, calendar: Calendar) -> None:
    """Write down that a run went well. Raises Overtaken."""
    with turn.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        turn.hold(connection)
        _set(
            connection, job.name, done_for=turn.moment, next_at=job.when.after(turn.moment, calendar),
            lease_until=None, ended_at=clock.now(), failures=0, last_error=None,
        )  # fmt: skip
        solved(connection, [f"job:{job.name}"])


def failed(turn: Turn, error: str, *, is_trouble: bool = False) -> None:
    """Write down that a run failed, and try again later each time; what is trouble becomes an incident,
    what only did not answer does not. Raises Overtaken."""
    with turn.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        turn.hold(connection)
        query = select(PeriodicJob.failures).where(PeriodicJob.name == turn.name)
        failures = connection.execute(query).scalar_one() + 1
        pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
        _set(
            connection, turn.name, next_at=clock.now() + pause, lease_until=None, failures=min(failures, 10_000),
            last_error=error[:80],
        )  # fmt: skip
        report(connection, [Trouble("job", f"job:{turn.name}", error)] if is_trouble else [])


def known(engine: Engine, jobs: tuple[Job, ...], calendar: Calendar) -> list[tuple[Job, Any]]:
    """These jobs and what is kept of each. One that is new begins with its next moment; what is kept of one
    that is gone stays where it is."""
    with engine.connect() as connection:
        rows = connection.execute(select(PeriodicJob).order_by(PeriodicJob.name)).all()
    there = {row.name for row in rows}
    fresh = [{"name": job.name, **_from_now_on(job, clock.now(), calendar)} for job in jobs if job.name not in there]
    if fresh:
        insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        with engine.connect().execution_options(immediate=True) as connection, connection.begin():
            connection.execute(insert(PeriodicJob).on_conflict_do_nothing(), fresh)
            rows = connection.execute(select(PeriodicJob).order_by(PeriodicJob.name)).all()
    by_name = {row.name: row for row in rows}
    return [(job, by_name[job.name]) for job in jobs]


def set_right(engine: Engine, job: Job, row: Any, calendar: Calendar) -> None:
    """Where a clock that was wrong has written that runs of days to come are done, begin anew from now on."""
    now = clock.now()
    if job.when.after(now, calendar) + APART < row.done_for:
        with engine.connect().execution_options(immediate=True) as connection, connection.begin():
            _set(connection, job.name, **_from_now_on(job, now, calendar))


def _moment(job: Job, done_for: datetime, now: datetime, calendar: Calendar) -> datetime:
    """The moment of the schedule for which a run is: the oldest that was missed, or the newest."""
    newest = job.when.until(now, calendar)
    return job.when.after(done_for, calendar) if job.missed is Missed.EACH else max(newest, done_for)


def _from_now_on(job: Job, now: datetime, calendar: Calendar) -> dict[str, Any]:
    return {"done_for": job.when.until(now, calendar), "next_at": job.when.after(now, calendar)}


def _set(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(PeriodicJob).where(PeriodicJob.name == name).values(**values))
