"""Jobs at a local time: each run once however many schedulers there are, and what was missed as declared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.jobs import turns
from workflow_app.jobs.schedules import At
from workflow_app.jobs.turns import Job, Missed, Overtaken, Turn

CALENDAR = Calendar()
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)  # 12 o'clock in Flensburg
NIGHTLY = At(3)


def at(day: int, hour: int = 2, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def ran() -> list[datetime]:
    """For which moments the job has run."""
    return []


def made(ran: list[datetime], missed: Missed = Missed.ONCE, when: At = NIGHTLY) -> Job:
    return Job("nightly", when, lambda turn: ran.append(turn.moment), missed)


def begin(engine: Engine, job: Job, now: datetime = NOON) -> None:
    with clock.at(now):
        turns.known(engine, (job,), CALENDAR)


def go(engine: Engine, job: Job, now: datetime) -> int:
    """What a scheduler does at this moment; how many runs."""
    done = 0
    with clock.at(now):
        for _job, row in turns.known(engine, (job,), CALENDAR):
            turns.set_right(engine, job, row, CALENDAR)
        while turn := turns.claim(engine, job, CALENDAR):
            job.run(turn)
            turns.done(turn, job, CALENDAR)
            done += 1
    return done


def row(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(text("SELECT * FROM periodic_jobs")).one()


# ------------------------------------------------------------------------------ schedules


@pytest.mark.parametrize(
    ("when", "moment", "before", "after"),
    [
        (At(3), at(2, 11), at(2), at(3)),
        (At(3), at(2), at(2), at(3)),
        (At(3), at(1, 23, 30), at(1), at(2)),  # half past midnight in Flensburg
        (At(3, 30), at(28, 12), at(28, 2, 30), at(29, 1, 30)),  # on the 29th summer time begins
        (At(2, 30), at(28, 12), at(28, 1, 30), at(29, 1, 30)),  # which leaves this moment out
        (At(4, weekday=6), at(4), at(1, 3), at(8, 3)),
        (At(4, day=(3, 1)), at(4), at(1, 3), datetime(2027, 3, 1, 3, tzinfo=UTC)),
        (At(4, day=(12, 31)), at(4), datetime(2025, 12, 31, 3, tzinfo=UTC), at(31, 3, month=12)),
    ],
)
def test_moments_are_local_times_by_the_towns_calendar(when, moment, before, after):
    assert (when.until(moment, CALENDAR), when.after(moment, CALENDAR)) == (before, after)


# --------------------------------------------------------------------------------- runs


def test_a_job_that_is_new_begins_with_its_next_moment_and_runs_once_each(engine, ran):
    job = made(ran)
    begin(engine, job)
    assert [go(engine, job, moment) for moment in (NOON, at(3, 1, 59), at(3), at(3), at(3, 20), at(4))] == [
        0, 0, 1, 0, 0, 1]  # fmt: skip
    assert ran == [at(3), at(4)]


@pytest.mark.parametrize(
    ("missed", "runs"),
    [(Missed.EACH, [at(3), at(4), at(5)]), (Missed.ONCE, [at(5)]), (Missed.SKIP, [])],
)
def test_after_three_days_of_standstill_missed_runs_are_made_up_for_as_declared(engine, ran, missed, runs):
    job = made(ran, missed)
    begin(engine, job)
    go(engine, job, at(5, 12))
    assert ran == runs
    go(engine, job, at(5, 13))
    assert ran == runs
    go(engine, job, at(6))
    assert ran == [*runs, at(6)]


def test_a_run_that_comes_a_little_late_was_not_missed(engine, ran):
    job = made(ran, Missed.SKIP)
    begin(engine, job)
    assert go(engine, job, at(3, 2, 59)) == 1


def test_what_fails_is_tried_again_later_each_time_for_the_same_moment_and_is_an_incident(engine, ran):
    job = made(ran)
    begin(engine, job)
    for minutes, pause in ((0, 5), (5, 10), (15, 20)):
        with clock.at(at(3, 2, minutes)):
            turn = turns.claim(engine, job, CALENDAR)
            assert turn is not None
            assert turn.moment == at(3)
            turns.failed(turn, "KeyError", is_trouble=True)
        with clock.at(at(3, 2, minutes) + timedelta(minutes=pause) - timedelta(seconds=1)):
            assert turns.claim(engine, job, CALENDAR) is None
    assert incidents(engine) == [("job:nightly", "KeyError", "open", 3)]
    assert (row(engine).failures, row(engine).last_error) == (3, "KeyError")
    assert go(engine, job, at(3, 3)) == 1
    assert incidents(engine)[0][2] == "solved"
    assert row(engine).failures == 0


def incidents(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT subject, error, state, times FROM incidents"))
        return [tuple(one) for one in found]


def test_what_did_not_answer_is_no_incident(engine, ran):
    job = made(ran)
    begin(engine, job)
    with clock.at(at(3)):
        turn = turns.claim(engine, job, CALENDAR)
        assert turn is not None
        turns.failed(turn, "Unavailable")
    assert incidents(engine) == []


# ------------------------------------------------------------------- several schedulers


def test_of_many_schedulers_at_once_one_runs_it(engine, ran):
    job = made(ran)
    begin(engine, job)
    barrier = threading.Barrier(6)

    def scheduler() -> int:
        done = 0
        for day in (3, 4, 5, 6):
            barrier.wait(30)
            done += go(engine, job, at(day))
        return done

    with ThreadPoolExecutor(6) as pool:
        assert sum(one.result() for one in [pool.submit(scheduler) for _n in range(6)]) == 4
    assert ran == [at(3), at(4), at(5), at(6)]


def test_one_that_died_in_the_middle_is_succeeded_when_its_lease_is_over(engine, ran):
    job = made(ran)
    begin(engine, job)
    with clock.at(at(3)):
        assert turns.claim(engine, job, CALENDAR) is not None  # and is never heard of again
    assert go(engine, job, at(3, 2, 29)) == 0
    assert go(engine, job, at(3, 2, 30)) == 1
    assert ran == [at(3)]


def writes_something(engine: Engine, turn: Turn) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE periodic_jobs SET last_error = 'written twice'"))
        turn.hold(connection)


def test_one_that_wakes_up_after_somebody_else_has_done_it_can_write_nothing(engine, ran):
    job = made(ran)
    begin(engine, job)
    with clock.at(at(3)):
        asleep = turns.claim(engine, job, CALENDAR)
    assert asleep is not None
    assert go(engine, job, at(3, 3)) == 1
    with clock.at(at(3, 4)):
        with pytest.raises(Overtaken):
            writes_something(engine, asleep)
        with pytest.raises(Overtaken):
            turns.done(asleep, job, CALENDAR)
        with pytest.raises(Overtaken):
            turns.failed(asleep, "KeyError")
    assert row(engine).last_error is None
    assert go(engine, job, at(4)) == 1


def test_one_that_is_still_at_work_keeps_its_lease(engine, ran):
    job = made(ran)
    begin(engine, job)
    with clock.at(at(3)):
        turn = turns.claim(engine, job, CALENDAR)
    assert turn is not None
    with clock.at(at(3, 2, 25)), engine.begin() as connection:
        turn.hold(connection)
    assert go(engine, job, at(3, 2, 50)) == 0


# ------------------------------------------------------------------ clocks and schedules


def test_a_clock_that_goes_back_runs_nothing_twice(engine, ran):
    job = made(ran)
    begin(engine, job)
    go(engine, job, at(3, 2, 5))
    for moment in (at(3, 1, 30), at(3, 2), at(3, 2, 5)):
        assert go(engine, job, moment) == 0
    assert go(engine, job, at(4)) == 1


def test_a_clock_that_was_a_year_ahead_keeps_no_job_waiting_for_a_year(engine, ran):
    job = made(ran)
    begin(engine, job)
    go(engine, job, at(3).replace(year=2027))
    ran.clear()
    assert go(engine, job, at(3)) == 0
    assert go(engine, job, at(4)) == 1
    assert ran == [at(4)]


def test_a_scheduler_whose_clock_is_a_day_behind_undoes_nothing(engine, ran):
    job = made(ran)
    begin(engine, job)
    go(engine, job, at(3))
    assert go(engine, job, at(2)) == 0
    assert go(engine, job, at(3)) == 0


def test_a_job_that_comes_less_often_since_this_version_does_not_run_early(engine, ran):
    begin(engine, made(ran))
    yearly = made(ran, when=At(5, day=(6, 1)))
    assert [go(engine, yearly, moment) for moment in (at(3), at(4), at(1, 3, month=6))] == [0, 0, 1]


def test_a_run_of_which_nothing_is_kept_cannot_be_claimed(engine, ran):
    with clock.at(NOON):
        assert turns.claim(engine, made(ran), CALENDAR) is None
