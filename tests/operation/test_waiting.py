"""How much waits, on both kinds of database, and that counting it does not look at everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from tests.cases import world
from tests.cases.conftest import MONDAY
from tests.databases import fresh_sqlite
from tests.queries.test_growth import plan, told
from workflow_app.cases import Cases
from workflow_app.engine import clock
from workflow_app.engine.definition import Opening
from workflow_app.incidents import Trouble, report
from workflow_app.models import OutboxMessage
from workflow_app.operation import metrics
from workflow_app.operation.waiting import waiting


def figures(cases: Cases, at: datetime = MONDAY) -> dict[tuple[str, ...], float]:
    """Every sample that a scrape gives: name and labels -> value."""
    with Session(cases.store.engine) as session:
        scraped = metrics.text(session, at).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(scraped)
        for sample in family.samples
    }


def add(cases: Cases, **more: Any) -> None:
    with cases.store.engine.begin() as connection:
        number = connection.execute(text("SELECT count(*) FROM outbox")).scalar_one()
        usual = {"kind": "account_notice", "payload": {}, "dedupe_key": f"k{number}", "run_at": MONDAY}
        connection.execute(insert(OutboxMessage).values({**usual, **more}))


@pytest.fixture
def filed(cases: Cases) -> int:
    """A request that waits since now; its notices stand in the outbox."""
    case_id = cases.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    cases.act(case_id, "file", world.ADA)
    return case_id


def test_a_quiet_house_has_nothing_waiting(cases):
    found = figures(cases)
    assert found["teilhabe_queue_lag_seconds", "site"] == found["teilhabe_queue_lag_seconds", "mails"] == 0
    assert found["teilhabe_outbox_messages", "dead"] == 0
    assert found["teilhabe_deadlines_unfired",] == 0


def test_what_is_due_is_counted_and_how_long_it_waits(cases, filed):
    add(cases, run_at=MONDAY + timedelta(hours=1))
    add(cases, state="running", run_at=MONDAY - timedelta(hours=2))
    for kind in ("account_link", "account_link", "notice"):
        add(cases, state="dead", kind=kind, case_id=filed, run_at=MONDAY - timedelta(days=1))
    found = figures(cases, MONDAY + timedelta(minutes=2))
    assert found["teilhabe_queue_due_messages", "site"] == 2
    assert found["teilhabe_queue_lag_seconds", "site"] == 120
    assert found["teilhabe_queue_due_messages", "mails"] == 0
    assert found["teilhabe_outbox_messages", "pending"] == 3
    assert found["teilhabe_outbox_oldest_seconds", "running"] == 2 * 3600 + 120
    assert found["teilhabe_outbox_dead_messages", "account_link"] == 2
    assert found["teilhabe_outbox_dead_messages", "notice"] == 1


def test_what_was_handed_over_and_nobody_takes_still_waits(cases, filed):
    add(cases, state="dispatched", run_at=MONDAY - timedelta(hours=2))
    found = figures(cases)
    assert found["teilhabe_queue_due_messages", "mails"] == 1
    assert found["teilhabe_queue_lag_seconds", "mails"] == 2 * 3600
    assert found["teilhabe_queue_lag_seconds", "site"] == 0


def test_incidents_are_counted_by_kind_and_what_was_let_be_raises_no_alarm(cases, filed):
    add(cases, state="dead", kind="digest")
    add(cases, state="dead", kind="digest")
    with cases.store.engine.begin() as connection:
        (first, second) = connection.execute(text("SELECT id FROM outbox WHERE state = 'dead' ORDER BY id")).scalars()
        report(connection, [Trouble("message", f"message:{n}", "OSError", outbox_id=n) for n in (first, second)])
        report(connection, [Trouble("job", "job:relay", "OSError"), Trouble("clock", "clock", "jumped")])
    assert figures(cases)["teilhabe_incidents", "message"] == 2
    assert figures(cases)["teilhabe_incidents", "deadline"] == 0
    with cases.store.engine.begin() as connection:
        discarded = "state = 'discarded', settled_at = last_at, reason = 'old', settled_by_id = 1"
        connection.execute(text(f"UPDATE incidents SET {discarded} WHERE outbox_id = :n"), {"n": first})
        connection.execute(text("UPDATE incidents SET state = 'retrying' WHERE kind = 'job'"))
    found = figures(cases)
    kinds = ("message", "job", "clock", "setting")
    assert [found["teilhabe_incidents", kind] for kind in kinds] == [1, 0, 1, 0]
    assert found["teilhabe_outbox_dead_messages", "digest"] == found["teilhabe_outbox_messages", "dead"] == 1


def test_a_deadline_the_clock_has_missed_shows(cases, filed):
    before, after = datetime(2026, 3, 8, 22, tzinfo=MONDAY.tzinfo), datetime(2026, 3, 9, 1, tzinfo=MONDAY.tzinfo)
    assert figures(cases, before)["teilhabe_deadlines_unfired",] == 0
    assert figures(cases, after)["teilhabe_deadlines_unfired",] == 1
    assert figures(cases, after)["teilhabe_deadlines_lag_seconds",] == 2 * 3600


def test_what_happened_is_counted_for_an_hour(cases, filed):
    assert figures(cases)["teilhabe_case_events_last_hour", "step", "request"] == 1
    with clock.at(MONDAY + timedelta(minutes=40)):
        cases.act(filed, "note", world.ADA, {"text": "rain"})
    assert figures(cases, MONDAY + timedelta(minutes=50))["teilhabe_case_events_last_hour", "step", "request"] == 2
    later = figures(cases, MONDAY + timedelta(minutes=70))
    assert later["teilhabe_case_events_last_hour", "step", "request"] == 1
    assert ("teilhabe_case_events_last_hour", "open", "request") not in later


def test_the_figures_take_short_walks():
    engine = fresh_sqlite()
    with told(engine) as statements, Session(engine) as session:
        metrics.text(session, MONDAY)
        waiting(session, MONDAY)
    asked = [(sql, values) for sql, values in statements if sql.startswith("SELECT")]
    assert len(asked) > 8
    with engine.connect() as connection:
        for sql, values in asked:
            for step in plan(connection, sql, values):
                # Of the periodic jobs there are as many as there are in the code.
                assert not step.startswith("SCAN") or "periodic_jobs" in step, (step, sql)
    engine.dispose()


@pytest.mark.parametrize(
    ("header", "token", "may"),
    [
        ("Bearer good", "good", True), ("Bearer bad", "good", False), ("good", "good", False), ("", "good", False),
        ("Bearer ", "", False), ("", "", False), ("Bearer goöd", "good", False), ("bearer good", "good", False),
    ],
)  # fmt: skip
def test_only_who_has_the_token_may_read(header, token, may):
    assert metrics.may_read(header, token) is may
