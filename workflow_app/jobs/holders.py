"""From parties to people: who holds principals on a day, in one statement for as many as it takes. Deputies
hold what an absent member holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from workflow_app.access import NOT_MEMBERS, counts
from workflow_app.database import portions
from workflow_app.models import Membership, Person


@dataclass(frozen=True, slots=True)
class Holding:
    """What somebody holds today, and the absent member they hold it for."""

    person: int
    principals: frozenset[str]
    represents: int | None


def people_of(connection: Connection, principals: Collection[str], today: date) -> dict[int, int | None]:
    """The people behind principals today, and for a deputy the absent member they stand in for; people
    are found at sending time, not when the notice was written.

    ``public`` and ``account`` are nobody in particular; they read on the site.
    """
    return behind(holdings(connection, principals, today), principals)


def behind(held: Sequence[Holding], principals: Collection[str]) -> dict[int, int | None]:
    """Of those found, who holds one of these principals, and the absent member they hold it for; who does so
    in their own right stands in for nobody."""
    found: dict[int, int | None] = {}
    for one in held:
        if one.principals.isdisjoint(principals):
            continue
        if one.represents is None:
            found[one.person] = None
        else:
            found.setdefault(one.person, one.represents)
    return found


_today: BindParameter[date] = bindparam("today")
_represented, _away = aliased(Membership), aliased(Person)
_NO_ID = cast(null(), Integer)
_NAMED = select(Person.id, cast(null(), String), _NO_ID, _NO_ID, literal(0).label("seat")).where(
    Person.id.in_(bindparam("people", expanding=True)), Person.locked.is_(False)
)
_SEATED = (
    select(
        Membership.person_id, func.coalesce(_represented.role, Membership.role), Membership.organization_id,
        _represented.person_id, Membership.id,
    )
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(_represented, _represented.id == Membership.deputy_of_id)
    .outerjoin(_away, _away.id == _represented.person_id)
    .where(
        Membership.organization_id.in_(bindparam("organizations", expanding=True)),
        counts(Membership, _represented, _away, _today),
        Person.locked.is_(False),
    )
)  # fmt: skip
_HOLDINGS = union_all(_NAMED, _SEATED).order_by("seat")


def holdings(connection: Connection, principals: Collection[str], today: date) -> list[Holding]:
    """Who of those that are not locked holds these principals today, or others in the same organizations."""
    people = {int(p.removeprefix("person:")) for p in principals if p.startswith("person:")}
    organizations = {int(organization) for _role, at, organization in (p.partition("@") for p in principals) if at}
    found: list[Any] = []
    for named, seated in zip_longest(portions(people), portions(organizations), fillvalue=()):
        asked = {"people": list(named), "organizations": list(seated), "today": today}
        found += connection.execute(_HOLDINGS, asked)
    return [
        Holding(person, _held(person, role, organization), represents)
        for person, role, organization, represents, _seat in sorted(found, key=lambda row: row.seat)
    ]


def _held(person: int, role: str | None, organization: int) -> frozenset[str]:
    if role is None:
        return frozenset((f"person:{person}",))
    held = (f"{role}@{organization}", f"member@{organization}")
    return frozenset(held[:1] if role in NOT_MEMBERS else held)
