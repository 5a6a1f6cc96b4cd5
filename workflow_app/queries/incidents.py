"""What went wrong and waits for somebody, and what became of the rest: the lists of staff.

Everybody who looks after incidents sees all of them, but of a case only what they may see anyway, and the
names of people only if they look after accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from workflow_app.access import Viewer
from workflow_app.models import AccountLink, DueDate, Incident, Organization, OutboxMessage, Person

from .named import visible_rows
from .rows import LAST_ID, PAGE, CaseRow, Page

MOST = 100
"""So many open incidents are counted for the head of a page, and no more."""
STATES = ("open", "retrying")
OPEN = Incident.settled_at.is_(None), Incident.state == "open"


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in the list. `case` is None where there is none or the viewer may not see it; `about_case`
    says whether there is one. `message` is the kind of a message, `tries` how often it was tried, `told`
    the organizations it was for. `deadline` and `due_on` are only known with the case, `person` (id and
    name) is only named to who looks after accounts. `by` has decided last, for `reason`."""

    id: int
    kind: str
    subject: str
    state: str
    error: str
    times: int
    first_at: datetime
    last_at: datetime
    settled_at: datetime | None
    by: str | None
    reason: str | None
    about_case: bool
    case: CaseRow | None
    message: str | None
    tries: int
    told: Sequence[str]
    deadline: str | None
    due_on: date | None
    person: tuple[int, str] | None


def incidents(
    session: Session, viewer: Viewer, *, kind: str | None = None, after: str | None = None, limit: int = PAGE
) -> Page[IncidentRow]:  # fmt: skip
    """What is not settled: first what waits for somebody, then what is being tried again, each the newest
    first. `after` is the key to go on from; one that is none begins at the beginning."""
    state, *since = _key(after) or (STATES[0],)
    found: list[Any] = []
    for place in STATES[STATES.index(state) :]:
        query = _rows(kind, Incident.settled_at.is_(None), Incident.state == place)
        if since and place == state:
            query = query.where(tuple_(Incident.last_at, Incident.id) < tuple_(*since))
        newest = query.order_by(Incident.last_at.desc(), Incident.id.desc())
        found += session.execute(newest.limit(limit + 1 - len(found))).all()
    last = found[limit - 1].Incident if len(found) > limit else None
    key = f"{last.state}~{last.last_at.isoformat()}~{last.id}" if last else None
    return Page(_told(session, viewer, found[:limit]), key)


def settled(
    session: Session, viewer: Viewer, *, kind: str | None = None, after: str | None = None, limit: int = PAGE
) -> Page[IncidentRow]:  # fmt: skip
    """What was solved or discarded, the newest first."""
    query = _rows(kind, Incident.settled_at.is_not(None))
    if (key := _key(f"open~{after}")) is not None:
        query = query.where(tuple_(Incident.settled_at, Incident.id) < tuple_(*key[1:]))
    newest = query.order_by(Incident.settled_at.desc(), Incident.id.desc())
    found = session.execute(newest.limit(limit + 1)).all()
    last = found[limit - 1].Incident if len(found) > limit else None
    return Page(_told(session, viewer, found[:limit]), f"{last.settled_at.isoformat()}~{last.id}" if last else None)


def incident_counts(session: Session) -> Mapping[str, int]:
    """How many wait for somebody, by kind."""
    query = select(Incident.kind, func.count().label("n")).where(*OPEN).group_by(Incident.kind)
    return {row.kind: row.n for row in session.execute(query)}


def open_incident_count(session: Session) -> int:
    """How many wait for somebody, at most `MOST`."""
    few = select(Incident.id).where(*OPEN).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def open_incident_ids(session: Session, kind: str | None, until: datetime, limit: int | None) -> Sequence[int]:
    """Those that wait for somebody and were last met until then: what came later nobody has read. Without
    a `limit` all of them."""
    query = select(Incident.id).where(*OPEN, Incident.last_at <= until)
    if kind:
        query = query.where(Incident.kind == kind)
    return session.scalars(query.order_by(Incident.last_at.desc(), Incident.id.desc()).limit(limit)).all()


def has_open_incident(session: Session, subject: str) -> bool:
    """Whether something is unsettled about this subject."""
    mine = Incident.subject == subject, Incident.settled_at.is_(None)
    return session.scalar(select(Incident.id).where(*mine)) is not None


def _key(after: str | None) -> tuple[Any, ...] | None:
    """State, moment and id; None for what is no key."""
    state, _tilde, rest = (after or "").partition("~")
    moment, _tilde, number = rest.partition("~")
    if state not in STATES or not number.isdigit():
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (state, at, min(int(number), LAST_ID)) if at.tzinfo else None


# --------------------------------------------------------------------------- what is told of each


_by = aliased(Person)


def _rows(kind: str | None, *where: ColumnElement[bool]) -> Select[Any]:
    query = (
        select(
            Incident, _by.name.label("by"), OutboxMessage.kind.label("message"), OutboxMessage.attempt,
            OutboxMessage.payload, DueDate.name.label("deadline"), DueDate.due_on,
        )
        .outerjoin(_by, _by.id == Incident.settled_by_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Incident.outbox_id)
        .outerjoin(DueDate, DueDate.id == Incident.due_id)
        .where(*where)
    )  # fmt: skip
    return query.where(Incident.kind == kind) if kind else query


def _told(session: Session, viewer: Viewer, found: Sequence[Any]) -> list[IncidentRow]:
    cases = {row.id: row for row in visible_rows(session, viewer, _ids(one.Incident.case_id for one in found))}
    about = _about(session, found) if viewer.is_administrator else {}
    people = _names(session, Person, about.values())
    bodies = _names(session, Organization, (n for one in found for n in _bodies(one)))
    return [_row(one, cases.get(one.Incident.case_id), about.get(one.Incident.id), people, bodies) for one in found]


def _row(
    found: Any, case: CaseRow | None, about: int | None, people: Mapping[int, str], bodies: Mapping[int, str]
) -> IncidentRow:  # fmt: skip
    one: Incident = found.Incident
    return IncidentRow(
        one.id, one.kind, one.subject, one.state, one.error, one.times, one.first_at, one.last_at, one.settled_at,
        found.by, one.reason, one.case_id is not None, case, found.message, found.attempt or 0,
        [bodies[n] for n in _bodies(found) if n in bodies] if case else [],
        found.deadline if case else None, found.due_on if case else None,
        (about, people[about]) if about and about in people else None,
    )  # fmt: skip


def _bodies(found: Any) -> list[int]:
    """The organizations that a notice was for."""
    told = (found.payload or {}).get("to", ()) if found.message == "notice" else ()
    places = (principal.partition("@")[2] for principal in told)
    return sorted({int(place) for place in places if place.isdigit()})


def _about(session: Session, found: Sequence[Any]) -> dict[int, int | None]:
    """The person each incident is about: named by itself, by its message, or by the link that is mailed."""
    links = _ids(_of_payload(one, "link") for one in found)
    query = select(AccountLink.id, AccountLink.person_id).where(AccountLink.id.in_(links))
    owner: dict[int | None, int] = {row.id: row.person_id for row in session.execute(query)}
    return {
        one.Incident.id: one.Incident.person_id or _of_payload(one, "person") or owner.get(_of_payload(one, "link"))
        for one in found
    }


def _of_payload(found: Any, name: str) -> int | None:
    value = (found.payload or {}).get(name)
    return value if isinstance(value, int) else None


def _names(session: Session, table: type[Person | Organization], ids: Iterable[int | None]) -> dict[int, str]:
    query = select(table.id, table.name).where(table.id.in_(_ids(ids)))
    return {row.id: row.name for row in session.execute(query)}


def _ids(ids: Iterable[int | None]) -> set[int]:
    return {one for one in ids if one is not None}
