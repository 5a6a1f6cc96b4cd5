"""The list of cases: filtered, searched, page by page, and as quick with a million cases as with ten."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case

from .rows import PAGE, CaseRow, Page, case_row, case_rows, visible
from .walks import Filters, cases_seen, told

Values = dict[str, Any]
LOOKED_AT = 1000
"""How many cases a search looks through before it asks whether to go on."""


def case_list(
    session: Session, viewer: Viewer, *, process: str | None = None, state: str | None = None, text: str | None = None,
    open_only: bool = False, after: int | None = None, limit: int = PAGE,
) -> Page[CaseRow]:  # fmt: skip
    """The cases a viewer may see, newest first. A state is one of a process: without a process it
    filters nothing. `text` is looked for in titles and numbers; such a page says in `looked_at` how
    many cases were looked through where it stopped before the end."""
    wanted = {"process": process, "state": state if process else None, "open": open_only or None, "after": after}
    filters = frozenset(name for name, value in wanted.items() if value)
    values = told(viewer, **wanted)
    if text and text.split():
        return _search(session, viewer, text, filters, values, limit)
    found = session.execute(_list(len(viewer.principals), limit + 1, filters), values)
    rows = [case_row(row) for row in found]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


@lru_cache(maxsize=256)
def _list(principals: int, limit: int, filters: Filters) -> Select[Any]:
    return case_rows(None, cases_seen(principals, limit, filters)).order_by(Case.id.desc())


def _search(session: Session, viewer: Viewer, text: str, filters: Filters, values: Values, limit: int) -> Page[CaseRow]:
    """Looks through the newest cases, so many at a time. The words are compared here and not in the
    database, because SQLite knows no capital letters beyond A to Z."""
    if "after" not in filters and (number := _with_number(session, values, text)):
        return Page(_rows(session, values, [number]))
    looked_at = session.execute(_texts(len(viewer.principals), LOOKED_AT + 1, filters), values).all()
    words = text.casefold().split()
    found = [row.id for row in looked_at[:LOOKED_AT] if _has(f"{row.title} {row.number or ''}", words)]
    rows = _rows(session, values, found[:limit])
    if len(found) > limit:
        return Page(rows, found[limit - 1])
    return Page(rows, looked_at[LOOKED_AT - 1].id, LOOKED_AT) if len(looked_at) > LOOKED_AT else Page(rows)


@lru_cache(maxsize=256)
def _texts(principals: int, limit: int, filters: Filters) -> Select[int, str, str | None]:
    near = cases_seen(principals, limit, filters)
    return select(Case.id, Case.title, Case.number).join(near, near.c.case_id == Case.id).order_by(Case.id.desc())


def _has(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


_BY_NUMBER = select(Case.id).where(Case.number == bindparam("number"), visible(None, Case.id))
_FOUND = select(Case.id.label("case_id")).where(Case.id.in_(bindparam("ids", expanding=True))).subquery()
_ROWS = case_rows(None, _FOUND).order_by(Case.id.desc())


def _with_number(session: Session, values: Values, text: str) -> int | None:
    """The case with exactly this number, however old it is and whatever else is filtered."""
    return session.scalar(_BY_NUMBER, {**values, "number": text.strip().upper()})


def _rows(session: Session, values: Values, ids: Sequence[int]) -> list[CaseRow]:
    """The rows of some cases, the newest first."""
    return [case_row(row) for row in session.execute(_ROWS, {**values, "ids": ids})]
