"""The lists behind the figures: waiting steps and open cases, as they are now (deadlines: `dues`).

Each goes along an index in its own order. Whether a row is for this viewer and fits the filters is
asked of each row that is passed, one step into an index each time. So that nobody waits where hardly
anything fits, a list that has looked at `LOOKED_AT` rows shows what it has found and can be gone on with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case, OpenStep
from workflow_app.queries.listing import case_list
from workflow_app.queries.rows import LAST_ID, CaseRow, Page, case_row, case_rows
from workflow_app.queries.walks import short, steps_open, told

from . import keys
from .fitting import NOTHING, ROWS, Whom, fits, looked, values_of
from .more import since, waiting
from .spans import DATED, OVERDUE, UNDATED


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
        **values_of(viewer, process, None, ()),
    }

    def ask(n: int) -> Iterable[Any]:
        near = steps_open(len(whom), n, kind)
        c = near.c
        walk = select(*c, fits(c.case_id, process, None, ()))
        found = session.execute(walk.order_by(c.due_on.is_(None), c.due_on, c.case_id, c.step), values)
        return takewhile(lambda row: _is(load, row.due_on, today), found)

    found = looked(ask, limit) if whom else NOTHING
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
    wanted = {**values_of(viewer, process, state, waits_for), "before": place or LAST_ID}

    def ask(n: int) -> Sequence[Any]:
        each = select(OpenStep.case_id).distinct().where(OpenStep.case_id < bindparam("before"))
        walks = [short(each.where(OpenStep.principal == p), n, OpenStep.case_id.desc()) for p in sorted(waits_for[0])]
        near = select(union_all(*walks).subquery().c.case_id).distinct().subquery().c.case_id
        walk = select(near, fits(near, process, state, waits_for[1:], 1)).order_by(near.desc()).limit(n)
        return session.execute(walk, wanted).all()

    found = looked(ask, limit) if waits_for[0] else NOTHING
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
