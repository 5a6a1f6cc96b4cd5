"""Mails wait apart from what happens on the site: however many there are, they are in nobody's way."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from alembic.command import downgrade, upgrade
from redis import Redis
from rq import SimpleWorker
from sqlalchemy import insert, text

from tests.cases.conftest import MONDAY, at_work, rows  # noqa: F401  (a fixture)
from tests.cases.conftest import cases as cases
from tests.databases import fresh_sqlite
from tests.jobs.redis_server import redis_url as redis_url
from tests.jobs.test_outbox import filed as filed
from tests.jobs.test_schema import go
from tests.queries.test_growth import told
from workflow_app.cases import Cases
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import outbox, tasks
from workflow_app.jobs.kinds import KINDS
from workflow_app.models import OutboxMessage
from workflow_app.models.following import AWAITED, MAILED, MAILS, QUEUES, SITE, WAITS_AWAITED
from workflow_app.operation import queues

EARLIER = MONDAY - timedelta(hours=1)
LATER = MONDAY + timedelta(minutes=2)


def mails(engine: Any, n: int, **more: Any) -> None:
    """So many mails to nobody, due before anything else."""
    usual = {"kind": "account_notice", "payload": {}, "run_at": EARLIER, **more}
    with engine.begin() as connection:
        connection.execute(insert(OutboxMessage), [{**usual, "dedupe_key": f"mail:{i}"} for i in range(n)])


def claimed(cases: Cases, **more: Any) -> list[tuple[str, int]]:
    """What the relay would hand out now: of each batch its queue, and how many messages it has."""
    return [(batch.queue, len(batch.tickets)) for batch in outbox.claim(cases.store.engine, **more)]


def test_what_is_done_outside_and_nothing_else_is_a_mail():
    assert {name for name, kind in KINDS.items() if kind.before} == MAILED | {"renamed"}  # which writes elsewhere


def test_ten_mails_that_are_due_before_a_notice_do_not_hide_it(cases, filed):
    mails(cases.store.engine, 10)
    assert claimed(cases, limit=3) == [(MAILS, 3), (SITE, 2)]
    assert claimed(cases, limit=3) == [(MAILS, 3)]


def test_mails_on_their_way_take_no_room_from_notices(cases, filed, monkeypatch):
    monkeypatch.setattr(outbox, "IN_FLIGHT", 5)
    mails(cases.store.engine, 10)
    assert claimed(cases) == [(MAILS, 5), (SITE, 2)]
    assert claimed(cases) == []
    with clock.at(LATER):
        again = outbox.claim(cases.store.engine)
    assert sorted(len(batch.tickets) for batch in again) == [2, 5]


def links(engine: Any, n: int = 1) -> None:
    """So many links to sign in, asked for just now."""
    with engine.begin() as connection:
        rows = [{"dedupe_key": f"link:{i}", "kind": "account_link", "payload": {}, "run_at": MONDAY} for i in range(n)]
        connection.execute(insert(OutboxMessage), rows)


def awaited(batches: Any) -> list[bool]:
    return [batch.awaited for batch in batches for _ticket in batch.tickets]


def test_a_link_to_sign_in_overtakes_the_mails_that_are_due_before_it(cases):
    mails(cases.store.engine, 10)
    links(cases.store.engine)
    assert sorted(awaited(outbox.claim(cases.store.engine, limit=3))) == [False, False, True]
    assert awaited(outbox.claim(cases.store.engine)) == [False] * 8


def test_a_link_to_sign_in_waits_for_no_room(cases, monkeypatch):
    monkeypatch.setattr(outbox, "IN_FLIGHT", 5)
    mails(cases.store.engine, 10)
    assert awaited(outbox.claim(cases.store.engine)) == [False] * 5
    links(cases.store.engine, 2)
    assert awaited(outbox.claim(cases.store.engine)) == [True] * 2
    assert claimed(cases) == []


def test_a_batch_never_mixes_queues_whatever_stands_in_its_rows(cases):
    mails(cases.store.engine, 4)
    with cases.store.engine.begin() as connection:  # as if a version to come had another idea
        connection.execute(text("UPDATE outbox SET queue = 'site' WHERE id % 2 = 0"))
    assert sorted(claimed(cases)) == [(MAILS, 2), (SITE, 2)]


def test_a_message_of_a_kind_that_nobody_knows_waits_with_those_of_the_site(cases):
    mails(cases.store.engine, 1, kind="telegram")
    assert claimed(cases) == [(SITE, 1)]


@pytest.fixture
def on_the_way(app, redis_url):
    """Three mails and a message of the site have been handed over; the connection to Redis."""
    app.config["REDIS_URL"] = redis_url
    with app.app_context(), clock.at(MONDAY), Redis.from_url(redis_url) as connection:
        mails(db.engine, 3)
        with db.engine.begin() as writing:
            usual = {"payload": {"person": None}, "run_at": MONDAY, "max_attempts": 10}
            writing.execute(insert(OutboxMessage).values(kind="password_reset", dedupe_key="reset", **usual))
        assert tasks.relay(connection) == 4
        yield connection


def waiting(connection: Redis) -> dict[str, int]:
    return {name: tasks.queue(name, connection).count for name in QUEUES}


def states(queue: str) -> set[str]:
    with db.engine.connect() as connection:
        return set(connection.scalars(text("SELECT state FROM outbox WHERE queue = :queue"), {"queue": queue}))


def work(connection: Redis, queue: str) -> None:
    worker = SimpleWorker([tasks.queue(queue, connection)], connection=connection)
    worker.work(burst=True, logging_level="ERROR")


def test_who_works_for_the_site_takes_no_mail(on_the_way):
    assert waiting(on_the_way) == {SITE: 1, MAILS: 1}
    work(on_the_way, SITE)
    assert (states(SITE), states(MAILS)) == ({"done"}, {"dispatched"})
    assert waiting(on_the_way) == {SITE: 0, MAILS: 1}
    work(on_the_way, MAILS)
    assert "dispatched" not in states(MAILS)


def test_a_worker_gets_a_link_to_sign_in_before_the_mails_that_wait_already(on_the_way):
    (first,) = tasks.queue(MAILS, on_the_way).get_job_ids()
    links(db.engine)
    assert tasks.relay(on_the_way) == 1
    assert tasks.queue(MAILS, on_the_way).get_job_ids()[1:] == [first]


def test_a_batch_waits_on_in_whichever_queue_it_is(on_the_way):
    """One that an older version put into the only queue it knew is not handed over twice, and is carried out."""
    (job,) = tasks.queue(MAILS, on_the_way).get_job_ids()
    on_the_way.lmove(*(f"rq:queue:{queues.NAMES[name]}" for name in (MAILS, SITE)), "LEFT", "RIGHT")
    with clock.at(LATER):
        assert tasks.relay(on_the_way) == 0
        assert job in tasks.queue(SITE, on_the_way).get_job_ids()
        work(on_the_way, SITE)
    assert "dispatched" not in states(MAILS)


DONE = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
INSERT INTO outbox (kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)
SELECT 'password_reset', '{}', 'done:' || n, '2026-03-01', 'done', 1, 1, 5 FROM numbers
"""


def explained(engine: Any, asked: Any) -> list[list[str]]:
    """How the database would answer each of these questions."""
    how = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        return [[str(row) for row in connection.exec_driver_sql(f"{how} {sql}", values)] for sql, values in asked]


def test_what_is_due_is_found_by_the_index_however_much_was_done(cases, filed):
    engine = cases.store.engine
    mails(engine, 400)
    with engine.begin() as connection:
        connection.execute(text(DONE))
        connection.execute(text("ANALYZE outbox"))
    outbox.claim(engine, limit=100)
    with told(engine) as statements:
        outbox.claim(engine, limit=100)
    asked = [(sql, values) for sql, values in statements if sql.startswith("SELECT")]
    # Is there anything, is it awaited, how many mails are on their way, are any of them lost, the next ones.
    assert len(asked) == 5
    steps = [step for found in explained(engine, asked) for step in found]
    assert [step for step in steps if re.search(r"SCAN outbox|SEARCH outbox'|Seq Scan", step)] == []
    for index, times in (("ix_outbox_due", 3), ("ix_outbox_awaited", 1), ("ix_outbox_lease_until", 4)):
        assert sum(index in step for step in steps) == times, steps


def test_however_many_mails_wait_no_more_of_them_are_read_than_are_taken(cases):
    engine = cases.store.engine
    mails(engine, 5000)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE outbox"))
    with told(engine) as statements:
        outbox.claim(engine, limit=100)
    _anything, awaited, _on_their_way, _lost, others = explained(
        engine, [(sql, values) for sql, values in statements if sql.startswith("SELECT")]
    )
    for index, steps in (("ix_outbox_awaited", awaited), ("ix_outbox_due", others)):
        assert any(index in step for step in steps), steps
    # In the order of the index: who sorts has read everything before.
    assert [step for step in others if re.search(r"Sort|TEMP B-TREE", step)] == []


def test_the_index_leads_to_every_kind_that_is_awaited():
    (kind,) = AWAITED
    assert f"kind = '{kind}'" in str(WAITS_AWAITED)


def test_an_idle_relay_asks_one_question():
    engine = fresh_sqlite()
    with told(engine) as statements, clock.at(MONDAY):
        outbox.claim(engine)
    assert len([sql for sql, _values in statements if not sql.startswith(("BEGIN", "COMMIT"))]) == 1
    engine.dispose()


def test_messages_from_before_there_were_queues_are_sorted(engine):
    go(engine, downgrade, "0012")
    columns = "kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts"
    with engine.begin() as connection:
        for kind in (*KINDS.keys() - {"notice"}, "telegram"):
            values = f"'{kind}', '{json.dumps({})}', '{kind}', '2026-01-01', 'pending', 0, 0, 5"
            connection.execute(text(f"INSERT INTO outbox ({columns}) VALUES ({values})"))
    go(engine, upgrade, "head")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT kind FROM outbox WHERE queue = 'mails'")).scalars().all()
    assert set(found) == MAILED
    with pytest.raises(Exception, match="queue_known"), engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET queue = 'pigeons'"))
