"""The scheduler goes on, whatever fails: it waits longer each time, tells a person, and says when it is well again."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from workflow_app import create_app
from workflow_app.documents import Unavailable
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import timekeeping
from workflow_app.jobs.timekeeping import Lane, Tick

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
AWAY = (
    RedisAway("x"), OperationalError("x", {}, psycopg.OperationalError("the connection is lost")),
    OperationalError("x", {}, psycopg.errors.DiskFull("could not extend file")), PermissionError("x"), Unavailable(),
)  # fmt: skip
REFUSED = (KeyError("nobody's name"), OperationalError("x", {}, psycopg.errors.QueryCanceled("statement timeout")))


@pytest.fixture
def there(db_url, settings_for):
    made = create_app(settings_for(db_url))
    with made.app_context(), clock.at(MONDAY):
        yield made
        db.engine.dispose()


@pytest.fixture
def passing(monkeypatch):
    """Time that passes only where a test says so; called with seconds it lets them pass."""
    seconds = [1000.0]
    monkeypatch.setattr(clock, "elapsed", lambda: seconds[0])

    def wait(more: float) -> None:
        seconds[0] += more

    return wait


def incidents() -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT kind, subject, error, state, times FROM incidents ORDER BY id"))
        return [tuple(row) for row in found]


def failing(error: Exception):
    """A job that raises this for as long as it stands in the list."""
    errors = [error]

    def run() -> None:
        if errors:
            raise errors[0]

    return run, errors


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_what_does_not_answer_is_said_and_comes_again_and_is_no_incident(there, passing, caplog, error):
    run, errors = failing(error)
    lane = Lane([Tick("documents", 10, run, "x")], lambda: True)
    with caplog.at_level(logging.WARNING):
        assert lane.go_round() == 10
    assert f"documents failed and will be tried again: {type(error).__name__}" in caplog.text
    errors.clear()
    passing(20)
    assert lane.go_round() == 10
    assert incidents() == []


@pytest.mark.parametrize("error", REFUSED, ids=lambda error: type(error).__name__)
def test_what_fails_otherwise_is_an_incident_until_it_goes_well_again(there, passing, error):
    run, errors = failing(error)
    lane = Lane([Tick("figures", 10, run, "x")], lambda: True)
    lane.go_round()
    passing(20)
    lane.go_round()
    assert incidents() == [("job", "job:figures", type(error).__name__, "open", 2)]
    errors.clear()
    passing(60)
    lane.go_round()
    assert incidents() == [("job", "job:figures", type(error).__name__, "solved", 2)]


def test_an_incident_from_before_a_restart_is_solved_by_the_first_run_that_goes_well(there, passing):
    run, _errors = failing(KeyError())
    Lane([Tick("figures", 10, run, "x")], lambda: True).go_round()
    Lane([Tick("figures", 10, lambda: None, "x")], lambda: True).go_round()
    assert [row[3] for row in incidents()] == ["solved"]


def test_after_failures_the_pauses_grow_and_end_at_a_minute(there, passing):
    run, _errors = failing(RedisAway())
    lane = Lane([Tick("relay", 2, run, "x"), Tick("tidy", 300, run, "y")], lambda: True)
    pauses = []
    for _try in range(8):
        pause = lane.go_round()
        pauses.append(pause)
        passing(pause)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


def test_one_that_fails_does_not_keep_its_neighbours_from_running(there, passing):
    run, _errors = failing(KeyError())
    ran = []
    Lane([Tick("a", 2, run, "x"), Tick("b", 2, lambda: ran.append("b"), "x")], lambda: True).go_round()
    assert ran == ["b"]


def test_a_job_with_something_left_comes_again_at_once_and_others_when_their_time_has_come(there, passing):
    left, ran = [True, True, False], []
    lane = Lane(
        [Tick("sweep", 20, lambda: left.pop(0), "x"), Tick("other", 2, lambda: ran.append(1), "x")], lambda: True
    )
    assert [lane.go_round() for _turn in range(3)] == [0, 0, 2]
    assert (left, ran) == ([], [1])


def test_what_needs_the_time_waits_while_the_clock_cannot_be_trusted(there, passing):
    right, ran = [False], []
    ticks = [Tick("sweep", 20, lambda: ran.append("sweep"), "x", needs_time=True),
             Tick("relay", 20, lambda: ran.append("relay"), "x")]  # fmt: skip
    lane = Lane(ticks, lambda: right[0])
    lane.go_round()
    assert ran == ["relay"]
    right[0] = True
    passing(20)
    lane.go_round()
    assert ran == ["relay", "sweep", "relay"]


def test_a_slow_lane_delays_no_other_and_all_end_when_told_to(there, monkeypatch):
    counting, relayed, told = threading.Event(), threading.Event(), threading.Event()
    handlers: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)

    def count() -> None:
        counting.set()
        assert told.wait(30)

    def relay() -> None:
        assert counting.wait(30)
        relayed.set()

    ticks = (Tick("figures", 10, count, "figures"), Tick("relay", 10, relay, "relay"))
    keeper = threading.Thread(target=timekeeping.keep_time, args=(there, ticks, lambda: True))
    keeper.start()
    assert relayed.wait(30)  # while the other is still counting
    told.set()
    handlers[signal.SIGTERM](signal.SIGTERM, None)
    keeper.join(30)
    assert not keeper.is_alive()


def test_asked_to_stop_a_lane_finishes_what_it_is_at_and_begins_nothing_more(there, passing):
    done: list[str] = []
    stop = threading.Event()

    def is_asked_to_stop() -> None:
        stop.set()
        done.append("finished")

    ticks = (Tick("now", 1, is_asked_to_stop, "x"), Tick("later", 1, lambda: done.append("begun"), "x"))
    lane = Lane(ticks, lambda: True, stop)
    lane.go_round()
    assert done == ["finished"]
