"""What goes wrong with backups and moves, in words for whoever looks after the installation."""

from __future__ import annotations

from collections.abc import Sequence


class Trouble(Exception):
    """It was not done; the message says why and what to do. `details` are single things that are wrong."""

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)


class Damaged(Trouble):
    """A backup is not as it was written, or is none."""
