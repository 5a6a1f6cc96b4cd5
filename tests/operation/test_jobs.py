"""Whoever looks after the installation sees which periodic job is late or fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.cases.conftest import MONDAY
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.extensions import db
from workflow_app.models import PeriodicJob
from workflow_app.operation import doctor, jobs, metrics
from workflow_app.operation.doctor import Finding, Installation


@pytest.fixture
def here(cases, tmp_path) -> Installation:
    return Installation(cases.store.engine, "", "", tmp_path, Calendar())


def write(here: Installation, name: str, **more: object) -> None:
    values = {"name": name, "done_for": MONDAY, "next_at": MONDAY + timedelta(days=1), "ticket": 1, "failures": 0}
    with here.engine.begin() as connection:
        connection.execute(insert(PeriodicJob).values({**values, **more}))


def said(here: Installation, after: timedelta = timedelta(0)) -> Finding:
    with clock.at(MONDAY + after):
        return next(finding for finding in doctor.examine(here) if finding.name == "jobs")


def test_before_a_scheduler_has_run_and_while_all_is_well(here):
    assert said(here).words == "no scheduler has run yet"
    write(here, "outbox", ended_at=MONDAY)
    write(here, "retention", ended_at=MONDAY)
    assert (said(here).words, said(here).is_well) == ("2 periodic jobs, none late", True)


def test_a_job_that_should_have_run_two_hours_ago_is_late(here):
    write(here, "outbox")
    assert said(here, timedelta(days=1, hours=2)).is_well
    late = said(here, timedelta(days=1, hours=3))
    assert late.words == "outbox should have run at 2026-03-03T09:00+00:00"
    assert "scheduler" in late.mend


def test_a_job_that_takes_long_is_not_late(here):
    write(here, "outbox", lease_until=MONDAY + timedelta(days=1, hours=4))
    assert said(here, timedelta(days=1, hours=3)).is_well


def test_a_job_that_fails_is_told_with_the_kind_of_its_error(here):
    write(here, "outbox", failures=3, last_error="KeyError")
    assert said(here).words == "outbox failed 3 times (KeyError)"
    assert not said(here).is_well


def test_figures_for_alarms(here):
    write(here, "outbox", ended_at=MONDAY, failures=2, last_error="KeyError")
    with Session(here.engine) as session:
        lines = metrics.text(session, MONDAY + timedelta(days=2)).decode().splitlines()
        assert [one.name for one in jobs.known(session, MONDAY)] == ["outbox"]
    (last,) = [line.split()[1] for line in lines if line.startswith("teilhabe_job_last_success_timestamp_seconds{")]
    assert float(last) == MONDAY.timestamp()
    assert 'teilhabe_job_failures{job="outbox"} 2.0' in lines
    assert "teilhabe_jobs_late 1.0" in lines


def test_the_command_lists_what_comes_again(app):
    with app.app_context():
        row = {"name": "outbox", "done_for": MONDAY, "next_at": MONDAY, "ticket": 1, "failures": 1}
        with db.engine.begin() as connection:
            connection.execute(insert(PeriodicJob).values(**row, ended_at=MONDAY, last_error="KeyError"))
        db.engine.dispose()
    ran = app.test_cli_runner().invoke(args=["periodic"])
    assert ran.exit_code == 0
    lines = ran.output.splitlines()
    assert "deadlines   every 20 s" in lines
    assert lines[-1] == ("outbox      last 2026-03-02 10:00, next 2026-03-02 10:00, failed 1 times (KeyError), LATE")
