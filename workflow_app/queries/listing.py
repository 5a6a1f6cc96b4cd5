"""The list of cases: filtered, searched, page by page, and as quick with a million cases as with ten."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case

from .rows import PAGE, CaseRow, Page, case_row, case_rows
from .search import find_newest
from .walks import Filters, cases_seen, told


def case_list(
    session: Session, viewer: Viewer, *, process: str | None = None, state: str | None = None, text: str | None = None,
    open_only: bool = False, after: int | None = None, limit: int = PAGE,
) -> Page[CaseRow]:  # fmt: skip
    """The cases a viewer may see, newest first. A state is one of a process: without a process it
    filters nothing. With `text` only those in which the viewer may read it (see `search`)."""
    if text and text.strip():
        return find_newest(
            session, viewer, text, process=process, state=state, open_only=open_only, after=after, limit=limit
        )
    wanted = {"process": process, "state": state if process else None, "open": open_only or None, "after": after}
    filters = frozenset(name for name, value in wanted.items() if value)
    found = session.execute(_list(len(viewer.principals), limit + 1, filters), told(viewer, **wanted))
    rows = [case_row(row) for row in found]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


@lru_cache(maxsize=256)
def _list(principals: int, limit: int, filters: Filters) -> Select[Any]:
    return case_rows(None, cases_seen(principals, limit, filters)).order_by(Case.id.desc())
