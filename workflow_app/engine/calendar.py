"""When a period ends: working days and public holidays, forwards and backwards (BGB 187-193).

A legal date is a local date; it ends with its last moment in the zone of the municipality.
An instant is aware and UTC. `Calendar` is the only thing that turns the one into the other.
Processes take their words from here: ``from .calendar import Calendar, days, weeks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import overload
from zoneinfo import ZoneInfo

from .periods import (
    ONE_DAY,
    Mode,
    Period,
    Unit,
    days,
    event_end,
    first_day_end,
    months,
    next_occurrence,
    weeks,
    whole_day,
    working_days,
    years,
)
from .public_holidays import (
    FIRST_YEAR,
    LANDS,
    LAST_YEAR,
    CalendarError,
    UnknownLand,
    UnknownYear,
    UnknownZone,
    public_holidays,
)

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "Calendar",
    "CalendarError",
    "Mode",
    "Period",
    "Unit",
    "UnknownLand",
    "UnknownYear",
    "UnknownZone",
    "days",
    "months",
    "next_occurrence",
    "weeks",
    "working_days",
    "years",
]

_MONDAY_TO_FRIDAY = 5
_CLEAR = (Mode.FULL_DAYS, Mode.DAYS_BETWEEN)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise UnknownZone(f"there is no time zone {name!r}") from error


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of one municipality: its Land, its time zone, its own holidays.

    `closed` are days that count as holidays here only, each with its name. A day on which merely
    the office is shut does not belong there: it moves no period (BGB 193).
    """

    land: str = "SH"
    zone: str = "Europe/Berlin"
    closed: tuple[tuple[date, str], ...] = ()

    def __post_init__(self) -> None:
        if self.land not in LANDS:
            raise UnknownLand(f"there is no Land {self.land!r}; known are {', '.join(LANDS)}")
        _check_zone(self.zone)

    # ------------------------------------------------------------------- working days

    def holidays(self, year: int) -> dict[date, str]:
        """The public holidays of a year in order, with their German names."""
        own = {day: name for day, name in self.closed if day.year == year}
        return dict(sorted({**own, **public_holidays(self.land, year)}.items()))

    def is_working_day(self, day: date) -> bool:
        """Neither Saturday nor Sunday nor a holiday (the days of BGB 193)."""
        is_holiday = whole_day(day) in public_holidays(self.land, day.year)
        closed = any(day == own for own, _ in self.closed)
        return day.weekday() < _MONDAY_TO_FRIDAY and not is_holiday and not closed

    def next_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it (BGB 193)."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it."""
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days later than `start` and not later than `end`; negative if `end` is first.

        The negative count mirrors it: working days from `end` to the day before `start`.
        """
        if end < start:
            return -self.working_days_between(end - ONE_DAY, start - ONE_DAY)
        span = (end - start).days
        return sum(self.is_working_day(start + ONE_DAY * i) for i in range(1, span + 1))

    def _step(self, day: date, n: int) -> date:
        """The n-th working day after a day, or before it where n is negative."""
        one = ONE_DAY if n > 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += one
            left -= self.is_working_day(day)
        return day

    # ----------------------------------------------------------------------- forwards

    def after(self, start: date, period: Period, *, roll: bool = True) -> date:
        """The last day of a period set running by an event; its day does not count (187(1)).

        Ends as 188(2) and (3) say. With `roll`, an end on a Saturday, Sunday or holiday moves to
        the next working day (193); without it stays, as for dates fixed as a date.
        """
        working = period.unit is Unit.WORKING_DAY
        end = self._step(whole_day(start), period.n) if working else event_end(start, period)
        return self.next_working_day(end) if roll else end

    def from_day(self, start: date, period: Period, *, roll: bool = True) -> date:
        """The last day of a period whose first day counts in full (BGB 187(2), 188(2), (3))."""
        if period.unit is Unit.WORKING_DAY:
            return self.after(start - ONE_DAY, period, roll=roll)
        end = first_day_end(start, period)
        return self.next_working_day(end) if roll else end

    def extend(self, due: date, period: Period, *, roll: bool = True) -> date:
        """The new end: the period is counted from the moment the old one runs out (BGB 190).

        That moment is the beginning of a day, so the day after `due` counts (187(2)): one month
        more after 30 April lasts until 31 May. `due` is taken as given: hand over the end that
        the parties were told (the reading of ZPO 224(3)) or the unrolled one (the one of BGB 190).
        """
        return self.from_day(due + ONE_DAY, period, roll=roll)

    def deemed_receipt(self, sent: date, days: int = 4, *, roll: bool = False) -> date:
        """The day on which a letter counts as received: so many calendar days after posting.

        Three or four by the rule set, until the contrary is shown. It is no period for an act,
        so by default a Saturday, Sunday or holiday does not move it.
        """
        return self.after(sent, Period(days, Unit.DAY), roll=roll)

    # ---------------------------------------------------------------------- backwards

    def back(self, day: date, period: Period) -> date:
        """The day that lies a period before another one: 187(1) and 188 mirrored, never moved."""
        if period.unit is Unit.WORKING_DAY:
            return self._step(whole_day(day), -period.n)
        return event_end(day, period, backwards=True)

    @overload
    def before(
        self,
        meeting: date,
        count: int | Period,
        mode: Mode = ...,
        unit: Unit = ...,
        cut_off: None = ...,
        *,
        earlier: bool = ...,
    ) -> date: ...

    @overload
    def before(
        self,
        meeting: date,
        count: int | Period,
        mode: Mode = ...,
        unit: Unit = ...,
        *,
        cut_off: time,
        earlier: bool = ...,
    ) -> datetime: ...

    def before(
        self,
        meeting: date,
        count: int | Period,
        mode: Mode = Mode.DAYS_BEFORE,
        unit: Unit = Unit.DAY,
        cut_off: time | None = None,
        *,
        earlier: bool = False,
    ) -> date | datetime:
        """The last day on which something is in time for a meeting; see `Mode` for the counting.

        Never moved towards the meeting. On a Saturday, Sunday or holiday it stays, or with
        `earlier` moves to the working day before. With a `cut_off` (local time) the answer is
        the instant at which it is over, in UTC; without, the whole day is in time.
        """
        period = count if isinstance(count, Period) else Period(count, unit)
        last = self._counted_back(whole_day(meeting), period, mode)
        if earlier:
            last = self.previous_working_day(last)
        return last if cut_off is None else self.at(last, cut_off)

    def _counted_back(self, meeting: date, period: Period, mode: Mode) -> date:
        if mode is not Mode.DAYS_BETWEEN_WITH_ENDS:
            last = self.back(meeting, period)
            return last - ONE_DAY if mode in _CLEAR else last
        if period.n == 0:
            raise ValueError("with both ends counted there is at least one day")
        return self.back(meeting + ONE_DAY, period)

    # --------------------------------------------------------------------- suspension

    def remaining(self, now: date, due: date, unit: Unit = Unit.DAY) -> int:
        """Full days that are left when a clock is stopped: later than `now`, up to `due`.

        The day on which it is stopped has been used and does not count. Negative if the end has
        passed: who was late stays as late. The unit is the calendar day or the working day.
        """
        if unit is Unit.DAY:
            return (whole_day(due) - whole_day(now)).days
        if unit is Unit.WORKING_DAY:
            return self.working_days_between(now, due)
        raise ValueError(f"what is left is counted in days or working days, not in {unit.value}s")

    def resume(self, now: date, remaining: int, unit: Unit = Unit.DAY, *, roll: bool = True) -> date:
        """The new end when a stopped clock runs on: the remaining days after `now`.

        The day on which it runs on does not count (187(1)), so stopping and resuming on one day
        changes nothing. An end moves as in `after`; one that had passed stays passed.
        """
        if unit not in (Unit.DAY, Unit.WORKING_DAY):
            raise ValueError(f"a clock runs on in days or working days, not in {unit.value}s")
        working = unit is Unit.WORKING_DAY
        end = self._step(now, remaining) if working else whole_day(now) + ONE_DAY * remaining
        return self.next_working_day(end) if roll and remaining >= 0 else end

    # ----------------------------------------------------------------------- instants

    def at(self, day: date, local: time) -> datetime:
        """The instant of a local time, in UTC.

        When the clocks go back, an hour comes twice: the first one is meant, or the second where
        the time says ``fold=1``. When they go forward, an hour is missing: a time in it is read
        with the offset before the change, so 02:30 becomes 03:30 (both as in RFC 5545).
        """
        if local.tzinfo is not None:
            raise ValueError(f"a local time is needed, not one with a zone: {local!r}")
        zone = ZoneInfo(self.zone)
        wall = datetime.combine(whole_day(day), local)
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) != wall:
            instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        return instant

    def end_of_day(self, day: date) -> datetime:
        """The instant at which a legal day is over: 00:00 of the next local day, in UTC."""
        return self.at(day + ONE_DAY, time(0))

    def local_date(self, instant: datetime) -> date:
        """The legal date on which an instant falls here."""
        if instant.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {instant!r}")
        return instant.astimezone(ZoneInfo(self.zone)).date()
