"""A process of the application under a fault: `python -m chaos.program worker`, or gunicorn with `web()`.

It runs the application's own commands. What stands in the environment changes what it lives through, and
the application knows of none of it:

CHAOS_CLOCK   a file that says by how many seconds the clock of this process is wrong; read at every look
CHAOS_KINDS   ``real`` or ``haste``: messages made for faults are known, in haste with short leases and pauses
CHAOS_AT      ``place:n:signal``: when it comes to this place for the n-th time it gets this signal
CHAOS_SWEPT   a file that is made when the clock has gone through all deadlines once
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.cli import ScriptInfo
from rq import Queue

import config
from workflow_app import create_app
from workflow_app.cases import clockwork, transaction
from workflow_app.engine import clock
from workflow_app.jobs import carrying, outbox, tasks

from . import kinds

PLACES: dict[str, tuple[tuple[Any, str], ...]] = {
    "poke": ((tasks, "poke"),),  # a step is committed, nobody knows of it yet
    "commit": ((transaction.Postgres, "commit"), (transaction.Sqlite, "commit")),  # locks are held, all is written
    "settle": ((outbox, "settle"),),  # an effect is written and not committed
    "one": ((carrying._Work, "one"),),  # the message before is committed
    "enqueue": ((Queue, "enqueue_many"),),  # messages are claimed, no worker knows of them yet
}
"""Where a process can be hit: just before one of these functions does its work."""


def wrong_clock(file: Path) -> None:
    """From now on the clock of this process is wrong by as many seconds as the file says."""
    right = clock.now

    def now() -> datetime:
        return right() + timedelta(seconds=float(file.read_text() or 0))

    clock.now = now


def hit_at(place: str, n: int, number: signal.Signals) -> None:
    """Send this process a signal when it comes to a place for the n-th time."""
    passed = count(1)
    for owner, name in PLACES[place]:
        setattr(owner, name, _hit(getattr(owner, name), passed, n, number))


def _hit(function: Callable[..., Any], passed: count[int], n: int, number: signal.Signals) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if next(passed) == n:
            os.kill(os.getpid(), number)
        return function(*args, **kwargs)

    return wrapped


def tell_of_sweeps(file: Path) -> None:
    """Make the file when all deadlines that were due have been looked at."""
    ring_all = clockwork.ring_all

    def telling(*args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from ring_all(*args, **kwargs)
        file.touch()

    clockwork.ring_all = telling


def made() -> Flask:
    """The application with its faults. Passwords are cheap, because many people sign in at once."""
    if file := os.environ.get("CHAOS_CLOCK"):
        wrong_clock(Path(file))
    if file := os.environ.get("CHAOS_SWEPT"):
        tell_of_sweeps(Path(file))
    if fault := os.environ.get("CHAOS_AT"):
        place, n, name = fault.split(":")
        hit_at(place, int(n), signal.Signals[name])
    if pace := os.environ.get("CHAOS_KINDS"):
        kinds.install(in_haste=pace == "haste")
    return create_app(replace(config.from_environment(), password_cost=1))


def web() -> Flask:
    """What gunicorn serves."""
    return made()


if __name__ == "__main__":
    app = made()
    app.cli.main(args=sys.argv[1:], prog_name="flask", obj=ScriptInfo(create_app=lambda: app))
