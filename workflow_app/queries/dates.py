"""Dates for calendars: deadlines and meetings, for one person or for everyone, around today.

A calendar shows a window of days and so many dates at most. It looks at the cases that are nearest
to somebody (see `date_walks`), so it costs the same however many cases there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Subquery, bindparam, exists, select
from sqlalchemy.orm import Session

from workflow_app.access import PUBLIC, Viewer
from workflow_app.engine.machine import Registry
from workflow_app.models import Case, DueDate, OpenStep

from . import meetings
from .date_walks import cases_in_states, cases_of_processes, near_to
from .meetings import MeetingDate
from .rows import WHOSE, WIDTH, CaseRow, case_row, case_rows, visible
from .walks import told

MOST = 200
"""How many deadlines a calendar shows at most, and as many meetings."""
BACK, AHEAD = timedelta(days=92), timedelta(days=731)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeadlineDate:
    """A running deadline. `seq` and `changed_at` are those of its case, which moves on with everything
    that could change the deadline; `waits` says that the case waits for the viewer."""

    case: CaseRow
    id: int
    name: str
    due_on: date
    seq: int
    changed_at: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class Dates:
    """What a calendar shows; `cut_off` says that there is more than it can show."""

    deadlines: Sequence[DeadlineDate]
    meetings: Sequence[MeetingDate]
    cut_off: bool


def personal_dates(session: Session, viewer: Viewer, registry: Registry, today: date) -> Dates:
    """The dates of the cases that wait for a viewer, and of the newest that they follow or take part in."""
    organizations = sorted(viewer.organizations_as("member"))
    near = near_to(len(viewer.principals), len(organizations))
    values = told(viewer, person=viewer.person, since=today - BACK)
    values |= {f"organization_{n}": id_ for n, id_ in enumerate(organizations)}
    deadlines = _deadlines(session, near, values, today)
    return _dates(deadlines, meetings.found(session, viewer, registry, near, values, _window(today)), today)


def public_dates(
    session: Session, registry: Registry, states: Collection[tuple[str, str]], today: date, *,
    process: str | None = None, body: int | None = None,
) -> Dates:  # fmt: skip
    """The dates for everyone: until when one can take part in the cases in these states (process,
    state), and the meetings of bodies that deal with public papers. `process` and `body` narrow it
    down; a body has no deadlines of its own."""
    open_to_all = [pair for pair in states if process in (None, pair[0]) and body is None]
    papers = [name for name in meetings.with_papers(registry) if process in (None, name)]
    deadlines = _open_until(session, open_to_all, today) if open_to_all else []
    found = _public_meetings(session, registry, papers, today) if papers else []
    return _dates(deadlines, [meeting for meeting in found if body in (None, meeting.body)], today)


def _open_until(session: Session, states: Sequence[tuple[str, str]], today: date) -> list[DeadlineDate]:
    values: dict[str, str] = {}
    for n, (process, state) in enumerate(states):
        values |= {f"process_{n}": process, f"state_{n}": state}
    return _deadlines(session, cases_in_states(len(states)), told(PUBLIC, **values), today)


def _public_meetings(session: Session, registry: Registry, papers: Sequence[str], today: date) -> list[MeetingDate]:
    near, window = cases_of_processes(len(papers)), _window(today)
    values = told(PUBLIC, **{f"process_{n}": name for n, name in enumerate(papers)})
    return meetings.found(session, PUBLIC, registry, near, values, window, only_public=True)


def _window(today: date) -> tuple[date, date]:
    return today - BACK, today + AHEAD


def _dates(deadlines: Sequence[DeadlineDate], found: Sequence[MeetingDate], today: date) -> Dates:
    """The nearest of both: those to come before those that are over."""
    nearest = sorted(found, key=lambda one: (one.on < today, abs(one.on - today)))[:MOST]
    cut_off = len(deadlines) > MOST or len(found) > MOST
    return Dates(deadlines[:MOST], sorted(nearest, key=lambda one: (one.on, one.body)), cut_off)


def _deadlines(session: Session, near: Subquery, values: Mapping[str, Any], today: date) -> list[DeadlineDate]:
    """Those that end from today on, the nearest first; then those that are over, the latest first."""
    first, last = _window(today)
    stretches = (today, last, False), (first, today - ONE_DAY, True)
    return [
        DeadlineDate(case_row(row), *row[WIDTH:])
        for begin, end, backwards in stretches
        for row in session.execute(_running(near, backwards), {**values, "first": begin, "last": end})
    ]


@lru_cache(maxsize=256)
def _running(near: Subquery, backwards: bool) -> Select[Any]:
    day, key = (DueDate.due_on.desc(), DueDate.id.desc()) if backwards else (DueDate.due_on, DueDate.id)
    inside = DueDate.due_on.between(bindparam("first"), bindparam("last"))
    ending = (
        select(DueDate.id, DueDate.case_id, DueDate.name, DueDate.due_on)
        .join(near, near.c.case_id == DueDate.case_id)
        .where(DueDate.status == "running", inside, visible(None, DueDate.case_id))
        .order_by(day, key)
        .limit(MOST + 1)
        .subquery()
    )
    c = ending.c
    waits = exists().where(OpenStep.case_id == c.case_id, OpenStep.principal.in_(WHOSE))
    order = (c.due_on.desc(), c.id.desc()) if backwards else (c.due_on, c.id)
    return case_rows(None, ending, c.id, c.name, c.due_on, Case.seq, Case.changed_at, waits).order_by(*order)
