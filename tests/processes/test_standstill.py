"""The site was down on days on which concepts are reported on and revised: each is opened once, as it fell due."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.processes.paths import in_force, measures, start
from tests.processes.town import Town
from workflow_app.cases.clockwork import ring_all
from workflow_app.engine import clock


def comes_back(town: Town, day: date) -> list[str]:
    """Nobody was there until this day; then the scheduler does everything that it finds."""
    town.now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    done = []
    with clock.at(town.now):
        while found := [rung for _row, rung in ring_all(town.cases, 3)]:
            done += [rung.step for rung in found if rung.step]
    return done


def running(town: Town) -> int:
    case = in_force(town, ("Certificate",))
    for measure in measures(town, case).values():
        start(town, measure)
    return case


def reports(town: Town, case: int) -> list[tuple[int, str]]:
    """Of each yearly report the year, and its title."""
    children = town.children(case, "implementation_report")
    return [(town.data(child)["year"], str(town.row(child, "title")[0])) for child in children]


def fell_due(town: Town, case: int, step: str) -> list[str]:
    """For which days the clock took a step, as the history keeps it."""
    sql = (
        "SELECT p.body FROM case_events e JOIN case_event_payloads p ON p.case_id = e.case_id AND p.seq = e.seq"
        " WHERE e.case_id = :case AND e.step = :step ORDER BY e.seq"
    )
    return [body.split('"on":"')[1][:10] for (body,) in town.rows(sql, case=case, step=step)]


def test_down_over_new_year_the_report_is_that_of_the_year_for_which_it_fell_due(any_town: Town) -> None:
    town = any_town
    case = running(town)
    due = town.due(case, "yearly_report")
    assert due is not None
    assert due.year == 2027
    comes_back(town, date(2028, 1, 3))
    assert reports(town, case) == [(2026, "Concept (2026)")]
    assert fell_due(town, case, "report_due") == [due.isoformat()]
    assert town.due(case, "yearly_report") == date(2028, due.month, due.day)
    assert comes_back(town, date(2028, 1, 3)) == []


def test_down_for_two_evaluations_and_a_revision_each_is_opened_once_in_order_with_its_date(any_town: Town) -> None:
    town = any_town
    case = running(town)
    first = town.due(case, "yearly_report")
    assert first is not None
    steps = comes_back(town, date(2028, 11, 3))
    assert steps.count("report_due") == 2
    assert steps.count("revision_due") == 1
    assert steps.index("revision_due") > steps.index("report_due")
    assert [year for year, _title in reports(town, case)] == [2026, 2027]
    assert fell_due(town, case, "report_due") == [first.isoformat(), first.replace(year=2028).isoformat()]
    assert len(town.children(case, "revision")) == 1
    assert town.due(case, "yearly_report") == first.replace(year=2029)
    assert comes_back(town, date(2028, 11, 4)) == []
