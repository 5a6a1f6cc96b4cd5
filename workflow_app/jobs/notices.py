"""From a notice, which names parties of a case, to the people it reaches today.

Everybody meant gets one notification, in the transaction that settles the message, and so exactly
once; where somebody wants a mail at once, the message for it is written in the same transaction.
Deputies get what an absent member would get: while somebody stands in, the member's own copy waits on
the site; where nobody does, the member is told as always. Who follows a case is told what happened
there, as long as they may see it. Who did it themselves is told nothing new, so theirs is read already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from workflow_app import people as accounts
from workflow_app import queries
from workflow_app.access import NOT_MEMBERS, absent, valid
from workflow_app.engine import clock, reaching
from workflow_app.models import (
    CaseEvent,
    CaseReader,
    Follow,
    Membership,
    Notification,
    OpenStep,
    OutboxMessage,
    Person,
)
from workflow_app.models.following import MAIL_TRIES

from . import zones

FOR_ALL = {"public", "account"}
COMES_AS = {reaching.NOW: "mail", reaching.DAILY: "digest", reaching.WEEKLY: "digest", reaching.SITE: "site"}
"""How a notification goes on from the site, by the way somebody wants to be told."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody a notice reaches, why it matters to them, and the absent member they stand in for."""

    person: int
    topic: str
    represents: int | None = None


def fan_out(connection: Connection, row: Any, today: date, _done: None) -> None:
    """Everybody a notice means gets one notification, and a mail on its way where they want it at once."""
    reached = list(_reached(connection, row, today))
    ids = [one.person for one in reached]
    if not ids:
        return
    wishes = queries.wishes_of(connection, ids, today)
    zones.point_out_unknown(connection, wishes)
    muted = queries.muted_by(connection, ids, row.case_id)
    mailable = _mailable(connection, ids)
    did_it, covered = _actor(connection, row), {one.represents for one in reached}
    now = clock.now()
    rows = []
    for one in reached:
        if one.person in muted and one.topic in reaching.OPTIONAL:
            continue
        by_mail = one.person in mailable and one.person not in covered and one.person != did_it
        rows.append(
            {
                "outbox_id": row.id, "person_id": one.person, "case_id": row.case_id, "notice": row.payload["notice"],
                "seq": row.payload.get("seq"), "due_on": _due_on(row), "topic": one.topic,
                "way": COMES_AS[wishes[one.person].way_of(one.topic)] if by_mail else "site",
                "represents_id": one.represents, "created_at": now, "read_at": now if one.person == did_it else None,
            }
        )  # fmt: skip
    if rows:
        connection.execute(insert(Notification), rows)
    _send_at_once(connection, row, [one["person_id"] for one in rows if one["way"] == "mail"], wishes)


def _send_at_once(
    connection: Connection, row: Any, people: Sequence[int], wishes: dict[int, reaching.Wishes]
) -> None:  # fmt: skip
    """One message per mail, to be carried out now or when the quiet hours of its receiver are over."""
    if not people:
        return
    town = accounts.current().calendar
    values = [
        {
            "case_id": row.case_id, "kind": "notice_mail", "payload": {"outbox": row.id, "person": person},
            "dedupe_key": f"notice_mail:{row.id}:{person}", "run_at": wishes[person].not_before(clock.now(), town),
            "max_attempts": MAIL_TRIES,
        }
        for person in people
    ]  # fmt: skip
    write_once(connection, values)


def write_once(connection: Connection, messages: Sequence[Mapping[str, Any]]) -> int:
    """Write messages for the outbox; those whose key is there already are left out, whoever wrote them.
    Returns how many are new."""
    if not messages:
        return 0
    keys = OutboxMessage.dedupe_key.in_([one["dedupe_key"] for one in messages])
    known = set(connection.execute(select(OutboxMessage.dedupe_key).where(keys)).scalars())
    fresh = [one for one in messages if one["dedupe_key"] not in known]
    if fresh:
        once = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(once(OutboxMessage).on_conflict_do_nothing(index_elements=["dedupe_key"]), fresh)
    return len(fresh)


def _reached(connection: Connection, row: Any, today: date) -> Iterator[Reached]:
    """Everybody who has not been told yet: those meant, and of a step those who follow the case."""
    told = select(Notification.person_id).where(Notification.outbox_id == row.id)
    known = set(connection.execute(told).scalars())
    meant = people_of(connection, row.payload["to"], today)
    is_deadline, is_over = _is_deadline(row), row.payload["notice"].startswith("overdue:")
    waiting = set() if is_deadline else _awaited(connection, row.case_id, today)
    for person in sorted(meant.keys() - known):
        topic = reaching.WAITING if person in waiting else reaching.NEWS
        if is_deadline:
            topic = reaching.OVERDUE if is_over else reaching.DEADLINE
        yield Reached(person, topic, meant[person])
    if not is_deadline:
        for person in sorted(_followers(connection, row, today) - known):
            yield Reached(person, reaching.FOLLOWED)


def _due_on(row: Any) -> date | None:
    day = row.payload.get("due")
    return date.fromisoformat(day) if day else None


def _actor(connection: Connection, row: Any) -> int | None:
    """Who took the step that is told; of a deadline nobody."""
    if _is_deadline(row):
        return None
    here = CaseEvent.case_id == row.case_id, CaseEvent.seq == row.payload.get("seq")
    return connection.execute(select(CaseEvent.actor_id).where(*here)).scalar()


def _mailable(connection: Connection, people: Sequence[int]) -> set[int]:
    """Those who have come to the site once, and whose address takes mails."""
    reachable = Person.password_hash.is_not(None), Person.email_refused_at.is_(None), Person.locked.is_(False)
    return set(connection.execute(select(Person.id).where(Person.id.in_(people), *reachable)).scalars())


def _awaited(connection: Connection, case_id: int, today: date) -> set[int]:
    """The people for whom a case waits now."""
    principals = connection.execute(select(OpenStep.principal).where(OpenStep.case_id == case_id).distinct())
    return set(people_of(connection, principals.scalars().all(), today))


def _followers(connection: Connection, row: Any, today: date) -> set[int]:
    """Who follows the case and may see it, and is meant by no notice of this event; of several notices
    of one event only the first tells them."""
    query = (
        select(Follow.person_id)
        .join(Person, Person.id == Follow.person_id)
        .where(Follow.case_id == row.case_id, Person.locked.is_(False))
    )
    found = set(connection.execute(query).scalars())
    if not found:
        return found
    mine = OutboxMessage.case_id == row.case_id, OutboxMessage.kind == row.kind
    messages = connection.execute(select(OutboxMessage.id, OutboxMessage.payload).where(*mine)).all()
    event = [one for one in messages if one.payload.get("seq") == row.payload.get("seq") and not _is_deadline(one)]
    if row.id != min(one.id for one in event):
        return set()
    meant = people_of(connection, [principal for one in event for principal in one.payload["to"]], today)
    readers = select(CaseReader.principal).where(CaseReader.case_id == row.case_id)
    principals = connection.execute(readers).scalars().all()
    if not FOR_ALL.intersection(principals):
        found &= people_of(connection, principals, today).keys()
    return found - meant.keys()


def _is_deadline(message: Any) -> bool:
    return ":" in message.payload["notice"]


# ---------------------------------------------------------------------------- party to people


def people_of(connection: Connection, principals: Sequence[str], today: date) -> dict[int, int | None]:
    """The people behind principals today, and for a deputy the absent member they stand in for; people
    are found at sending time, not when the notice was written.

    ``public`` and ``account`` are nobody in particular; they read on the site.
    """
    named = {int(p.removeprefix("person:")) for p in principals if p.startswith("person:")}
    found: dict[int, int | None] = {}
    if named:
        free = select(Person.id).where(Person.id.in_(named), Person.locked.is_(False))
        found = dict.fromkeys(connection.execute(free).scalars())
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
    represented, away = aliased(Membership), aliased(Person)
    role = func.coalesce(represented.role, Membership.role)
    rows = connection.execute(
        select(Membership.person_id, role, Membership.organization_id, represented.person_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(represented, represented.id == Membership.deputy_of_id)
        .outerjoin(away, away.id == represented.person_id)
        .where(
            Membership.organization_id.in_({organization for _role, organization in asked}),
            valid(Membership, today),
            or_(Membership.deputy_of_id.is_(None), (valid(represented, today)) & absent(away, today)),
            Person.locked.is_(False),
        )
        .order_by(Membership.id)
    )
    for person, held, organization, represents in rows:
        is_member = held not in NOT_MEMBERS and ("member", organization) in asked
        if is_member or (held, organization) in asked:
            yield person, represents
