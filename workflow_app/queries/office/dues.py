"""The list of deadlines: by day, or by how long they have stood still.

It goes along all deadlines by their day. Where only those of somebody's cases are wanted and these are
few, it goes by the cases instead: among all deadlines of the town they would be hard to find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, select, tuple_
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import DueDate, OpenStep
from workflow_app.queries.rows import CaseRow, Page, case_row, case_rows

from . import keys
from .fitting import LOOKED_AT, ROWS, Whom, fits, looked, values_of
from .more import waiting
from .spans import SUSPENDED, span


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline. One that stands still has so many days `remaining` and may have no day; `remaining_unit` is
    as in `models.DueDate`. `waits` are the principals for whom its case waits."""

    case: CaseRow
    name: str
    due_on: date | None
    remaining: int | None
    extended: int
    waits: Sequence[str]
    remaining_unit: str | None = None


# Written into the statement, because an index over some rows is only used where it is seen to have them.
_RUNNING: ColumnElement[str] = literal_column("'running'")
_SUSPENDED: ColumnElement[str] = literal_column("'suspended'")
COLUMNS = (DueDate.id, DueDate.due_on, DueDate.case_id)


def deadlines(
    session: Session, viewer: Viewer, when: str, today: date, *, process: str | None = None, waits_for: Whom = (),
    after: str | None = None, limit: int = ROWS,
) -> Page[DueRow]:  # fmt: skip
    """The deadlines of open cases that end in a stretch of time (one of `WHENS`), the nearest first;
    those that stand still in the order in which they began."""
    stands = when == SUSPENDED
    first, last = (date.min, date.max) if stands else span(when, today)
    place = (first, keys.number(after)) if stands else max((first, 0), keys.day(after) or (first, 0))
    values = {"first": place[0], "last": last, "id": place[1], **values_of(viewer, process, None, waits_for)}
    wanted = partial(fits, process=process, state=None, waits_for=waits_for)
    few = _few(session, waits_for[0], None if stands else last) if waits_for else None
    if few is None:
        walk = _standing() if stands else _running()
        found = looked(lambda n: session.execute(_judged(walk.limit(n), wanted), values).all(), limit)
    else:
        own = _judged(_of_cases(stands), wanted)
        rows = [row for row in session.execute(own, {**values, "ids": few}) if row.fits and _within(row, place, last)]
        rows.sort(key=lambda row: (row.due_on or date.min, row.id))
        found = Page(rows[:limit], rows[limit - 1] if len(rows) > limit else None)
    key = found.after and (str(found.after.id) if stands else f"{found.after.due_on}~{found.after.id}")
    return Page(_rows(session, viewer, [row.id for row in found.rows]), key, found.looked_at)


def _running() -> Select[*tuple[Any, ...]]:
    order = (DueDate.due_on, DueDate.id)
    stretch = DueDate.due_on.between(bindparam("first"), bindparam("last"))
    further = tuple_(*order) > tuple_(bindparam("first"), bindparam("id"))
    return select(*COLUMNS).where(DueDate.status == _RUNNING, stretch, further).order_by(*order)


def _standing() -> Select[*tuple[Any, ...]]:
    still = DueDate.status == _SUSPENDED, DueDate.id > bindparam("id")
    return select(*COLUMNS).where(*still).order_by(DueDate.id)


def _judged(walk: Select[*tuple[Any, ...]], wanted: Callable[[Any], ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """A walk that is cut off first; only then it is asked of each row whether it fits."""
    c = walk.subquery().c
    return select(c.id, c.due_on, wanted(c.case_id)).order_by(c.due_on, c.id)


def _of_cases(stands: bool) -> Select[*tuple[Any, ...]]:
    """All deadlines of some cases; no more is asked of them here, so that nothing tempts the database
    to begin anywhere else than at these cases."""
    own = DueDate.case_id.in_(bindparam("ids", expanding=True))
    return select(*COLUMNS).where(own, DueDate.status == ("suspended" if stands else "running"))


def _within(row: Any, place: tuple[date, int], last: date) -> bool:
    return place < (row.due_on or place[0], row.id) and (row.due_on or last) <= last


def _few(session: Session, whom: Set[str], last: date | None) -> list[int] | None:
    """The cases that wait for somebody, of which a deadline can end until this day; None if they are many."""
    day = [OpenStep.due_on.between(date.min, last)] if last else []
    query = select(OpenStep.case_id).where(OpenStep.principal.in_(whom), *day).limit(LOOKED_AT + 1)
    found = session.scalars(query).all()
    return sorted(set(found)) if len(found) <= LOOKED_AT else None


def _rows(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[DueRow]:
    few = select(DueDate).where(DueDate.id.in_(ids)).subquery()
    more = (few.c.id, few.c.name, few.c.due_on, few.c.remaining, few.c.extended, few.c.remaining_unit)
    found = {row[-6]: row for row in session.execute(case_rows(viewer, few, *more))} if ids else {}
    rows = [found[id_] for id_ in ids if id_ in found]
    waits = waiting(session, [row[0] for row in rows])
    return [
        DueRow(case_row(row, due_on), name, due_on, left, extended, waits.get(row[0], ()), unit)
        for row in rows
        for name, due_on, left, extended, unit in [row[-5:]]
    ]
