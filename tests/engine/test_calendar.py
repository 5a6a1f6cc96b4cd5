"""When periods end, by the examples of the law and of rules of procedure (BGB 187-193; domain.md 2.2 and 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from workflow_app.engine.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    Mode,
    Period,
    Unit,
    UnknownLand,
    UnknownYear,
    UnknownZone,
    days,
    months,
    weeks,
    working_days,
    years,
)

SH = Calendar()
FORWARDS = [
    ("the day of the event does not count", date(2026, 3, 3), days(1), date(2026, 3, 4)),
    ("a week ends on the weekday on which it began", date(2026, 3, 3), weeks(1), date(2026, 3, 10)),
    ("31 January and one month", date(2028, 1, 31), months(1), date(2028, 2, 29)),
    ("its end on a Saturday moves to Monday", date(2026, 1, 31), months(1), date(2026, 3, 2)),
    ("an end on a Sunday moves to Monday", date(2026, 5, 10), weeks(3), date(2026, 6, 1)),
    ("a month from the last day of a short one", date(2026, 4, 30), months(1), date(2026, 6, 1)),
    ("a year from a leap day", date(2024, 2, 29), years(1), date(2025, 2, 28)),
    ("a year to a leap year", date(2023, 2, 28), years(1), date(2024, 2, 28)),
    ("four years from a leap day to the next one", date(2024, 2, 29), years(4), date(2028, 2, 29)),
    ("over Easter 2026", date(2026, 4, 1), days(2), date(2026, 4, 7)),
    ("over Whit Monday 2026", date(2026, 5, 11), weeks(2), date(2026, 5, 26)),
    ("over Ascension Day 2026, a Thursday", date(2026, 5, 7), weeks(1), date(2026, 5, 15)),
    ("over Christmas, a Friday", date(2026, 12, 21), days(4), date(2026, 12, 28)),
    ("working days do not count Easter", date(2026, 4, 1), working_days(2), date(2026, 4, 7)),
    ("five working days are a week", date(2026, 3, 2), working_days(5), date(2026, 3, 9)),
    ("no day at all on a Sunday", date(2026, 3, 1), days(0), date(2026, 3, 2)),
    ("no working day at all on a working day", date(2026, 3, 2), working_days(0), date(2026, 3, 2)),
    ("half a year is six months (189)", date(2026, 8, 31), months(6), date(2027, 3, 1)),
]


@pytest.mark.parametrize(("start", "period", "end"), [row[1:] for row in FORWARDS], ids=[row[0] for row in FORWARDS])
def test_a_period_that_an_event_sets_running(start, period, end):
    assert SH.after(start, period) == end


def test_a_date_that_is_fixed_as_a_date_stays_on_its_holiday():
    assert SH.after(date(2026, 1, 31), months(1), roll=False) == date(2026, 2, 28)
    assert SH.after(date(2026, 4, 1), days(2), roll=False) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("first", "period", "last"),
    [
        (date(2026, 1, 15), months(1), date(2026, 2, 14)),
        (date(2026, 2, 1), months(1), date(2026, 2, 28)),
        (date(2026, 1, 31), months(1), date(2026, 2, 28)),
        (date(2026, 3, 1), months(1), date(2026, 3, 31)),
        (date(2026, 3, 31), months(1), date(2026, 4, 30)),
        (date(2024, 2, 29), years(1), date(2025, 2, 28)),
        (date(2026, 1, 1), years(1), date(2026, 12, 31)),
        (date(2026, 3, 2), weeks(1), date(2026, 3, 8)),
        (date(2026, 3, 2), days(1), date(2026, 3, 2)),
        (date(2026, 3, 7), working_days(1), date(2026, 3, 9)),
        (date(2026, 3, 9), working_days(5), date(2026, 3, 13)),
    ],
)
def test_a_period_whose_first_day_counts(first, period, last):
    assert SH.from_day(first, period, roll=False) == last


def test_a_period_whose_first_day_counts_also_moves_off_a_sunday():
    assert SH.from_day(date(2026, 3, 2), weeks(1)) == date(2026, 3, 9)


def test_an_extension_is_counted_from_the_end_of_the_old_period():
    assert SH.extend(date(2026, 4, 30), months(1), roll=False) == date(2026, 5, 31)
    assert SH.extend(date(2026, 4, 30), months(1)) == date(2026, 6, 1)
    assert SH.extend(date(2026, 1, 15), months(1), roll=False) == date(2026, 2, 15)
    assert SH.extend(date(2026, 3, 31), weeks(2)) == date(2026, 4, 14)


def test_a_letter_counts_as_received_on_the_third_or_fourth_day_even_on_a_holiday():
    assert SH.deemed_receipt(date(2026, 4, 10)) == date(2026, 4, 14)
    assert SH.deemed_receipt(date(2026, 4, 10), 3) == date(2026, 4, 13)
    assert SH.deemed_receipt(date(2026, 12, 23), 3) == date(2026, 12, 26)
    assert SH.deemed_receipt(date(2026, 12, 23), 3, roll=True) == date(2026, 12, 28)


# --------------------------------------------------------------------- backwards

MEETING = date(2026, 6, 24)  # a Wednesday
BACKWARDS = [
    ("Köln: seven days before", 7, Mode.DAYS_BEFORE, date(2026, 6, 17)),
    ("Wesel: eight full days", 8, Mode.FULL_DAYS, date(2026, 6, 15)),
    ("Dinslaken: ten days between", 10, Mode.DAYS_BETWEEN, date(2026, 6, 13)),
    ("Hilden: nine days before", 9, Mode.DAYS_BEFORE, date(2026, 6, 15)),
    ("Hilden, urgent: three days before", 3, Mode.DAYS_BEFORE, date(2026, 6, 21)),
    ("Bonn: the 21st day before", 21, Mode.DAYS_BEFORE, date(2026, 6, 3)),
    ("seven full days", 7, Mode.FULL_DAYS, date(2026, 6, 16)),
    ("seven days between", 7, Mode.DAYS_BETWEEN, date(2026, 6, 16)),
    ("seven days with both ends counted", 7, Mode.DAYS_BETWEEN_WITH_ENDS, date(2026, 6, 18)),
    ("one day with both ends counted is the meeting day", 1, Mode.DAYS_BETWEEN_WITH_ENDS, MEETING),
    ("at the latest on the day itself", 0, Mode.DAYS_BEFORE, MEETING),
]


@pytest.mark.parametrize(("count", "mode", "last"), [row[1:] for row in BACKWARDS], ids=[row[0] for row in BACKWARDS])
def test_the_last_day_before_a_meeting(count, mode, last):
    assert SH.before(MEETING, count, mode) == last


def test_before_a_meeting_a_sunday_stays_or_the_working_day_before_it_is_asked_for():
    assert SH.before(MEETING, 3) == date(2026, 6, 21)
    assert SH.before(MEETING, 3, earlier=True) == date(2026, 6, 19)


def test_before_a_meeting_working_days_weeks_and_months_count_too():
    after_easter = date(2026, 4, 14)
    assert SH.before(after_easter, 6, unit=Unit.WORKING_DAY) == date(2026, 4, 2)
    assert SH.before(after_easter, 6, Mode.FULL_DAYS, Unit.WORKING_DAY) == date(2026, 4, 1)
    assert SH.before(MEETING, 3, Mode.DAYS_BETWEEN_WITH_ENDS, Unit.WORKING_DAY) == date(2026, 6, 22)
    assert SH.before(MEETING, weeks(2)) == date(2026, 6, 10)
    assert SH.before(date(2026, 5, 31), months(3)) == date(2026, 2, 28)


def test_the_landtag_wants_twelve_days_at_noon_of_local_time():
    summer = SH.before(date(2026, 11, 5), 12, cut_off=time(12))
    winter = SH.before(date(2026, 11, 6), 12, cut_off=time(12))
    assert summer.isoformat() == "2026-10-24T10:00:00+00:00"
    assert winter.isoformat() == "2026-10-25T11:00:00+00:00"


def test_days_with_both_ends_counted_are_at_least_one():
    with pytest.raises(ValueError, match="at least one day"):
        SH.before(MEETING, 0, Mode.DAYS_BETWEEN_WITH_ENDS)


# ---------------------------------------------------------------------- holidays


@pytest.mark.parametrize(
    ("year", "next_day"), [(2016, 31), (2017, 1), (2018, 1), (2024, 1)], ids=["not yet", "once", "for good", "2024"]
)
def test_reformation_day_is_free_in_schleswig_holstein_once_in_2017_and_from_2018_on(year, next_day):
    eve = date(year, 10, 30)
    assert SH.next_working_day(date(year, 10, 31)).day == next_day
    assert SH.after(eve, working_days(1)).day == next_day


def test_each_land_has_its_own_holidays_and_a_town_may_add_some():
    assert SH.is_working_day(date(2026, 11, 18))  # Day of Repentance, free in Saxony only
    assert not Calendar("SN").is_working_day(date(2026, 11, 18))
    assert SH.is_working_day(date(2026, 6, 4))  # Corpus Christi
    assert not Calendar("NW").is_working_day(date(2026, 6, 4))
    town = Calendar(closed=((date(2026, 11, 18), "Stadtfest"),))
    assert town.next_working_day(date(2026, 11, 18)) == date(2026, 11, 19)
    assert town.holidays(2026)[date(2026, 11, 18)] == "Stadtfest"
    assert town.is_working_day(date(2027, 11, 17))


def test_holidays_have_names_and_come_in_order():
    found = SH.holidays(2026)
    assert found[date(2026, 10, 31)] == "Reformationstag"
    assert list(found) == sorted(found)


# ------------------------------------------------------------------- what is refused


def test_no_right_answer_means_no_answer():
    with pytest.raises(UnknownLand, match=r"'XX'.*SH"):
        Calendar("XX")
    for zone in ("Europe/Flensburg", "", "../etc/passwd"):
        with pytest.raises(UnknownZone, match="no time zone"):
            Calendar(zone=zone)
    for year in (FIRST_YEAR - 1, LAST_YEAR + 1):
        with pytest.raises(UnknownYear, match=str(year)):
            SH.is_working_day(date(year, 6, 1))
        with pytest.raises(UnknownYear, match=str(year)):
            SH.holidays(year)
    with pytest.raises(UnknownYear):
        SH.after(date(LAST_YEAR, 12, 31), days(1))
    assert SH.after(date(LAST_YEAR, 12, 31), days(1), roll=False) == date(LAST_YEAR + 1, 1, 1)


def test_an_instant_is_never_taken_for_a_date_nor_a_bare_time_for_an_instant():
    noon = datetime.combine(date(2026, 3, 3), time(12))
    for ask in (
        lambda: SH.after(noon, days(1)),
        lambda: SH.from_day(noon, working_days(1)),
        lambda: SH.before(noon, 1),
        lambda: SH.back(noon, working_days(1)),
        lambda: SH.is_working_day(noon),
        lambda: SH.remaining(noon, date(2026, 3, 4)),
        lambda: SH.resume(noon, 1),
    ):
        with pytest.raises(TypeError, match="not an instant"):
            ask()
    with pytest.raises(ValueError, match="needs a time zone"):
        SH.local_date(noon)
    with pytest.raises(ValueError, match="not one with a zone"):
        SH.at(date(2026, 3, 3), time(12, tzinfo=UTC))


@pytest.mark.parametrize("n", [-1, 10_000, 1.5, "3", True, None])
def test_a_period_is_a_whole_number(n):
    with pytest.raises(ValueError, match="whole number"):
        Period(n, Unit.DAY)


def test_a_period_needs_a_unit_and_a_stopped_clock_counts_days():
    with pytest.raises(ValueError, match="needs a Unit"):
        Period(1, "day")  # type: ignore[arg-type]  # what is wrong with it is the point
    for unit in (Unit.WEEK, Unit.MONTH, Unit.YEAR):
        with pytest.raises(ValueError, match="days or working days"):
            SH.remaining(MEETING, MEETING, unit)
        with pytest.raises(ValueError, match="days or working days"):
            SH.resume(MEETING, 1, unit)


# --------------------------------------------------------------------- suspension


def test_a_stopped_clock_keeps_full_days_and_runs_on_after_the_day_it_starts_again():
    left = SH.remaining(date(2026, 12, 1), date(2026, 12, 21))
    assert left == 20
    assert SH.resume(date(2027, 1, 4), left) == date(2027, 1, 25)  # the 24th is a Sunday
    assert SH.resume(date(2027, 1, 4), left, roll=False) == date(2027, 1, 24)


def test_a_stopped_clock_with_nothing_left_ends_on_the_next_working_day():
    assert SH.resume(date(2026, 3, 15), 0) == date(2026, 3, 16)
    assert SH.resume(date(2026, 3, 15), 0, roll=False) == date(2026, 3, 15)


def test_a_stopped_clock_in_working_days():
    left = SH.remaining(date(2026, 3, 31), date(2026, 4, 9), Unit.WORKING_DAY)
    assert left == 5
    assert SH.resume(date(2026, 5, 4), left, Unit.WORKING_DAY) == date(2026, 5, 11)


def test_who_was_late_stays_as_late():
    late = SH.remaining(date(2026, 3, 12), date(2026, 3, 8))
    assert late == -4
    assert SH.resume(date(2026, 3, 19), late) == date(2026, 3, 15)  # a Sunday, and passed
    assert SH.resume(date(2026, 3, 12), SH.remaining(date(2026, 3, 12), date(2026, 3, 12))) == date(2026, 3, 12)
