"""The only source of time. Nothing else in the house reads the wall clock.

Tests and the demonstration live through years in a second with `at`: inside the block it is the
given moment, in this thread (and async task) only, so that threads never disturb each other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _set.get() or datetime.now(UTC)


def elapsed() -> float:
    """Seconds since some moment, whatever the clock on the wall says meanwhile; where the system can tell,
    also those in which the machine was asleep."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside this block it is `moment`; a moment without a time zone is refused (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


def travel(by: timedelta) -> None:
    """Inside a block of `at`: let time pass. Outside of one time cannot be moved (RuntimeError)."""
    moment = _set.get()
    if moment is None:
        raise RuntimeError("time can only be moved inside clock.at(…)")
    _set.set(moment + by)
