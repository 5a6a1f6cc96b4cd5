"""A small process of its own in a real database, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, text

from tests.cases.world import PROCESSES
from workflow_app.cases import Cases, Store
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.machine import Registry
from workflow_app.models import Membership, Organization, Person

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def at_work() -> Iterator[None]:
    """It is Monday, 2 March 2026, 10 o'clock in Flensburg."""
    with clock.at(MONDAY):
        yield


@pytest.fixture
def cases(engine: Engine, at_work: None) -> Cases:
    """Two organizations (board 1 with three voters, office 2), four people, the processes of `world`."""
    with engine.begin() as connection:
        people = [(1, "Ada"), (2, "Ben"), (3, "Cem"), (4, "Dora")]
        connection.execute(
            insert(Person),
            [{"id": i, "name": n, "email": f"{n.lower()}@example.org", "created_at": MONDAY} for i, n in people],
        )
        connection.execute(
            insert(Organization),
            [{"id": i, "name": f"Organization {i}", "organization_type": "Gremium", "facts": {}} for i in (1, 2)],
        )
        connection.execute(
            insert(Membership),
            [{"person_id": p, "organization_id": o} for p, o in ((1, 1), (2, 1), (3, 1), (4, 2))],
        )
    return Cases(Store(engine, Calendar()), Registry(PROCESSES))


def rows(cases: Cases, sql: str, **params: object) -> list[tuple[object, ...]]:
    """What stands in the database."""
    with cases.store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), params)]
