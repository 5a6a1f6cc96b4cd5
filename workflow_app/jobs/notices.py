"""From a notice, which names parties of a case, to what the people it reaches get today.

Everybody meant gets one notification, in the transaction that settles the message, and so exactly
once; where somebody wants a mail at once, the message for it is written in the same transaction.
Deputies get what an absent member would get: while somebody stands in, the member's own copy waits on
the site; where nobody does, the member is told as always. Who follows a case is told what happened
there, as long as they may see it. Who did it themselves is told nothing new, so theirs is read already.
A document that came without a step is told to whom it is meant for, and in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from workflow_app import people as accounts
from workflow_app import queries
from workflow_app.engine import clock, reaching
from workflow_app.models import Notification, OutboxMessage
from workflow_app.models.following import MAIL_TRIES

from . import zones
from .reached import reached
from .reached_papers import reached_by_document

COMES_AS = {reaching.NOW: "mail", reaching.DAILY: "digest", reaching.WEEKLY: "digest", reaching.SITE: "site"}
"""How a notification goes on from the site, by the way somebody wants to be told."""


def _once(model: Any, *key: Any) -> dict[str, Any]:
    """How rows are written once in each kind of database: those whose key is there already are left out,
    whoever wrote them; the keys of the others come back."""
    inserts: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    return {
        dialect: insert(model).on_conflict_do_nothing(index_elements=key).returning(*key)
        for dialect, insert in inserts.items()
    }


_NOTIFY = _once(Notification, Notification.outbox_id, Notification.person_id)
_WRITE = _once(OutboxMessage, OutboxMessage.dedupe_key)


def fan_out(connection: Connection, row: Any, today: date, _done: None) -> None:
    """Everybody a notice means gets one notification, and a mail on its way where they want it at once."""
    found = (reached_by_document if "document" in row.payload else reached)(connection, row, today)
    if not found:
        return
    receivers = queries.receivers_of(connection, [one.person for one in found], row.case_id, today)
    wishes = {person: has.wishes for person, has in receivers.items()}
    zones.point_out_unknown(connection, wishes)
    covered = {one.represents for one in found}
    now = clock.now()
    rows = []
    for one in found:
        has = receivers[one.person]
        if has.is_muted and one.topic in reaching.OPTIONAL:
            continue
        goes_on = has.takes_mails and one.person not in covered and not one.did_it
        rows.append(
            {
                "outbox_id": row.id, "person_id": one.person, "case_id": row.case_id, "notice": row.payload["notice"],
                "seq": row.payload.get("seq"), "due_on": _due_on(row), "topic": one.topic,
                "way": COMES_AS[has.wishes.way_of(one.topic)] if goes_on else "site",
                "represents_id": one.represents, "created_at": now, "read_at": now if one.did_it else None,
            }
        )  # fmt: skip
    told = _notify(connection, rows)
    by_mail = {one["person_id"] for one in rows if one["way"] == "mail"}
    _send_at_once(connection, row, sorted(told & by_mail), wishes)


def _notify(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Write notifications, of which everybody gets one per message; who got theirs only now."""
    if not rows:
        return set()
    return {person for _message, person in connection.execute(_NOTIFY[connection.dialect.name], rows)}


def _due_on(row: Any) -> date | None:
    day = row.payload.get("due")
    return date.fromisoformat(day) if day else None


def _send_at_once(
    connection: Connection, row: Any, people: Sequence[int], wishes: Mapping[int, reaching.Wishes]
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
    return len(connection.execute(_WRITE[connection.dialect.name], messages).all())
