"""A queue to which nobody listens is an incident, and no longer one when somebody does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from redis import Redis
from sqlalchemy import text

from tests.cases.conftest import MONDAY
from tests.jobs.redis_server import redis_url as redis_url
from tests.jobs.working import listening
from tests.queries.test_growth import told
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs.attending import Attendance
from workflow_app.models.following import MAILS, SITE


@pytest.fixture
def town(app, redis_url):
    """Somebody carries notices, nobody carries mails; the connection to Redis."""
    app.config["REDIS_URL"] = redis_url
    with app.app_context(), clock.at(MONDAY), Redis.from_url(redis_url) as connection:
        listening(SITE, connection)
        yield connection


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass."""
    seconds = [1000.0]
    monkeypatch.setattr(clock, "elapsed", lambda: seconds[0])

    def more(by: float) -> None:
        seconds[0] += by

    return more


def incidents() -> list[tuple[str, str, str]]:
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT subject, error, state FROM incidents ORDER BY id"))
        return [tuple(row) for row in found]


def test_who_is_missed_for_five_minutes_is_an_incident_until_somebody_comes(town, passes):
    look = Attendance()
    look()
    passes(299)
    look()
    assert incidents() == []
    passes(1)
    look()
    assert incidents() == [("workers:mails", "nobody carries mails", "open")]
    listening(MAILS, town)
    look()
    assert incidents() == [("workers:mails", "nobody carries mails", "solved")]


def test_who_is_away_for_a_moment_again_and_again_troubles_nobody(town, passes):
    look = Attendance()
    for _time in range(3):
        look()
        passes(200)
        look()
        found = listening(MAILS, town)
        look()
        town.delete(found.key)
    assert incidents() == []


def test_what_another_scheduler_has_told_is_solved_by_the_next_one(town, passes):
    first = Attendance()
    first()
    passes(300)
    first()
    listening(MAILS, town)
    Attendance()()
    assert [state for _subject, _error, state in incidents()] == ["solved"]


def test_without_redis_nothing_is_said_and_the_database_is_asked_only_at_a_change(app, town, passes):
    listening(MAILS, town)
    look = Attendance()
    look()
    with told(db.engine) as statements:
        passes(300)
        look()
        app.config["REDIS_URL"] = "unix:///nowhere/socket"
        passes(300)
        look()
    assert statements == []
    assert incidents() == []
