"""Legal days and local times as instants, on every day and in any zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workflow_app.engine.calendar import FIRST_YEAR, LAST_YEAR, Calendar

SH = Calendar()
DAY = timedelta(days=1)

dates = st.dates(date(FIRST_YEAR + 7, 1, 1), date(LAST_YEAR - 20, 12, 31))
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC"])


def test_the_round_table_meets_at_half_past_six_in_summer_and_winter():
    assert SH.at(date(2026, 6, 9), time(18, 30)).isoformat() == "2026-06-09T16:30:00+00:00"
    assert SH.at(date(2026, 2, 10), time(18, 30)).isoformat() == "2026-02-10T17:30:00+00:00"


def test_the_missing_hour_is_read_as_if_the_clocks_had_not_gone_forward():
    assert SH.at(date(2026, 3, 29), time(2, 30)) == SH.at(date(2026, 3, 29), time(3, 30))
    assert SH.at(date(2026, 3, 29), time(2, 30, fold=1)) == SH.at(date(2026, 3, 29), time(3, 30))


def test_the_doubled_hour_is_its_first_or_where_asked_its_second():
    first, second = SH.at(date(2026, 10, 25), time(2, 30)), SH.at(date(2026, 10, 25), time(2, 30, fold=1))
    assert first.isoformat() == "2026-10-25T00:30:00+00:00"
    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)], ids=str
)
def test_a_day_is_over_after_23_24_or_25_hours(day, hours):
    assert SH.end_of_day(day) - SH.end_of_day(day - timedelta(days=1)) == timedelta(hours=hours)


def test_the_local_date_is_the_one_of_the_town():
    late = datetime.fromisoformat("2026-06-30T22:30+00:00")
    assert SH.local_date(late) == date(2026, 7, 1)
    assert Calendar(zone="America/New_York").local_date(late) == date(2026, 6, 30)


# ------------------------------------------------------------------------ on any day


@given(dates, zones)
def test_a_day_is_over_at_the_first_instant_of_the_next_one(day, zone):
    town = Calendar(zone=zone)
    over = town.end_of_day(day)
    assert town.local_date(over) == day + DAY
    assert town.local_date(over - timedelta(microseconds=1)) == day


@given(dates, zones)
def test_days_follow_each_other_without_gap_or_overlap(day, zone):
    town = Calendar(zone=zone)
    ends = [town.end_of_day(day + DAY * i) for i in range(3)]
    assert all(timedelta(hours=22) < b - a < timedelta(hours=26) for a, b in pairwise(ends))


@given(dates, st.times(), zones)
def test_a_local_time_is_an_instant_on_that_very_day(day, local, zone):
    town = Calendar(zone=zone)
    instant = town.at(day, local)
    assert instant.tzinfo is UTC
    assert town.local_date(instant) == day


CHANGES = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
near_a_change = st.builds(
    lambda change, by: int(change.timestamp()) + by, st.sampled_from(CHANGES), st.integers(-7200, 7200)
)


@given(st.one_of(st.integers(884_000_000, 3_880_000_000), near_a_change))
def test_every_instant_can_be_said_in_local_time(seconds):
    instant = datetime.fromtimestamp(seconds, UTC)
    local = instant.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
    assert SH.at(local.date(), local.time()) == instant


@given(st.sampled_from([date(2026, 3, 29), date(2026, 10, 25)]), st.times(), st.times())
def test_on_days_of_a_change_the_clock_still_runs_forwards(day, one, other):
    earlier, later = sorted((one, other))
    assume(day.month == 10 or earlier.hour != 2)  # a time in the missing hour is read as a later one
    assert SH.at(day, time(0)) <= SH.at(day, earlier) <= SH.at(day, later) < SH.end_of_day(day)
