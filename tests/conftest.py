"""What all tests share: real databases, and property tests that find the same every time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from benchmarks.postgres import server
from tests.databases import Postgres, fresh_sqlite_url
from workflow_app.database import new_engine

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests of this process."""
    with server() as address:
        found = Postgres(address)
        yield found
        found.admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def db_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        yield fresh_sqlite_url()
    else:
        with request.getfixturevalue("postgres").fresh_url() as url:
            yield url


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    """An engine on `db_url`."""
    made = new_engine(db_url)
    yield made
    made.dispose()
