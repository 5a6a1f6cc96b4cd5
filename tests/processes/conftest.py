"""A town to live through a scenario in; at the end every case must be what its history says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.databases import fresh_sqlite
from tests.processes.town import Town


@pytest.fixture
def town() -> Iterator[Town]:
    """A town on SQLite."""
    engine = fresh_sqlite()
    made = Town(engine)
    yield made
    made.verify()
    engine.dispose()


@pytest.fixture
def any_town(engine: Engine) -> Iterator[Town]:
    """A town on each kind of database."""
    made = Town(engine)
    yield made
    made.verify()
