"""From a notice to people: exactly once in the database, whatever is lost or repeated on the way."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from rq import SimpleWorker
from sqlalchemy import Connection, text

from tests.cases.conftest import at_work, rows  # noqa: F401  (a fixture)
from tests.cases.conftest import cases as cases
from tests.cases.test_acting import opened
from tests.cases.world import ADA
from tests.jobs.redis_server import redis_url as redis_url
from tests.jobs.working import tickets
from tests.views.browsing import Visitor
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import limits, notices, outbox, tasks
from workflow_app.jobs.carrying import carry_out
from workflow_app.jobs.kinds import KINDS, Kind
from workflow_app.models.following import SITE

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
    assert carry_out(engine, tickets(outbox.claim(engine)), TODAY) == 2
    assert told(cases) == EVERYBODY
    assert rows(cases, "SELECT DISTINCT state, attempt FROM outbox") == [("done", 1)]


def test_a_delivery_repeated_ten_times_and_out_of_order_changes_nothing(cases, filed):
    engine = cases.store.engine
    found = tickets(outbox.claim(engine))
    assert carry_out(engine, [*found * 5, *found[::-1] * 5], TODAY) == 2
    assert told(cases) == EVERYBODY


def test_what_is_claimed_is_not_claimed_again_until_its_lease_is_over(cases, filed):
    engine = cases.store.engine
    lost = tickets(outbox.claim(engine))
    assert outbox.claim(engine) == []
    with clock.at(clock.now() + timedelta(minutes=2)):
        again = tickets(outbox.claim(engine))
        assert [t.ticket for t in again] == [2, 2]
        assert carry_out(engine, lost, TODAY) == 0  # the stale ones come late
        assert carry_out(engine, again, TODAY) == 2
    assert told(cases) == EVERYBODY


def test_a_batch_that_still_waits_in_the_queue_waits_on(cases, filed):
    engine = cases.store.engine
    (batch,) = outbox.claim(engine)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.claim(engine, queued=lambda names: names) == []
        assert carry_out(engine, batch.tickets, TODAY) == 2


def test_a_job_that_says_that_it_is_at_work_keeps_its_batch(cases, filed):
    engine = cases.store.engine
    (batch,) = outbox.claim(engine)
    with clock.at(clock.now() + timedelta(seconds=25)):
        outbox.renew(engine, batch.name)
    with clock.at(clock.now() + timedelta(seconds=50)):
        assert outbox.claim(engine) == []
    with clock.at(clock.now() + timedelta(seconds=60)):
        assert len(tickets(outbox.claim(engine))) == 2


def begin(cases, found: list[outbox.Ticket]) -> None:
    """Jobs take these rows, and that is the last that is heard of them."""
    with cases.store.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        for ticket in found:
            assert outbox.take(connection, ticket)


def test_waiting_in_a_queue_costs_no_attempt_but_dying_does_and_in_the_end_it_is_an_incident(cases, filed):
    engine = cases.store.engine
    for round_ in range(8):
        with clock.at(clock.now() + timedelta(minutes=2 * round_)):
            outbox.claim(engine)
    assert rows(cases, "SELECT DISTINCT attempt FROM outbox") == [(0,)]
    for round_ in range(8, 14):
        with clock.at(clock.now() + timedelta(minutes=2 * round_)):
            begin(cases, tickets(outbox.claim(engine)))
    assert rows(cases, "SELECT DISTINCT state, attempt FROM outbox") == [("dead", 5)]
    expected = [(f"message:{id_}", "lost", filed, id_) for id_ in (1, 2)]
    assert rows(cases, "SELECT subject, error, case_id, outbox_id FROM incidents ORDER BY id") == expected


def test_who_has_failed_before_travels_alone(cases, filed):
    engine = cases.store.engine
    (batch,) = outbox.claim(engine)
    begin(cases, [batch.tickets[0]])
    with clock.at(clock.now() + timedelta(minutes=1)):
        found = outbox.claim(engine)
    assert [[ticket.id for ticket in batch.tickets] for batch in found] == [[1], [2]]


def test_when_a_job_dies_the_row_it_was_at_rests_and_the_others_go_on_at_once(cases, filed):
    engine = cases.store.engine
    (batch,) = outbox.claim(engine)
    begin(cases, [batch.tickets[0]])
    outbox.release(engine, batch.name, "signal 11")
    sql = "SELECT state, attempt, last_error FROM outbox ORDER BY id"
    assert rows(cases, sql) == [("pending", 1, "signal 11"), ("pending", 0, None)]
    assert [ticket.id for ticket in tickets(outbox.claim(engine))] == [2]
    assert carry_out(engine, batch.tickets, TODAY) == 0  # its tickets are worth nothing any more


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notices of these messages fail."""
    found: list[int] = []

    def effect(connection: Connection, row: Any, today: date, done: None) -> None:
        notices.fan_out(connection, row, today, done)
        if row.id in found:
            raise LookupError("what somebody wrote")

    monkeypatch.setitem(KINDS, "notice", Kind(effect))
    return found


def later(**more: float) -> Any:
    return clock.at(clock.now() + timedelta(**more))


def test_a_row_that_fails_leaves_nothing_behind_and_its_neighbour_goes_on(cases, filed, broken):
    broken.append(1)
    engine = cases.store.engine
    assert carry_out(engine, tickets(outbox.claim(engine)), TODAY) == 1
    sql = "SELECT outbox_id, count(*) FROM notifications GROUP BY outbox_id"
    assert [row[0] for row in rows(cases, sql)] == [2]
    assert rows(cases, "SELECT state, last_error FROM outbox ORDER BY id") == [
        ("pending", "LookupError"),
        ("done", None),
    ]


def test_a_row_rests_longer_each_time_it_fails_and_what_is_mended_goes_through(cases, filed, broken):
    broken.append(1)
    engine, now = cases.store.engine, clock.now()
    for seconds in (30, 120, 480, 1800):
        with clock.at(now):
            carry_out(engine, tickets(outbox.claim(engine)), TODAY)
        now += timedelta(seconds=seconds)
        with clock.at(now - timedelta(seconds=1)):
            assert outbox.claim(engine) == []
    broken.clear()
    with clock.at(now):
        assert carry_out(engine, tickets(outbox.claim(engine)), TODAY) == 1
    assert told(cases) == EVERYBODY
    assert rows(cases, "SELECT * FROM incidents") == []


def test_after_the_last_attempt_it_is_an_incident_that_another_try_solves(cases, filed, broken):
    broken += [1]
    engine = cases.store.engine
    for days in range(6):
        with later(days=days):
            carry_out(engine, tickets(outbox.claim(engine)), TODAY)
    assert rows(cases, "SELECT state, attempt FROM outbox WHERE id = 1") == [("dead", 5)]
    incident = "SELECT subject, error, state, times FROM incidents"
    assert rows(cases, incident) == [("message:1", "LookupError", "open", 1)]
    broken.clear()
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'pending', attempt = 0 WHERE id = 1"))
    with later(days=7):
        carry_out(engine, tickets(outbox.claim(engine)), TODAY)
    assert rows(cases, incident) == [("message:1", "LookupError", "solved", 1)]
    assert told(cases) == EVERYBODY


def test_a_kind_that_nobody_knows_fails_alone_and_harms_nobody(cases, filed):
    with cases.store.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET kind = 'telegram' WHERE id = 2"))
    engine = cases.store.engine
    assert carry_out(engine, tickets(outbox.claim(engine)), TODAY) == 1
    assert rows(cases, "SELECT state, last_error FROM outbox WHERE id = 2") == [("pending", "KeyError")]


def test_whoever_is_asked_to_stop_ends_the_row_it_is_at_and_takes_no_other(cases, filed):
    engine, answers = cases.store.engine, iter([False, True])
    assert carry_out(engine, tickets(outbox.claim(engine)), TODAY, lambda: next(answers)) == 1
    assert rows(cases, "SELECT state, attempt FROM outbox ORDER BY id") == [("done", 1), ("dispatched", 0)]


def test_no_more_is_on_its_way_than_may_be(cases, filed, monkeypatch):
    monkeypatch.setattr(outbox, "IN_FLIGHT", 1)
    assert len(tickets(outbox.claim(cases.store.engine))) == 1
    assert outbox.claim(cases.store.engine) == []
    with later(minutes=1):
        assert len(tickets(outbox.claim(cases.store.engine))) == 1


def test_people_are_found_when_it_is_sent_not_when_it_was_written(cases, filed):
    with cases.store.engine.begin() as connection:
        connection.execute(text("UPDATE memberships SET end_date = '2026-03-01' WHERE person_id = 2"))
        connection.execute(text("UPDATE people SET locked = :yes WHERE id = 3"), {"yes": True})
    carry_out(cases.store.engine, tickets(outbox.claim(cases.store.engine)), TODAY)
    assert told(cases) == [("filed", 4), ("yours", 1)]


def test_the_relay_hands_ids_to_a_worker_and_a_flushed_queue_loses_nothing(demo_app, redis_url):
    demo_app.config["REDIS_URL"] = redis_url
    with demo_app.app_context():
        connection = Redis.from_url(redis_url)
        with db.engine.begin() as fresh:  # as if nobody had been told yet
            fresh.execute(text("DELETE FROM notifications"))
            newest = "SELECT id FROM outbox WHERE kind = 'notice' ORDER BY id DESC LIMIT 60"
            sql = f"UPDATE outbox SET state = 'pending', ticket = 0, attempt = 0 WHERE id IN ({newest})"
            waiting = fresh.execute(text(sql)).rowcount
        assert waiting == 60
        tasks.relay(connection)
        connection.flushall()
        with clock.at(datetime.now(UTC) + timedelta(minutes=5)):
            while tasks.relay(connection):
                worker = SimpleWorker([tasks.queue(SITE, connection)], connection=connection)
                worker.work(burst=True, logging_level="ERROR")
        states = db.session.execute(text("SELECT DISTINCT state FROM outbox WHERE kind = 'notice'")).scalars().all()
        assert states == ["done"]
        assert db.session.scalar(text("SELECT count(DISTINCT outbox_id) FROM notifications")) > waiting / 2
        connection.close()


def test_a_job_that_takes_long_says_that_it_is_still_at_work(demo_app, monkeypatch):
    renewed = threading.Event()
    monkeypatch.setattr(limits, "RENEWED", 0.01)
    monkeypatch.setattr(outbox, "renew", lambda engine, batch: renewed.set())
    monkeypatch.setitem(KINDS, "notice", Kind(lambda *_row: _was(renewed)))
    with demo_app.app_context():
        with db.engine.begin() as fresh:
            newest = "SELECT id FROM outbox WHERE kind = 'notice' ORDER BY id DESC LIMIT 1"
            fresh.execute(text(f"UPDATE outbox SET state = 'pending', attempt = 0 WHERE id IN ({newest})"))
        done = [tasks.deliver(batch.name, batch.tickets) for batch in outbox.claim(db.engine)]
    assert 1 in done


def _was(renewed: threading.Event) -> None:
    assert renewed.wait(10)


def test_without_a_queue_a_step_is_taken_all_the_same(demo_app):
    demo_app.config["REDIS_URL"] = "unix:///nowhere/socket"
    with demo_app.app_context():
        case = db.session.scalar(text("SELECT id FROM cases WHERE title LIKE '%Sport für alle%'"))
        db.session.rollback()
    assert Visitor(demo_app, "stelle").post(f"/cases/{case}/steps/start_groups").status_code == 302
    with demo_app.app_context():
        assert db.session.scalar(text("SELECT state FROM cases WHERE id = :c"), {"c": case}) == "in_groups"
