"""What is kept how long, and why: one table, and the job that removes what has had its time.

Cases are not in it: they are the town's record, and only a person erases what was written in them
(`flask cases erase`). Nor is the record of accounts, which the database itself protects. The same in
words for people: docs/retention.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select

from workflow_app import people
from workflow_app.engine import clock
from workflow_app.models import AccountLink, Incident, Mail, Notification, OutboxMessage, SignIn

from .turns import Turn

BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that go when they have had their time: what they are, for how many days they are of use after
    that (`days`), how their age is told, and why no longer."""

    what: str
    model: type[Any]
    days: int
    is_older: Callable[[datetime], ColumnElement[bool]]
    why: str


def _sign_in_over(moment: datetime) -> ColumnElement[bool]:
    lasts = timedelta(days=people.current().session_days)
    return or_(SignIn.ended_at < moment, SignIn.began_at < moment - lasts)


def _settled_before(moment: datetime) -> ColumnElement[bool]:
    """Without it a message that was let be would be one that nobody has decided about."""
    still_there = exists().where(OutboxMessage.id == Incident.outbox_id, OutboxMessage.state == "dead")
    return and_(Incident.settled_at < moment, ~still_there)


KEPT = (
    Kept(
        "sign-ins that have ended", SignIn, 30, _sign_in_over,
        "Who asks whether somebody else was there has a month; after that it is only a trace of habits.",
    ),
    Kept(
        "links of invitations and forgotten passwords", AccountLink, 30, lambda moment: AccountLink.ends_at < moment,
        "They do not work any more; for a month they still say so to whoever finds an old mail.",
    ),
    Kept(
        "outgoing mails, with their address and, without a mail server, their text", Mail, 90,
        lambda moment: Mail.created_at < moment,
        "A mail that comes back does so within days; whether one was sent is asked within weeks.",
    ),
    Kept(
        "notifications that were read", Notification, 180, lambda moment: Notification.read_at < moment,
        "What happened stands in the case; the note that somebody was told has done its work.",
    ),
    Kept(
        "notifications that were never read", Notification, 730, lambda moment: Notification.created_at < moment,
        "Who has not looked for two years finds the cases themselves.",
    ),
    Kept(
        "incidents that were settled", Incident, 365, _settled_before,
        "Whether something comes again every year can be seen for a year; what says that a message was let be "
        "stays as long as the message.",
    ),
)  # fmt: skip


def clean(turn: Turn) -> int:
    """Remove everything that has had its time; returns how many rows."""
    return sum(_remove(turn, kept) for kept in KEPT)


def _remove(turn: Turn, kept: Kept) -> int:
    """In small transactions, along the key, so that nobody waits for long and no row is looked at twice."""
    older, key = kept.is_older(clock.now() - timedelta(days=kept.days)), kept.model.id
    gone, last = 0, 0
    while True:
        with turn.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            turn.hold(connection)
            query = select(key).where(older, key > last).order_by(key).limit(BATCH)
            ids = list(connection.execute(query).scalars())
            if not ids:
                return gone
            connection.execute(delete(kept.model).where(key.in_(ids)))
        gone, last = gone + len(ids), ids[-1]
