"""Incidents come once, count, and go by themselves when it went well in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from workflow_app.engine import clock
from workflow_app.incidents import Trouble, report, solved

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
LOST = Trouble("job", "job:relay", "ConnectionError")
OTHER = Trouble("clock", "clock", "jumped")


def found(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        sql = "SELECT subject, state, times, error FROM incidents ORDER BY id"
        return [tuple(row) for row in connection.execute(text(sql))]


def test_what_is_met_again_is_counted_and_not_told_twice(engine):
    with clock.at(MONDAY), engine.begin() as connection:
        report(connection, [LOST, OTHER])
    with clock.at(MONDAY + timedelta(hours=1)), engine.begin() as connection:
        report(connection, [Trouble("job", "job:relay", "TimeoutError")])
    assert found(engine) == [("job:relay", "open", 2, "TimeoutError"), ("clock", "open", 1, "jumped")]
    with engine.connect() as connection:
        first, last = connection.execute(text("SELECT first_at, last_at FROM incidents WHERE times = 2")).one()
    assert str(first) < str(last)


def test_what_went_well_in_the_end_is_solved_and_may_go_wrong_anew(engine):
    with engine.begin() as connection:
        report(connection, [LOST, OTHER])
        solved(connection, ["job:relay", "job:never reported"])
        report(connection, [LOST])
    assert found(engine) == [
        ("job:relay", "solved", 1, "ConnectionError"),
        ("clock", "open", 1, "jumped"),
        ("job:relay", "open", 1, "ConnectionError"),
    ]


def test_a_failure_while_somebody_waits_for_another_try_opens_it_again(engine):
    with engine.begin() as connection:
        report(connection, [LOST])
        connection.execute(text("UPDATE incidents SET state = 'retrying'"))
        report(connection, [LOST])
    assert found(engine) == [("job:relay", "open", 2, "ConnectionError")]


def test_nothing_to_report_writes_nothing(engine):
    with engine.begin() as connection:
        report(connection, [])
        solved(connection, [])
    assert found(engine) == []


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("discarded_why", "state = 'discarded', settled_at = first_at"),
        ("settled_at_if_settled", "state = 'solved'"),
        ("kind_known", "kind = 'gossip'"),
        ("state_known", "state = 'forgotten'"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(engine, rule, change):
    with engine.begin() as connection:
        report(connection, [LOST])
    with pytest.raises(IntegrityError, match=rule), engine.begin() as connection:
        connection.execute(text(f"UPDATE incidents SET {change}"))
