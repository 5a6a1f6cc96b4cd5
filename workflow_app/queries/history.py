"""The history of a case, page by page, and the way it has gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from workflow_app.models import CaseEvent, CaseEventPayload, Person

from .rows import LAST_ID, Page

SHOWN = 50
_absent = aliased(Person)
PAPERS = ("documents", "withdrawn", "audiences")
TOLD = ("set", "add", "wording", "dated", "source", "due", *PAPERS)
Key = tuple[int, int]
"""An event by its case and its sequence."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing in the history. `represents` is the name of the absent member for whom a deputy acted.

    `told` is what was written with it: ``set`` and ``add`` for the case's data, for an imported event what
    its source says, ``documents`` that came or were ``withdrawn``, the ``audiences`` of documents that were
    changed, and the deadline that was ``due`` when the clock took the step."""

    seq: int
    kind: str
    step: str
    from_state: str | None
    to_state: str
    hands: int
    hands_needed: int
    at: datetime
    actor: str | None
    by_clock: bool
    erased: bool
    told: Mapping[str, Any] = field(default_factory=dict)
    represents: str | None = None

    @property
    def papers(self) -> frozenset[int]:
        """The documents that it speaks of."""
        return frozenset(one["document"] for what in PAPERS for one in self.told.get(what, ()))


def history(session: Session, case_id: int, before: int | None = None) -> Page[Happened]:
    """The newest events, the newest first; `before` is the sequence from which to go on to older ones."""
    query = _events(CaseEvent.case_id == case_id).order_by(CaseEvent.seq.desc()).limit(SHOWN + 1)
    if before is not None:
        query = query.where(CaseEvent.seq < min(before, LAST_ID))
    found = [_happened(row) for row in session.execute(query)]
    return Page(found[:SHOWN], found[SHOWN - 1].seq if len(found) > SHOWN else None)


def happened(session: Session, case_id: int, seq: int) -> Happened | None:
    """One event."""
    return happened_each(session, [(case_id, seq)]).get((case_id, seq))


def happened_each(session: Session, keys: Collection[Key]) -> dict[Key, Happened]:
    """Some events of some cases."""
    if not keys:
        return {}
    rows = session.execute(_events(tuple_(CaseEvent.case_id, CaseEvent.seq).in_(keys)))
    return {(row[0].case_id, row[0].seq): _happened(row) for row in rows}


def _events(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(CaseEvent, Person.name, _absent.name, CaseEventPayload.body)
        .outerjoin(Person, Person.id == CaseEvent.actor_id)
        .outerjoin(_absent, _absent.id == CaseEvent.represents_id)
        .outerjoin(
            CaseEventPayload,
            (CaseEventPayload.case_id == CaseEvent.case_id) & (CaseEventPayload.seq == CaseEvent.seq),
        )
        .where(which)
    )


def _happened(row: Any) -> Happened:
    e, name, represents, body = row
    return Happened(
        e.seq, e.kind, e.step, e.from_state, e.to_state, e.hands, e.hands_needed, e.at, name,
        e.actor_id is None, body is None, _told(body), represents,
    )  # fmt: skip


def _told(body: str | None) -> Mapping[str, Any]:
    return {name: value for name, value in json.loads(body or "{}").items() if name in TOLD}


def trail(session: Session, case_id: int) -> tuple[tuple[str, str], ...]:
    """The ways from state to state that the case has gone, each once, in the order of the first time."""
    query = (
        select(CaseEvent.from_state, CaseEvent.to_state)
        .where(CaseEvent.case_id == case_id, CaseEvent.from_state.is_not(None), CaseEvent.kind != "document")
        .group_by(CaseEvent.from_state, CaseEvent.to_state)
        .order_by(func.min(CaseEvent.seq))
    )
    return tuple((source, target) for source, target in session.execute(query) if source)
