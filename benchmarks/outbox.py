"""The outbox against bare RQ with one job per effect: how much a worker does, and how soon after the commit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from rq import Queue
from sqlalchemy import func, insert, select

from config import Settings
from supervisor.children import ROOT
from workflow_app import create_app
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import tasks
from workflow_app.models import Notification, OutboxMessage

from . import carriers
from .act import people_and_cases
from .cycle import PERSON
from .databases import database, servers
from .queue import queue, until
from .report import Figures, percentile

MANNERS = ("forked", "inside")
GOAL = 3
"""How many times as much as bare RQ must be done where there is much to do."""
SECRET = "only to measure"


@dataclass
class Place:
    """A database, a queue and the application in this process, which commits and hands over."""

    app: Flask
    queue_url: str
    told: dict[str, str]
    written: int = 0

    def ours(self, n: int) -> list[int]:
        """So many messages, committed; then the relay. Their numbers."""
        numbers = self._numbers(n)
        rows = [
            {"kind": carriers.KIND, "payload": {"n": i}, "dedupe_key": f"bench:{i}", "run_at": clock.now()}
            for i in numbers
        ]  # fmt: skip
        _commit(rows)
        tasks.relay(tasks.redis_connection())
        return numbers

    def bare(self, n: int) -> list[int]:
        """The same rows, committed, and a job for each of them."""
        numbers, now = self._numbers(n), clock.now()
        rows = [
            {"kind": carriers.KIND, "payload": {"n": i}, "dedupe_key": f"bare:{i}", "run_at": now, "state": "done"}
            for i in numbers
        ]  # fmt: skip
        _commit(rows)
        jobs = Queue(carriers.QUEUE, connection=tasks.redis_connection())
        jobs.enqueue_many([Queue.prepare_data(carriers.bare, (i,), result_ttl=0) for i in numbers])
        return numbers

    def _numbers(self, n: int) -> list[int]:
        self.written += n
        return list(range(self.written - n, self.written))


def _commit(rows: Sequence[dict[str, Any]]) -> None:
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        connection.execute(insert(OutboxMessage), rows)


def run(kinds: Sequence[str], pairs: int, much: int, few: int, notices: int) -> list[Figures]:
    """For each kind of database and of worker: effects per second of both sides in turns, and the time from
    commit to effect where there is little to do; then how fast real notices reach people."""
    found = []
    with servers(tuple(kinds)) as server:
        for kind in kinds:
            for manner in MANNERS:
                with database(kind, server, f"outbox_{manner}") as url, place(url) as here:
                    found.append({"bench": "outbox", "database": kind, **_line(here, manner, pairs, much, few)})
            with database(kind, server, "notices") as url, place(url) as here:
                found.append({"bench": "outbox", "database": kind, **_notices(here, notices)})
    return found


@contextmanager
def place(url: str) -> Iterator[Place]:
    """An application on this database, with a queue of its own."""
    with tempfile.TemporaryDirectory(prefix="teilhabe-bench-") as name, queue(Path(name)) as queue_url:
        folder = Path(name)
        settings = Settings(instance=folder, database_url=url, redis_url=queue_url, secret_key=SECRET, testing=True)
        told = {
            **os.environ, "TEILHABE_INSTANCE": name, "DATABASE_URL": url, "REDIS_URL": queue_url, "SECRET_KEY": SECRET,
        }  # fmt: skip
        app = create_app(settings)
        carriers.know()
        with app.app_context():
            carriers.EFFECTS.create(db.engine)
            yield Place(app, queue_url, told)
            db.engine.dispose()


@contextmanager
def working(here: Place, side: str, manner: str) -> Iterator[None]:
    """One worker of a side."""
    command = [sys.executable, "-m", "benchmarks.carriers", side, manner]
    process = subprocess.Popen(command, cwd=ROOT, env=here.told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _line(here: Place, manner: str, pairs: int, much: int, few: int) -> Figures:
    """Both sides in turns: first much to do, then little."""
    rates: list[tuple[float, float]] = []
    sides = {"ours": (here.ours, much), "bare": (here.bare, max(1, much // 5))}
    with working(here, "ours", manner), working(here, "bare", manner):
        for write, _n in sides.values():
            _through(write(1))  # the first one waits until its worker is there
        for _pair in range(pairs):
            ours, bare = (_rate(write, n) for write, n in sides.values())
            rates.append((ours, bare))
        delays = {side: _delays(write, few) for side, (write, _n) in sides.items()}
    ratios = [ours / bare for ours, bare in rates]
    return {
        "worker": manner, "ours_per_s": round(median(ours for ours, _bare in rates), 1),
        "bare_per_s": round(median(bare for _ours, bare in rates), 1), "ratio": round(median(ratios), 2),
        "ratio_worst": round(min(ratios), 2), "goal": GOAL, "pairs": pairs,
        **{f"{side}_p50_ms": round(percentile(found, 0.5), 1) for side, found in delays.items()},
        **{f"{side}_p99_ms": round(percentile(found, 0.99), 1) for side, found in delays.items()},
    }  # fmt: skip


def _rate(write: Callable[[int], list[int]], n: int) -> float:
    """Effects per second, from the commit of all to the last effect."""
    begin = time.time_ns()
    return n / ((_through(write(n)) - begin) / 1e9)


def _delays(write: Callable[[int], list[int]], few: int) -> list[float]:
    """Milliseconds from before the commit to the effect, one at a time."""
    found = []
    for _n in range(few):
        begin = time.time_ns()
        found.append((_through(write(1)) - begin) / 1e6)
    return found


def _through(numbers: Sequence[int]) -> int:
    """Wait until all of these have had their effect; when the last one had."""
    first, last = numbers[0], numbers[-1]
    mine = carriers.EFFECTS.c.message.between(first, last)

    def done() -> bool:
        with db.engine.connect() as connection:
            return connection.scalar(select(func.count()).where(mine)) == len(numbers)

    until(done)
    with db.engine.connect() as connection:
        return int(connection.scalar(select(func.max(carriers.EFFECTS.c.at_ns)).where(mine)) or 0)


def _notices(here: Place, n: int) -> Figures:
    """So many notices on their way to somebody: one forked worker."""
    (case_id,) = people_and_cases(db.engine, 1)
    payload = {"notice": "told", "seq": 1, "to": [f"person:{PERSON}"]}
    rows = [
        {"kind": "notice", "case_id": case_id, "payload": payload, "dedupe_key": f"notice:{i}", "run_at": clock.now()}
        for i in range(n)
    ]  # fmt: skip
    with working(here, "ours", "forked"):
        _through(here.ours(1))
        _commit(rows)
        begin, handed_over = time.perf_counter(), 0

        def done() -> bool:
            nonlocal handed_over
            handed_over += tasks.relay(tasks.redis_connection())
            with db.engine.connect() as connection:
                return (connection.scalar(select(func.count()).select_from(Notification)) or 0) >= n

        until(done, pause=0.2)
        took = time.perf_counter() - begin
    return {"worker": "forked", "notices": n, "notices_per_s": round(n / took, 1), "notices_s": round(took, 1)}
