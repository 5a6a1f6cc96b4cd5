"""From when to when: the stretches of time that figures and lists speak of. Pure."""

from __future__ import annotations

from datetime import date, timedelta

OVERDUE, TODAY, WEEK, MONTH, SUSPENDED = "overdue", "today", "week", "month", "suspended"
WHENS = (OVERDUE, TODAY, WEEK, MONTH, SUSPENDED)
"""The kinds of deadlines that are counted and listed; every one but the suspended ones is a `span`."""
NEXT_DAYS = 30
DATED, UNDATED = "dated", "undated"
LOADS = (OVERDUE, DATED, UNDATED)
"""How urgent a step is that waits: its case is overdue, has a deadline that goes on, or has none."""
_SUNDAY = 6


def ends(today: date) -> dict[str, date]:
    """The last day of each stretch: yesterday, today, Sunday of this week, and in thirty days."""
    return {
        OVERDUE: today - timedelta(days=1),
        TODAY: today,
        WEEK: today + timedelta(days=_SUNDAY - today.weekday()),
        MONTH: today + timedelta(days=NEXT_DAYS),
    }


def span(when: str, today: date) -> tuple[date, date]:
    """The first and the last day of a stretch; both belong to it."""
    return (date.min if when == OVERDUE else today, ends(today)[when])
