"""The clock of this machine beside that of the database server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from workflow_app.database import new_engine
from workflow_app.jobs.watch import Watch


@pytest.fixture
def server(postgres):
    with postgres.fresh_url() as url:
        made = new_engine(url)
        yield made
        made.dispose()


@pytest.mark.postgresql
def test_a_clock_far_ahead_of_the_databases_holds_from_the_beginning_and_until_both_agree(server):
    ahead = [timedelta(days=30)]
    watch = Watch(server, wall=lambda: datetime.now(UTC) + ahead[0])
    assert not watch.is_right()
    ahead[0] = timedelta(0)
    watch.compare()
    assert watch.is_right()
    with server.connect() as connection:
        found = connection.execute(text("SELECT error, state FROM incidents")).one()
    assert tuple(found) == ("is ahead of the database", "solved")


@pytest.mark.postgresql
def test_somebody_may_say_that_the_databases_clock_is_the_wrong_one(server):
    watch = Watch(server, wall=lambda: datetime.now(UTC) + timedelta(days=30))
    assert not watch.is_right()
    with server.begin() as connection:
        connection.execute(text("UPDATE incidents SET state = 'retrying'"))
    assert watch.is_right()
    watch.compare()
    assert watch.is_right()


@pytest.mark.postgresql
def test_a_clock_that_is_behind_makes_nothing_happen_early(server):
    watch = Watch(server, wall=lambda: datetime.now(UTC) - timedelta(days=30))
    assert watch.is_right()


def test_a_file_has_no_clock_of_its_own(sqlite_url):
    watch = Watch(new_engine(sqlite_url), wall=lambda: datetime(2040, 1, 1, tzinfo=UTC))
    assert watch.is_right()
