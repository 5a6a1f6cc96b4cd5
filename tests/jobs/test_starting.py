"""What a worker or a scheduler says where it cannot begin, and how it tells whether to try again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from workflow_app.extensions import db
from workflow_app.jobs import periodic, worker

WORKS = {"worker": "site", "worker --mails": "mails", "scheduler": "keeps time"}


@pytest.fixture(params=WORKS)
def begin(request, app, monkeypatch):
    """Begin one of them; gives the exit code and what was said."""
    monkeypatch.setattr(worker, "work", lambda app, queue: print(queue))
    monkeypatch.setattr(periodic, "keep_time", lambda app: print("keeps time"))

    def begun() -> tuple[int, str]:
        found = app.test_cli_runner().invoke(args=request.param.split())
        return found.exit_code, found.output

    return begun


@pytest.fixture
def redis_answers(monkeypatch):
    monkeypatch.setattr("workflow_app.operation.health.queue_state", lambda url: "ok")


def test_without_an_address_of_redis_it_makes_no_sense_to_try_again(begin):
    code, said = begin()
    assert code == os.EX_CONFIG
    assert "Error: REDIS_URL is not set" in said


def test_a_redis_that_does_not_answer_may_come(app, begin, tmp_path: Path):
    app.config["REDIS_URL"] = f"unix://{tmp_path}/nobody"
    assert begin() == (os.EX_UNAVAILABLE, "Error: Redis does not answer. Start it, and check REDIS_URL.\n")


def test_a_database_that_does_not_answer_may_come(app, begin, redis_answers, tmp_path: Path):
    app.config["REDIS_URL"] = "redis://redis"
    with app.app_context():
        path = Path(str(db.engine.url.database))
    path.unlink()
    path.mkdir()
    assert begin() == (os.EX_UNAVAILABLE, "Error: The database does not answer. Start it, and check DATABASE_URL.\n")


def test_a_database_that_is_not_migrated_is_not_touched(app, begin, redis_answers):
    app.config["REDIS_URL"] = "redis://redis"
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    code, said = begin()
    assert code == os.EX_UNAVAILABLE
    assert "not at the version that this code needs. Run: flask --app workflow_app database prepare --empty" in said


def test_where_everything_is_there_it_begins(app, begin, redis_answers, request):
    app.config["REDIS_URL"] = "redis://redis"
    assert begin() == (0, f"{WORKS[request.node.callspec.params['begin']]}\n")
