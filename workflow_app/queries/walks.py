"""Short walks: how a list finds its first rows without looking at the others.

What a viewer may see, or has to do, is the union over the principals they hold. One query over all
of them would have to collect everything and sort it; so there is one walk for each principal along
an index that is already in the order of the list, and each stops after as many rows as the page can
show. Together they hold the first rows of the whole, however much there is.

Statements are built once for every number of principals, because building one takes ten times as
long as carrying it out; whose principals they are is told at each execution (`told`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Subquery, bindparam, select, tuple_, union_all

from workflow_app.access import Viewer
from workflow_app.models import CaseReader, OpenStep

EARLIEST = date.min  # an index has the rows without a day either first or last; this leaves them out
Filters = frozenset[str]


def told(viewer: Viewer, **values: Any) -> dict[str, Any]:
    """What a statement made of walks must be told: whose walks they are, and the values it names."""
    principals = sorted(viewer.principals)
    return {"principals": principals, **{f"principal_{n}": name for n, name in enumerate(principals)}, **values}


def _each(principals: int) -> list[BindParameter[str]]:
    return [bindparam(f"principal_{n}", type_=CaseReader.principal.type) for n in range(principals)]


@lru_cache(maxsize=256)
def cases_seen(principals: int, limit: int, filters: Filters, suffix: str = "") -> Subquery:
    """The newest cases that a viewer with so many principals may see: at most `limit`, in a column
    `case_id`. `filters` are some of ``process``, ``state`` (of that process), ``open``, and
    ``after``: only what is older than that case. The values have these names, with the suffix."""
    ends = (False,) if "open" in filters else (False, True)
    columns = {"process": CaseReader.process, "state": CaseReader.state}
    wanted = [column == bindparam(name + suffix) for name, column in columns.items() if name in filters]
    wanted += [CaseReader.case_id < bindparam("after" + suffix)] if "after" in filters else []
    newest = CaseReader.case_id.desc()
    walks = [
        short(
            select(CaseReader.case_id).where(CaseReader.principal == p, CaseReader.closed == end, *wanted),
            limit,
            newest,
        )
        for p in _each(principals)
        for end in ends
    ]
    found = union_all(*walks).subquery()
    return select(found.c.case_id).distinct().order_by(found.c.case_id.desc()).limit(limit).subquery()


@lru_cache(maxsize=256)
def steps_open(principals: int, limit: int, after: str = "") -> Subquery:
    """The most urgent steps that wait for a viewer: those with a deadline by its day, then those
    without, in each the case that waits longest first. `after` says what kind of step to go on
    from: ``dated`` or ``undated``. Columns `case_id`, `step`, `hands`, `hands_needed`, `due_on`."""
    columns = (OpenStep.case_id, OpenStep.step, OpenStep.hands, OpenStep.hands_needed, OpenStep.due_on)
    way = (OpenStep.due_on, OpenStep.case_id, OpenStep.step)
    walks = [
        short(select(*columns).where(OpenStep.principal == p, *stretch), limit, *way)
        for p in _each(principals)
        for stretch in _stretches(after)
    ]
    c = union_all(*walks).subquery().c
    found = (c.case_id, c.step, c.hands, c.hands_needed, c.due_on)
    order = (c.due_on.is_(None), c.due_on, c.case_id, c.step)
    return select(*found).group_by(*found).order_by(*order).limit(limit).subquery()


def _stretches(after: str) -> Iterable[tuple[ColumnElement[bool], ...]]:
    """The two stretches of the index: steps with a day, and steps without."""
    dated, undated = OpenStep.due_on >= EARLIEST, OpenStep.due_on.is_(None)
    if not after:
        return (dated,), (undated,)
    place, names = (OpenStep.case_id, OpenStep.step), ("after_case", "after_step")
    if after == "undated":
        return ((undated, tuple_(*place) > tuple_(*map(bindparam, names))),)
    beyond = tuple_(OpenStep.due_on, *place) > tuple_(*map(bindparam, ("after_day", *names)))
    return (dated, beyond), (undated,)


@lru_cache(maxsize=256)
def cases_due(principals: int, limit: int) -> Subquery:
    """The cases that wait for a viewer and have a deadline, the nearest first; a column `case_id`."""
    day, case = OpenStep.due_on, OpenStep.case_id
    walks = [
        short(select(day, case).distinct().where(OpenStep.principal == p, day >= EARLIEST), limit, day, case)
        for p in _each(principals)
    ]
    c = union_all(*walks).subquery().c
    return select(c.case_id, c.due_on).distinct().order_by(c.due_on, c.case_id).limit(limit).subquery()


def short(walk: Select[*tuple[Any, ...]], limit: int, *order: Any) -> Select[*tuple[Any, ...]]:
    """One walk, cut off; wrapped, because not every database takes a limit inside of a union."""
    return select(*walk.order_by(*order).limit(limit).subquery().c)
