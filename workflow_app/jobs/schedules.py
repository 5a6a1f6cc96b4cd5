"""When a job comes again: at a local time once a day, a week or a year, by the town's calendar. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow_app.engine.calendar import Calendar

A_DAY = timedelta(days=1)
LONGEST = 366
"""Days from one moment to the next, at most."""


@dataclass(frozen=True, slots=True)
class At:
    """Once a day at this local time; on one day of the week (Monday is 0) with `weekday`, on one day of the
    year with `day` (month and day). An hour that summer time leaves out comes an hour later."""

    hour: int
    minute: int = 0
    weekday: int | None = None
    day: tuple[int, int] | None = None

    def after(self, moment: datetime, calendar: Calendar) -> datetime:
        """The first time after this moment (UTC)."""
        return next(found for found in self._from(moment, calendar, A_DAY) if found > moment)

    def until(self, moment: datetime, calendar: Calendar) -> datetime:
        """The last time that is not after this moment (UTC)."""
        return next(found for found in self._from(moment, calendar, -A_DAY) if found <= moment)

    def _from(self, moment: datetime, calendar: Calendar, step: timedelta) -> Iterator[datetime]:
        first = calendar.local_date(moment)
        days = (first + n * step for n in range(LONGEST + 1))
        return (calendar.at(day, time(self.hour, self.minute)) for day in days if self._is_on(day))

    def _is_on(self, day: date) -> bool:
        on_weekday = self.weekday is None or day.weekday() == self.weekday
        return on_weekday and (self.day is None or (day.month, day.day) == self.day)
