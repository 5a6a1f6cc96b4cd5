"""The clock: warns, says that time is up, takes the declared step, and does nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, BEN
from workflow_app.cases import Cases
from workflow_app.cases.clockwork import due_rows, ring
from workflow_app.engine import clock


def moment(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    """A moment of March 2026 in UTC; Flensburg is one hour ahead."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def ring_all(cases: Cases) -> list[str]:
    found = []
    while ids := due_rows(cases):
        for row in ids:
            found.append(ring(cases, row).done)
    return found


@pytest.fixture
def filed(cases):
    """Filed on Monday, 2 March; the decision is due on Monday, 16 March."""
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    return case_id


def told(cases: Cases) -> list[str]:
    return [str(p) for (p,) in rows(cases, "SELECT dedupe_key FROM outbox WHERE dedupe_key LIKE 'due:%' ORDER BY id")]


def test_nothing_happens_before_its_time(cases, filed):
    with clock.at(moment(8, 22, 59)):
        assert due_rows(cases) == []


def test_each_warning_is_sent_once_on_its_day(cases, filed):
    with clock.at(moment(8, 23)):
        assert ring_all(cases) == ["warned"]
        assert ring_all(cases) == []
    with clock.at(moment(13, 23)):
        assert ring_all(cases) == ["warned"]
    assert len(told(cases)) == 2


def test_the_clock_takes_the_declared_step_when_the_day_is_over(cases, filed):
    with clock.at(moment(16, 22, 59)):
        ring_all(cases)
        assert rows(cases, "SELECT state FROM cases") == [("filed",)]
    with clock.at(moment(16, 23)):
        assert ring_all(cases) == ["over"]
    assert rows(cases, "SELECT state FROM cases") == [("gone",)]
    assert rows(cases, "SELECT step, actor_id FROM case_events WHERE seq = 3") == [("lapse", None)]
    assert [s for (s,) in rows(cases, "SELECT status FROM due_dates")] == ["fired"]
    clean(cases)


def test_after_days_of_standstill_everything_is_done_once_and_in_order(cases, filed):
    with clock.at(moment(30)):
        assert ring_all(cases) == ["warned", "warned", "over"]
        assert ring_all(cases) == []
    assert rows(cases, "SELECT state FROM cases") == [("gone",)]
    assert len(told(cases)) == 3


def test_two_clocks_do_it_once(cases, filed):
    with clock.at(moment(9)):
        (row,) = due_rows(cases)
        assert [ring(cases, row).done, ring(cases, row).done] == ["warned", "nothing"]


def test_who_acts_in_time_hears_nothing_more(cases, filed):
    cases.act(filed, "agree", ADA)
    cases.act(filed, "agree", BEN)
    with clock.at(moment(9)):
        assert due_rows(cases) == []


def test_a_missed_deadline_without_a_step_is_overdue_and_changes_no_state(cases, filed):
    cases.act(filed, "agree", ADA)
    cases.act(filed, "agree", BEN)
    with clock.at(moment(9, 23)):
        assert ring_all(cases) == ["over"]
    assert rows(cases, "SELECT state FROM cases") == [("agreed",)]
    assert rows(cases, "SELECT status FROM due_dates WHERE name = 'doing'") == [("running",)]
    with clock.at(moment(1, month=6)):
        assert ring_all(cases) == []
    clean(cases)


def test_a_deadline_over_the_change_to_summer_time_ends_with_its_local_day(cases, filed):
    with clock.at(moment(20)):
        other = opened(cases)
        cases.act(other, "file", ADA)  # due on 7 April: 3 and 6 April 2026 are Easter holidays
    with clock.at(moment(7, 21, 59, month=4)):
        ring_all(cases)
        assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=other) == [("filed",)]
    with clock.at(moment(7, 22, month=4)):
        ring_all(cases)
    assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=other) == [("gone",)]
