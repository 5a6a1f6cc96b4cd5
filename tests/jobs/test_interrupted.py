"""Who waits for a row that somebody else holds: not longer than may be, and never for oneself. PostgreSQL only,
because SQLite lets one write after the other anyway."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

import pytest
from sqlalchemy import text

from tests.cases.conftest import at_work, rows  # noqa: F401  (a fixture)
from tests.cases.conftest import cases as cases
from tests.cases.test_acting import opened
from tests.cases.world import ADA
from tests.jobs.working import tickets
from workflow_app.jobs import limits, notices, outbox
from workflow_app.jobs.carrying import carry_out
from workflow_app.jobs.kinds import KINDS, Kind

TODAY = date(2026, 3, 2)


@pytest.mark.postgresql
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
def test_who_waits_too_long_for_a_lock_rests_and_the_others_go_on(cases, monkeypatch):
    """As when a scheduler stands still in the middle of a step: it holds a case that a notice refers to."""
    assert threading.current_thread() is threading.main_thread()  # only there a row can be interrupted
    monkeypatch.setattr(limits, "_enforced", True)
    held, free = opened(cases), opened(cases)

    def soon_up(connection, row, *about):
        if row.case_id == held:
            signal.setitimer(signal.ITIMER_REAL, 0.5)
        notices.fan_out(connection, row, *about)

    monkeypatch.setitem(KINDS, "notice", Kind(soon_up))
    for case_id in (held, free):
        cases.act(case_id, "file", ADA)
    engine = cases.store.engine
    with engine.connect() as somebody, somebody.begin():
        somebody.execute(text("SELECT id FROM cases WHERE id = :id FOR UPDATE"), {"id": held})
        assert carry_out(engine, tickets(outbox.claim(engine)), TODAY) == 2
    found = rows(cases, "SELECT case_id, state, attempt, last_error FROM outbox ORDER BY id")
    assert found == [(held, "pending", 1, "TookTooLong")] * 2 + [(free, "done", 1, None)] * 2
    assert rows(cases, "SELECT DISTINCT case_id FROM notifications") == [(free,)]


class Row(NamedTuple):
    """As much of a row as settling it needs."""

    id: int
    ticket: int
    last_error: str = ""


@pytest.mark.postgresql
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
def test_who_says_that_it_is_at_work_waits_for_nothing_that_it_is_at(cases):
    """The row in hand is settled and the next one taken in one transaction, in the middle of which this falls."""
    engine = cases.store.engine
    cases.act(opened(cases), "file", ADA)
    (batch,) = outbox.claim(engine)
    with engine.begin() as connection:
        assert outbox.take(connection, batch.tickets[0])
    with ThreadPoolExecutor() as pool, engine.connect() as connection, connection.begin():
        assert outbox.settle(connection, Row(*batch.tickets[0]))
        pool.submit(outbox.renew, engine, batch.name).result(5)
        assert outbox.take(connection, batch.tickets[1])
