"""What belongs to a case: its parent, its parts, and the cases it is linked with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select, Subquery, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case, CaseLink

from .rows import CaseRow, case_row, case_rows, visible

SHOWN = 25
FIRST = ("parent", "child")


@dataclass(frozen=True, slots=True)
class Relatives:
    """The cases of one relation: the newest of them, and how many there are that the viewer may see.
    Children come in one such group for each process; rows are never empty."""

    relation: str
    rows: Sequence[CaseRow]
    total: int


def relatives(session: Session, viewer: Viewer, case_id: int) -> list[Relatives]:
    """The relatives that the viewer may see, relation by relation, the newest first; in one query."""
    found: dict[tuple[str, str], tuple[list[CaseRow], int]] = {}
    values = {"case_id": case_id, "principals": sorted(viewer.principals)}
    for *row, relation, process, total in session.execute(_RELATIVES, values):
        found.setdefault((relation, process), ([], total))[0].append(case_row(row))
    return [Relatives(key[0], *found[key]) for key in sorted(found, key=_place)]


def _near() -> Subquery:
    """Every relation of a case, each by its own index; a link counts in both directions."""
    case_id: BindParameter[int] = bindparam("case_id")
    any_process = literal("").label("process")
    return union_all(
        select(literal("parent").label("relation"), any_process, Case.parent_id.label("case_id")).where(
            Case.id == case_id, Case.parent_id.is_not(None)
        ),
        select(literal("child"), Case.process, Case.id).where(Case.parent_id == case_id),
        select(CaseLink.kind, any_process, CaseLink.to_id).where(CaseLink.from_id == case_id),
        select("from_" + CaseLink.kind, any_process, CaseLink.from_id).where(CaseLink.to_id == case_id),
    ).subquery()


def _built() -> Select[Any]:
    near = _near()
    group = (near.c.relation, near.c.process)
    ranked = (
        select(
            *group,
            near.c.case_id,
            func.count().over(partition_by=group).label("total"),
            func.row_number().over(partition_by=group, order_by=near.c.case_id.desc()).label("place"),
        )
        .where(visible(None, near.c.case_id))
        .subquery()
    )
    shown = select(ranked).where(ranked.c.place <= SHOWN).subquery()
    query = case_rows(None, shown, shown.c.relation, shown.c.process, shown.c.total)
    return query.order_by(shown.c.case_id.desc())


_RELATIVES = _built()


def _place(key: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    return (FIRST.index(key[0]) if key[0] in FIRST else len(FIRST), key)
