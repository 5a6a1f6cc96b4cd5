"""Who is who: the principals a person holds on a day, and who sees what because of them.

A principal is a short string: ``public`` (everyone), ``account`` (everyone signed in),
``person:7``, ``member@12`` (anyone who belongs to organization 12) and ``chair@12`` (one role
there). Cases name principals; people hold them; nothing else decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from .engine.definition import Actor
from .models import Membership, Person

NOT_MEMBERS = ("guest",)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads: signed in or not. `person` is None for the public."""

    person: int | None
    principals: frozenset[str]
    name: str = ""

    @property
    def actor(self) -> Actor:
        """The same somebody as one who acts."""
        return Actor(self.person, self.principals)


PUBLIC = Viewer(None, frozenset({"public"}))


def viewer(session: Session, person: Person | None, today: date) -> Viewer:
    """What a person is entitled to today; somebody unknown or locked sees what everyone sees."""
    if person is None or person.locked:
        return PUBLIC
    held = principals(session, person.id, today) | {"public", "account", f"person:{person.id}"}
    return Viewer(person.id, frozenset(held), person.name)


def principals(session: Session, person_id: int, today: date) -> frozenset[str]:
    """The principals a person holds through memberships that are valid today.

    A deputy holds what the represented member holds, and only on days of that member's absence.
    """
    represented, absent = aliased(Membership), aliased(Person)
    stands_in = (
        exists()
        .where(represented.id == Membership.deputy_of_id)
        .where(absent.id == represented.person_id)
        .where(absent.absent_from <= today, or_(absent.absent_until.is_(None), absent.absent_until >= today))
    )
    rows = session.execute(
        select(Membership.organization_id, Membership.role, represented.role)
        .outerjoin(represented, represented.id == Membership.deputy_of_id)
        .where(
            Membership.person_id == person_id,
            or_(Membership.start_date.is_(None), Membership.start_date <= today),
            or_(Membership.end_date.is_(None), Membership.end_date >= today),
            or_(Membership.deputy_of_id.is_(None), stands_in),
        )
    )
    held: set[str] = set()
    for organization, role, represented_role in rows:
        held.add(f"{represented_role or role}@{organization}")
        if role not in NOT_MEMBERS:
            held.add(f"member@{organization}")
    return frozenset(held)
