"""Cases that are named by something else: by a value in a case's data, or by what is open to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case, DueDate

from .rows import CaseRow, Page, case_row, case_rows, visible
from .walks import cases_seen, told

NEWEST = 50


def visible_rows(session: Session, viewer: Viewer, ids: Iterable[int]) -> list[CaseRow]:
    """Those of some cases that the viewer may see, in the order of their ids."""
    few = select(Case.id.label("case_id")).where(Case.id.in_(set(ids)), visible(viewer, Case.id)).subquery()
    return [case_row(row) for row in session.execute(case_rows(viewer, few).order_by(few.c.case_id))]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A step that everybody who is signed in may take in this case now."""

    case: CaseRow
    step: str


Open = tuple[str, str, str]
IN_STATE = frozenset({"process", "state", "open"})


def open_to_all(session: Session, viewer: Viewer, steps: Sequence[Open], *, limit: int = 6) -> Page[Invitation]:
    """The cases in which one of these steps (process, state, step) can be taken, those that end soonest
    first. Few cases are in such a state at a time; the newest of each are looked at."""
    if not steps:
        return Page([])
    values: dict[str, str] = {}
    for n, (process, state, _step) in enumerate(steps):
        values |= {f"process_{n}": process, f"state_{n}": state}
    found = session.execute(_open(len(viewer.principals), len(steps), limit), told(viewer, **values))
    step_of = {(process, state): step for process, state, step in steps}
    rows = [case_row(row, due_on) for *row, due_on in found]
    return Page([Invitation(row, step_of[row.process, row.state]) for row in rows])


@lru_cache(maxsize=256)
def _open(principals: int, states: int, limit: int) -> Select[Any]:
    places = [cases_seen(principals, NEWEST, IN_STATE, f"_{n}") for n in range(states)]
    near = union_all(*(select(place.c.case_id) for place in places)).subquery()
    ends = (
        select(func.min(DueDate.due_on))
        .where(DueDate.case_id == near.c.case_id, DueDate.status == "running")
        .scalar_subquery()
    )
    first = (
        select(near.c.case_id, ends.label("due_on"))
        .order_by(ends.is_(None), ends, near.c.case_id.desc())
        .limit(limit)
        .subquery()
    )
    c = first.c
    return case_rows(None, first, c.due_on).order_by(c.due_on.is_(None), c.due_on, c.case_id.desc())
