"""Periods and where they end on the bare calendar (BGB 187-190), without holidays.

Everything here works on local dates and whole days. A period in working days needs to know the
holidays of the Land and is therefore counted by `calendar.Calendar`, which is also the place to
import all of this from.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

ONE_DAY = timedelta(days=1)
LONGEST = 9999


class Unit(Enum):
    """What a period is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    WORKING_DAY = "working_day"


_DAYS_IN = {Unit.DAY: 1, Unit.WEEK: 7}
_MONTHS_IN = {Unit.MONTH: 1, Unit.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in one unit. Zero is allowed and means the very day."""

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.n) is not int or not 0 <= self.n <= LONGEST:
            raise ValueError(f"a period needs a whole number from 0 to {LONGEST}, not {self.n!r}")
        if not isinstance(self.unit, Unit):
            raise ValueError(f"a period needs a Unit, not {self.unit!r}")


def days(n: int) -> Period:
    """So many calendar days."""
    return Period(n, Unit.DAY)


def weeks(n: int) -> Period:
    """So many weeks; they end on the weekday on which they began."""
    return Period(n, Unit.WEEK)


def months(n: int) -> Period:
    """So many months; half a year is six of them, a quarter three (BGB 189)."""
    return Period(n, Unit.MONTH)


def years(n: int) -> Period:
    """So many years."""
    return Period(n, Unit.YEAR)


def working_days(n: int) -> Period:
    """So many working days: not Saturdays, Sundays and public holidays."""
    return Period(n, Unit.WORKING_DAY)


class Mode(Enum):
    """How rules of procedure count back from a meeting (the examples: with 7, Wednesday the 24th).

    Full days and days between are two wordings of one count: neither the meeting day nor the day
    of sending is among them.
    """

    DAYS_BEFORE = "days_before"
    """At the latest on the n-th day before: Wednesday the 17th."""
    FULL_DAYS = "full_days"
    """So many full (clear) days before: Tuesday the 16th."""
    DAYS_BETWEEN = "days_between"
    """So many days between sending and meeting: Tuesday the 16th."""
    DAYS_BETWEEN_WITH_ENDS = "days_between_with_ends"
    """So many days with both ends counted: Thursday the 18th."""


def whole_day(day: date) -> date:
    """The date itself; an instant is refused, because its local date depends on the zone."""
    if isinstance(day, datetime):
        raise TypeError(f"a local date is needed, not an instant: {day!r}")
    return day


def _in_month(day: date, plus: int) -> date:
    """The same day of the month `plus` months on; the last one where it is missing (188(3))."""
    index = day.year * 12 + day.month - 1 + plus
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def event_end(start: date, period: Period, *, backwards: bool = False) -> date:
    """The last day of a period that an event on `start` sets running (BGB 187(1), 188(2), (3)).

    The day of the event does not count: 31 January and one month give 28 or 29 February.
    Backwards it is the same rule mirrored: 31 May less three months gives the end of February.
    """
    return _moved(whole_day(start), -period.n if backwards else period.n, period.unit)


def _moved(day: date, n: int, unit: Unit) -> date:
    if unit in _DAYS_IN:
        return day + timedelta(days=n * _DAYS_IN[unit])
    if unit in _MONTHS_IN:
        return _in_month(day, n * _MONTHS_IN[unit])
    raise ValueError("working days are counted by a Calendar, which knows the holidays")


def first_day_end(first: date, period: Period) -> date:
    """The last day of a period whose first day counts (BGB 187(2), 188(2), (3)).

    It ends with the day before the one of the same number: from 15 January one month lasts until
    14 February, from 1 February until the last of February, from 31 January likewise.
    """
    if period.n == 0 or period.unit in _DAYS_IN or whole_day(first).day > 1:
        return event_end(first - ONE_DAY, period)
    return event_end(first, period) - ONE_DAY


def occurrence(anchor: date, period: Period, k: int) -> date:
    """The k-th time that something comes again, always counted from the anchor itself.

    So a yearly date anchored on 29 February falls on the 28th in common years and returns to
    the 29th in the next leap year.
    """
    return _moved(anchor, period.n * k, period.unit)


def next_occurrence(anchor: date, period: Period, after: date) -> date:
    """The first occurrence later than `after`, the anchor itself not being one.

    Two years, anchored in March 2016, give March 2018, 2020, 2022 … Not moved on holidays.
    """
    if period.n == 0 or period.unit is Unit.WORKING_DAY:
        raise ValueError(f"nothing can come again every {period.n} {period.unit.value}s")
    k = max(1, _whole_periods(anchor, period, whole_day(after)))
    while (found := occurrence(anchor, period, k)) <= after:
        k += 1
    return found


def _whole_periods(anchor: date, period: Period, until: date) -> int:
    """How many periods fit between two dates, give or take the last one; never too many."""
    if period.unit in _DAYS_IN:
        return (until - anchor).days // (period.n * _DAYS_IN[period.unit])
    whole_months = (until.year - anchor.year) * 12 + until.month - anchor.month - 1
    return whole_months // (period.n * _MONTHS_IN[period.unit])
