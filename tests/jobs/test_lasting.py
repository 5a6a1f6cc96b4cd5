"""A worker ends when it is asked to, wherever it is just then."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from redis.exceptions import ConnectionError as RedisAway

from workflow_app.jobs import lasting


class Worker(lasting.Worker):
    """One without a Redis: what happens while it works is told by the test."""

    def __init__(self, happens: Callable[[Worker], None]) -> None:
        self.happens, self.waited_for, self.name = happens, 0, "w"

    def work(self, *words: object, **more: object) -> bool:
        self.happens(self)
        return False

    def wait_for_horse(self) -> tuple[None, None, None]:
        self.waited_for += 1
        return None, None, None

    pubsub_thread = None


@pytest.fixture(autouse=True)
def own_signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lasting, "PAUSE", 0)
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
        signal.signal(number, handler)


def loses_redis(worker: Worker) -> None:
    raise RedisAway("x")


def gives_up(worker: Worker) -> None:
    """RQ ends its work after an error that it did not expect."""


def is_asked_to_stop(worker: Worker) -> None:
    worker.told_to_stop = True


def is_asked_before_it_listens(worker: Worker) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("end", [is_asked_to_stop, is_asked_before_it_listens])
def test_it_begins_anew_until_it_is_asked_to_stop(end):
    lives = [Worker(happens) for happens in (loses_redis, gives_up, end)]
    left = iter(lives)
    lasting.work(lambda: next(left))
    assert next(left, None) is None
    assert [worker.waited_for for worker in lives[:2]] == [1, 1]  # no job is left alone


def test_a_signal_between_two_lives_is_heard():
    def new_worker() -> Worker:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("it was asked to stop")

    lasting.work(new_worker)


def test_it_can_be_asked_to_stop_while_redis_is_away(monkeypatch):
    def without_redis(self: Worker, number: int, frame: None) -> None:
        raise RedisAway("x")

    monkeypatch.setattr("rq.Worker.request_stop", without_redis)
    worker = Worker(gives_up)
    worker.request_stop(signal.SIGTERM, None)
    assert worker.told_to_stop
