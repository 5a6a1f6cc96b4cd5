"""What the lists share: what fits a viewer and their filters, and how far is looked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists

from workflow_app.access import Viewer
from workflow_app.models import Case, OpenStep
from workflow_app.queries.rows import Page, visible

ROWS = 50
LOOKED_AT = 1000
NOTHING: Page[Any] = Page([])
Whom = Sequence[Set[str]]
"""Sets of principals; a case fits if it waits for somebody in each of them."""


def fits(case_id: Any, process: str | None, state: str | None, waits_for: Whom, first: int = 0) -> ColumnElement[bool]:
    """Whether a case is for this viewer, open, and as the filters want it: each a step to a row by its key."""
    wanted = [Case.id == case_id, Case.closed.is_(False)]
    wanted += [Case.process == bindparam("process")] if process else []
    wanted += [Case.state == bindparam("state")] if state else []
    waits = [
        exists().where(OpenStep.case_id == case_id, OpenStep.principal.in_(bindparam(f"whom_{n}", expanding=True)))
        for n in range(first, first + len(waits_for))
    ]
    return and_(visible(None, case_id), exists().where(*wanted), *waits).label("fits")


def values_of(viewer: Viewer, process: str | None, state: str | None, waits_for: Whom) -> dict[str, Any]:
    """The values that `fits` names."""
    whom = {f"whom_{n}": sorted(principals) for n, principals in enumerate(waits_for)}
    return {"principals": sorted(viewer.principals), "process": process, "state": state, **whom}


def looked(ask: Callable[[int], Iterable[Any]], limit: int) -> Page[Any]:
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
