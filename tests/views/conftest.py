"""What all tests of the pages share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

SOME_MOMENT = 1_800_000_000.0


@pytest.fixture(autouse=True)
def all_tries_fall_into_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: for whoever counts tries no time passes in a test."""
    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: SOME_MOMENT))
