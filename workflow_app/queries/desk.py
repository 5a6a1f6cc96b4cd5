"""My desk: what waits for somebody, what is due, what they follow, what they were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import DueDate, Follow, Notification
from workflow_app.models.documents import TOLD_OF_DOCUMENTS

from .papers_told import paper_key, papers_told
from .rows import LAST_ID, PAGE, CaseRow, Page, case_row, case_rows, visible
from .walks import cases_due, steps_open, told


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the viewer."""

    case: CaseRow
    step: str
    hands: int
    hands_needed: int


Key = tuple[date | None, int, str]


def inbox(session: Session, viewer: Viewer, *, after: str | None = None, limit: int = PAGE) -> Page[Task]:
    """What waits for the viewer, the most urgent first; what has no deadline comes at the end, the
    longest waiting case first. `after` goes on from there; what is no key is the beginning."""
    day, case_id, step = (_read(after) if after else None) or (None, 0, "")
    kind = "dated" if day else "undated" if step else ""
    values = told(viewer, after_day=day, after_case=case_id, after_step=step)
    found = session.execute(_inbox(len(viewer.principals), limit + 1, kind), values)
    rows = [Task(case_row(row, due_on), step, hands, needed) for *row, due_on, step, hands, needed in found]
    return Page(rows[:limit], _write(rows[limit - 1]) if len(rows) > limit else None)


@lru_cache(maxsize=256)
def _inbox(principals: int, limit: int, after: str) -> Select[Any]:
    waiting = steps_open(principals, limit, after)
    c = waiting.c
    query = case_rows(None, waiting, c.due_on, c.step, c.hands, c.hands_needed)
    return query.order_by(c.due_on.is_(None), c.due_on, c.case_id, c.step)


def _write(task: Task) -> str:
    """A place in the inbox as it stands in an address."""
    return f"{task.case.due_on or ''}~{task.case.id}~{task.step}"


def _read(text: str) -> Key | None:
    """The place again; None, the beginning, for what is none."""
    due_on, _tilde, rest = text.partition("~")
    case_id, _tilde, step = rest.partition("~")
    try:
        place = date.fromisoformat(due_on) if due_on else None, max(0, min(int(case_id), LAST_ID)), step
    except ValueError:
        return None
    return place if step.isidentifier() else None


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline in a list."""

    case: CaseRow
    name: str
    due_on: date | None


def due_soon(session: Session, viewer: Viewer, *, limit: int = PAGE) -> Page[DueRow]:
    """The deadlines of cases in which something waits for the viewer, the nearest first. The nearest
    cases hold the nearest deadlines, so no others are looked at."""
    found = session.execute(_due_soon(len(viewer.principals), limit + 1), told(viewer))
    rows = [DueRow(case_row(row, due_on), name, due_on) for *row, name, due_on in found]
    return Page(rows[:limit], len(rows) > limit or None)


@lru_cache(maxsize=256)
def _due_soon(principals: int, limit: int) -> Select[Any]:
    cases = cases_due(principals, limit)
    near = (
        select(DueDate.id, DueDate.case_id, DueDate.name, DueDate.due_on)
        .join(cases, cases.c.case_id == DueDate.case_id)
        .where(DueDate.status == "running")
        .order_by(DueDate.due_on, DueDate.id)
        .limit(limit)
        .subquery()
    )
    return case_rows(None, near, near.c.name, near.c.due_on).order_by(near.c.due_on, near.c.id)


def following(session: Session, viewer: Viewer, *, limit: int = PAGE) -> Page[CaseRow]:
    """What the viewer follows and may still see, the newest first."""
    found = (
        select(Follow.case_id)
        .where(Follow.person_id == viewer.person, visible(viewer, Follow.case_id))
        .order_by(Follow.case_id.desc())
        .limit(limit + 1)
        .subquery()
    )
    rows = [case_row(row) for row in session.execute(case_rows(viewer, found).order_by(found.c.case_id.desc()))]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class News:
    """Something the viewer was told."""

    id: int
    case: CaseRow
    notice: str
    topic: str
    due_on: date | None
    at: datetime


def news(session: Session, viewer: Viewer, *, limit: int = 10) -> Page[News]:
    """What the viewer was told last, of cases and documents they may still see."""
    told = (
        select(
            Notification.id, Notification.case_id, Notification.notice, Notification.topic, Notification.due_on,
            Notification.created_at, Notification.seq,
        )
        .where(Notification.person_id == viewer.person, visible(viewer, Notification.case_id))
        .order_by(Notification.id.desc())
        .limit(limit)
        .subquery()
    )  # fmt: skip
    c = told.c
    query = case_rows(viewer, told, c.id, c.notice, c.topic, c.due_on, c.created_at, c.case_id, c.seq)
    found = session.execute(query.order_by(c.id.desc())).all()
    papers = papers_told(session, viewer, {key for one in found if (key := paper_key(one))})
    return Page(
        [
            News(id_, case_row(row), notice, topic, due, at)
            for *row, id_, notice, topic, due, at, case_id, seq in found
            if notice not in TOLD_OF_DOCUMENTS or (case_id, seq) in papers
        ]
    )
