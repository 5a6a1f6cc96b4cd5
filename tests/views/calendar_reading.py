"""Three programs that read calendars and know nothing of each other, nor of the one that writes ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import ics
import vobject
from ical.calendar_stream import IcsCalendarStream


@dataclass(frozen=True)
class Read:
    """One all-day event as a program understood it; `after` is the first day that does not belong to it."""

    title: str
    text: str
    on: date | None
    after: date | None
    categories: frozenset[str]
    sequence: int
    status: str
    rings: frozenset[timedelta | datetime]


Events = Mapping[str, Read]


def by_ical(text: str) -> Events:
    """The reader of Home Assistant."""
    return {
        e.uid: Read(
            e.summary or "", e.description or "", e.dtstart, e.dtend, frozenset(e.categories), e.sequence or 0,
            e.status.value if e.status else "", frozenset(a.trigger for a in e.alarm),
        )
        for e in IcsCalendarStream.calendar_from_ics(text).events
    }  # fmt: skip


def by_ics(text: str) -> Events:
    """The parser ics.py. It keeps what it does not know as it is written."""
    found: dict[str, Read] = {}
    for e in ics.Calendar(text).events:
        assert e.all_day
        extra = {line.name: line.value for line in e.extra}
        found[e.uid] = Read(
            e.name, e.description or "", e.begin.date(), e.end.date(), frozenset(e.categories),
            int(extra.get("SEQUENCE", 0)), e.status, frozenset(a.trigger for a in e.alarms),
        )  # fmt: skip
    return found


def by_vobject(text: str) -> Events:
    """The parser vobject, which many servers use."""
    found: dict[str, Read] = {}
    for e in vobject.readOne(text).contents.get("vevent", ()):
        told: dict[str, Any] = {name: lines[0].value for name, lines in e.contents.items() if name != "valarm"}
        alarms = frozenset(alarm.trigger.value for alarm in e.contents.get("valarm", ()))
        found[told["uid"]] = Read(
            told["summary"], told.get("description", ""), told["dtstart"], told["dtend"],
            frozenset(told["categories"]), int(told.get("sequence", 0)), told["status"], alarms,
        )  # fmt: skip
    return found


READERS: Mapping[str, Callable[[str], Events]] = {"ical": by_ical, "ics": by_ics, "vobject": by_vobject}


def read(text: str) -> Events:
    """What a calendar says, in the same words to all three."""
    found = {name: reader(text) for name, reader in READERS.items()}
    assert found["ical"] == found["ics"] == found["vobject"]
    return found["ical"]
