"""Running cases come under a newer version of their process while people and the clock go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases.conftest import MONDAY, at_work, rows  # noqa: F401  (a fixture)
from tests.cases.conftest import cases as cases
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, DORA, request, task
from workflow_app.cases import Cases, migrating
from workflow_app.cases.clockwork import ring_all
from workflow_app.engine import clock
from workflow_app.engine.calendar import days
from workflow_app.engine.definition import CLOCK, Process
from workflow_app.engine.machine import Registry

DECISION = request.deadline_by_name["decision"]
WARNED = "SELECT id FROM outbox WHERE dedupe_key LIKE 'due:%'"


def with_ladder(*warn: int) -> Process:
    """The newer version, in which the board is warned so many days before its decision is due."""
    others = [d for d in request.deadlines if d is not DECISION]
    return replace(request, version=2, deadlines=(replace(DECISION, warn=tuple(map(days, warn))), *others))


def with_a_clock_that_stands() -> Process:
    """The newer version, in which nobody's time runs while a request is filed."""
    states = tuple(replace(s, suspended=True) if s.name == "filed" else s for s in request.states)
    return replace(request, version=2, states=states)


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 8, tzinfo=UTC)


def moved(cases: Cases, newer: Process, on: int) -> Cases:
    """All cases come under the newer version on this day of March."""
    both = Cases(cases.store, Registry((request, newer, task)))
    with clock.at(march(on)):
        migrating.migrate(both, "request", 2, CLOCK)
    return both


def filed(cases: Cases) -> int:
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    return case_id


def rung(cases: Cases, until: int, begin: int) -> list[int]:
    """The days of March on which the clock has told something of the decision."""
    told = []
    for day in range(begin, until + 1):
        before = len(rows(cases, WARNED))
        with clock.at(march(day)):
            while list(ring_all(cases)):
                pass
        told += [day] * (len(rows(cases, WARNED)) - before)
    return told


@pytest.mark.postgresql
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)  # SQLite lets nobody else write meanwhile
@pytest.mark.parametrize(("step", "who", "state"), [("back", DORA, "draft"), ("lapse", CLOCK, "gone")])
def test_what_happens_while_it_is_planned_is_not_undone(cases, monkeypatch, step, who, state):
    """Somebody takes a step after the plan and before the locks: the case stays where that has led it."""
    case_id = filed(cases)
    both = Cases(cases.store, Registry((request, replace(request, version=2), task)))
    steps = [(step, who)]
    real = migrating._plan

    def plan_and_then(*given: Any) -> migrating.Plan:
        found = real(*given)
        while steps:
            name, actor = steps.pop()
            both.act(case_id, name, actor, {})
        return found

    monkeypatch.setattr(migrating, "_plan", plan_and_then)
    migrating.migrate(both, "request", 2, CLOCK)
    version = 1 if state == "gone" else 2  # what has ended stays under the version by which it did
    assert rows(cases, "SELECT state, version FROM cases") == [(state, version)]
    clean(both)


@pytest.mark.parametrize(
    ("ladder", "days_told"),
    [((10, 7, 2), [14, 17]), ((2,), [14, 17]), ((7, 2), [14, 17]), ((7, 4, 2, 1), [12, 14, 15, 17]), ((8,), [17])],
)
def test_nobody_is_warned_twice_and_no_warning_is_left_out(cases, ladder, days_told):
    """The board was warned on the ninth, seven days before; on the sixteenth its time ends."""
    filed(cases)
    assert rung(cases, begin=3, until=10) == [9]
    both = moved(cases, with_ladder(*ladder), on=10)
    assert rung(both, begin=10, until=18) == days_told
    clean(both)


def test_time_that_stands_in_the_newer_version_stands_and_goes_on_when_it_is_left(cases):
    case_id = filed(cases)
    both = moved(cases, with_a_clock_that_stands(), on=10)
    assert rung(both, begin=10, until=20) == []
    assert rows(cases, "SELECT status, remaining FROM due_dates") == [("suspended", 6)]
    third = Cases(cases.store, Registry((request, with_a_clock_that_stands(), replace(request, version=3), task)))
    with clock.at(march(20)):
        migrating.migrate(third, "request", 3, CLOCK)
    found = rows(cases, "SELECT status, due_on FROM due_dates")
    assert [(status, str(day)) for status, day in found] == [("running", "2026-03-26")]
    assert rung(third, begin=20, until=30) == [24, 27]
    assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=case_id) == [("gone",)]
    clean(third)


def test_time_that_is_up_is_not_up_again(cases):
    """The clock has said it, and nobody has gone on: under the newer version it stays said."""
    others = [d for d in request.deadlines if d is not DECISION]
    stays = replace(request, deadlines=(replace(DECISION, then=""), *others))
    before = Cases(cases.store, Registry((stays, task)))
    filed(before)
    assert rung(before, begin=3, until=20) == [9, 14, 17]
    newer = replace(stays, version=2, deadlines=(replace(DECISION, then="", warn=(days(3),)), *others))
    both = Cases(cases.store, Registry((stays, newer, task)))
    with clock.at(march(20)):
        migrating.migrate(both, "request", 2, CLOCK)
    assert rung(both, begin=20, until=30) == []
