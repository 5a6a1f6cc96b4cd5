"""The list of cases: complete whatever is filtered, in pages without gap or double, and searchable."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from tests.cases import world
from tests.cases.conftest import MONDAY, rows
from tests.queries.conftest import ADA, DORA, PUBLIC
from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.engine.definition import CLOCK, Holder, Opening

ONLY_BOARD = {"board": (Holder(organization=1),)}
WAYS: tuple[tuple[str, ...], ...] = ((), ("file",), ("file", "lapse"), ("file", "agree"), ("file", "agree", "finish"))


@pytest.fixture
def many(cases):
    """Fifty requests, in every state, half of them without the office, and some tasks below them."""
    for n in range(50):
        parts = world.PARTS if n % 2 else ONLY_BOARD
        case_id = cases.open_case("request", Opening(f"Path {n}", {}, parts), world.ADA).case_id
        for step in WAYS[n % 5]:
            if step == "agree":
                cases.act(case_id, step, world.ADA)
                cases.act(case_id, step, world.BEN)
            elif step != "finish" or n % 2:
                actor = {"file": world.ADA, "finish": world.DORA, "lapse": CLOCK}[step]
                cases.act(case_id, step, actor, {"tasks": ["dig"]} if n % 7 == 0 and step == "file" else {})
    return cases


def in_pages(session, viewer: Viewer, **wanted) -> list[int]:
    """Every case of a list, page after page."""
    session.rollback()
    page = queries.case_list(session, viewer, limit=7, **wanted)
    found = [row.id for row in page.rows]
    while page.after:
        assert len(page.rows) == 7
        page = queries.case_list(session, viewer, limit=7, after=page.after, **wanted)
        found += [row.id for row in page.rows]
    return found


def expected(cases, viewer: Viewer, *, process=None, state=None, open_only=False) -> list[int]:
    """The same, found without any thought for speed."""
    seen = {case_id for principal, case_id in rows(cases, "SELECT principal, case_id FROM case_readers")
            if principal in viewer.principals}  # fmt: skip
    found = rows(cases, "SELECT id, process, state, closed FROM cases ORDER BY id DESC")
    return [
        int(str(id_)) for id_, p, s, closed in found
        if id_ in seen and process in (None, p) and state in (None, s) and not (open_only and closed)
    ]  # fmt: skip


@pytest.mark.parametrize("viewer", [ADA, DORA, PUBLIC], ids=["board", "office", "public"])
def test_every_filter_is_complete_and_every_page_goes_on_where_the_last_one_ended(many, session, viewer):
    filters = [{}, {"process": "request"}, {"process": "task"}, {"process": "unknown"}]
    filters += [{"process": "request", "state": state.name} for state in world.request.states]
    lengths = set()
    for wanted, open_only in itertools.product(filters, (False, True)):
        found = in_pages(session, viewer, open_only=open_only, **wanted)
        assert found == expected(many, viewer, open_only=open_only, **wanted), (wanted, open_only)
        lengths.add(len(found))
    assert len(lengths) > 5


def test_what_moves_on_is_found_under_its_new_state_only(cases, session):
    case_id = cases.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    cases.act(case_id, "file", world.ADA)
    listed = {state.name: in_pages(session, ADA, process="request", state=state.name) for state in world.request.states}
    assert listed == {"draft": [], "filed": [case_id], "agreed": [], "done": [], "gone": []}
    cases.act(case_id, "lapse", CLOCK)
    assert in_pages(session, ADA, process="request", state="gone") == [case_id]
    assert in_pages(session, ADA, process="request", state="filed") == in_pages(session, ADA, open_only=True) == []
    assert in_pages(session, PUBLIC) == [case_id]


def test_a_state_without_its_process_filters_nothing(many, session):
    assert in_pages(session, ADA, state="draft") == in_pages(session, ADA)


def test_the_title_of_the_parent_is_told_only_to_those_who_may_see_it(cases, session):
    parent = cases.open_case("request", Opening("Secret path", {}, ONLY_BOARD), world.ADA).case_id
    child = cases.act(parent, "file", world.ADA, {"tasks": ["dig", "rest"]}).opened[0]
    cases.act(child, "begin", CLOCK)
    told = {viewer: [(row.id, row.parent) for row in queries.case_list(session, viewer).rows]
            for viewer in (ADA, PUBLIC)}  # fmt: skip
    assert told[PUBLIC] == [(child, None)]
    assert told[ADA] == [(child + 1, "Secret path"), (child, "Secret path"), (parent, None)]


# ------------------------------------------------------------------------------- the search


def titles(session, text: str, viewer: Viewer = ADA, **wanted) -> list[str]:
    return [row.title for row in queries.case_list(session, viewer, text=text, **wanted).rows]


def test_a_search_goes_together_with_the_filters(many, session):
    for wanted in ({"process": "request"}, {"process": "request", "state": "agreed"}, {"process": "task"}):
        for open_only in (False, True):
            found = in_pages(session, ADA, text="path", open_only=open_only, **wanted)
            asked = {"open_only": open_only, **wanted}
            assert found == (expected(many, ADA, **asked) if wanted["process"] == "request" else []), asked


def test_a_number_is_found_whatever_is_filtered_and_by_nobody_who_may_not_see_it(cases, session):
    old = cases.open_case("request", Opening("Old path", {}, ONLY_BOARD), world.ADA).case_id
    cases.act(old, "file", world.ADA)
    for n in range(5):
        cases.open_case("request", Opening(f"Path {n}", {}, world.PARTS), world.ADA)
    assert titles(session, " rq-2026-0001 ", process="task") == ["Old path"]
    assert titles(session, "RQ-2026-0001", DORA) == []
    assert titles(session, "RQ-2026") == ["Old path"]


def test_a_search_with_more_hits_than_a_page_goes_on_after_the_last_hit(cases, session):
    for n in range(9):
        cases.open_case("request", Opening(f"Path {n}" if n % 2 else f"Bridge {n}", {}, world.PARTS), world.ADA)
    assert len(in_pages_of_search(session, "bridge", 2)) == 5


def in_pages_of_search(session, text: str, limit: int) -> list[str]:
    page = queries.case_list(session, ADA, text=text, limit=limit)
    found = [row.title for row in page.rows]
    while page.after:
        page = queries.case_list(session, ADA, text=text, limit=limit, after=page.after)
        found += [row.title for row in page.rows]
    assert len(found) == len(set(found))
    return found


def test_invitations_are_the_cases_open_to_all_that_end_soonest_first(cases, session):
    for n in range(3):
        case_id = cases.open_case("request", Opening(f"Path {n}", {}, world.PARTS), world.ADA).case_id
        with clock.at(MONDAY + timedelta(days=-n)):
            cases.act(case_id, "file", world.ADA)
            if n != 1:
                cases.act(case_id, "agree", world.ADA)
                cases.act(case_id, "agree", world.BEN)
    wanted = (("request", "agreed", "comment"), ("request", "filed", "look"))
    told = queries.open_to_all(session, PUBLIC, wanted)
    assert [(one.case.title, one.step, str(one.case.due_on)) for one in told.rows] == [
        ("Path 2", "comment", "2026-03-09"), ("Path 0", "comment", "2026-03-09")]  # fmt: skip
    told = queries.open_to_all(session, ADA, wanted, limit=3)
    assert [one.case.title for one in told.rows] == ["Path 2", "Path 0", "Path 1"]
