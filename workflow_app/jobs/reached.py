"""Whom a notice reaches today: from the parties it names to people, with deputies, and those who follow.

What every notice asks is built once: to build such a statement takes longer than to carry it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from workflow_app.access import NOT_MEMBERS, absent, valid
from workflow_app.engine import reaching
from workflow_app.models import CaseReader, Follow, Membership, Notification, OpenStep, OutboxMessage, Person

FOR_ALL = {"public", "account"}


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody a notice reaches, why it matters to them, and the absent member they stand in for."""

    person: int
    topic: str
    represents: int | None = None


_CASE: BindParameter[int] = bindparam("case_id")
_PEOPLE: BindParameter[int] = bindparam("people", expanding=True)
_represented, _away = aliased(Membership), aliased(Person)
_TOLD = select(Notification.person_id).where(Notification.outbox_id == bindparam("message"))
_FREE = select(Person.id).where(Person.id.in_(_PEOPLE), Person.locked.is_(False))
_AWAITED = select(OpenStep.principal).where(OpenStep.case_id == _CASE).distinct()
_FOLLOWERS = (
    select(Follow.person_id)
    .join(Person, Person.id == Follow.person_id)
    .where(Follow.case_id == _CASE, Person.locked.is_(False))
)
_NOTICES = select(OutboxMessage.id, OutboxMessage.payload).where(
    OutboxMessage.case_id == _CASE, OutboxMessage.kind == bindparam("kind")
)
_READERS = select(CaseReader.principal).where(CaseReader.case_id == _CASE)
_today: BindParameter[date] = bindparam("today")
_SEATS = (
    select(
        Membership.person_id, func.coalesce(_represented.role, Membership.role), Membership.organization_id,
        _represented.person_id,
    )
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(_represented, _represented.id == Membership.deputy_of_id)
    .outerjoin(_away, _away.id == _represented.person_id)
    .where(
        Membership.organization_id.in_(bindparam("organizations", expanding=True)),
        valid(Membership, _today),
        or_(Membership.deputy_of_id.is_(None), (valid(_represented, _today)) & absent(_away, _today)),
        Person.locked.is_(False),
    )
    .order_by(Membership.id)
)  # fmt: skip


def reached(connection: Connection, row: Any, today: date) -> Iterator[Reached]:
    """Everybody who has not been told yet: those meant, and of a step those who follow the case."""
    known = set(connection.execute(_TOLD, {"message": row.id}).scalars())
    meant = people_of(connection, row.payload["to"], today)
    about_deadline, is_over = is_deadline(row), row.payload["notice"].startswith("overdue:")
    waiting = set() if about_deadline else _awaited(connection, row.case_id, today)
    for person in sorted(meant.keys() - known):
        topic = reaching.WAITING if person in waiting else reaching.NEWS
        if about_deadline:
            topic = reaching.OVERDUE if is_over else reaching.DEADLINE
        yield Reached(person, topic, meant[person])
    if not about_deadline:
        for person in sorted(_followers(connection, row, today) - known):
            yield Reached(person, reaching.FOLLOWED)


def is_deadline(message: Any) -> bool:
    """Whether a notice is about a deadline, and not about a step."""
    return ":" in message.payload["notice"]


def people_of(connection: Connection, principals: Sequence[str], today: date) -> dict[int, int | None]:
    """The people behind principals today, and for a deputy the absent member they stand in for; people
    are found at sending time, not when the notice was written.

    ``public`` and ``account`` are nobody in particular; they read on the site.
    """
    named = {int(p.removeprefix("person:")) for p in principals if p.startswith("person:")}
    found: dict[int, int | None] = {}
    if named:
        found = dict.fromkeys(connection.execute(_FREE, {"people": named}).scalars())
    for person, represents in _seats(connection, principals, today):
        if represents is None:
            found[person] = None  # who is meant in their own right stands in for nobody
        else:
            found.setdefault(person, represents)
    return found


def _seats(connection: Connection, principals: Sequence[str], today: date) -> Iterator[tuple[int, int | None]]:
    """Who holds one of these roles in an organization today, also as the deputy of somebody absent."""
    asked = {(role, int(at)) for role, is_seat, at in (p.partition("@") for p in principals) if is_seat}
    if not asked:
        return
    there = {"today": today, "organizations": {organization for _role, organization in asked}}
    for person, held, organization, represents in connection.execute(_SEATS, there):
        is_member = held not in NOT_MEMBERS and ("member", organization) in asked
        if is_member or (held, organization) in asked:
            yield person, represents


def _awaited(connection: Connection, case_id: int, today: date) -> set[int]:
    """The people for whom a case waits now."""
    principals = connection.execute(_AWAITED, {"case_id": case_id}).scalars().all()
    return set(people_of(connection, principals, today))


def _followers(connection: Connection, row: Any, today: date) -> set[int]:
    """Who follows the case and may see it, and is meant by no notice of this event; of several notices
    of one event only the first tells them."""
    found = set(connection.execute(_FOLLOWERS, {"case_id": row.case_id}).scalars())
    if not found:
        return found
    messages = connection.execute(_NOTICES, {"case_id": row.case_id, "kind": row.kind}).all()
    event = [one for one in messages if one.payload.get("seq") == row.payload.get("seq") and not is_deadline(one)]
    if row.id != min(one.id for one in event):
        return set()
    meant = people_of(connection, [principal for one in event for principal in one.payload["to"]], today)
    principals = connection.execute(_READERS, {"case_id": row.case_id}).scalars().all()
    if not FOR_ALL.intersection(principals):
        found &= people_of(connection, principals, today).keys()
    return found - meant.keys()
