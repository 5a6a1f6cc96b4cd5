"""My desk: the most urgent first, nothing twice, nothing lost from one page to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases import world
from tests.cases.conftest import MONDAY
from tests.queries.conftest import ADA, DORA
from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.cases import following
from workflow_app.engine import clock
from workflow_app.engine.definition import CLOCK, Opening


@pytest.fixture
def filed(cases) -> list[int]:
    """Four drafts, then five filed requests, each filed a week before the one before it."""
    drafts = [opened(cases, f"Draft {n}") for n in range(4)]
    for n in range(5):
        case_id = opened(cases, f"Path {n}")
        with clock.at(MONDAY - timedelta(weeks=n)):
            cases.act(case_id, "file", world.ADA)
    return drafts


def opened(cases, title: str) -> int:
    return int(cases.open_case("request", Opening(title, {}, world.PARTS), world.ADA).case_id)


def tasks(session, viewer: Viewer, **wanted) -> list[tuple[str, str]]:
    return [(task.case.title, task.step) for task in queries.inbox(session, viewer, **wanted).rows]


def test_the_most_urgent_comes_first_and_what_has_no_deadline_last(session, filed):
    assert tasks(session, ADA) == [(f"Path {n}", "agree") for n in (4, 3, 2, 1, 0)] + [
        (f"Draft {n}", "file") for n in range(4)
    ]
    assert tasks(session, DORA) == [(f"Path {n}", "back") for n in (4, 3, 2, 1, 0)]
    assert str(queries.inbox(session, ADA).rows[0].case.due_on) == "2026-02-16"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8])
def test_page_after_page_leads_through_the_whole_inbox(session, filed, limit):
    page = queries.inbox(session, ADA, limit=limit)
    found = list(page.rows)
    while page.after:
        assert len(page.rows) == limit
        page = queries.inbox(session, ADA, after=page.after, limit=limit)
        found += page.rows
    assert [(task.case.title, task.step) for task in found] == tasks(session, ADA)


RUBBISH = ["rubbish", "2026-13-40~1~x", "~x~", "~", "2026-03-12", "~" + "9" * 40 + "~x", "~-9~x", "~1~\0"]


@pytest.mark.parametrize("key", RUBBISH)
def test_a_key_that_is_none_shows_nothing_but_what_waits(session, filed, key):
    everything, found = tasks(session, ADA), tasks(session, ADA, after=key)
    assert found == everything[len(everything) - len(found) :]


def test_what_waits_for_two_seats_of_one_person_is_one_task(cases, session, filed):
    both = Viewer(1, ADA.principals | DORA.principals | {"chair@1"})
    found = tasks(session, both)
    assert len(found) == len(set(found)) == 14


def test_hands_that_have_agreed_are_counted(cases, session):
    case_id = opened(cases, "A path")
    cases.act(case_id, "file", world.ADA)
    cases.act(case_id, "agree", world.ADA)
    (task,) = queries.inbox(session, ADA).rows
    assert (task.step, task.hands, task.hands_needed) == ("agree", 1, 2)


def test_the_day_of_a_task_follows_its_deadline(cases, session):
    case_id = opened(cases, "A path")
    days = [queries.inbox(session, ADA).rows[0].case.due_on]
    cases.act(case_id, "file", world.ADA)
    cases.act(case_id, "back", world.DORA)
    session.rollback()
    days.append(queries.inbox(session, ADA).rows[0].case.due_on)
    with clock.at(MONDAY + timedelta(days=1)):
        cases.act(case_id, "file", world.ADA)
    session.rollback()
    days.append(queries.inbox(session, ADA).rows[0].case.due_on)
    assert [str(day) for day in days] == ["None", "None", "2026-03-17"]


def test_deadlines_are_those_of_the_cases_that_wait_for_me_the_nearest_first(cases, session, filed):
    found = [(row.case.title, row.name, str(row.due_on)) for row in queries.due_soon(session, DORA, limit=3).rows]
    days = {4: "2026-02-16", 3: "2026-02-23", 2: "2026-03-02"}
    assert found == [(f"Path {n}", "decision", day) for n, day in days.items()]
    assert queries.due_soon(session, DORA, limit=3).after
    assert queries.due_soon(session, DORA, limit=5).after is None
    cases.act(queries.due_soon(session, DORA).rows[0].case.id, "lapse", CLOCK)
    session.rollback()
    assert [row.case.title for row in queries.due_soon(session, DORA).rows] == ["Path 3", "Path 2", "Path 1", "Path 0"]


def test_what_somebody_follows_is_listed_while_they_may_see_it(cases, session, filed):
    for case_id in filed[:3]:
        following.follow(cases, 1, case_id)
    page = queries.following(session, ADA, limit=2)
    assert ([row.id for row in page.rows], page.after) == ([filed[2], filed[1]], filed[1])
    stranger = Viewer(1, frozenset({"public", "account", "person:1"}))
    assert queries.following(session, stranger).rows == []
