"""How much waits to be done, and since when: messages of the outbox, deadlines, and incidents about which
somebody must decide. Short walks only.

A message that somebody has decided to let be is no longer counted among the dead: it waits for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workflow_app.models import Case, CaseEvent, DueDate, Incident, OutboxMessage
from workflow_app.models.following import QUEUES

NOT_BEGUN = ("pending", "dispatched")
UNDONE = (*NOT_BEGUN, "running")
INCIDENTS = ("message", "deadline", "job", "clock", "setting")
DEAD = (
    OutboxMessage.state == "dead",
    ~exists().where(Incident.outbox_id == OutboxMessage.id, Incident.state == "discarded"),
)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages in one state: how many, and when the oldest was due."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is undone. `due` are, for each queue, the messages that should have gone out by now and that no
    worker has begun with, `deadlines` those for which the clock should have done something by now."""

    messages: Mapping[str, Messages]
    due: Mapping[str, Messages]
    deadlines: Messages


def waiting(session: Session, now: datetime) -> Waiting:
    """What is undone at this moment."""
    when = OutboxMessage.run_at
    by_state = {state: _counted(session, when, OutboxMessage.state == state) for state in UNDONE}
    by_state["dead"] = _counted(session, when, *DEAD)
    ringing = DueDate.status == "running", DueDate.fire_at <= now
    return Waiting(by_state, _due(session, now), _counted(session, DueDate.fire_at, *ringing))


def _due(session: Session, now: datetime) -> dict[str, Messages]:
    """What has been handed over to a queue waits as long as nobody takes it from there."""
    when, queue = OutboxMessage.run_at, OutboxMessage.queue
    mine = OutboxMessage.state.in_(NOT_BEGUN), queue.in_(QUEUES), when <= now
    found = session.execute(select(queue, func.count(), func.min(when)).where(*mine).group_by(queue))
    return dict.fromkeys(QUEUES, Messages(0, None)) | {name: Messages(n, oldest) for name, n, oldest in found}


def _counted(session: Session, when: InstrumentedAttribute[Any], *where: ColumnElement[bool]) -> Messages:
    count, oldest = session.execute(select(func.count(), func.min(when)).where(*where)).one()
    return Messages(count, oldest)


def dead_by_kind(session: Session) -> dict[str, int]:
    """Messages that could not be carried out after all attempts, by what they are about."""
    query = select(OutboxMessage.kind, func.count().label("n")).group_by(OutboxMessage.kind)
    return {row.kind: row.n for row in session.execute(query.where(*DEAD))}


def incidents_by_kind(session: Session) -> dict[str, int]:
    """How many incidents wait for somebody to decide, of every kind there is; those for which another try
    is under way are not among them."""
    query = select(Incident.kind, func.count().label("n")).group_by(Incident.kind)
    found = session.execute(query.where(Incident.settled_at.is_(None), Incident.state == "open"))
    return dict.fromkeys(INCIDENTS, 0) | {row.kind: row.n for row in found}


def events_last_hour(session: Session, now: datetime) -> dict[tuple[str, str], int]:
    """What happened in cases within the last hour, by process and kind of event."""
    recent = (
        select(Case.process, CaseEvent.kind, func.count())
        .join(Case, Case.id == CaseEvent.case_id)
        .where(CaseEvent.at > now - AN_HOUR, CaseEvent.at <= now)
        .group_by(Case.process, CaseEvent.kind)
    )
    return {(process, kind): count for process, kind, count in session.execute(recent)}
