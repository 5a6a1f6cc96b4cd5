"""The figures are counted in the background, seldom enough, and a page always has some that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from tests.queries.office.made_up import NOW, TODAY, Made, write
from workflow_app import cases, create_app
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import figures, periodic
from workflow_app.jobs.watch import Watch
from workflow_app.models import Figures
from workflow_app.queries import office
from workflow_app.queries.office import kept

CASE = Made("request", "one", False, frozenset({"member@1"}), frozenset({("agree", "member@1")}), (0,), 30, "step")


@pytest.fixture
def town(db_url, settings_for) -> Iterator[Flask]:
    """An application with three cases, at work."""
    made = create_app(settings_for(db_url))
    with made.app_context(), clock.at(NOW):
        with db.engine.begin() as connection:
            write(connection, [CASE] * 3)
        yield made
        db.session.rollback()
        db.engine.dispose()


def read(now: datetime = NOW) -> office.Counted | None:
    db.session.rollback()
    return office.newest(db.session, now, cases.current().store.calendar.local_date(now))


def stored() -> Figures:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.scalars(select(Figures)).one()


def test_what_was_counted_is_what_is_read(town):
    assert any(tick.run is figures.keep for tick in periodic.ticks(Watch(db.engine)))
    figures.count(db.engine, NOW)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE case_readers SET closed = true")
    found = read(NOW + timedelta(minutes=4))
    assert found is not None
    assert (found.at, sum(group.cases for group in found.tally.groups)) == (NOW, 3)


def test_two_who_count_at_once_keep_one_row(town):
    for _scheduler in range(2):
        figures.Keeper()()
    assert db.session.scalar(select(func.count()).select_from(Figures)) == 1


def test_the_pause_is_fifty_times_as_long_as_the_counting(town, monkeypatch):
    keep, moment = figures.Keeper(), [5000.0]
    monkeypatch.setattr(figures, "count", lambda engine, now: timedelta(seconds=2))
    monkeypatch.setattr(clock, "elapsed", lambda: moment[0])
    assert keep()
    counted = []
    for seconds in (2, 50, 99, 100, 102):
        moment[0] = 5000.0 + seconds
        counted.append(keep())
    assert counted == [False, False, False, True, False]


def test_after_a_jump_of_the_clock_that_was_taken_back_figures_are_counted_as_before(town, monkeypatch):
    keep, moment = figures.Keeper(), [5000.0]
    monkeypatch.setattr(clock, "elapsed", lambda: moment[0])
    with clock.at(NOW + timedelta(days=365)):
        assert keep()
    moment[0] += 3600
    assert keep()


def test_figures_that_have_not_changed_are_written_once_a_minute(town):
    written = []
    for seconds in (0, 10, 59, 60, 70):
        figures.count(db.engine, NOW + timedelta(seconds=seconds))
        written.append((stored().counted_at - NOW).total_seconds())
    assert written == [0, 0, 0, 60, 60]


def test_a_change_is_written_at_once(town):
    figures.count(db.engine, NOW)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE case_readers SET closed = true WHERE case_id = 1")
    figures.count(db.engine, NOW + timedelta(seconds=2))
    found = read(NOW + timedelta(seconds=3))
    assert found is not None
    assert sum(group.cases for group in found.tally.groups) == 2


def test_without_a_scheduler_a_small_town_is_counted_on_the_page(town):
    found = read()
    assert found is not None
    assert (found.at, sum(group.cases for group in found.tally.groups)) == (NOW, 3)
    assert db.session.scalar(select(func.count()).select_from(Figures)) == 0


def test_figures_that_nobody_keeps_any_more_are_not_trusted_in_a_small_town(town):
    figures.count(db.engine, NOW - timedelta(minutes=6))
    found = read()
    assert found is not None
    assert found.at == NOW


def test_a_large_town_reads_older_figures_and_then_none(town, monkeypatch):
    monkeypatch.setattr(kept, "FEW", 2)
    assert read() is None
    figures.count(db.engine, NOW)
    for later, there in ((timedelta(hours=1), True), (timedelta(days=1), True), (timedelta(days=2), False)):
        assert (read(NOW + later) is not None) is there
    assert read(NOW - timedelta(days=1)) is None


def test_old_figures_are_never_taken_for_new_ones(town):
    figures.count(db.engine, NOW)
    first = read()
    with db.engine.begin() as connection:
        other = office.Tally(TODAY, ()).dumps()
        connection.execute(update(Figures).values(body=other, mark="other"))
    second = read()
    assert first is not None
    assert second is not None
    assert (len(first.tally.groups), len(second.tally.groups)) == (1, 0)


def test_figures_that_are_the_same_again_are_as_new_as_their_last_count(town):
    for minutes in (0, 2):
        figures.count(db.engine, NOW + timedelta(minutes=minutes))
        found = read(NOW + timedelta(minutes=minutes, seconds=1))
        assert found is not None
        assert found.at == NOW + timedelta(minutes=minutes)


def test_only_one_row_can_be_there(town):
    row = {"counted_at": datetime(2026, 3, 4, tzinfo=UTC), "took_ms": 1, "mark": "x", "body": "{}"}
    with pytest.raises(Exception, match="only_one"), db.engine.begin() as connection:
        connection.execute(insert(Figures).values(id=2, **row))
