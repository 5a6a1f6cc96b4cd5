"""What all tests share: real databases, and property tests that find the same every time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from sqlalchemy import Engine

from benchmarks.postgres import server
from config import Settings
from tests.databases import Postgres, fresh_sqlite_url
from workflow_app import create_app, demo
from workflow_app.database import new_engine, upgrade
from workflow_app.engine import clock
from workflow_app.extensions import db

LOADED = datetime(2026, 11, 24, 12, tzinfo=UTC)

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("ci")
# Hypothesis mixes in constants of all our modules that happen to be imported: that depends on the tests before.
providers._get_local_constants = Constants


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


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[[str], Settings]:
    """Settings of an application under test: cheap passwords, a folder of its own."""

    def made(url: str) -> Settings:
        return Settings(instance=tmp_path, database_url=url, secret_key="only for tests", password_cost=1, testing=True)

    return made


@pytest.fixture
def app(settings_for: Callable[[str], Settings]) -> Iterator[Flask]:
    """An application with an empty, migrated SQLite database."""
    yield from _application(settings_for(fresh_sqlite_url()))


@pytest.fixture
def demo_app(settings_for: Callable[[str], Settings], demo_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application with a copy of the demonstration, in which it is always the day of loading."""
    copy = tmp_path / "demo.sqlite3"
    shutil.copyfile(demo_database, copy)
    shutil.copytree(demo_database.with_name("documents"), tmp_path / "documents")
    for made in _application(settings_for(f"sqlite:///{copy}")):
        made.wsgi_app = on_the_day_of_loading(made.wsgi_app)  # type: ignore[assignment, method-assign]
        yield made


def on_the_day_of_loading(wsgi: WSGIApplication) -> WSGIApplication:
    """Every request is answered as if it came at that moment; so no test depends on today."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with clock.at(LOADED):
            return wsgi(environ, start_response)

    return answer


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, loaded once as if it were Tuesday, 24 November 2026."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "template.sqlite3"
    upgraded = new_engine(f"sqlite:///{path}")
    upgrade(upgraded)
    upgraded.dispose()
    made = create_app(
        Settings(instance=folder, database_url=f"sqlite:///{path}", secret_key="x", password_cost=1, testing=True)
    )
    with made.app_context(), clock.at(LOADED):
        demo.load(echo=lambda text: None)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return path


def _application(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def sqlite_url() -> str:
    """A migrated, empty SQLite database."""
    return fresh_sqlite_url()
