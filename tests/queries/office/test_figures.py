"""Whatever cases there are and whoever looks: every figure is what counting by hand gives, and what its list shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.queries.office.made_up import (
    NAME,
    NOW,
    SEATS,
    TODAY,
    Made,
    due_count,
    everything,
    for_viewer,
    made,
    write,
)
from workflow_app.access import Viewer
from workflow_app.queries import office
from workflow_app.queries.office import Colleague, dues, fitting
from workflow_app.queries.rows import Page

ADA = Colleague(1, "Ada", frozenset({"member@1", "chair@1"}))
BEN = Colleague(2, "Ben", frozenset({"member@2", "member@3"}))
CEM = Colleague(3, "Cem", frozenset({"head@2"}))
STAFF = (ADA, BEN, CEM)
UNITS = {n: frozenset(f"{role}@{n}" for role in ("member", "chair", "head")) for n in (1, 2, 3)}
VIEWERS = tuple(
    Viewer(7, frozenset({"public", "account", "person:7", *seats}), is_staff=True)
    for seats in ((), ("member@1",), ("member@2", "head@2"), ("chair@1", "member@3"), SEATS)
)
CHOICES = ((), (UNITS[1],), (BEN.principals,), (UNITS[2], ADA.principals))


def fits(case: Made, process: str | None, waits_for: tuple[frozenset[str], ...]) -> bool:
    return process in (None, case.process) and all(case.waits_for(whom) for whom in waits_for)


@given(
    st.lists(made(), max_size=10), st.sampled_from((None, *NAME)), st.sampled_from(CHOICES), st.sampled_from((0, 1000))
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_are_what_counting_by_hand_gives_and_what_the_lists_show(engine, cases, process, waits_for, few):
    with (
        patch.object(dues, "LOOKED_AT", few),
        engine.connect().execution_options(immediate=True) as connection,
        connection.begin() as transaction,
    ):
        write(connection, cases)
        with Session(connection) as session:
            tally = office.Tally.loads(office.count(session, TODAY).dumps())
            for viewer in map(office.in_office, VIEWERS):
                mine = for_viewer(cases, viewer)
                found = office.sums(
                    tally, viewer.principals, STAFF, NOW, TODAY, process=process, waits_for=waits_for
                )  # fmt: skip
                wanted = [case for case in mine if fits(case, process, waits_for)]
                deadlines_are_right(session, viewer, found, wanted, process, waits_for)
                states_are_right(session, viewer, found, wanted, waits_for)
                loads_are_right(session, viewer, found, [case for case in mine if fits(case, process, ())], process)
        transaction.rollback()


def deadlines_are_right(
    session: Session, viewer: Viewer, found: office.Sums, wanted: list[Made], process: str | None, waits_for: Any
) -> None:
    for when in office.WHENS:
        rows = everything(
            lambda after, when=when: office.deadlines(
                session, viewer, when, TODAY, process=process, waits_for=waits_for, after=after, limit=3
            )
        )
        assert found.deadlines[when] == due_count(wanted, when) == len(rows), when
        assert [row.due_on for row in rows] == sorted((row.due_on for row in rows), key=str)
        assert len({(row.case.id, row.name) for row in rows}) == len(rows)


def states_are_right(session: Session, viewer: Viewer, found: office.Sums, wanted: list[Made], waits_for: Any) -> None:
    assert {(one.process, one.state): one.cases for one in found.states} == Counter(
        (case.process, case.state) for case in wanted
    )
    for one in found.states:
        here = [case for case in wanted if (case.process, case.state) == (one.process, one.state)]
        waited = [(NOW - case.entered).total_seconds() / 86400 for case in here if case.entered]
        assert one.dated == len(waited)
        assert one.longest == (int(max(waited)) if waited else None)
        assert one.average == (pytest.approx(sum(waited) / len(waited), abs=0.001) if waited else None)
        rows = everything(
            lambda after, one=one: office.open_cases(
                session, viewer, process=one.process, state=one.state, waits_for=waits_for, after=after, limit=2
            )
        )
        assert len(rows) == len({row.case.id for row in rows}) == one.cases
        assert Counter(row.since for row in rows) == Counter(case.entered for case in here)


def loads_are_right(
    session: Session, viewer: Viewer, found: office.Sums, mine: list[Made], process: str | None
) -> None:
    whom = [(found.organizations, id_, principals) for id_, principals in UNITS.items()]
    whom += [(found.people, one.id, one.principals) for one in STAFF]
    for loads, id_, principals in whom:
        expected = Counter(kind_of(case) for case in mine for _step in case.waits_for(principals))
        load = loads.by_id.get(id_, office.Load())
        for kind in office.LOADS:
            rows = everything(
                lambda after, kind=kind, principals=principals: office.waiting_steps(
                    session, viewer, principals, TODAY, load=kind, process=process, after=after, limit=2
                )
            )
            assert load.of(kind) == expected[kind] == len(rows)
        rows = everything(
            lambda after, principals=principals: office.waiting_steps(
                session, viewer, principals, TODAY, process=process, after=after, limit=2
            )
        )
        assert load.total == len(rows) == len({(row.case.id, row.step) for row in rows})


def kind_of(case: Made) -> str:
    if case.nearest is None:
        return "undated"
    return "overdue" if case.nearest < TODAY else "dated"


CASE = Made(
    "request", "one", False, frozenset({"member@1"}), frozenset({("agree", "member@1")}), (-1, 0, 1), 30, "step"
)


def test_a_tally_is_read_rightly_on_the_days_after_it_was_counted(engine):
    with engine.begin() as connection:
        write(connection, [CASE])
        with Session(connection) as session:
            tally = office.count(session, TODAY)
            for later in range(3):
                day, now = TODAY + timedelta(days=later), NOW + timedelta(days=later)
                found = office.sums(tally, {"member@1"}, STAFF, now, day)
                assert (
                    found.deadlines == office.sums(office.count(session, day), {"member@1"}, STAFF, now, day).deadlines
                )
                assert found.deadlines["overdue"] == later + 1
                assert found.states[0].longest == later + 1


def test_cases_that_are_alike_are_one_group_however_many_there_are(engine):
    with engine.begin() as connection:
        write(connection, [CASE] * 50)
        with Session(connection) as session:
            (group,) = office.count(session, TODAY).groups
    assert (group.cases, group.dues) == (50, tuple(((TODAY + timedelta(days=n)).toordinal(), 50) for n in (-1, 0, 1)))


def test_what_somebody_sees_as_a_private_person_is_not_counted(engine):
    private = Made(
        "request", "one", False, frozenset({"person:7"}), frozenset({("agree", "person:7")}), (0,), 1, "step"
    )
    with engine.begin() as connection:
        write(connection, [private])
        with Session(connection) as session:
            assert office.count(session, TODAY).groups == ()
            me = office.in_office(Viewer(7, frozenset({"person:7", "member@1"}), is_staff=True))
            assert office.open_cases(session, me).rows == []
            assert office.deadlines(session, me, "today", TODAY).rows == []


def loads(*totals: int) -> office.Loads:
    """Units 1, 2, … for each of which so many cases wait."""
    groups = tuple(
        office.Group("p", "s", frozenset({"x"}), (("a", frozenset({f"member@{n}"})),), total, 0, 0, None, (), 0, ())
        for n, total in enumerate(totals, 1)
    )
    return office.sums(office.Tally(TODAY, groups), {"x"}, (), NOW, TODAY).organizations


@pytest.mark.parametrize(
    ("totals", "marked"),
    [((5, 2, 2), {1}), ((4, 2, 2), set()), ((9, 1), set()), ((9,), set()), ((9, 8, 3, 1, 1), {1, 2})],
)
def test_who_has_more_than_twice_as_much_as_the_one_in_the_middle_is_marked(totals, marked):
    found = loads(*totals)
    assert {id_ for id_ in found.by_id if found.too_much(id_)} == marked


@pytest.mark.parametrize(
    ("today", "sunday"), [(date(2026, 3, 2), 8), (date(2026, 3, 4), 8), (date(2026, 3, 8), 8), (date(2026, 3, 9), 15)]
)
def test_a_week_ends_on_its_sunday(today, sunday):
    assert office.span("week", today) == (today, date(2026, 3, sunday))
    assert office.span("month", today) == (today, today + timedelta(days=30))
    assert office.span("overdue", today)[1] == today - timedelta(days=1)


def test_where_hardly_anything_fits_a_list_stops_and_says_so(engine, monkeypatch):
    monkeypatch.setattr(fitting, "LOOKED_AT", 10)
    other = Made(
        "request", "one", False, frozenset({"member@2"}), frozenset({("agree", "member@1")}), (0, None), 1, "step"
    )
    me = Viewer(1, frozenset({"member@1"}), is_staff=True)
    with engine.begin() as connection:
        write(connection, [*[other] * 25, CASE])
        with Session(connection) as session:

            def today(after: str | None) -> Page[office.DueRow]:
                return office.deadlines(session, me, "today", TODAY, after=after, limit=2)

            def waiting(after: str | None) -> Page[office.StepRow]:
                return office.waiting_steps(session, me, {"member@1"}, TODAY, load="dated", after=after, limit=2)

            def open_(after: str | None) -> Page[office.WaitingCase]:
                return office.open_cases(session, me, waits_for=({"member@1"},), after=after, limit=2)

            assert (list(today(None).rows), today(None).looked_at) == ([], 10)
            assert waiting(None).looked_at == 10
            assert [len(everything(one)) for one in (today, open_, waiting)] == [1, 1, 0]


RUBBISH = [
    "",
    "x",
    "~",
    "-1",
    "9" * 40,
    "2026-13-40~1",
    "2026-03-04~-9",
    "~x~",
    "~1~a b",
    "\0",
    "٣",
    "2026-03-04~" + "9" * 30 + "~a",
]


@pytest.mark.parametrize("after", RUBBISH)
def test_a_key_that_is_none_is_no_fault(engine, after):
    me = Viewer(1, frozenset({"member@1"}), is_staff=True)
    with engine.begin() as connection:
        write(connection, [replace(CASE, dues=(0,))] * 3)
        with Session(connection) as session:
            for when in office.WHENS:
                rows = office.deadlines(session, me, when, TODAY, after=after).rows
                assert len(rows) in (0, 3), when
            assert len(office.open_cases(session, me, after=after).rows) in (0, 3)
            assert len(office.waiting_steps(session, me, {"member@1"}, TODAY, after=after).rows) in (0, 3)


def test_a_list_with_a_forged_key_stays_in_its_stretch_of_time(engine):
    me = Viewer(1, frozenset({"member@1"}), is_staff=True)
    with engine.begin() as connection:
        write(connection, [CASE])
        with Session(connection) as session:
            rows = office.deadlines(session, me, "today", TODAY, after="2020-01-01~1").rows
            assert [row.due_on for row in rows] == [TODAY]


def test_moments_are_kept_to_the_second(engine):
    with engine.begin() as connection:
        write(connection, [CASE])
        with Session(connection) as session:
            (group,) = office.count(session, TODAY).groups
    assert group.first == group.entered == int((NOW - timedelta(hours=30)).timestamp())
    assert datetime.fromtimestamp(group.first, NOW.tzinfo) == CASE.entered
