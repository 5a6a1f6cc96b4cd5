"""The lists of incidents: in order, page by page, and no more of a case or a person than one may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from tests.cases import world
from tests.cases.conftest import MONDAY
from tests.queries.conftest import ADA
from tests.queries.test_growth import told
from workflow_app.access import Viewer
from workflow_app.cases import Cases
from workflow_app.engine import clock
from workflow_app.engine.definition import Opening
from workflow_app.incidents import Trouble, report
from workflow_app.models import AccountLink, OutboxMessage
from workflow_app.queries import IncidentRow, open_incident_count
from workflow_app.queries import incidents as lists

CLERK = Viewer(9, frozenset({"public", "account", "person:9", "member@9"}), "Lou", is_staff=True)
CHIEF = replace(ADA, principals=ADA.principals | {"administrator@1"})


def happened(cases: Cases, minutes: int, *troubles: Trouble) -> None:
    with clock.at(MONDAY + timedelta(minutes=minutes)), cases.store.engine.begin() as connection:
        report(connection, troubles)


def run(cases: Cases, sql: str, **params: Any) -> None:
    with cases.store.engine.begin() as connection:
        connection.execute(text(sql), params)


def subjects(rows: Any) -> list[str]:
    return [one.subject for one in rows]


@pytest.fixture
def several(cases: Cases) -> None:
    """Seven incidents, a minute apart; the second is being tried again, two are settled."""
    for n in range(7):
        happened(cases, n, Trouble("job" if n % 2 else "message", f"x:{n}", "OSError"))
    run(cases, "UPDATE incidents SET state = 'retrying' WHERE subject = 'x:6'")
    settled = "settled_at = last_at, settled_by_id = 1"
    run(cases, f"UPDATE incidents SET state = 'solved', {settled} WHERE subject = 'x:2'")
    run(cases, f"UPDATE incidents SET state = 'discarded', reason = 'old', {settled} WHERE subject = 'x:3'")


def all_pages(read: Any, **more: Any) -> list[str]:
    found: list[str] = []
    after: Any = None
    while True:
        page = read(after=after, **more)
        found += subjects(page.rows)
        if (after := page.after) is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_what_waits_comes_first_the_newest_on_top_on_pages_of_any_length(several, session, limit):
    def read(**more: Any) -> Any:
        return lists.incidents(session, CLERK, limit=limit, **more)

    assert all_pages(read) == ["x:5", "x:4", "x:1", "x:0", "x:6"]
    assert all_pages(read, kind="job") == ["x:5", "x:1"]
    assert all_pages(read, kind="clock") == []


@pytest.mark.parametrize("limit", [1, 20])
def test_what_was_settled_can_be_read_with_who_and_why(several, session, limit):
    def read(**more: Any) -> Any:
        return lists.settled(session, CLERK, limit=limit, **more)

    assert all_pages(read) == ["x:3", "x:2"]
    assert all_pages(read, kind="message") == ["x:2"]
    (newest, *_rest) = read().rows
    assert (newest.state, newest.by, newest.reason) == ("discarded", "Ada", "old")


NO_KEYS = ("", "x", "open", "open~x~1", "open~2026-03-02~1", "solved~2026-03-02T09:00:00+00:00~1")


@pytest.mark.parametrize("after", NO_KEYS)
def test_a_key_that_is_none_begins_at_the_beginning(several, session, after):
    assert len(lists.incidents(session, CLERK, after=after).rows) == 5
    assert len(lists.settled(session, CLERK, after=after).rows) == 2


def test_only_what_waits_for_somebody_is_counted(several, session, monkeypatch):
    assert lists.incident_counts(session) == {"message": 2, "job": 2}
    assert open_incident_count(session) == 4
    monkeypatch.setattr(lists, "MOST", 3)
    assert open_incident_count(session) == 3


def test_all_of_a_kind_are_those_that_were_there_when_somebody_looked(several, session):
    until = MONDAY + timedelta(minutes=4)
    assert len(lists.open_incident_ids(session, None, until, 10)) == 3
    assert len(lists.open_incident_ids(session, "message", until, 10)) == 2
    assert len(lists.open_incident_ids(session, None, until, 1)) == 1
    assert len(lists.open_incident_ids(session, None, MONDAY + timedelta(hours=1), None)) == 4


# --------------------------------------------------------------------------- who may know what


@pytest.fixture
def draft(cases: Cases) -> int:
    """A case that only the board may see, of which a notice and a deadline went wrong."""
    case_id = cases.open_case("request", Opening("A secret path", {}, world.PARTS), world.ADA).case_id
    cases.act(case_id, "file", world.ADA)
    cases.act(case_id, "back", world.DORA)
    message_sql = "SELECT id FROM outbox WHERE case_id = :case ORDER BY id LIMIT 1"
    with cases.store.engine.begin() as connection:
        message = connection.execute(text(message_sql), {"case": case_id}).scalar_one()
        due = connection.execute(text("SELECT id FROM due_dates")).scalar_one()
    happened(
        cases, 1,
        Trouble("message", f"message:{message}", "OSError", case_id=case_id, outbox_id=message),
        Trouble("deadline", f"deadline:{due}", "KeyError", case_id=case_id, due_id=due),
    )  # fmt: skip
    return case_id


def seen(session: Session, viewer: Viewer) -> dict[str, IncidentRow]:
    return {one.kind: one for one in lists.incidents(session, viewer).rows}


def test_of_a_case_only_those_learn_who_may_see_it(draft, session):
    known, hidden = seen(session, CHIEF), seen(session, CLERK)
    assert known["message"].case is not None
    assert (known["message"].case.title, known["message"].told) == ("A secret path", ["Organization 2"])
    assert known["deadline"].deadline == "decision"
    for one in hidden.values():
        assert one.about_case
        assert (one.case, one.told, one.deadline, one.due_on, one.person) == (None, [], None, None, None)
    assert "secret" not in str(hidden)


def test_people_are_named_to_those_who_look_after_accounts_and_to_nobody_else(cases, session):
    with cases.store.engine.begin() as connection:
        more = {"created_at": MONDAY, "ends_at": MONDAY}
        connection.execute(insert(AccountLink).values(id=7, purpose="invite", person_id=2, **more))
        payloads = {"account_link": {"link": 7}, "digest": {"person": 3}, "notice_mail": {"outbox": 1, "person": 4}}
        usual = {"run_at": MONDAY, "attempt": 5, "state": "dead"}
        rows = [
            {"id": n, "kind": kind, "payload": payload, "dedupe_key": kind, **usual}
            for n, (kind, payload) in enumerate(payloads.items(), 1)
        ]
        connection.execute(insert(OutboxMessage), rows)
    happened(cases, 1, *(Trouble("message", f"message:{n}", "OSError", outbox_id=n) for n in (1, 2, 3)))
    happened(cases, 2, Trouble("setting", "zone:1", "UnknownZone", person_id=1))
    named = {one.message or one.subject: one.person for one in lists.incidents(session, CHIEF).rows}
    assert named == {"account_link": (2, "Ben"), "digest": (3, "Cem"), "notice_mail": (4, "Dora"), "zone:1": (1, "Ada")}
    assert {one.person for one in lists.incidents(session, CLERK).rows} == {None}
    assert {one.tries for one in lists.incidents(session, CLERK, kind="message").rows} == {5}


def test_more_incidents_take_no_more_queries(cases, session, draft):
    def counted() -> int:
        session.rollback()
        with told(cases.store.engine) as statements:
            lists.incidents(session, CHIEF)
        return sum(not statement.startswith("BEGIN") for statement, _values in statements)

    few = counted()
    for n in range(2, 19):
        person = n % 4 + 1
        trouble = Trouble("deadline", f"deadline:x{n}", "KeyError", case_id=draft, due_id=1, person_id=person)
        happened(cases, n, trouble)
    assert counted() == few
