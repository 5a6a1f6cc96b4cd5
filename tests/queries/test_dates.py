"""What a calendar shows: which cases, which days, how many, and only what somebody may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from tests.cases import world
from tests.cases.conftest import MONDAY
from tests.queries.conftest import ADA, DORA, PUBLIC
from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.cases import Cases
from workflow_app.engine.definition import Opening
from workflow_app.models import Case, CaseParty, CaseReader, DueDate
from workflow_app.processes import REGISTRY
from workflow_app.queries import Dates
from workflow_app.queries.dates import MOST

TODAY = date(2026, 3, 2)
STRANGER = Viewer(3, frozenset({"public", "account", "person:3"}), "Cem")


@pytest.fixture
def filed(cases: Cases) -> int:
    """A request that waits for the board (Ada) until 16 March; the office (Dora) takes part in it."""
    case_id = cases.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    cases.act(case_id, "file", world.ADA)
    return case_id


def own(session: Session, who: Viewer) -> Dates:
    session.rollback()
    return queries.personal_dates(session, who, REGISTRY, TODAY)


def days(found: Dates) -> list[tuple[str, date]]:
    return [(one.name, one.due_on) for one in found.deadlines]


def test_what_waits_what_one_takes_part_in_and_what_one_follows(cases, session, filed):
    assert days(own(session, ADA)) == [("decision", date(2026, 3, 16))]
    assert days(own(session, DORA)) == [("decision", date(2026, 3, 16))]
    assert [own(session, who).deadlines[0].waits for who in (ADA, DORA)] == [True, True]
    assert days(own(session, STRANGER)) == []
    with cases.store.engine.begin() as connection:
        follow = text("INSERT INTO follows VALUES (3, :c, :at)")
        connection.execute(follow, {"c": filed, "at": MONDAY.replace(tzinfo=None)})
    assert days(own(session, STRANGER)) == []  # following alone lets nobody see it
    cases.act(filed, "agree", world.ADA)
    cases.act(filed, "agree", world.BEN)
    (found,) = own(session, STRANGER).deadlines
    assert (found.name, found.waits, found.case.title) == ("doing", False, "A path")


def test_a_head_of_another_organization_takes_no_part(cases, session, filed):
    head = replace(STRANGER, principals=STRANGER.principals | {"member@9", "head@9", "guest@1"})
    assert days(own(session, head)) == []


def test_the_sequence_grows_with_the_case(cases, session, filed):
    before = own(session, ADA).deadlines[0]
    cases.act(filed, "note", world.ADA, {"text": "rain"})
    after = own(session, ADA).deadlines[0]
    assert (before.id, before.due_on) == (after.id, after.due_on)
    assert (after.seq, after.changed_at) == (before.seq + 1, MONDAY)


@pytest.mark.parametrize("change", ["status = 'settled'", "status = 'suspended', due_on = NULL, remaining = 3"])
def test_what_is_settled_or_stands_still_is_gone(cases, session, filed, change):
    with cases.store.engine.begin() as connection:
        connection.execute(text(f"UPDATE due_dates SET {change}"))
    assert days(own(session, ADA)) == []


@pytest.mark.parametrize(
    ("due_on", "shown"),
    [
        (TODAY - timedelta(days=93), False), (TODAY - timedelta(days=92), True), (TODAY, True),
        (TODAY + timedelta(days=731), True), (TODAY + timedelta(days=732), False),
    ],
)  # fmt: skip
def test_a_calendar_is_a_window_around_today(cases, session, filed, due_on, shown):
    with cases.store.engine.begin() as connection:
        connection.execute(update(DueDate).values(due_on=due_on))
    assert bool(own(session, ADA).deadlines) is shown


def test_it_holds_so_many_and_says_that_there_are_more(cases, session, filed):
    assert not own(session, ADA).cut_off
    rows = [
        {"case_id": filed, "name": f"d{n}", "anchor_on": TODAY, "due_on": TODAY + timedelta(days=n - 50), "extended": 0}
        for n in range(MOST + 80)
    ]
    with cases.store.engine.begin() as connection:
        connection.execute(insert(DueDate), rows)
    found = own(session, ADA)
    assert (len(found.deadlines), found.cut_off) == (MOST, True)
    assert min(one.due_on for one in found.deadlines) == TODAY
    with cases.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM due_dates WHERE name LIKE 'd_%' AND due_on > :day"), {"day": "2026-04-01"})
    few = own(session, ADA)
    assert not few.cut_off
    assert [one.due_on for one in few.deadlines][-1] == TODAY - timedelta(days=50)


# -------------------------------------------------------------------------------- meetings


def body(organization: int, **more: Any) -> dict[str, Any]:
    return {"organization": organization, "role": "decision", "public": True, "outcome": None, **more}


def add_motion(cases: Cases, number: int, consultations: list[dict[str, Any]], *, kept: bool = False) -> None:
    """A motion on its way as it stands in the database; a kept one is for organization 2 only, although
    everyone may know that there is one."""
    with cases.store.engine.begin() as connection:
        connection.execute(
            insert(Case).values(
                id=number, process="motion", version=1, state="decided", title=f"Motion {number}", seq=4, entered_seq=4,
                hash="0" * 64, opened_at=MONDAY, changed_at=MONDAY + timedelta(minutes=number), hands={},
                data={"consultations": consultations},
            )
        )  # fmt: skip
        readers = [
            {"principal": p, "case_id": number, "process": "motion", "state": "decided", "closed": False}
            for p in ("public", "member@2")
        ]
        connection.execute(insert(CaseReader), readers)
        part = "kept_among" if kept else "lead_department"
        connection.execute(insert(CaseParty).values(case_id=number, part=part, organization_id=2))


def met(found: Dates) -> list[tuple[int, date, list[str], bool]]:
    return [(one.body, one.on, [item.case.title for item in one.items], one.is_set) for one in found.meetings]


def everyone(session: Session, **more: Any) -> Dates:
    session.rollback()
    return queries.public_dates(session, REGISTRY, (), TODAY, **more)


def test_all_papers_of_a_body_on_a_day_are_one_meeting(cases, session):
    add_motion(cases, 51, [body(1, scheduled_on="2026-03-10", agenda_item="10"), body(2, planned_on="2026-04-01")])
    add_motion(cases, 52, [body(1, scheduled_on="2026-03-10", agenda_item="9"), body(2)])
    add_motion(cases, 53, [body(1, outcome="adopted", on="2026-02-10", scheduled_on="2026-02-09")])
    assert met(everyone(session)) == [
        (1, date(2026, 2, 10), ["Motion 53"], True),
        (1, date(2026, 3, 10), ["Motion 52", "Motion 51"], True),
        (2, date(2026, 4, 1), ["Motion 51"], False),
    ]
    assert met(own(session, DORA)) == met(everyone(session))
    (first, *_rest) = everyone(session, body=2).meetings
    assert (first.name, first.changed_at) == ("Organization 2", MONDAY + timedelta(minutes=51))
    assert met(everyone(session, process="concept")) == []
    assert met(own(session, STRANGER)) == []


def test_of_too_many_meetings_the_nearest_are_shown(cases, session):
    days = [TODAY + timedelta(days=n) for n in range(-30, MOST + 30)]
    add_motion(cases, 51, [body(1, scheduled_on=day.isoformat()) for day in days])
    found = everyone(session)
    assert (len(found.meetings), found.cut_off) == (MOST, True)
    assert [found.meetings[n].on for n in (0, -1)] == [TODAY, TODAY + timedelta(days=MOST - 1)]


def test_days_outside_of_the_window_and_what_is_no_day_are_left_out(cases, session):
    days = ("2025-11-01", "2029-01-01", "2026-03", "mid 2026", "", None)
    add_motion(cases, 51, [body(1, outcome="adopted", on=day) for day in days])
    assert met(everyone(session)) == []


def test_what_is_not_public_is_only_for_those_concerned(cases, session):
    add_motion(cases, 51, [body(1, scheduled_on="2026-03-10", public=False)])
    add_motion(cases, 52, [body(1, scheduled_on="2026-03-11")], kept=True)
    assert met(everyone(session)) == []
    assert [on for _body, on, _items, _set in met(own(session, DORA))] == [date(2026, 3, 10), date(2026, 3, 11)]
    with cases.store.engine.begin() as connection:
        follow = text("INSERT INTO follows VALUES (3, 52, :at)")
        connection.execute(follow, {"at": MONDAY.replace(tzinfo=None)})
    assert met(own(session, STRANGER)) == []


def test_the_public_sees_until_when_it_can_take_part(cases, session, filed):
    read = queries.public_dates
    assert read(session, REGISTRY, (("request", "filed"),), TODAY).deadlines == []
    with cases.store.engine.begin() as connection:
        connection.execute(
            insert(CaseReader).values(principal="public", case_id=filed, process="request", state="filed", closed=False)
        )
    session.rollback()
    assert days(read(session, REGISTRY, (("request", "filed"),), TODAY)) == [("decision", date(2026, 3, 16))]
    assert read(session, REGISTRY, (("request", "draft"),), TODAY).deadlines == []
    assert read(session, REGISTRY, (("request", "filed"),), TODAY, body=1).deadlines == []
    assert days(own(session, replace(PUBLIC, person=4))) == []
