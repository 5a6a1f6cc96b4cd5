"""The sweep: one deadline that fails stops no other, and what a machine cannot put right waits for a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import psycopg
import pytest
from sqlalchemy import exc, text, update

from tests.cases.test_acting import clean
from tests.cases.world import ADA, BEN
from tests.jobs.lapsing import BROKEN, OVER, breaks, incidents, is_not_broken, overdue, state, swept_at, with_lapse
from tests.jobs.town import DORA, Town, later
from workflow_app import database
from workflow_app.cases import clockwork
from workflow_app.database import new_engine
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import again, deadlines
from workflow_app.models import DueDate


def test_a_step_that_fails_stops_no_neighbour_and_is_tried_again_later_each_time(town):
    with_lapse(town, writes=breaks)
    first, broken, last = (town.filed(title) for title in ("One", "Broken", "Two"))
    BROKEN.add("Broken")
    swept_at(OVER)
    assert [state(town, case) for case in (first, broken, last)] == ["gone", "filed", "gone"]
    (row,) = town.rows("SELECT id FROM due_dates WHERE case_id = :c", c=broken)[0]
    assert incidents(town) == [(f"deadline:{row}", "KeyError", "open", 1)]
    assert overdue(town) == 2  # of the broken one nothing is half done
    swept_at(OVER + timedelta(seconds=59))
    assert incidents(town)[0][3] == 1
    swept_at(OVER + timedelta(seconds=60))
    swept_at(OVER + timedelta(seconds=179))
    assert incidents(town)[0][3] == 2
    BROKEN.clear()
    swept_at(OVER + timedelta(seconds=180))
    assert (state(town, broken), incidents(town)[0][2], overdue(town)) == ("gone", "solved", 3)
    clean(town.cases)


def test_pauses_grow_to_six_hours():
    found = [deadlines.pause(times) // timedelta(minutes=1) for times in (1, 2, 3, 8, 9, 10, 1000)]
    assert found == [1, 2, 4, 128, 256, 360, 360]


def test_while_time_passes_the_same_incident_counts_on_and_the_pauses_grow(town, monkeypatch):
    with_lapse(town, writes=breaks)
    case = town.filed("Broken")
    BROKEN.add("Broken")
    moments = (OVER + timedelta(microseconds=n) for n in count())  # no two looks at the clock see the same
    passed, found = timedelta(), []
    monkeypatch.setattr(clock, "now", lambda: next(moments) + passed)
    for minutes in (0, 0.5, 1.5, 2.5, 3.5, 5, 7.5):
        passed = timedelta(minutes=minutes)
        deadlines.sweep()
        found.append(incidents(town)[-1][2:])
    assert found == [("open", times) for times in (1, 1, 2, 2, 3, 3, 4)]
    BROKEN.clear()
    passed = timedelta(minutes=16)
    deadlines.sweep()
    assert (state(town, case), [row[2] for row in incidents(town)]) == ("gone", ["solved"])


def test_who_asks_for_another_try_gets_it_at_once(town):
    with_lapse(town, writes=breaks)
    case = town.filed("Broken")
    BROKEN.add("Broken")
    swept_at(OVER)
    BROKEN.clear()
    with clock.at(OVER + timedelta(seconds=5)):
        again.retry(DORA, [1])
        deadlines.sweep()
    assert (state(town, case), incidents(town)[0][2]) == ("gone", "solved")


def test_to_look_again_before_the_time_does_nothing_before_the_time(town):
    case = town.filed()
    before = town.rows("SELECT fire_at FROM due_dates")
    with db.engine.begin() as connection:
        connection.execute(update(DueDate).values(fire_at=clock.now()))
    deadlines.sweep()
    assert town.rows("SELECT fire_at FROM due_dates") == before
    assert (state(town, case), overdue(town)) == ("filed", 0)


def test_a_step_that_a_rule_refuses_is_told_as_overdue_and_waits_for_a_person(town):
    with_lapse(town, when=(is_not_broken,))
    case = town.filed("Broken")
    BROKEN.add("Broken")
    for minutes in (0, 5, 60 * 24):
        swept_at(OVER + timedelta(minutes=minutes))
    assert [row[1:] for row in incidents(town)] == [("refused", "open", 1)]
    assert (state(town, case), overdue(town)) == ("filed", 1)


@pytest.mark.parametrize("change", [{"writes": breaks}, {"when": (is_not_broken,)}], ids=["fails", "refused"])
def test_when_people_go_on_without_the_clock_it_is_solved(town, change):
    cases = with_lapse(town, **change)
    case = town.filed("Broken")
    BROKEN.add("Broken")
    swept_at(OVER)
    assert incidents(town)[0][2] == "open"
    with clock.at(OVER):
        cases.act(case, "agree", ADA)
        cases.act(case, "agree", BEN)
    swept_at(OVER + timedelta(seconds=20))
    assert (state(town, case), incidents(town)[0][2]) == ("agreed", "solved")


def locked() -> Exception:
    """What SQLite says after it has waited in vain."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


AWAY = (
    lambda: psycopg.OperationalError("server closed the connection"),
    locked,
    lambda: exc.OperationalError("x", {}, psycopg.errors.DiskFull("could not extend file")),
)


@pytest.mark.parametrize("away", AWAY, ids=["psycopg", "sqlite3", "sqlalchemy"])
def test_a_database_that_is_away_is_no_deadlines_fault(town, monkeypatch, away: Callable[[], Exception]):
    cases = [town.filed(f"Path {n}") for n in range(3)]

    def ring(*_args: object) -> None:
        raise away()

    with monkeypatch.context() as patch, clock.at(OVER):
        patch.setattr(clockwork, "ring_found", ring)
        with pytest.raises(type(away())):
            deadlines.sweep()
    assert incidents(town) == []
    swept_at(OVER + timedelta(seconds=20))
    assert [state(town, case) for case in cases] == ["gone"] * 3


def refuse(town: Town, event: str, mine: str) -> None:
    """From now on the database itself takes no such row: it is too big, or something in it cannot be read."""
    if db.engine.dialect.name == "sqlite":
        town.set(f"CREATE TRIGGER refuses BEFORE {event} WHEN {mine} BEGIN SELECT json('broken'); END")
        return
    raising = "BEGIN RAISE EXCEPTION 'row is too big' USING ERRCODE = '54000'; END"
    town.set(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {raising} $$")
    town.set(f"CREATE TRIGGER refuses BEFORE {event} FOR EACH ROW WHEN ({mine}) EXECUTE FUNCTION refuse()")


@pytest.mark.parametrize(
    ("event", "mine", "times"),
    [("INSERT ON case_events", "NEW.case_id = {}", 2), ("UPDATE ON due_dates", "OLD.case_id = {}", 3)],
    ids=["its step", "also to put it off"],
)
def test_what_the_database_refuses_for_one_deadline_stops_no_other_and_is_an_incident(town, event, mine, times):
    bad, *others = (town.filed(f"Path {n}") for n in range(3))
    refuse(town, event, mine.format(bad))
    for seconds in (0, 20, 60):
        swept_at(OVER + timedelta(seconds=seconds))
    assert [state(town, case) for case in (bad, *others)] == ["filed", "gone", "gone"]
    assert [row[2:] for row in incidents(town)] == [("open", times)]
    town.set("DROP TRIGGER refuses" + ("" if db.engine.dialect.name == "sqlite" else f" ON {event.split()[-1]}"))
    swept_at(OVER + timedelta(minutes=3))
    assert (state(town, bad), incidents(town)[0][2]) == ("gone", "solved")


def test_a_long_catch_up_gives_others_their_turn(town, monkeypatch):
    for n in range(7):
        town.filed(f"Path {n}")
    monkeypatch.setattr(deadlines, "BATCH", 3)
    monkeypatch.setattr(deadlines, "LONGEST", -1)
    with clock.at(OVER):
        turns = [deadlines.sweep() for _turn in range(9)]
    assert 5 <= turns.count(True) < 9  # seven deadlines with two warnings and an end each, three at a time
    assert turns[-1] is False
    assert [row[0] for row in town.rows("SELECT DISTINCT state FROM cases")] == ["gone"]


def test_a_clock_that_cannot_be_trusted_any_more_ends_the_sweep(town):
    case = town.filed()
    with clock.at(OVER):
        assert deadlines.sweep(lambda: False) is False
    assert state(town, case) == "filed"


def test_a_warning_is_sent_by_the_sweep_too(town):
    town.filed()
    with later(days=8):
        deadlines.sweep()
    assert town.rows("SELECT warned FROM due_dates") == [(1,)]


@pytest.mark.postgresql
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)  # SQLite has one lock for everything
def test_a_case_that_somebody_holds_is_passed_over_and_keeps_no_neighbour_waiting(town):
    database.in_background(db.engine, longest_wait=0.05)
    held, free = town.filed("Held"), town.filed("Free")
    other = new_engine(db.engine.url.render_as_string(hide_password=False))
    with other.begin() as frozen:
        frozen.execute(text("SELECT 1 FROM cases WHERE id = :c FOR UPDATE"), {"c": held})
        with clock.at(OVER):
            deadlines.sweep()
        assert (state(town, held), state(town, free)) == ("filed", "gone")
    other.dispose()
    swept_at(OVER)
    assert (state(town, held), incidents(town)) == ("gone", [])
