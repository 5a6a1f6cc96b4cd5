"""Everything the page of one case shows, in a fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.engine.definition import Due, Holder, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import NotFound
from workflow_app.models import (
    Case,
    CaseEvent,
    CaseEventPayload,
    CaseLink,
    CaseParty,
    CaseReader,
    Document,
    DueDate,
    Follow,
    OpenStep,
    Organization,
    Person,
)

from .lists import COLUMNS, CaseRow, _row

HISTORY = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing in the history. `told` is what a source says about an imported event."""

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


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as one viewer may see it."""

    case: Case
    snapshot: Snapshot
    parts: Mapping[str, Sequence[str]]
    history: Sequence[Happened]
    relatives: Sequence[tuple[str, CaseRow]]
    dues: Sequence[DueDate]
    waiting: Sequence[tuple[str, str, int, int]]
    documents: Sequence[Document]
    followed: bool


def may_see(session: Session, viewer: Viewer, case_id: int) -> bool:
    """Whether a case is there for this viewer."""
    seen = exists().where(CaseReader.case_id == case_id, CaseReader.principal.in_(viewer.principals))
    return bool(session.scalar(select(seen)))


def snapshot(session: Session, viewer: Viewer, case_id: int) -> tuple[Case, Snapshot]:
    """A case as the engine sees it. Raises NotFound where it is not for this viewer to know of."""
    case = session.get(Case, case_id) if may_see(session, viewer, case_id) else None
    if case is None:
        raise NotFound(_("There is no such case, or it is not for everyone."))
    held: dict[str, tuple[Holder, ...]] = {}
    for party in session.scalars(select(CaseParty).where(CaseParty.case_id == case_id).order_by(CaseParty.id)):
        held[party.part] = (*held.get(party.part, ()), Holder(party.person_id, party.organization_id))
    running = session.scalars(
        select(DueDate).where(DueDate.case_id == case_id, DueDate.status.in_(("running", "suspended")))
    )
    dues = tuple(Due(d.name, d.anchor_on, d.due_on, d.remaining, d.extended, d.id) for d in running)
    return case, Snapshot(
        case.id, case.process, case.version, case.state, case.seq, case.entered_seq, case.data, held,
        {name: tuple(people) for name, people in case.hands.items()}, dues, case.number, case.title,
    )  # fmt: skip


def case_page(session: Session, viewer: Viewer, case_id: int) -> CasePage:
    """The page of a case. Raises NotFound where it is not for this viewer to know of."""
    case, engine_view = snapshot(session, viewer, case_id)
    waiting = (
        session.execute(select(OpenStep).where(OpenStep.case_id == case_id).order_by(OpenStep.step)).scalars().all()
    )
    return CasePage(
        case=case,
        snapshot=engine_view,
        parts=_names(session, engine_view.parts),
        history=_history(session, case_id),
        relatives=_relatives(session, viewer, case),
        dues=session.scalars(
            select(DueDate)
            .where(DueDate.case_id == case_id, DueDate.status.in_(("running", "suspended")))
            .order_by(DueDate.due_on)
        ).all(),
        waiting=[(open_.step, open_.principal, open_.hands, open_.hands_needed) for open_ in waiting],
        documents=session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id)).all(),
        followed=viewer.person is not None and session.get(Follow, (viewer.person, case_id)) is not None,
    )


def _names(session: Session, parts: Mapping[str, tuple[Holder, ...]]) -> dict[str, list[str]]:
    """Who holds which part, by name."""
    people = {h.person for holders in parts.values() for h in holders if h.person}
    groups = {h.organization for holders in parts.values() for h in holders if h.organization}
    person = {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))}
    named = select(Organization.id, Organization.name).where(Organization.id.in_(groups))
    group = {row.id: row.name for row in session.execute(named)}
    return {
        part: [person[h.person] if h.person else group[h.organization] for h in holders]
        for part, holders in parts.items()
    }


def _history(session: Session, case_id: int) -> list[Happened]:
    """The newest events, the newest first."""
    rows = session.execute(
        select(CaseEvent, Person.name, CaseEventPayload.body)
        .outerjoin(Person, Person.id == CaseEvent.actor_id)
        .outerjoin(
            CaseEventPayload,
            (CaseEventPayload.case_id == CaseEvent.case_id) & (CaseEventPayload.seq == CaseEvent.seq),
        )
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.seq.desc())
        .limit(HISTORY)
    )
    return [
        Happened(
            e.seq, e.kind, e.step, e.from_state, e.to_state, e.hands, e.hands_needed, e.at, name,
            e.actor_id is None, body is None, _told(e.kind, body),
        )
        for e, name, body in rows
    ]  # fmt: skip


def _told(kind: str, body: str | None) -> Mapping[str, Any]:
    if kind != "import" or body is None:
        return {}
    return {name: value for name, value in json.loads(body).items() if name in ("wording", "dated", "source")}


def _relatives(session: Session, viewer: Viewer, case: Case) -> list[tuple[str, CaseRow]]:
    """Parent, children and linked cases, as far as the viewer may see them."""
    seen = exists().where(CaseReader.case_id == Case.id, CaseReader.principal.in_(viewer.principals))
    near = select(*COLUMNS).where(seen, or_(Case.parent_id == case.id, Case.id == case.parent_id)).order_by(Case.id)
    found = [("parent" if row[0] == case.parent_id else "child", _row(row)) for row in session.execute(near)]
    links = {
        **{link.to_id: link.kind for link in session.scalars(select(CaseLink).where(CaseLink.from_id == case.id))},
        **{
            link.from_id: f"from_{link.kind}"
            for link in session.scalars(select(CaseLink).where(CaseLink.to_id == case.id))
        },
    }
    if links:
        linked = select(*COLUMNS).where(seen, Case.id.in_(links)).order_by(Case.id)
        found += [(links[row[0]], _row(row)) for row in session.execute(linked)]
    return found


def overdue(due: DueDate, today: date) -> bool:
    """A deadline is over when its last day is."""
    return due.due_on is not None and due.due_on < today
