"""What all tests of the pages share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from workflow_app.extensions import limiter

SOME_MOMENT = 1_800_000_000.0


@pytest.fixture(autouse=True)
def all_tries_fall_into_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: for whoever counts tries no time passes in a test."""
    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: SOME_MOMENT))


@pytest.fixture(autouse=True)
def all_tries_are_counted_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limiter does not know any more that an earlier test had no Redis.

    It is one for all applications of a process. One that believes its store to be away counts in
    another place until it looks again, after some seconds, and what was counted until then is gone.
    """
    monkeypatch.setattr(limiter, "_storage_dead", False)
