"""The only source of time: it can be set and moved, for this thread alone, and is the real one otherwise."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from workflow_app.engine import clock

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_without_a_set_time_it_is_the_present_in_utc():
    before = datetime.now(UTC)
    found = clock.now()
    assert before <= found <= datetime.now(UTC)
    assert found.tzinfo is UTC


def test_a_set_moment_stands_still_and_is_told_in_utc():
    berlin = timezone(timedelta(hours=2))
    with clock.at(datetime(2026, 3, 29, 14, tzinfo=berlin)):
        assert clock.now() == clock.now() == NOON
        assert clock.now().tzinfo is UTC
    assert clock.now() != NOON


def test_years_pass_in_a_second_and_the_moment_before_comes_back():
    with clock.at(NOON):
        clock.travel(timedelta(days=365))
        with clock.at(NOON - timedelta(days=1)):
            clock.travel(timedelta(hours=3))
            assert clock.now() == NOON - timedelta(hours=21)
        assert clock.now() == NOON + timedelta(days=365)


def test_the_real_time_comes_back_even_after_an_error():
    with pytest.raises(LookupError), clock.at(NOON):
        raise LookupError
    with pytest.raises(RuntimeError, match="inside clock"):
        clock.travel(timedelta(days=1))


def test_other_threads_keep_their_own_time():
    seen: list[datetime] = []
    with clock.at(NOON):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert abs(datetime.now(UTC) - seen[0]) < timedelta(minutes=1)


def test_a_moment_without_a_time_zone_is_no_moment():
    bare = datetime.combine(date(2026, 3, 29), time(12))
    with pytest.raises(ValueError, match="without a time zone"), clock.at(bare):
        raise AssertionError("never reached")


def test_nothing_else_in_the_house_reads_the_wall_clock():
    house = Path(clock.__file__).parents[1]
    asking = ("datetime.now(", "date.today(", "datetime.utcnow(", "time.time(")
    readers = {p.name for p in house.rglob("*.py") if any(call in p.read_text("utf-8") for call in asking)}
    assert readers == {"clock.py"}
