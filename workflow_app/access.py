"""Who is who: the principals a person holds on a day, and who sees what because of them.

A principal is a short string: ``public`` (everyone), ``account`` (everyone signed in),
``person:7``, ``member@12`` (anyone who belongs to organization 12) and ``chair@12`` (one role
there). Cases name principals; people hold them; nothing else decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from .engine.definition import Actor, Holder, Process
from .models import CaseParty, Document, Membership, Organization, Person

NOT_MEMBERS = ("guest",)
ADMINISTRATOR = "administrator"
HEAD = "head"
STAFF = "staff"
"""The audience of what is for the administration; no case names it, so it is no principal."""
ADMINISTRATION = "Verwaltungsbereich"
"""The type of the organizations whose members are staff (OParl organizationType)."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads: signed in or not. `person` is None for the public; `is_staff` says that
    they belong to a part of the administration. `lent` are the principals, and `STAFF`, that they hold only
    as the deputy of an absent member, each with that member, in the order of the deputy's memberships."""

    person: int | None
    principals: frozenset[str]
    name: str = ""
    is_staff: bool = False
    lent: tuple[tuple[str, int], ...] = ()

    @property
    def actor(self) -> Actor:
        """The same somebody as one who acts."""
        return Actor(self.person, self.principals, self.lent)

    def stands_in_for(self, needed: Iterable[str]) -> int | None:
        """The absent member for whom they do what takes one of these audiences; None where they may do it
        in their own right."""
        return Actor(self.person, self.audiences, self.lent).stands_in_for(needed)

    @property
    def audiences(self) -> frozenset[str]:
        """Their principals, and `STAFF` where they are: for what is narrower than the case it belongs to."""
        return self.principals | {STAFF} if self.is_staff else self.principals

    @property
    def is_administrator(self) -> bool:
        """Whether they look after the accounts of all."""
        return bool(self.organizations_as(ADMINISTRATOR))

    @property
    def is_caretaker(self) -> bool:
        """Whether they decide about what went wrong in operation: staff and administrators."""
        return self.is_staff or self.is_administrator

    def organizations_as(self, role: str) -> frozenset[int]:
        """The organizations in which they hold this role today."""
        held = (principal.partition("@") for principal in self.principals)
        return frozenset(int(organization) for name, at, organization in held if at and name == role)


PUBLIC = Viewer(None, frozenset({"public"}))


def viewer(session: Session, person: Person | None, today: date) -> Viewer:
    """What a person is entitled to today; somebody unknown or locked sees what everyone sees."""
    if person is None or person.locked:
        return PUBLIC
    seats = session.execute(_SEATS, {"person": person.id, "today": today}).all()
    return _entitled(person.id, person.name, seats)


def _entitled(person: int, name: str, seats: Sequence[Any]) -> Viewer:
    held = _principals(seats) | {"public", "account", f"person:{person}"}
    return Viewer(person, held, name, _is_staff(seats), _lent(seats))


def valid(membership: Any, today: BindParameter[date] | date) -> ColumnElement[bool]:
    """The condition that a membership (or an alias of it) counts on a day; both its days included."""
    return and_(
        or_(membership.start_date.is_(None), membership.start_date <= today),
        or_(membership.end_date.is_(None), membership.end_date >= today),
    )


def counts(
    membership: Any, represented: Any, away: Any, today: BindParameter[date] | date
) -> ColumnElement[bool]:  # fmt: skip
    """The condition that a membership counts on a day. That of a deputy, with the `represented` membership and
    the person it belongs to joined to it, does so only while that one is `away` and still a member."""
    lent = and_(valid(represented, today), absent(away, today))
    return and_(valid(membership, today), or_(membership.deputy_of_id.is_(None), lent))


def absent(person: Any, today: BindParameter[date] | date) -> ColumnElement[bool]:
    """The condition that a person (or an alias) is away on a day."""
    return and_(person.absent_from <= today, or_(person.absent_until.is_(None), person.absent_until >= today))


def staff(session: Session | Connection, today: date) -> list[Viewer]:
    """Everybody who belongs to the administration today, with what they are entitled to; by name."""
    names: dict[int, str] = {}
    seats: dict[int, list[Any]] = {}
    for person, name, *seat in session.execute(_STAFF, {"today": today, "kind": ADMINISTRATION}):
        names[person] = name
        seats.setdefault(person, []).append(seat)
    return [_entitled(person, names[person], held) for person, held in seats.items() if _is_staff(held)]


def _is_staff(seats: Sequence[Any]) -> bool:
    return any(kind == ADMINISTRATION and role not in NOT_MEMBERS for _organization, kind, role, _member in seats)


def _lent(seats: Sequence[Any]) -> tuple[tuple[str, int], ...]:
    """What somebody holds only for others, in the order of these seats."""
    own = _audiences([seat for seat in seats if seat[-1] is None])
    others = ((audience, seat[-1]) for seat in seats if seat[-1] is not None for audience in sorted(_audiences([seat])))
    return tuple(dict.fromkeys(pair for pair in others if pair[0] not in own))


def _audiences(seats: Sequence[Any]) -> frozenset[str]:
    return _principals(seats) | {STAFF} if _is_staff(seats) else _principals(seats)


def seated(person: Any, today: BindParameter[date] | date) -> ColumnElement[bool]:
    """The condition that a person (or an alias) belongs to any organization on a day, and not as a guest."""
    return exists().where(
        Membership.person_id == person.id, Membership.role.not_in(NOT_MEMBERS), valid(Membership, today)
    )


def takes_part(process: Process, parts: Mapping[str, tuple[Holder, ...]], viewer: Viewer) -> bool:
    """Whether a viewer holds a part in a case with these parts, and so may know the others by name."""
    seats_of_case = {seat for step in process.all_steps for seat in step.who.seats if seat.part}
    held = {holder.principal(seat.role) for seat in seats_of_case for holder in parts.get(seat.part, ())}
    return not viewer.principals.isdisjoint(held)


_represented, _away = aliased(Membership), aliased(Person)
_today: BindParameter[date] = bindparam("today")
# A deputy holds what the represented member holds.
_ALL_SEATS = (
    select(
        Organization.id, Organization.organization_type, func.coalesce(_represented.role, Membership.role),
        _represented.person_id,
    )
    .select_from(Membership)
    .join(Organization, Organization.id == Membership.organization_id)
    .outerjoin(_represented, _represented.id == Membership.deputy_of_id)
    .outerjoin(_away, _away.id == _represented.person_id)
    .where(counts(Membership, _represented, _away, _today))
)  # fmt: skip
_SEATS = _ALL_SEATS.where(Membership.person_id == bindparam("person")).order_by(Membership.id)
_holder, _seat, _office = aliased(Person), aliased(Membership), aliased(Organization)
_IN_OFFICE = (
    select(_seat.person_id)
    .join(_office, _office.id == _seat.organization_id)
    .where(_office.organization_type == bindparam("kind"))
)
_STAFF = (
    _ALL_SEATS.with_only_columns(_holder.id, _holder.name, *_ALL_SEATS.selected_columns)
    .join(_holder, _holder.id == Membership.person_id)
    .where(_holder.locked.is_(False), _holder.id.in_(_IN_OFFICE))
    .order_by(_holder.name, _holder.id, Membership.id)
)


def _principals(seats: Any) -> frozenset[str]:
    held: set[str] = set()
    for organization, _kind, role, _member in seats:
        held.add(f"{role}@{organization}")
        if role not in NOT_MEMBERS:
            held.add(f"member@{organization}")
    return frozenset(held)


def meant_for(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a document is meant for a viewer, of whom it must be known that they may see
    its case. Who added a document may always see it."""
    as_the_case = Document.audience == "case"
    if viewer.person is None:
        return as_the_case
    groups = viewer.organizations_as("member")
    held = exists().where(
        CaseParty.case_id == Document.case_id,
        or_(Document.audience == "participants", CaseParty.part == Document.part),
        or_(CaseParty.person_id == viewer.person, CaseParty.organization_id.in_(groups)),
    )
    found = [as_the_case, Document.added_by_id == viewer.person, held]
    return or_(*found, Document.audience == "administration") if viewer.is_staff else or_(*found)


def principals_meant(
    audience: str, part: str | None, added_by: int | None, parts: Mapping[str, tuple[Holder, ...]]
) -> frozenset[str] | None:  # fmt: skip
    """The same condition where the document is at hand and not in a query: the audiences for whom it is in a
    case with these parts. None: everybody who may see the case."""
    if audience == "case":
        return None
    adder = {f"person:{added_by}"} if added_by is not None else set()
    if audience == "administration":
        return frozenset(adder | {STAFF})
    held = [parts.get(part or "", ())] if audience == "part" else parts.values()
    return frozenset(adder | {holder.principal("member") for holders in held for holder in holders})


def is_meant(viewer: Viewer, meant: frozenset[str] | None) -> bool:
    """Whether what is for these audiences is for a viewer who may see its case."""
    return meant is None or not viewer.audiences.isdisjoint(meant)
