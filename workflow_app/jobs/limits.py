"""How long a row may take and how much memory its process: for workers, whose processes may be ended.

They hold only where `enforce` was called, which is in the processes that a worker forks.
"""

from __future__ import annotations

import faulthandler
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

MEMORY = 1 << 30
"""Bytes of data that a process which carries rows out may have; what needs more is a defect."""
GRACE = 10
"""Seconds between the moment when a row is interrupted and the moment when its process is ended."""
RENEWED = 10
"""Seconds between two words to the database that we are still at work."""

_enforced = False


class TookTooLong(Exception):
    """A row was interrupted because its time was up."""


def enforce() -> None:
    """From now on the limits hold in this process."""
    global _enforced  # noqa: PLW0603 - it is about the process, and there is one
    _enforced = True
    _soft, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most), most))


@contextmanager
def soft(seconds: int) -> Iterator[None]:
    """Interrupt what is inside when its time is up: raises TookTooLong in it, and from it, whatever a
    library has made of that on the way."""
    if not _enforced:
        yield
        return
    is_up = threading.Event()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        is_up.set()
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except Exception as error:
        if is_up.is_set():
            raise TookTooLong from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def hard(seconds: int) -> Iterator[None]:
    """End the whole process where what is inside cannot even be interrupted, because it does not come
    back from a library written in C. Where it stood is written to standard error."""
    if not _enforced:
        yield
        return
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def saying(still_at_work: Callable[[], None]) -> Iterator[None]:
    """Say again and again that we are still at work, until what is inside is over."""
    over = threading.Event()

    def again() -> None:
        while not over.wait(RENEWED):
            still_at_work()

    thread = threading.Thread(target=again, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
