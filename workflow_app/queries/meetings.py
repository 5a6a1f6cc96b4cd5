"""Meetings for calendars: on which day which body deals with which papers.

There is no table of meetings; what is known of them stands in the consultation lists of the cases
that go through bodies. So all papers for one body and one day are one meeting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import FromClause, bindparam, select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.engine.definition import Holder
from workflow_app.engine.machine import Registry
from workflow_app.models import Case, CaseParty, Organization

from .rows import CaseRow, case_row, case_rows, visible

LIST = "consultations"
PAPERS = 500
"""How many cases are looked at for their consultation list."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a body deals with. `is_set` says that it stands on the agenda, or was dealt with."""

    case: CaseRow
    role: str
    number: str
    is_set: bool


@dataclass(frozen=True, slots=True)
class MeetingDate:
    """A body and the day on which it deals with something; `changed_at` is when one of the cases
    changed last."""

    body: int
    name: str
    on: date
    items: Sequence[Item]
    changed_at: datetime

    @property
    def is_set(self) -> bool:
        """Whether the day is more than a plan."""
        return any(item.is_set for item in self.items)


def with_papers(registry: Registry) -> list[str]:
    """The processes whose cases go through bodies."""
    return sorted(process.name for process in registry.newest() if LIST in process.field_by_name)


def found(
    session: Session, viewer: Viewer, registry: Registry, near: FromClause, values: Mapping[str, Any],
    window: tuple[date, date], *, only_public: bool = False,
) -> list[MeetingDate]:  # fmt: skip
    """The meetings in a window of days (both included) that deal with one of the cases in `near`, as
    far as the viewer may see its consultation list; the first day first. `only_public` leaves out what
    a body deals with behind closed doors."""
    query = (
        case_rows(None, near, Case.changed_at, Case.data[LIST])
        .where(Case.process.in_(bindparam("lists", expanding=True)), Case.closed.is_(False), visible(None, Case.id))
        .order_by(Case.id.desc())
        .limit(PAPERS)
    )
    rows = session.execute(query, {**values, "lists": with_papers(registry)})
    papers = [(case_row(row), changed_at, items) for *row, changed_at, items in rows if items]
    shown = _seen(session, viewer, registry, [row for row, _at, _items in papers])
    meetings: dict[tuple[date, int], tuple[list[Item], list[datetime]]] = {}
    for row, changed_at, items in papers:
        for entry, on in _days(items, window) if row.id in shown else ():
            if entry.get("public", True) or not only_public:
                told, changes = meetings.setdefault((on, entry["organization"]), ([], []))
                told.append(_item(row, entry))
                changes.append(changed_at)
    names = _names(session, {body for _on, body in meetings})
    return [
        MeetingDate(body, names.get(body, str(body)), on, sorted(told, key=_place), max(changes))
        for (on, body), (told, changes) in sorted(meetings.items())
    ]


def _seen(session: Session, viewer: Viewer, registry: Registry, rows: Sequence[CaseRow]) -> set[int]:
    """Those of the cases whose consultation list the viewer may see."""
    held: dict[int, dict[str, tuple[Holder, ...]]] = {row.id: {} for row in rows}
    for party in session.scalars(select(CaseParty).where(CaseParty.case_id.in_(held))):
        parts = held[party.case_id]
        parts[party.part] = (*parts.get(party.part, ()), Holder(party.person_id, party.organization_id))
    return {row.id for row in rows if _is_for(viewer, registry, row, held[row.id])}


def _is_for(viewer: Viewer, registry: Registry, row: CaseRow, parts: Mapping[str, tuple[Holder, ...]]) -> bool:
    field = registry.find(row.process, row.version).field_by_name.get(LIST)
    if field is None:
        return False
    return field.seen_by is None or not viewer.principals.isdisjoint(field.seen_by.principals(parts))


def _days(items: Iterable[Any], window: tuple[date, date]) -> Iterator[tuple[Mapping[str, Any], date]]:
    """The entries of a list with a day in the window. What is no whole date, as in old records, is none."""
    for entry in items:
        day = entry.get("on") if entry.get("outcome") else entry.get("scheduled_on") or entry.get("planned_on")
        try:
            on = date.fromisoformat(day or "")
        except ValueError:
            continue
        if window[0] <= on <= window[1] and isinstance(entry.get("organization"), int):
            yield entry, on


def _item(row: CaseRow, entry: Mapping[str, Any]) -> Item:
    is_set = bool(entry.get("outcome") or entry.get("scheduled_on"))
    return Item(row, str(entry.get("role") or ""), str(entry.get("agenda_item") or ""), is_set)


def _place(item: Item) -> tuple[int, str, int]:
    """Items with a number on the agenda first, 9 before 10."""
    return (len(item.number) if item.number else 99, item.number, item.case.id)


def _names(session: Session, bodies: set[int]) -> dict[int, str]:
    query = select(Organization.id, Organization.name).where(Organization.id.in_(bodies))
    return {row.id: row.name for row in session.execute(query)}
