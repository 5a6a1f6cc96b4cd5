"""When a mail may leave and when collected ones are due: over midnight, over both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_app.engine.calendar import Calendar
from workflow_app.engine.reaching import DEADLINE, NEWS, OVERDUE, SITE, WAITING, Wishes

TOWN = Calendar()
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Wishes("now", quiet_from=time(21), quiet_until=time(7))


def local(text: str, fold: int = 0) -> datetime:
    """A local time in Flensburg as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-03-02T20:59", "2026-03-02T20:59"),
        ("2026-03-02T21:00", "2026-03-03T07:00"),
        ("2026-03-03T00:30", "2026-03-03T07:00"),
        ("2026-03-03T06:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", "2026-03-03T07:00"),
        ("2026-03-28T22:00", "2026-03-29T07:00"),  # the night that is an hour shorter
        ("2026-10-24T22:00", "2026-10-25T07:00"),  # the night that is an hour longer
    ],
)
def test_quiet_hours_go_over_midnight_and_end_by_the_clock_on_the_wall(now, leaves):
    assert NIGHT.not_before(local(now), TOWN) == local(leaves)


def test_the_night_of_each_change_has_its_true_length():
    lengths = [
        (NIGHT.not_before(local(f"{evening}T21:00"), TOWN) - local(f"{evening}T21:00")) / timedelta(hours=1)
        for evening in ("2026-03-27", "2026-03-28", "2026-10-24")
    ]
    assert lengths == [10, 9, 11]


def test_quiet_hours_within_a_day():
    lunch = Wishes("now", quiet_from=time(12), quiet_until=time(14))
    assert lunch.not_before(local("2026-03-02T12:30"), TOWN) == local("2026-03-02T14:00")
    assert lunch.not_before(local("2026-03-02T11:59"), TOWN) == local("2026-03-02T11:59")


def test_an_end_that_comes_twice_is_the_one_after_now():
    until_half_past_two = Wishes("now", quiet_from=time(21), quiet_until=time(2, 30))
    assert until_half_past_two.not_before(local("2026-10-25T02:10"), TOWN) == local("2026-10-25T02:30")
    assert until_half_past_two.not_before(local("2026-10-25T02:10", fold=1), TOWN) == local("2026-10-25T02:30", fold=1)


def test_an_end_that_does_not_come_at_all_comes_as_soon_as_it_is_past():
    until_half_past_two = Wishes("now", quiet_from=time(21), quiet_until=time(2, 30))
    assert until_half_past_two.not_before(local("2026-03-29T01:59"), TOWN) == local("2026-03-29T03:30")


def test_the_time_of_somebody_who_lives_elsewhere_counts():
    there = Wishes("now", quiet_from=time(21), quiet_until=time(7), zone="America/New_York")
    assert there.not_before(datetime(2026, 3, 3, 3, tzinfo=UTC), TOWN) == datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_in_a_zone_that_there_is_not_the_towns_time_counts():
    lost = Wishes("now", quiet_from=time(21), quiet_until=time(7), zone="Europe/Atlantis")
    assert not lost.knows_its_zone(TOWN)
    assert lost.not_before(local("2026-03-02T22:00"), TOWN) == local("2026-03-03T07:00")
    assert NIGHT.knows_its_zone(TOWN)
    assert Wishes(zone="Asia/Tokyo").knows_its_zone(TOWN)


@given(
    st.integers(0, 2 * 365 * 24 * 60), st.times(), st.times(),
    st.sampled_from(["", "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca"]),
)  # fmt: skip
def test_a_mail_leaves_as_soon_as_it_is_not_quiet_any_more(minutes, begin, end, zone):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if begin == end:
        return
    wishes = Wishes("now", quiet_from=begin, quiet_until=end, zone=zone)
    leaves = wishes.not_before(now, TOWN)
    assert now <= leaves <= now + timedelta(hours=25)
    there = leaves.astimezone(ZoneInfo(zone or TOWN.zone)).time()
    assert not (begin <= there < end if begin < end else there >= begin or there < end)
    assert wishes.not_before(leaves, TOWN) == leaves


@pytest.mark.parametrize(
    ("wishes", "now", "due"),
    [
        (Wishes("daily", hour=8), "2026-03-04T08:00", "2026-03-04T08:00"),
        (Wishes("daily", hour=8), "2026-03-04T07:59", "2026-03-03T08:00"),
        (Wishes("weekly", weekday=0, hour=8), "2026-03-04T12:00", "2026-03-02T08:00"),
        (Wishes("weekly", weekday=0, hour=8), "2026-03-02T07:59", "2026-02-23T08:00"),
        (Wishes("weekly", weekday=6, hour=23), "2026-03-29T23:30", "2026-03-29T23:00"),
        (Wishes("daily", hour=2), "2026-03-29T01:59", "2026-03-28T02:00"),  # 2 o'clock is missing on that day
        (Wishes("daily", hour=2), "2026-03-29T03:00", "2026-03-29T03:00"),
    ],
)
def test_the_last_moment_of_a_collected_mail(wishes, now, due):
    assert wishes.last_digest(local(now), TOWN) == local(due)


def test_what_waits_and_what_is_overdue_cannot_be_kept_from_the_mail():
    silent = Wishes("now", not_mailed=frozenset((WAITING, OVERDUE, DEADLINE, NEWS)))
    assert [silent.way_of(topic) for topic in (WAITING, OVERDUE, DEADLINE, NEWS)] == ["now", "now", SITE, SITE]
