"""Dates as an iCalendar text (RFC 5545): all-day events, so no program can shift them to another zone.

A deadline keeps its UID for as long as it runs; with everything that happens in its case its
SEQUENCE grows. One that is settled, or stands still, is gone from the calendar: programs that have
subscribed to it take it out. Without a METHOD, DTSTAMP is the moment of the last change, so the same
dates are the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event, vText

from workflow_app import cases
from workflow_app.engine import clock
from workflow_app.jobs.mail import address_of
from workflow_app.processes import REGISTRY
from workflow_app.queries import Dates, DeadlineDate, MeetingDate
from workflow_app.queries.meetings import Item
from workflow_app.wording.naming import due_label, process_label, state_label

from . import tables
from .words import day, label

PRODUCT = "-//Teilhabe//Calendar//EN"
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
RINGS_AT = timedelta(hours=9)
LONGEST_TITLE = 120
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a calendar is called, what it says of itself, and whether it is for one person only."""

    name: str
    description: str
    personal: bool = False


def written(leaf: Leaf, dates: Dates) -> bytes:
    """A whole calendar, in the language of the moment."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    said = " ".join(filter(None, (leaf.description, _what_is_missing(dates))))
    for names, text in ((("name", "x-wr-calname"), leaf.name), (("description", "x-wr-caldesc"), said)):
        for name in names:
            calendar.add(name, vText(clean(text)))  # said to be text, so that commas are escaped everywhere
    calendar.add("refresh-interval", AN_HOUR, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vText("PT1H"))
    for deadline in dates.deadlines:
        calendar.add_component(_deadline(deadline, leaf.personal))
    for meeting in dates.meetings:
        calendar.add_component(_meeting(meeting, leaf.personal))
    return calendar.to_ical()


def _what_is_missing(dates: Dates) -> str:
    return _("There is more than this calendar can hold; the nearest dates are in it.") if dates.cut_off else ""


def clean(text: str) -> str:
    """A text without control characters, which no calendar may contain; line breaks stay."""
    return CONTROL.sub("", text)


def _event(uid: str, title: str, lines: Iterable[str], at: datetime, personal: bool) -> Event:
    """What all events share. Nobody is busy because of a date."""
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(current_app.config['ADDRESS']).hostname or 'localhost'}")
    event.add("summary", clean(title))
    event.add("description", clean("\n".join(filter(None, lines))))
    event.add("dtstamp", at.replace(microsecond=0))
    event.add("last-modified", at.replace(microsecond=0))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE" if personal else "PUBLIC")
    return event


def _deadline(found: DeadlineDate, personal: bool) -> Event:
    row, name = found.case, due_label(found.case, found.name)
    url = address_of("cases.show", case_id=str(row.id))
    lines = (
        row.title,
        f"{process_label(row)}: {state_label(row)}",
        _("%(deadline)s: until the end of %(day)s", deadline=name, day=day(found.due_on)),
        _("The case waits for you.") if found.waits and personal else "",
        url,
    )
    short = f"{row.title[:LONGEST_TITLE]}…" if len(row.title) > LONGEST_TITLE else row.title
    title = f"{row.number} {short}: {name}" if row.number else f"{short}: {name}"
    event = _event(f"deadline-{found.id}", title, lines, found.changed_at, personal)
    event.add("sequence", found.seq)
    event.add("status", "CONFIRMED")
    event.add("dtstart", found.due_on)
    event.add("dtend", found.due_on + A_DAY)
    event.add("categories", [_("Deadline"), process_label(row)])
    event.add("url", url)
    if personal and found.waits:
        for before in _warnings(found):
            event.add_component(_alarm(before - RINGS_AT, title))
    return event


def _warnings(found: DeadlineDate) -> list[timedelta]:
    """How long before its day a deadline warns, by its process; a warning whose day has passed is over."""
    deadline = REGISTRY.find(found.case.process, found.case.version).deadline_by_name.get(found.name)
    calendar = cases.current().store.calendar
    today = calendar.local_date(clock.now())
    days = sorted(calendar.back(found.due_on, period) for period in deadline.warn) if deadline else ()
    return [found.due_on - warned_on for warned_on in days if warned_on >= today]


def _alarm(before: timedelta, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", clean(title))
    return alarm


def _meeting(found: MeetingDate, personal: bool) -> Event:
    lines = [_paper(item) for item in found.items]
    uid = f"meeting-{found.body}-{found.on.isoformat()}"
    event = _event(uid, found.name, lines, found.changed_at, personal)
    event.add("status", "CONFIRMED" if found.is_set else "TENTATIVE")
    event.add("dtstart", found.on)
    event.add("dtend", found.on + A_DAY)
    event.add("categories", [_("Meeting")])
    if len(found.items) == 1:
        event.add("url", address_of("cases.show", case_id=str(found.items[0].case.id)))
    return event


def _paper(item: Item) -> str:
    """One thing a body deals with, on a line with its address."""
    number = _("item %(number)s", number=item.number) if item.number else ""
    role = label(tables.CONSULTATIONS.get(item.role))
    facts = ", ".join(filter(None, (number, process_label(item.case), item.case.number, role)))
    return f"{item.case.title} ({facts}): {address_of('cases.show', case_id=str(item.case.id))}"
