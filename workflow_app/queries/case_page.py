"""Everything the page of one case shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.engine.calendar import Unit
from workflow_app.engine.definition import Due, Holder, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import NotFound
from workflow_app.models import Case, CaseParty, DueDate, Follow, OpenStep, Organization, Person

from .documents import DocumentRow, documents_of
from .history import Happened, history, trail
from .relatives import Relatives, relatives
from .rows import Page, visible

__all__ = ["CasePage", "Happened", "Relatives", "case_page", "may_see", "snapshot"]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as one viewer may see it. `older` is the key to go on to older events; None at the end."""

    case: Case
    snapshot: Snapshot
    parts: Mapping[str, Sequence[str]]
    history: Sequence[Happened]
    older: int | None
    trail: tuple[tuple[str, str], ...]
    relatives: Sequence[Relatives]
    dues: Sequence[DueDate]
    waiting: Sequence[tuple[str, str, int, int]]
    documents: Page[DocumentRow]
    followed: bool


def may_see(session: Session, viewer: Viewer, case_id: int) -> bool:
    """Whether a case is there for this viewer."""
    return bool(session.scalar(select(visible(viewer, case_id))))


def snapshot(session: Session, viewer: Viewer, case_id: int) -> tuple[Case, Snapshot]:
    """A case as the engine sees it. Raises NotFound where it is not for this viewer to know of."""
    case = session.get(Case, case_id) if may_see(session, viewer, case_id) else None
    if case is None:
        raise NotFound(_("There is no such case, or it is not for everyone."))
    held = parts_of(session, case_id)
    running = session.scalars(
        select(DueDate).where(DueDate.case_id == case_id, DueDate.status.in_(("running", "suspended")))
    )
    dues = tuple(
        Due(
            d.name, d.anchor_on, d.due_on, d.remaining, d.extended, d.id,
            Unit(d.remaining_unit) if d.remaining_unit else None,
        )
        for d in running
    )  # fmt: skip
    return case, Snapshot(
        case.id, case.process, case.version, case.state, case.seq, case.entered_seq, case.data, held,
        {name: tuple(people) for name, people in case.hands.items()}, dues, case.number, case.title,
    )  # fmt: skip


def parts_of(session: Session, case_id: int) -> dict[str, tuple[Holder, ...]]:
    """Who holds which part in a case that the reader may see."""
    return parts_of_each(session, [case_id])[case_id]


def parts_of_each(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, tuple[Holder, ...]]]:
    """The same for several cases."""
    found: dict[int, dict[str, tuple[Holder, ...]]] = {case_id: {} for case_id in case_ids}
    rows = session.scalars(select(CaseParty).where(CaseParty.case_id.in_(found)).order_by(CaseParty.id))
    for party in rows if found else ():
        held = found[party.case_id]
        held[party.part] = (*held.get(party.part, ()), Holder(party.person_id, party.organization_id))
    return found


def case_page(session: Session, viewer: Viewer, case_id: int, *, before: int | None = None) -> CasePage:
    """The page of a case, its history older than the event `before` or from the newest on. Raises
    NotFound where it is not for this viewer to know of."""
    case, engine_view = snapshot(session, viewer, case_id)
    waiting = session.scalars(select(OpenStep).where(OpenStep.case_id == case_id).order_by(OpenStep.step))
    happened = history(session, case_id, before)
    return CasePage(
        case=case,
        snapshot=engine_view,
        parts=_names(session, engine_view.parts),
        history=happened.rows,
        older=happened.after,
        trail=trail(session, case_id),
        relatives=relatives(session, viewer, case_id),
        dues=session.scalars(
            select(DueDate)
            .where(DueDate.case_id == case_id, DueDate.status.in_(("running", "suspended")))
            .order_by(DueDate.due_on)
        ).all(),
        waiting=[(open_.step, open_.principal, open_.hands, open_.hands_needed) for open_ in waiting],
        documents=documents_of(session, viewer, case_id),
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
