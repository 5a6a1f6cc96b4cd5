"""Two schedulers, and people beside them, that come to the same deadline: nothing is lost, nobody waits in a circle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from tests.jobs.lapsing import BROKEN, OVER, breaks, incidents, state, swept_at, with_lapse
from tests.jobs.town import DORA, Town
from workflow_app.cases import Cases, clockwork
from workflow_app.cases.clockwork import Found
from workflow_app.database import new_engine
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import again, deadlines

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
DEADLINE = "SELECT id FROM due_dates FOR NO KEY UPDATE"
INCIDENT = "SELECT id FROM incidents FOR UPDATE"


@contextmanager
def somebody_else(town: Town) -> Iterator[Connection]:
    """A transaction of another process, taken back at the end."""
    other = new_engine(db.engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        yield connection
    other.dispose()


def until_it_waits(town: Town, thread: threading.Thread) -> None:
    """A scheduler has come to what somebody else holds."""
    while town.rows(WAITS) == [(0,)]:
        assert thread.is_alive(), "it waits for nothing"


@pytest.fixture
def overtaken(monkeypatch):
    """Called with nothing: in the next sweep another scheduler does everything as soon as this one has seen what
    is due."""
    see = clockwork.due_now

    def prepare() -> None:
        others = [deadlines.sweep]

        def due_now(cases: Cases, limit: int) -> list[Found]:
            found = see(cases, limit)
            while others:
                others.pop()()
            return found

        monkeypatch.setattr(clockwork, "due_now", due_now)

    return prepare


def test_who_comes_second_to_a_deadline_that_fails_does_not_say_that_it_went_well(town, overtaken):
    with_lapse(town, writes=breaks)
    case = town.filed("Broken")
    BROKEN.add("Broken")
    swept_at(OVER)
    overtaken()
    swept_at(OVER + timedelta(minutes=1))
    assert [row[1:] for row in incidents(town)] == [("KeyError", "open", 2)]
    BROKEN.clear()
    overtaken()
    swept_at(OVER + timedelta(minutes=3))
    assert (state(town, case), [row[1:] for row in incidents(town)]) == ("gone", [("KeyError", "solved", 2)])


def test_a_deadline_that_fails_for_two_at_once_is_counted_once_and_waits_its_pause(town, overtaken, monkeypatch):
    def ring(*_args: object) -> None:
        raise KeyError

    town.filed("Broken")
    monkeypatch.setattr(clockwork, "ring_found", ring)
    overtaken()
    swept_at(OVER)
    swept_at(OVER + timedelta(seconds=20))
    assert [row[1:] for row in incidents(town)] == [("KeyError", "open", 1)]


@pytest.mark.postgresql
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)  # SQLite has one lock for everything
@pytest.mark.parametrize(
    ("failures", "held", "wanted"),
    [(0, "SELECT id FROM cases FOR UPDATE", DEADLINE), (1, DEADLINE, INCIDENT)],
    ids=["who acts in its case", "who decides about its incident"],
)
def test_who_tells_of_a_deadline_that_fails_holds_nothing_that_others_take_later(
    town, monkeypatch, failures, held, wanted
):
    def ring(*_args: object) -> None:
        raise KeyError

    town.filed()
    monkeypatch.setattr(clockwork, "ring_found", ring)
    for _failure in range(failures):
        swept_at(OVER)

    def sweep() -> None:
        with town.app.app_context():
            swept_at(OVER + timedelta(minutes=1))

    scheduler = threading.Thread(target=sweep)
    with somebody_else(town) as person:
        person.execute(text(held))
        scheduler.start()
        until_it_waits(town, scheduler)
        person.execute(text(f"{wanted} NOWAIT"))
        person.rollback()
        scheduler.join(30)
    assert [row[1:] for row in incidents(town)] == [("KeyError", "open", failures + 1)]


@pytest.mark.postgresql
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
def test_who_decides_about_a_deadline_waits_for_who_acts_in_its_case_and_holds_nothing_meanwhile(town):
    with_lapse(town, writes=breaks)
    case = town.filed("Broken")
    BROKEN.add("Broken")
    swept_at(OVER)
    BROKEN.clear()

    def retry() -> None:
        with town.app.app_context(), clock.at(OVER):
            again.retry(DORA, [1])

    person = threading.Thread(target=retry)
    with somebody_else(town) as acting:
        acting.execute(text("SELECT id FROM cases FOR UPDATE"))
        person.start()
        until_it_waits(town, person)
        acting.execute(text(f"{DEADLINE} NOWAIT"))
        acting.rollback()
        person.join(30)
    swept_at(OVER)
    assert (state(town, case), incidents(town)[0][2]) == ("gone", "solved")
