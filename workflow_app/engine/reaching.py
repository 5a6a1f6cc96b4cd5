"""How somebody wants to be told, and when that is: pure, so that years of it can be tried in a second.

A topic says why a notice matters to somebody. What waits for them and what is overdue always comes;
news, near deadlines and what they follow may be kept from the mail, topic by topic. A way says how it
comes: a mail at once, collected mails, or only on the site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .calendar import Calendar, UnknownZone

WAITING, OVERDUE, DEADLINE, NEWS, FOLLOWED = "waiting", "overdue", "deadline", "news", "followed"
TOPICS = (WAITING, OVERDUE, DEADLINE, NEWS, FOLLOWED)
OPTIONAL = (DEADLINE, NEWS, FOLLOWED)
"""The topics that somebody may keep from their mail, and that a muted case is silent about."""
NOW, DAILY, WEEKLY, SITE = "now", "daily", "weekly", "site"
WAYS = (NOW, DAILY, WEEKLY, SITE)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one person wants to be told. Collected mails come at `hour` o'clock, weekly ones on `weekday`
    (Monday is 0); `quiet_from` to `quiet_until` are local times and may go over midnight. `zone` is
    empty for the town's own."""

    way: str = DAILY
    weekday: int = 0
    hour: int = 8
    quiet_from: time | None = None
    quiet_until: time | None = None
    zone: str = ""
    not_mailed: frozenset[str] = frozenset()

    def way_of(self, topic: str) -> str:
        """How a notice of a topic comes."""
        return SITE if topic in self.not_mailed and topic in OPTIONAL else self.way

    def calendar(self, town: Calendar) -> Calendar:
        """The local time of this person; the town's where the zone is not known (any more)."""
        try:
            return replace(town, zone=self.zone) if self.zone else town
        except UnknownZone:
            return town

    def knows_its_zone(self, town: Calendar) -> bool:
        """Whether the zone is one that there is."""
        return not self.zone or self.calendar(town).zone == self.zone

    def not_before(self, now: datetime, town: Calendar) -> datetime:
        """When a mail that is ready now may leave: now, or at the end of the quiet hours."""
        calendar = self.calendar(town)
        local = now.astimezone(ZoneInfo(calendar.zone))
        if self.quiet_from is None or self.quiet_until is None or not self._is_quiet(local.time()):
            return now
        ends = local.date() + timedelta(days=local.time() >= self.quiet_until)
        end = calendar.at(ends, self.quiet_until)
        # When the clocks go back this time of day comes twice, and the first may have been before now.
        return end if end > now else calendar.at(ends, self.quiet_until.replace(fold=1))

    def _is_quiet(self, local: time) -> bool:
        begin, end = self.quiet_from, self.quiet_until
        assert begin is not None
        assert end is not None
        return begin <= local < end if begin < end else local >= begin or local < end

    def last_digest(self, now: datetime, town: Calendar) -> datetime:
        """The last moment until now at which this person's collected mail was due (UTC)."""
        calendar = self.calendar(town)
        today = calendar.local_date(now)
        days = (today - timedelta(days=n) for n in range(WEEK + 1))
        wanted = (day for day in days if self.way != WEEKLY or day.weekday() == self.weekday)
        moments = (calendar.at(day, time(self.hour)) for day in wanted)
        return next(moment for moment in moments if moment <= now.astimezone(UTC))
