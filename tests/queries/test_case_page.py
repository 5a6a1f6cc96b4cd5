"""The page of a case: its history in pages, the whole way in the drawing, relatives that stay few."""

from __future__ import annotations

import pytest

from tests.cases import world
from tests.queries.conftest import ADA, DORA, PUBLIC
from workflow_app import queries
from workflow_app.engine.definition import CLOCK, Holder, Opening
from workflow_app.engine.errors import NotFound


@pytest.fixture
def filed(cases) -> int:
    """A filed request with thirty tasks below it; the public may see two of them."""
    case_id = cases.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    done = cases.act(case_id, "file", world.ADA, {"tasks": [f"task {n}" for n in range(30)]})
    for child in done.opened[3:5]:
        cases.act(child, "begin", CLOCK)
    return case_id


def test_the_history_comes_in_pages_and_the_way_from_all_of_it(cases, session, filed):
    cases.act(filed, "back", world.DORA)
    cases.act(filed, "file", world.ADA)
    for n in range(60):
        cases.act(filed, "note", world.ADA, {"text": str(n)})
    first = queries.case_page(session, ADA, filed)
    assert [event.seq for event in first.history] == list(range(64, 14, -1))
    second = queries.case_page(session, ADA, filed, before=first.older)
    assert [event.seq for event in second.history] == list(range(14, 0, -1))
    assert second.older is None
    assert first.trail == second.trail == (("draft", "filed"), ("filed", "draft"), ("filed", "filed"))


@pytest.mark.parametrize("before", [10**30, 0, -5])
def test_a_place_in_the_history_that_is_none_is_no_fault(session, filed, before):
    assert len(queries.case_page(session, ADA, filed, before=before).history) == (2 if before > 0 else 0)


def test_the_newest_relatives_are_shown_and_all_of_them_counted(cases, session, filed):
    other = cases.open_case("request", Opening("Part", {}, world.PARTS), world.ADA, parent=filed).case_id
    tasks, requests = sorted(queries.case_page(session, ADA, filed).relatives, key=lambda one: -one.total)
    assert (tasks.relation, tasks.total, len(tasks.rows)) == ("child", 30, 25)
    assert [row.title for row in tasks.rows[:2]] == ["task 29", "task 28"]
    assert ([row.id for row in requests.rows], requests.total) == ([other], 1)
    (parent,) = queries.case_page(session, ADA, other).relatives
    assert (parent.relation, parent.rows[0].id, parent.total) == ("parent", filed, 1)


def test_relatives_that_somebody_may_not_see_are_neither_shown_nor_counted(cases, session, filed):
    for actor in (world.ADA, world.BEN):
        cases.act(filed, "agree", actor)
    (tasks,) = queries.case_page(session, PUBLIC, filed).relatives
    # Agreeing has begun two more: those numbered 0 and 1.
    assert ({row.title for row in tasks.rows}, tasks.total) == ({"task 0", "task 1", "task 3", "task 4"}, 4)


def test_two_links_with_the_same_case_are_both_told_and_from_both_sides(cases, session, filed):
    links = (("predecessor", filed), ("came_from", filed))
    case_id = cases.open_case("request", Opening("Next", {}, world.PARTS, links), world.ADA).case_id
    told = {one.relation: [row.id for row in one.rows] for one in queries.case_page(session, ADA, case_id).relatives}
    assert told == {"came_from": [filed], "predecessor": [filed]}
    back = {one.relation: [row.id for row in one.rows] for one in queries.case_page(session, ADA, filed).relatives}
    assert (back["from_predecessor"], back["from_came_from"]) == ([case_id], [case_id])


def test_somebody_elses_draft_is_not_there(cases, session):
    parts = {"board": (Holder(organization=1),)}
    case_id = cases.open_case("request", Opening("A path", {}, parts), world.ADA).case_id
    assert queries.case_page(session, ADA, case_id).case.title == "A path"
    for viewer in (DORA, PUBLIC):
        with pytest.raises(NotFound):
            queries.case_page(session, viewer, case_id)
