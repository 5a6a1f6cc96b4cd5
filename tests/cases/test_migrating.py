"""Running cases come under a newer version of their process while people and the clock go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from tests.cases.conftest import MONDAY, at_work, rows  # noqa: F401  (a fixture)
from tests.cases.conftest import cases as cases
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, DORA, board, office, request, task
from workflow_app.cases import Cases, migrating, ringing_again
from workflow_app.cases.clockwork import ring_all
from workflow_app.engine import clock
from workflow_app.engine.calendar import days, working_days
from workflow_app.engine.definition import (
    CLOCK,
    Data,
    Facts,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    rule,
)
from workflow_app.engine.errors import Reason
from workflow_app.engine.machine import Registry
from workflow_app.models import DueDate, RuleSetting

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
    done = migrating.migrate(both, "request", 2, CLOCK)
    version = 1 if state == "gone" else 2  # what has ended stays under the version by which it did
    assert (done.anew, done.passed) == (((), (case_id,)) if state == "gone" else ((case_id,), ()))
    assert rows(cases, "SELECT state, version FROM cases") == [(state, version)]
    clean(both)


def test_the_command_says_what_went_on_while_it_waited(app, monkeypatch):
    plan = migrating.Plan("request", 2, {(1, "draft", "draft"): [3, 4]}, {}, anew=(4,), passed=(5, 6))
    monkeypatch.setattr(migrating, "migrate", lambda *_given: plan)
    said = app.test_cli_runner().invoke(args=["cases", "migrate", "request", "--to", "2"])
    assert (said.exit_code, said.output.splitlines()) == (0, [
        "version 1, draft -> draft: 2 cases",
        "1 cases went on while this command waited for them; they were moved from there.",
        "2 cases ended or were moved while this command waited; they were left alone.",
        "2 cases moved.",
    ])  # fmt: skip


def test_cases_of_a_version_that_the_code_has_no_longer_can_still_leave_it(cases):
    filed(cases)
    assert rung(cases, begin=3, until=10) == [9]
    alone = Cases(cases.store, Registry((replace(request, version=2), task)))
    with clock.at(march(10)):
        migrating.migrate(alone, "request", 2, CLOCK)
    assert rung(alone, begin=10, until=18) == [14, 17]


@pytest.mark.parametrize(("ladder", "days_told"), [((10, 7, 2), [11, 14, 17]), ((6, 2), [14, 17])])
def test_a_warning_that_is_late_because_the_clock_stood_still_comes_if_it_still_is_one(cases, ladder, days_told):
    """No scheduler ran from the third until the eleventh: the warning of the ninth had not been sent."""
    filed(cases)
    both = moved(cases, with_ladder(*ladder), on=11)
    assert rung(both, begin=11, until=18) == days_told


@rule("Not in winter")
def not_in_winter(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    return Reason("It is winter still.") if facts.today < date(2026, 3, 25) else None


def test_another_try_that_somebody_asked_for_is_made_under_the_newer_version(cases):
    """The clock could not let the request lapse; when it could, somebody asked for another try."""
    steps = tuple(replace(s, when=(not_in_winter,)) if s.name == "lapse" else s for s in request.steps)
    frozen = replace(request, steps=steps)
    before = Cases(cases.store, Registry((frozen, task)))
    filed(before)
    assert rung(before, begin=3, until=20) == [9, 14, 17]
    others = [d for d in request.deadlines if d is not DECISION]
    newer = replace(frozen, version=2, deadlines=(replace(DECISION, warn=(days(3),)), *others))
    both = Cases(cases.store, Registry((frozen, newer, task)))
    with clock.at(march(26)):
        with cases.store.engine.begin() as connection:
            ringing_again.ring_now(connection, connection.scalars(select(DueDate.id)).all())
        migrating.migrate(both, "request", 2, CLOCK)
    assert rung(both, begin=26, until=26) == []
    assert rows(cases, "SELECT state FROM cases") == [("gone",)]
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


UNITS = "SELECT remaining, remaining_unit FROM due_dates"


def goes_on_in_working_days(cases: Cases) -> list[str]:
    """On 20 March the request is under a version whose clock runs, in working days: when its time ends."""
    others = [d for d in request.deadlines if d is not DECISION]
    counted = replace(DECISION, length=Setting("decision", working_days(10)))
    newest = replace(request, version=3, deadlines=(counted, *others))
    third = Cases(cases.store, Registry((request, with_a_clock_that_stands(), newest, task)))
    with clock.at(march(20)):
        migrating.migrate(third, "request", 3, CLOCK)
    clean(third)
    return [str(day) for (day,) in rows(cases, "SELECT due_on FROM due_dates")]


def test_calendar_days_that_are_left_stay_calendar_days_where_the_newer_version_counts_working_days(cases):
    filed(cases)
    moved(cases, with_a_clock_that_stands(), on=10)
    assert rows(cases, UNITS) == [(6, "day")]
    assert goes_on_in_working_days(cases) == ["2026-03-26"]
    assert rows(cases, UNITS) == [(None, None)]


def test_of_time_that_stood_before_units_were_written_down_the_version_of_that_time_tells_the_unit(cases):
    filed(cases)
    moved(cases, with_a_clock_that_stands(), on=10)
    with cases.store.engine.begin() as connection:
        connection.execute(text("UPDATE due_dates SET remaining_unit = NULL"))
    assert goes_on_in_working_days(cases) == ["2026-03-26"]


def test_the_town_may_count_otherwise_while_a_clock_stands(cases):
    """Everything goes the usual way: the rule set changes on the 15th, and on the 20th somebody answers."""
    asked = with_a_question()
    town = Cases(cases.store, Registry((asked, task)))
    case_id = filed(town)
    with clock.at(march(10)):
        town.act(case_id, "ask", DORA)
    assert rows(cases, UNITS) == [(6, "day")]
    with cases.store.engine.begin() as connection:
        value = {"n": 10, "unit": "working_day"}
        connection.execute(insert(RuleSetting), {"name": "decision", "value": value, "valid_from": date(2026, 3, 15)})
    with clock.at(march(20)):
        town.act(case_id, "answer", ADA)
    assert [str(day) for (day,) in rows(cases, "SELECT due_on FROM due_dates")] == ["2026-03-26"]
    assert rows(cases, UNITS) == [(None, None)]
    with clock.at(march(20)):
        town.act(case_id, "ask", DORA)
    with clock.at(march(23)):
        town.act(case_id, "end", ADA)
    assert rows(cases, "SELECT status, remaining, remaining_unit FROM due_dates") == [("settled", None, None)]
    clean(town)


def with_a_question() -> Process:
    """The request in which the office may ask back while it is filed; time stands until the answer."""
    there, end = request.state_by_name["filed"], request.state_by_name["done"]
    asked = State("asked", "Asked", seen_by=there.seen_by, suspended=True)
    steps = (
        Step("ask", "Ask", there, asked, who=office, past="%(actor)s asked."),
        Step("answer", "Answer", asked, there, who=board, past="%(actor)s answered."),
        Step("end", "End", asked, end, who=board, past="%(actor)s ended it."),
    )
    during = replace(DECISION, during=(there, asked))
    others = [d for d in request.deadlines if d is not DECISION]
    return replace(
        request, states=(*request.states, asked), steps=(*request.steps, *steps), deadlines=(during, *others)
    )


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
