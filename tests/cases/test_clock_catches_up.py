"""The clock after a standstill, beside other clocks and beside people: everything once, in order, and told."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, BEN, PARTS, board, draft, filed, gone
from workflow_app.cases import Cases
from workflow_app.cases.clockwork import due_rows, ring_all
from workflow_app.engine import clock
from workflow_app.engine.calendar import days, weeks
from workflow_app.engine.checks import check_all
from workflow_app.engine.definition import Deadline, Opening, Process, Setting, State, Step, clock_party, everyone
from workflow_app.engine.errors import Refused
from workflow_app.engine.machine import Registry

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OVER = datetime(2026, 3, 19, 9, tzinfo=UTC)
"""Three days after the decision was due."""


def filed_at(cases: Cases, day: int) -> int:
    with clock.at(MONDAY.replace(day=day)):
        case = opened(cases, f"Path of {day}")
        cases.act(case, "file", ADA)
    return case


def written(cases: Cases, case: int, step: str) -> dict[str, object]:
    """What the history keeps with a step."""
    sql = (
        "SELECT p.body FROM case_events e JOIN case_event_payloads p ON p.case_id = e.case_id AND p.seq = e.seq"
        " WHERE e.case_id = :case AND e.step = :step"
    )
    return dict(json.loads(str(rows(cases, sql, case=case, step=step)[0][0])))


def lapsed(cases: Cases) -> list[object]:
    return [case for (case,) in rows(cases, "SELECT case_id FROM case_events WHERE step = 'lapse' ORDER BY case_id")]


def told(cases: Cases) -> int:
    """How many warnings and ends were told."""
    return len(rows(cases, "SELECT id FROM outbox WHERE dedupe_key LIKE 'due:%'"))


def test_a_late_step_tells_the_day_for_which_it_was(cases):
    case = filed_at(cases, 2)
    with clock.at(OVER):
        list(ring_all(cases))
    assert written(cases, case, "lapse") == {"due": {"name": "decision", "on": "2026-03-16"}}
    at = str(rows(cases, "SELECT at FROM case_events WHERE step = 'lapse'")[0][0])
    assert at.startswith("2026-03-19")
    clean(cases)


def test_after_a_standstill_many_deadlines_come_in_order_however_small_the_batches_are(cases):
    expected = [(filed_at(cases, day), day) for day in (4, 2, 6, 3, 5)]
    with clock.at(MONDAY.replace(month=5)):
        done = []
        while found := [(row, rung.done) for row, rung in ring_all(cases, 2)]:
            done += found
    by_row = {row: case for row, case in rows(cases, "SELECT id, case_id FROM due_dates")}  # noqa: C416
    ends = [by_row[row] for row, what in done if what == "over"]
    assert ends == [case for case, _day in sorted(expected, key=lambda pair: pair[1])]
    # The warnings of all five come before their ends: the first end is on the 16th, the last warning on the 18th.
    assert [what for _row, what in done].count("warned") == 10
    assert told(cases) == 15
    clean(cases)


def test_what_becomes_due_while_another_is_dealt_with_comes_after_it(cases):
    first, second = filed_at(cases, 2), filed_at(cases, 3)
    with clock.at(datetime(2026, 3, 16, 23, tzinfo=UTC)):
        for _row, _rung in ring_all(cases):
            clock.travel(timedelta(hours=12))  # it takes so long that the other one is over by now
        assert lapsed(cases) == [first]
        list(ring_all(cases))
    assert lapsed(cases) == [first, second]
    assert told(cases) == 6
    clean(cases)


@pytest.mark.parametrize("sweeps", [2, 4])
def test_several_clocks_at_once_do_everything_once(cases, sweeps):
    for n in range(12):
        filed_at(cases, 2 + n % 5)
    barrier = threading.Barrier(sweeps)

    def sweep() -> int:
        with clock.at(MONDAY.replace(month=5)):
            barrier.wait(30)
            done = 0
            while found := list(ring_all(cases, 5)):
                done += sum(rung.done != "nothing" for _row, rung in found)
            return done

    with ThreadPoolExecutor(sweeps) as pool:
        done = [pool.submit(sweep) for _clock in range(sweeps)]
        assert sum(one.result() for one in done) == 12 * 3
    assert len(lapsed(cases)) == 12
    assert told(cases) == 12 * 3
    clean(cases)


def test_clocks_and_people_at_once_leave_every_case_with_one_end(cases):
    """Somebody agrees in the very moment in which the time is up: either that counts or the lapse."""
    ids = [filed_at(cases, 2) for _n in range(10)]
    barrier = threading.Barrier(3)

    def people() -> None:
        with clock.at(OVER):
            barrier.wait(30)
            for case in ids:
                for actor in (ADA, BEN):
                    try:
                        cases.act(case, "agree", actor)
                    except Refused:
                        pass

    def sweep() -> None:
        with clock.at(OVER):
            barrier.wait(30)
            while list(ring_all(cases, 5)):
                pass

    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(job) for job in (people, sweep, sweep)]:
            one.result()
    states = [state for (state,) in rows(cases, "SELECT state FROM cases ORDER BY id")]
    assert set(states) <= {"gone", "agreed"}
    assert len(lapsed(cases)) == states.count("gone")
    clean(cases)


def test_a_clock_that_goes_back_does_nothing_twice(cases):
    filed_at(cases, 2)
    with clock.at(OVER):
        list(ring_all(cases))
    for moment in (MONDAY.replace(day=9), MONDAY.replace(day=17), OVER):
        with clock.at(moment):
            assert list(ring_all(cases)) == []
    assert told(cases) == 3


# ------------------------------------------------------------------------- standing still

asked = State("asked", "Asked back", seen_by=everyone, suspended=True)
reply = Deadline("reply", "Reply", (filed, asked), Setting("reply", weeks(2)), warn=(days(7),), then="lapse")


def _step(name: str, source: State | tuple[State, ...], target: State, **more: object) -> Step:
    return Step(name, name, source, target, who=more.pop("who", board), past="Done.", **more)  # type: ignore[arg-type]


answering = Process(
    "answering", "Answering", "Answering", 1, "For tests.", draft, (draft, filed, asked, gone),
    (
        _step("file", draft, filed),
        _step("ask", filed, asked),
        _step("answer", asked, filed),
        _step("lapse", (filed, asked), gone, who=clock_party),
    ),
    deadlines=(reply,), opened_by=board,
)  # fmt: skip


@pytest.fixture
def waiting(cases):
    """A case of which a reply is due on Monday, 16 March; it warns on the 9th."""
    cases = replace(cases, registry=Registry(check_all((answering, *cases.registry.processes))))
    case = cases.open_case("answering", Opening("Who pays?", {}, PARTS), ADA).case_id
    cases.act(case, "file", ADA)
    return cases, case


def due(cases: Cases) -> tuple[object, ...]:
    ((on, left, status),) = rows(cases, "SELECT due_on, remaining, status FROM due_dates WHERE name = 'reply'")
    return str(on) if on else None, left, status


def test_while_a_case_waits_its_clock_stands_and_goes_on_with_what_was_left(waiting):
    cases, case = waiting
    with clock.at(MONDAY.replace(day=6)):
        cases.act(case, "ask", ADA)
    assert due(cases) == (None, 10, "suspended")
    with clock.at(MONDAY.replace(month=5)):
        assert due_rows(cases) == []  # two months do not count
    with clock.at(MONDAY.replace(day=7, month=4)):
        cases.act(case, "answer", ADA)
    assert due(cases) == ("2026-04-17", None, "running")
    with clock.at(MONDAY.replace(day=10, month=4)):
        assert [rung.done for _row, rung in ring_all(cases)] == ["warned"]
    with clock.at(MONDAY.replace(day=18, month=4)):
        assert [rung.done for _row, rung in ring_all(cases)] == ["over"]
    assert written(cases, case, "lapse") == {"due": {"name": "reply", "on": "2026-04-17"}}
    clean(cases)


def test_what_stands_still_for_a_few_hours_warns_of_the_same_day_only_once(waiting):
    cases, case = waiting
    with clock.at(MONDAY.replace(day=9)):
        assert [rung.done for _row, rung in ring_all(cases)] == ["warned"]
        cases.act(case, "ask", ADA)
        cases.act(case, "answer", ADA)
        assert due(cases) == ("2026-03-16", None, "running")
        list(ring_all(cases))
    assert told(cases) == 1
    with clock.at(OVER):
        assert [rung.done for _row, rung in ring_all(cases)] == ["over"]
    assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=case) == [("gone",)]
    clean(cases)


def test_who_was_late_when_it_stood_still_is_late_when_it_goes_on(waiting):
    cases, case = waiting
    cases = replace(cases, registry=Registry((replace(answering, deadlines=(replace(reply, then=""),)),)))
    with clock.at(OVER):
        list(ring_all(cases))
        cases.act(case, "ask", ADA)
    assert due(cases) == (None, -3, "suspended")
    with clock.at(MONDAY.replace(month=4)):
        cases.act(case, "answer", ADA)
        assert due(cases)[2] == "running"
        assert date.fromisoformat(str(due(cases)[0])) == date(2026, 3, 30)
        assert [rung.done for _row, rung in ring_all(cases)] == ["over"]
