"""The clock: warns, says that time is up, takes the declared step, and does nothing twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, BEN
from workflow_app.cases import Cases
from workflow_app.cases.clockwork import due_rows, ring, ring_all
from workflow_app.engine import clock


def moment(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    """A moment of March 2026 in UTC; Flensburg is one hour ahead."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def done_by_the_clock(cases: Cases) -> list[str]:
    found = []
    while rungs := [rung.done for _row, rung in ring_all(cases)]:
        found += rungs
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
        assert done_by_the_clock(cases) == ["warned"]
        assert done_by_the_clock(cases) == []
    with clock.at(moment(13, 23)):
        assert done_by_the_clock(cases) == ["warned"]
    assert len(told(cases)) == 2


def test_the_clock_takes_the_declared_step_when_the_day_is_over(cases, filed):
    with clock.at(moment(16, 22, 59)):
        done_by_the_clock(cases)
        assert rows(cases, "SELECT state FROM cases") == [("filed",)]
    with clock.at(moment(16, 23)):
        assert done_by_the_clock(cases) == ["over"]
    assert rows(cases, "SELECT state FROM cases") == [("gone",)]
    assert rows(cases, "SELECT step, actor_id FROM case_events WHERE seq = 3") == [("lapse", None)]
    assert [s for (s,) in rows(cases, "SELECT status FROM due_dates")] == ["fired"]
    clean(cases)


def test_after_days_of_standstill_everything_is_done_once_and_in_order(cases, filed):
    with clock.at(moment(30)):
        assert done_by_the_clock(cases) == ["warned", "warned", "over"]
        assert done_by_the_clock(cases) == []
    assert rows(cases, "SELECT state FROM cases") == [("gone",)]
    assert len(told(cases)) == 3


def test_after_a_standstill_deadlines_take_turns_in_the_order_of_their_moments(cases, filed):
    with clock.at(moment(8, 12)):
        cases.act(opened(cases), "file", ADA)  # due on Monday, 23 March
    first, second = [row for (row,) in rows(cases, "SELECT id FROM due_dates ORDER BY id")]
    with clock.at(moment(30)):
        found = [(row, rung.done) for row, rung in ring_all(cases)]
    assert found == [
        (first, "warned"), (first, "warned"), (second, "warned"), (first, "over"), (second, "warned"), (second, "over"),
    ]  # fmt: skip


def test_a_warning_whose_day_has_passed_when_the_deadline_begins_is_not_sent(cases):
    with cases.store.transaction() as tx:
        setting = ("decision", date(2026, 1, 1), '{"n": 3, "unit": "day"}')
        tx.write([("INSERT INTO rule_settings (name, valid_from, value) VALUES (?, ?, ?)", setting)])
        tx.commit()
    cases.act(opened(cases), "file", ADA)  # on 2 March, due on the 5th: the warning a week before is past
    assert done_by_the_clock(cases) == []
    with clock.at(moment(3)):
        assert done_by_the_clock(cases) == ["warned"]
    with clock.at(moment(6)):
        assert done_by_the_clock(cases) == ["over"]


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
        assert done_by_the_clock(cases) == ["over"]
    assert rows(cases, "SELECT state FROM cases") == [("agreed",)]
    assert rows(cases, "SELECT status FROM due_dates WHERE name = 'doing'") == [("running",)]
    with clock.at(moment(1, month=6)):
        assert done_by_the_clock(cases) == []
    clean(cases)


def test_a_deadline_over_the_change_to_summer_time_ends_with_its_local_day(cases, filed):
    with clock.at(moment(20)):
        other = opened(cases)
        cases.act(other, "file", ADA)  # due on 7 April: 3 and 6 April 2026 are Easter holidays
    with clock.at(moment(7, 21, 59, month=4)):
        done_by_the_clock(cases)
        assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=other) == [("filed",)]
    with clock.at(moment(7, 22, month=4)):
        done_by_the_clock(cases)
    assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=other) == [("gone",)]
