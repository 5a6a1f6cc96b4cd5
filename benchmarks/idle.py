"""What an idle installation asks of its database: the scheduler's own loop, hours of it in seconds.

The jobs are those of production, each on its lane; only the time is ours. Every statement is counted that
reaches the driver, also the one with which the pool asks whether a connection still answers. Transactions
are told and not counted. A worker with nothing to do waits at Redis and asks the database nothing.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from sqlalchemy import Engine, event

from config import Settings
from workflow_app import create_app
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import periodic, timekeeping
from workflow_app.jobs.watch import Watch

from .databases import database, servers
from .queue import queue
from .report import Figures

GOAL = 2.0
"""Statements per second; it must be fewer."""
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def run(databases: tuple[str, ...], seconds: float) -> list[Figures]:
    """The same on these kinds of database, with a server of its own."""
    with servers(databases) as server:
        found = []
        for kind in databases:
            with database(kind, server) as url, tempfile.TemporaryDirectory(prefix="teilhabe-bench-") as folder:
                found.append(measure(url, kind, Path(folder), seconds))
    return found


def measure(url: str, kind: str, folder: Path, seconds: float) -> Figures:
    """Let so many seconds pass for the scheduler of an empty installation; what it asks for at its start is
    not counted."""
    with queue(folder) as redis_url:
        return _measured(
            Settings(instance=folder, database_url=url, redis_url=redis_url, secret_key="x"), kind, seconds
        )


def _measured(settings: Settings, kind: str, seconds: float) -> Figures:
    app = create_app(settings)
    logging.getLogger("workflow_app").setLevel(logging.WARNING)
    with app.app_context(), passing() as moment, counting(db.engine) as counted:
        ticks = periodic.ticks(Watch(db.engine, wall=lambda: START + timedelta(seconds=moment[0])))
        lanes = timekeeping.lanes(ticks, lambda: True, threading.Event()).values()
        pass_time(lanes, moment, 60)
        counted.update(statements=0, transactions=0)
        pass_time(lanes, moment, seconds)
        db.engine.dispose()
    return {
        "bench": "idle", "what": "scheduler", "database": kind, "seconds": seconds,
        "statements": counted["statements"], "per_second": round(counted["statements"] / seconds, 2), "goal": GOAL,
        "transactions_per_second": round(counted["transactions"] / seconds, 2),
    }  # fmt: skip


def pass_time(lanes: Any, moment: list[float], seconds: float) -> None:
    """Let every lane do what falls due within these seconds."""
    begin = moment[0]
    for lane in lanes:
        moment[0] = begin
        while moment[0] < begin + seconds:
            with clock.at(START + timedelta(seconds=moment[0])):
                moment[0] += max(lane.go_round(), 0.001)
    moment[0] = begin + seconds


@contextmanager
def passing() -> Iterator[list[float]]:
    """Seconds that pass only as we say."""
    moment = [0.0]
    with mock.patch.object(clock, "elapsed", lambda: moment[0]):  # noqa: PT008
        yield moment


@contextmanager
def counting(engine: Engine) -> Iterator[dict[str, int]]:
    """How many statements and transactions the driver carries out."""
    counted = {"statements": 0, "transactions": 0}

    def saw(sql: str) -> None:
        if not sql.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            counted["statements"] += 1

    def took(*_about: object) -> None:
        counted["transactions"] += 1

    event.listen(engine, "checkout", took)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: raw.set_trace_callback(saw))
        yield counted
        return
    execute = psycopg.Cursor.execute

    def executed(cursor: Any, query: Any, *args: Any, **more: Any) -> Any:
        saw(str(query))
        return execute(cursor, query, *args, **more)

    with mock.patch.object(psycopg.Cursor, "execute", executed):
        yield counted
