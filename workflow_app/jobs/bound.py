"""A fork that does not outlive its worker, not even one that was killed (-9): what it had in hand belongs to
the next one as soon as its lease is over, and two must not be at it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
"""Loaded before there is a fork, in which less is allowed. Other systems than Linux cannot do it; there the
supervisor looks for forks itself (`supervisor.children`)."""


def to_parent(parent: int) -> None:
    """First of all in a fork of this parent: ask Linux to kill it when the parent has died. Ends the process
    where that has happened already."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)
