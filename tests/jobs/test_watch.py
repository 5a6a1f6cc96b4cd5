"""A clock that jumps: nothing happens early, a person is told, and it goes on when the time is right again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from workflow_app.engine import clock
from workflow_app.jobs.watch import Watch

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
A_YEAR = timedelta(days=365)
A_MINUTE = timedelta(minutes=1)


@dataclass
class Clocks:
    """The clock on the wall, and the time that has really passed."""

    wall: datetime = MONDAY
    seconds: float = 5000.0

    def passes(self, by: timedelta) -> None:
        self.wall += by
        self.seconds += by.total_seconds()

    def jumps(self, by: timedelta) -> None:
        self.wall += by


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture(autouse=True)
def no_other_clock(monkeypatch):
    """The clock of the database tells another year; tests of its own compare with it."""
    monkeypatch.setattr(Watch, "compare", lambda self: None)


def watching(engine: Engine, clocks: Clocks) -> Watch:
    return Watch(engine, wall=lambda: clocks.wall, elapsed=lambda: clocks.seconds)


def right(watch: Watch, clocks: Clocks) -> bool:
    with clock.at(clocks.wall):
        return watch.is_right()


def incidents(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT error, state FROM incidents ORDER BY id"))]


def test_time_that_only_passes_is_no_jump_not_even_over_the_change_to_summer_time(engine, clocks):
    watch = watching(engine, clocks)
    for _hour in range(24 * 40):
        assert right(watch, clocks)
        clocks.passes(timedelta(hours=1))
    assert incidents(engine) == []


def test_after_a_jump_by_a_year_everything_waits_until_it_is_taken_back(engine, clocks):
    watch = watching(engine, clocks)
    assert right(watch, clocks)
    clocks.jumps(A_YEAR)
    assert not right(watch, clocks)
    clocks.passes(timedelta(days=2))
    assert not right(watch, clocks)
    assert incidents(engine) == [("jumped forwards", "open")]
    clocks.jumps(-A_YEAR)
    assert right(watch, clocks)
    assert incidents(engine) == [("jumped forwards", "solved")]


@pytest.mark.parametrize(
    "settled",
    ["state = 'retrying'", "state = 'discarded', settled_at = last_at, reason = 'It is right.', settled_by_id = 1"],
)
def test_a_person_may_say_that_the_time_is_right(engine, clocks, settled):
    watch = watching(engine, clocks)
    right(watch, clocks)
    clocks.jumps(A_YEAR)
    right(watch, clocks)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO people (id, name, email, created_at) VALUES (1, 'A', 'a@example.org', '2026-03-02')")
        )
        connection.execute(text(f"UPDATE incidents SET {settled}"))
    assert right(watch, clocks)
    clocks.passes(A_MINUTE)
    assert right(watch, clocks)
    clocks.jumps(A_YEAR)
    assert not right(watch, clocks)


def test_a_restart_does_not_make_a_jump_forgotten(engine, clocks):
    first = watching(engine, clocks)
    right(first, clocks)
    clocks.jumps(A_YEAR)
    right(first, clocks)
    clocks.passes(A_MINUTE)
    restarted = watching(engine, clocks)
    assert not right(restarted, clocks)
    clocks.jumps(-A_YEAR)
    assert right(restarted, clocks)
    assert incidents(engine) == [("jumped forwards", "solved")]


def test_the_clock_of_another_machine_does_not_make_it_forgotten_why_everything_waits(engine, clocks):
    """There it goes back by ten minutes; here it has jumped by a year, also for who begins anew."""
    first, other = watching(engine, clocks), watching(engine, there := Clocks())
    assert right(first, clocks)
    assert right(other, there)
    clocks.jumps(A_YEAR)
    assert not right(first, clocks)
    there.jumps(-timedelta(minutes=10))
    assert right(other, there)
    assert not right(first, clocks)
    assert not right(watching(engine, clocks), clocks)
    assert sorted(incidents(engine)) == [("jumped backwards", "open"), ("jumped forwards", "open")]


def test_after_a_standstill_of_three_days_the_clock_is_right(engine, clocks):
    assert right(watching(engine, clocks), clocks)
    clocks.passes(timedelta(days=3))
    assert right(watching(engine, clocks), clocks)
    clocks.seconds = 10.0  # the machine was started anew
    assert right(watching(engine, clocks), clocks)
    assert incidents(engine) == []


@pytest.mark.parametrize(
    ("jump", "said"),
    [(timedelta(minutes=30), "jumped a little"), (timedelta(minutes=-30), "jumped backwards"),
     (-A_YEAR, "jumped backwards")],
)  # fmt: skip
def test_what_can_do_no_harm_is_told_and_goes_on(engine, clocks, jump, said):
    watch = watching(engine, clocks)
    right(watch, clocks)
    clocks.jumps(jump)
    assert right(watch, clocks)
    clocks.passes(A_MINUTE)
    assert right(watch, clocks)
    assert incidents(engine) == [(said, "open")]


def test_a_few_minutes_are_of_no_interest(engine, clocks):
    watch = watching(engine, clocks)
    right(watch, clocks)
    clocks.jumps(timedelta(minutes=5))
    assert right(watch, clocks)
    assert incidents(engine) == []


def test_another_scheduler_whose_clock_is_right_does_not_let_ours_go(engine, clocks):
    ours, theirs = watching(engine, clocks), Clocks()
    right(ours, clocks)
    clocks.jumps(A_YEAR)
    right(ours, clocks)
    assert right(watching(engine, theirs), theirs)  # restarted, and thinks that the jump was taken back
    assert not right(ours, clocks)
    assert incidents(engine) == [("jumped forwards", "solved"), ("jumped forwards", "open")]


def test_what_could_not_be_written_down_is_written_later_and_holds_at_once(engine, clocks, monkeypatch):
    watch = watching(engine, clocks)
    right(watch, clocks)
    clocks.jumps(A_YEAR)
    with monkeypatch.context() as patch:
        patch.setattr("workflow_app.jobs.watch.report", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            right(watch, clocks)
    assert watch.held_because
    assert not right(watch, clocks)
    assert incidents(engine) == [("jumped forwards", "open")]
