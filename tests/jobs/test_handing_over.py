"""What becomes of messages while nobody knows whether they were handed over: on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import TimeoutError as NoAnswer
from rq import SimpleWorker

from tests.jobs.redis_server import redis_url as redis_url
from tests.jobs.town import BEN, Town, later
from tests.jobs.working import one_round
from workflow_app.extensions import db
from workflow_app.jobs import outbox, tasks
from workflow_app.models.following import MAILS


class Deaf(Redis):
    """What it says arrives; its answer does not, and meanwhile a job takes the first `taken` messages."""

    taken = 0

    def pipeline(self, *_args: Any, **_more: Any) -> Any:
        return _Unheard(self.connection_pool, self.response_callbacks, True, None)


class _Unheard(Pipeline):
    def execute(self, raise_on_error: bool = True) -> list[Any]:
        super().execute(raise_on_error)
        with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            rows = connection.exec_driver_sql("SELECT id, ticket FROM outbox WHERE state = 'dispatched' ORDER BY id")
            for row in rows.all()[: Deaf.taken]:
                assert outbox.take(connection, outbox.Ticket(*row))
        raise NoAnswer


def handed_over(town: Town, url: str, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mails of a case are handed over, and the answer of Redis is lost."""
    town.app.config["REDIS_URL"] = url
    monkeypatch.setattr(Deaf, "taken", taken)
    town.filed()
    one_round()
    with Deaf.from_url(url) as connection, pytest.raises(NoAnswer):
        tasks.relay(connection)


MESSAGES = "SELECT state, attempt, last_error FROM outbox WHERE kind = 'notice_mail' ORDER BY id"


def test_a_mail_that_a_job_is_at_already_is_left_to_it_when_the_answer_of_redis_is_lost(town, redis_url, monkeypatch):
    handed_over(town, redis_url, 1, monkeypatch)
    assert town.rows(MESSAGES) == [("running", 1, None), ("pending", 0, None), ("pending", 0, None)]


def test_nothing_is_lost_or_comes_twice_when_the_answer_of_redis_is_lost(town, redis_url, monkeypatch):
    handed_over(town, redis_url, 0, monkeypatch)
    assert town.rows(MESSAGES) == [("pending", 0, None)] * 3
    with later(seconds=2), Redis.from_url(redis_url) as connection:
        assert tasks.relay(connection) == 3
        worker = SimpleWorker([tasks.queue(MAILS, connection)], connection=connection)
        worker.work(burst=True, logging_level="ERROR")  # the job that nobody knows of, too
    assert len(town.mails_to(BEN)) == 1
    assert len(town.box.mails) == 3
