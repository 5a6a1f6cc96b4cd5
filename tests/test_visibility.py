"""Who may see what: every state of every process, for every party there is."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.cases import Cases, Store
from workflow_app.cases.importing import ImportedCase, Past, import_case
from workflow_app.database import new_engine
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Holder
from workflow_app.engine.errors import NotFound
from workflow_app.models import Organization
from workflow_app.processes import PROCESSES, REGISTRY

NO_DATE = {"text": "2016", "precision": "year"}


def parts_of(process) -> list[str]:
    """Every part but those that, once held, keep a case among some: here everything is public that can be."""
    kept = {seat.unless for state in process.states for seat in state.seen_by.seats}
    return sorted(process.parts - {"submitter"} - kept)


@pytest.fixture(params=PROCESSES, ids=lambda process: process.name)
def shown(request, sqlite_url):
    """One case in each state, with a different organization in every part."""
    process = request.param
    engine = new_engine(sqlite_url)
    store = Cases(Store(engine, Calendar()), REGISTRY)
    parts = parts_of(process)
    with Session(engine) as session:
        session.add_all(Organization(id=n, name=part, organization_type="Gremium") for n, part in enumerate(parts, 1))
        session.commit()
    holders = {part: (Holder(organization=n),) for n, part in enumerate(parts, 1)}
    ids = {
        state.name: import_case(
            store,
            ImportedCase(
                state.name,
                process.name,
                state.name,
                [Past("open", state.name, "w", NO_DATE, {"src": "seed"})],
                {},
                holders,
            ),
        ).case_id
        for state in process.states
    }
    yield process, engine, ids, {part: n for n, part in enumerate(parts, 1)}
    engine.dispose()


def test_a_case_is_seen_by_those_its_state_names_and_those_who_act_there_and_nobody_else(shown):
    process, engine, ids, numbers = shown
    with Session(engine) as session:
        for state in process.states:
            named = set(state.seen_by.seats)
            acting = {seat for step in process.steps_from(state.name) for seat in step.who.seats if seat.part}
            public = any(seat.name == "public" for seat in named)
            for part, number in numbers.items():
                for role in ("member", "chair", "head", "guest"):
                    held = {"public", "account", f"{role}@{number}"} | (
                        {f"member@{number}"} if role != "guest" else set()
                    )
                    viewer = Viewer(1, frozenset(held))
                    expected = public or any(
                        seat.part == part and f"{seat.role}@{number}" in held for seat in named | acting
                    )
                    assert queries.may_see(session, viewer, ids[state.name]) is expected, (state.name, part, role)
                    listed = {row.id for row in queries.case_list(session, viewer, limit=100).rows}
                    assert (ids[state.name] in listed) is expected


def test_strangers_see_public_states_only_and_get_no_hint_of_the_others(shown):
    process, engine, ids, _numbers = shown
    with Session(engine) as session:
        for viewer in (Viewer(None, frozenset({"public"})), Viewer(9, frozenset({"public", "account", "person:9"}))):
            for state in process.states:
                if any(seat.name == "public" for seat in state.seen_by.seats):
                    assert queries.case_page(session, viewer, ids[state.name]).case.title == state.name
                else:
                    with pytest.raises(NotFound):
                        queries.case_page(session, viewer, ids[state.name])
