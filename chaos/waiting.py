"""Waiting for what must come, never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which what has not happened will not happen."""


class TooLate(AssertionError):
    """What was waited for did not happen in time; the message says what."""


def until(what: str, happened: Callable[[], bool], patience: float = PATIENCE, pause: float = 0.05) -> float:
    """Look again and again until it has happened; how many seconds that took. Raises TooLate."""
    begin = time.monotonic()
    while not happened():
        if time.monotonic() - begin > patience:
            raise TooLate(f"not within {patience:g} s: {what}")
        time.sleep(pause)
    return time.monotonic() - begin
