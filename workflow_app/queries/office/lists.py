"""The lists behind the figures: deadlines, waiting steps and open cases, as they are now.

Each goes along an index in its own order. Whether a row is for this viewer and fits the filters is
asked of each row that is passed, one step into an index each time. So that nobody waits where hardly
anything fits, a list that has looked at `LOOKED_AT` rows shows what it has found and can be gone on with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, select, tuple_, union_all
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case, CaseReader, DueDate, OpenStep
from workflow_app.queries.listing import case_list
from workflow_app.queries.rows import LAST_ID, WHOSE, CaseRow, Page, case_row, case_rows
from workflow_app.queries.walks import short, steps_open, told

from . import keys
from .more import since, waiting
from .spans import DATED, OVERDUE, SUSPENDED, UNDATED, span

ROWS = 50
LOOKED_AT = 1000
NOTHING: Page[Any] = Page([])
Whom = Sequence[Set[str]]
"""Sets of principals; a case fits if it waits for somebody in each of them."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline. One that stands still has so many days `remaining` and may have no day; `waits` are the
    principals for whom its case waits."""

    case: CaseRow
    name: str
    due_on: date | None
    remaining: int | None
    extended: int
    waits: Sequence[str]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step that waits; its case says when the nearest deadline ends."""

    case: CaseRow
    step: str
    hands: int
    hands_needed: int


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """An open case, since when it has been in its state (None where nobody knows), and for whom it waits."""

    case: CaseRow
    since: datetime | None
    waits: Sequence[str]


# ------------------------------------------------------------------------------ deadlines


def deadlines(
    session: Session, viewer: Viewer, when: str, today: date, *, process: str | None = None, waits_for: Whom = (),
    after: str | None = None, limit: int = ROWS,
) -> Page[DueRow]:  # fmt: skip
    """The deadlines of open cases that end in a stretch of time (one of `WHENS`), the nearest first;
    those that stand still in the order in which they began."""
    if when == SUSPENDED:
        first, last, place = date.min, date.max, keys.number(after)
        walk = select(DueDate.id, DueDate.due_on).where(DueDate.status == _SUSPENDED, DueDate.id > bindparam("id"))
        walk = walk.order_by(DueDate.id)
    else:
        first, last = span(when, today)
        first, place = max((first, 0), keys.day(after) or (first, 0))
        order = (DueDate.due_on, DueDate.id)
        walk = select(DueDate.id, DueDate.due_on).where(
            DueDate.status == _RUNNING,
            DueDate.due_on.between(bindparam("first"), bindparam("last")),
            tuple_(*order) > tuple_(bindparam("first"), bindparam("id")),
        )
        walk = walk.order_by(*order)
    walk = walk.add_columns(_fits(DueDate.case_id, process, None, waits_for))
    values = {"first": first, "last": last, "id": place, **_values(viewer, process, None, waits_for)}
    found = _looked(lambda n: session.execute(walk.limit(n), values).all(), limit)
    key = found.after and (str(found.after.id) if when == SUSPENDED else f"{found.after.due_on}~{found.after.id}")
    return Page(_due_rows(session, viewer, [row.id for row in found.rows]), key, found.looked_at)


# Written into the statement, because an index over some rows is only used where it is seen to have them.
_RUNNING: ColumnElement[str] = literal_column("'running'")
_SUSPENDED: ColumnElement[str] = literal_column("'suspended'")


def _due_rows(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[DueRow]:
    few = select(DueDate).where(DueDate.id.in_(ids)).subquery()
    more = (few.c.id, few.c.name, few.c.due_on, few.c.remaining, few.c.extended)
    found = {row[-5]: row for row in session.execute(case_rows(viewer, few, *more))} if ids else {}
    rows = [found[id_] for id_ in ids if id_ in found]
    waits = waiting(session, [row[0] for row in rows])
    return [
        DueRow(case_row(row, due_on), name, due_on, left, extended, waits.get(row[0], ()))
        for row in rows
        for name, due_on, left, extended in [row[-4:]]
    ]


# ---------------------------------------------------------------------------------- steps


def waiting_steps(
    session: Session, viewer: Viewer, whom: Set[str], today: date, *, load: str | None = None,
    process: str | None = None, after: str | None = None, limit: int = ROWS,
) -> Page[StepRow]:  # fmt: skip
    """The steps that wait for somebody who holds these principals, the most urgent first: all of them,
    or those of one kind (one of `LOADS`)."""
    begin = {DATED: (today, 0, ""), UNDATED: (None, 0, "")}.get(load or "")
    day, case_id, step = place = keys.step(after) or begin or (None, 0, "")
    kind = "dated" if day else "undated" if place == begin or step else ""
    values = {
        **told(Viewer(None, frozenset(whom)), after_day=day, after_case=case_id, after_step=step),
        **_values(viewer, process, None, ()),
    }

    def ask(n: int) -> Iterable[Any]:
        near = steps_open(len(whom), n, kind)
        c = near.c
        walk = select(*c, _fits(c.case_id, process, None, ()))
        found = session.execute(walk.order_by(c.due_on.is_(None), c.due_on, c.case_id, c.step), values)
        return takewhile(lambda row: _is(load, row.due_on, today), found)

    found = _looked(ask, limit) if whom else NOTHING
    rows = {row.id: row for row in rows_of(session, viewer, {row.case_id for row in found.rows})}
    last = found.after
    return Page(
        [
            StepRow(_with_day(rows[row.case_id], row.due_on), row.step, row.hands, row.hands_needed)
            for row in found.rows
            if row.case_id in rows
        ],
        last and f"{last.due_on or ''}~{last.case_id}~{last.step}",
        found.looked_at,
    )


def _is(load: str | None, due_on: date | None, today: date) -> bool:
    """Whether the walk along steps of one kind is still among them."""
    if load == OVERDUE:
        return due_on is not None and due_on < today
    return load != DATED or due_on is not None


def _with_day(row: CaseRow, due_on: date | None) -> CaseRow:
    return replace(row, due_on=due_on)


# ---------------------------------------------------------------------------------- cases


def open_cases(
    session: Session, viewer: Viewer, *, process: str | None = None, state: str | None = None, waits_for: Whom = (),
    after: str | None = None, limit: int = ROWS,
) -> Page[WaitingCase]:  # fmt: skip
    """The open cases, the newest first. A state is one of a process."""
    place = keys.number(after) or None
    if not waits_for:
        page = case_list(session, viewer, process=process, state=state, open_only=True, after=place, limit=limit)
        return Page(_waiting_cases(session, page.rows), page.after and str(page.after))
    wanted = {**_values(viewer, process, state, waits_for), "before": place or LAST_ID}

    def ask(n: int) -> Sequence[Any]:
        each = select(OpenStep.case_id).distinct().where(OpenStep.case_id < bindparam("before"))
        walks = [short(each.where(OpenStep.principal == p), n, OpenStep.case_id.desc()) for p in sorted(waits_for[0])]
        near = select(union_all(*walks).subquery().c.case_id).distinct().subquery().c.case_id
        walk = select(near, _fits(near, process, state, waits_for[1:], 1)).order_by(near.desc()).limit(n)
        return session.execute(walk, wanted).all()

    found = _looked(ask, limit) if waits_for[0] else NOTHING
    rows = rows_of(session, viewer, {row.case_id for row in found.rows})
    return Page(_waiting_cases(session, rows), found.after and str(found.after.case_id), found.looked_at)


def rows_of(session: Session, viewer: Viewer, ids: Set[int]) -> list[CaseRow]:
    """The rows of some cases, the newest first."""
    few = select(Case.id.label("case_id")).where(Case.id.in_(ids)).subquery()
    query = case_rows(viewer, few).order_by(few.c.case_id.desc())
    return [case_row(row) for row in session.execute(query)] if ids else []


def _waiting_cases(session: Session, rows: Sequence[CaseRow]) -> list[WaitingCase]:
    ids = [row.id for row in rows]
    begun, waits = since(session, ids), waiting(session, ids)
    return [WaitingCase(row, begun.get(row.id), waits.get(row.id, ())) for row in rows]


# -------------------------------------------------------------------------- what they share


def _fits(case_id: Any, process: str | None, state: str | None, waits_for: Whom, first: int = 0) -> ColumnElement[bool]:
    """Whether a case is open, for this viewer, and as the filters want it."""
    wanted = [CaseReader.case_id == case_id, CaseReader.principal.in_(WHOSE), CaseReader.closed.is_(False)]
    wanted += [CaseReader.process == bindparam("process")] if process else []
    wanted += [CaseReader.state == bindparam("state")] if state else []
    waits = [
        exists().where(OpenStep.case_id == case_id, OpenStep.principal.in_(bindparam(f"whom_{n}", expanding=True)))
        for n in range(first, first + len(waits_for))
    ]
    return and_(exists().where(*wanted), *waits).label("fits")


def _values(viewer: Viewer, process: str | None, state: str | None, waits_for: Whom) -> dict[str, Any]:
    whom = {f"whom_{n}": sorted(principals) for n, principals in enumerate(waits_for)}
    return {"principals": sorted(viewer.principals), "process": process, "state": state, **whom}


def _looked(ask: Callable[[int], Iterable[Any]], limit: int) -> Page[Any]:
    """The first rows of a walk that fit, and the row to go on after: few are looked at first, because
    for most who ask nearly everything fits."""
    found: Sequence[Any] = ()
    for n in (limit + 1, LOOKED_AT + 1):
        found = list(ask(n))
        fitting = [row for row in found if row.fits]
        if len(fitting) > limit:
            return Page(fitting[:limit], fitting[limit - 1])
        if len(found) < n:
            return Page(fitting)
    seen = found[:LOOKED_AT]
    return Page([row for row in seen if row.fits], seen[-1], LOOKED_AT)
