"""A row that waits for the database longer than it may is interrupted, and holds up nobody."""

from __future__ import annotations

import threading
from datetime import date

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
    monkeypatch.setitem(KINDS, "notice", Kind(notices.fan_out, seconds=1))
    held, free = opened(cases), opened(cases)
    for case_id in (held, free):
        cases.act(case_id, "file", ADA)
    engine = cases.store.engine
    with engine.connect() as somebody, somebody.begin():
        somebody.execute(text("SELECT id FROM cases WHERE id = :id FOR UPDATE"), {"id": held})
        assert carry_out(engine, tickets(outbox.claim(engine)), TODAY) == 2
    found = rows(cases, "SELECT case_id, state, attempt, last_error FROM outbox ORDER BY id")
    assert found == [(held, "pending", 1, "TookTooLong")] * 2 + [(free, "done", 1, None)] * 2
    assert rows(cases, "SELECT DISTINCT case_id FROM notifications") == [(free,)]
