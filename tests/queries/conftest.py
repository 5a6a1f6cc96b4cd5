"""Somebody who looks: sessions and viewers on the small processes of `tests/cases/world.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.cases.conftest import at_work, cases
from workflow_app.access import PUBLIC, Viewer
from workflow_app.cases import Cases

__all__ = ["ADA", "DORA", "PUBLIC", "at_work", "cases"]

ADA = Viewer(1, frozenset({"public", "account", "person:1", "member@1"}), "Ada")
DORA = Viewer(4, frozenset({"public", "account", "person:4", "member@2"}), "Dora")


@pytest.fixture
def session(cases: Cases) -> Iterator[Session]:
    """A session on the database of `cases`. On SQLite it goes on seeing what was there when it read
    first, until it is rolled back."""
    with Session(cases.store.engine) as made:
        yield made
