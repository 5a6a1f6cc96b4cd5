"""Lists of cases that cost the same with a hundred cases and with a million: key-paged, indexed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case, CaseReader, DueDate, Follow, Notification, OpenStep, OutboxMessage

PAGE = 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the key to go on from; None at the end."""

    rows: Sequence[T]
    after: Any = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    id: int
    process: str
    version: int
    state: str
    number: str | None
    title: str
    imported: bool
    example: bool
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the viewer."""

    case: CaseRow
    step: str
    hands: int
    hands_needed: int


COLUMNS = (Case.id, Case.process, Case.version, Case.state, Case.number, Case.title, Case.imported, Case.example)


def _row(found: Any, due_on: date | None = None) -> CaseRow:
    id_, process, version, state, number, title, imported, example = found[:8]
    return CaseRow(id_, process, version, state, number, title, imported, example, due_on)


def case_list(
    session: Session,
    viewer: Viewer,
    *,
    process: str | None = None,
    state: str | None = None,
    text: str | None = None,
    open_only: bool = False,
    after: int | None = None,
    limit: int = PAGE,
) -> Page[CaseRow]:
    """The cases a viewer may see, newest first."""
    if process or state or text or open_only:
        query = _filtered(viewer, process, state, text, open_only)
    else:
        query = _everything(viewer, after, limit + 1)
    if after:
        query = query.where(Case.id < after)
    rows = [_row(row) for row in session.execute(query.order_by(Case.id.desc()).limit(limit + 1))]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def _everything(viewer: Viewer, after: int | None, limit: int) -> Any:
    """One short walk along the index per principal; together they hold the newest."""
    walks = []
    for principal in sorted(viewer.principals):
        walk = select(CaseReader.case_id).where(CaseReader.principal == principal)
        if after:
            walk = walk.where(CaseReader.case_id < after)
        walks.append(select(walk.order_by(CaseReader.case_id.desc()).limit(limit).subquery().c.case_id))
    return select(*COLUMNS).where(Case.id.in_(union_all(*walks)))


def _filtered(viewer: Viewer, process: str | None, state: str | None, text: str | None, open_only: bool) -> Any:
    seen = exists().where(CaseReader.case_id == Case.id, CaseReader.principal.in_(viewer.principals))
    query = select(*COLUMNS).where(seen)
    if process:
        query = query.where(Case.process == process)
    if state:
        query = query.where(Case.state == state)
    if open_only:
        query = query.where(Case.closed.is_(False))
    if text:
        like = "%" + text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(func.lower(Case.title).like(like, escape="\\"), func.lower(Case.number).like(like, escape="\\"))
        )
    return query


def inbox(session: Session, viewer: Viewer, *, limit: int = PAGE) -> Page[Task]:
    """What waits for the viewer, the most urgent first."""
    waiting = (
        select(OpenStep.case_id, OpenStep.step, func.max(OpenStep.hands), func.max(OpenStep.hands_needed))
        .where(OpenStep.principal.in_(viewer.principals))
        .group_by(OpenStep.case_id, OpenStep.step)
        .subquery()
    )
    nearest = (
        select(func.min(DueDate.due_on))
        .where(DueDate.case_id == Case.id, DueDate.status == "running")
        .correlate(Case)
        .scalar_subquery()
    )
    steps = list(waiting.c)
    query = (
        select(*COLUMNS, nearest, *steps[1:])
        .join(waiting, steps[0] == Case.id)
        .order_by(nearest.is_(None), nearest, Case.id.desc(), steps[1])
        .limit(limit + 1)
    )
    rows = [Task(_row(row, row[8]), row[9], row[10], row[11]) for row in session.execute(query)]
    return Page(rows[:limit], len(rows) > limit or None)


def following(session: Session, viewer: Viewer, *, limit: int = PAGE) -> Page[CaseRow]:
    """What the viewer follows and may still see."""
    seen = exists().where(CaseReader.case_id == Case.id, CaseReader.principal.in_(viewer.principals))
    query = (
        select(*COLUMNS)
        .join(Follow, and_(Follow.case_id == Case.id, Follow.person_id == viewer.person))
        .where(seen)
        .order_by(Case.id.desc())
        .limit(limit + 1)
    )
    rows = [_row(row) for row in session.execute(query)]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline in a list."""

    case: CaseRow
    name: str
    due_on: date | None


def due_soon(session: Session, viewer: Viewer, *, limit: int = PAGE) -> Page[DueRow]:
    """The deadlines of cases in which something waits for the viewer, the nearest first."""
    mine = exists().where(OpenStep.case_id == Case.id, OpenStep.principal.in_(viewer.principals))
    query = (
        select(*COLUMNS, DueDate.name, DueDate.due_on)
        .join(DueDate, DueDate.case_id == Case.id)
        .where(DueDate.status == "running", mine)
        .order_by(DueDate.due_on, DueDate.id)
        .limit(limit + 1)
    )
    rows = [DueRow(_row(row), row[8], row[9]) for row in session.execute(query)]
    return Page(rows[:limit], len(rows) > limit or None)


@dataclass(frozen=True, slots=True)
class News:
    """Something the viewer was told."""

    case: CaseRow
    notice: str
    at: Any


def news(session: Session, viewer: Viewer, *, limit: int = 10) -> Page[News]:
    """What the viewer was told last, of cases they may still see."""
    seen = exists().where(CaseReader.case_id == Case.id, CaseReader.principal.in_(viewer.principals))
    query = (
        select(*COLUMNS, Notification.notice, Notification.created_at)
        .join(Notification, Notification.case_id == Case.id)
        .join(OutboxMessage, OutboxMessage.id == Notification.outbox_id)
        .where(Notification.person_id == viewer.person, seen)
        .order_by(Notification.id.desc())
        .limit(limit)
    )
    return Page([News(_row(row), row[8], row[9]) for row in session.execute(query)])
