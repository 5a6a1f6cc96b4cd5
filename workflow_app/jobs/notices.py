"""From a notice, which names parties of a case, to the people it reaches today.

Everybody meant gets one notification, in the transaction that settles the message, and so exactly
once; where somebody wants a mail at once, the message for it is written in the same transaction.
Deputies get what an absent member would get: while somebody stands in, the member's own copy waits on
the site; where nobody does, the member is told as always. Who follows a case is told what happened
there, as long as they may see it. Who did it themselves is told nothing new, so theirs is read already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow_app import people as accounts
from workflow_app import queries
from workflow_app.engine import clock, reaching
from workflow_app.models import CaseEvent, Notification, OutboxMessage, Person
from workflow_app.models.following import MAIL_TRIES

from . import zones
from .reached import is_deadline, reached

COMES_AS = {reaching.NOW: "mail", reaching.DAILY: "digest", reaching.WEEKLY: "digest", reaching.SITE: "site"}
"""How a notification goes on from the site, by the way somebody wants to be told."""
_MAILABLE = select(Person.id).where(
    Person.id.in_(bindparam("people", expanding=True)), Person.password_hash.is_not(None),
    Person.email_refused_at.is_(None), Person.locked.is_(False),
)  # fmt: skip
_ACTOR = select(CaseEvent.actor_id).where(
    CaseEvent.case_id == bindparam("case_id"), CaseEvent.seq == bindparam("number")
)
_ON_POSTGRESQL, _ON_SQLITE = (
    to.insert(OutboxMessage).on_conflict_do_nothing(index_elements=["dedupe_key"]) for to in (postgresql, sqlite)
)


def fan_out(connection: Connection, row: Any, today: date, _done: None) -> None:
    """Everybody a notice means gets one notification, and a mail on its way where they want it at once."""
    meant = list(reached(connection, row, today))
    ids = [one.person for one in meant]
    if not ids:
        return
    wishes = queries.wishes_of(connection, ids, today)
    zones.point_out_unknown(connection, wishes)
    muted = queries.muted_by(connection, ids, row.case_id)
    mailable = _mailable(connection, ids)
    did_it, covered = _actor(connection, row), {one.represents for one in meant}
    now = clock.now()
    rows = []
    for one in meant:
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
        connection.execute(_ON_POSTGRESQL if connection.dialect.name == "postgresql" else _ON_SQLITE, fresh)
    return len(fresh)


def _due_on(row: Any) -> date | None:
    day = row.payload.get("due")
    return date.fromisoformat(day) if day else None


def _actor(connection: Connection, row: Any) -> int | None:
    """Who took the step that is told; of a deadline nobody."""
    if is_deadline(row):
        return None
    return connection.execute(_ACTOR, {"case_id": row.case_id, "number": row.payload.get("seq")}).scalar()


def _mailable(connection: Connection, people: Sequence[int]) -> set[int]:
    """Those who have come to the site once, and whose address takes mails."""
    return set(connection.execute(_MAILABLE, {"people": people}).scalars())
