"""What people keep an eye on, and the messages on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Follow(Base):
    """A person follows a case."""

    __tablename__ = "follows"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)
    since: Mapped[datetime]


LEASED = text("lease_until IS NOT NULL")
"""Of the few messages that are on their way; nothing else has a lease."""
MAIL_TRIES = 10
"""A mail server may be away, or let us wait, for longer than the usual attempts last."""
UNSENT = ("pending", "dispatched", "running")
"""States of messages that go on by themselves."""
NOT_THROUGH = (*UNSENT, "dead")
"""Those, and those that were given up: somebody may have them tried again."""
SITE, MAILS = QUEUES = ("site", "mails")
"""Where messages wait for a worker: those that only write into the database, and those that talk to a mail
server, which may keep its workers waiting for as long as it likes, and nobody else."""
MAILED = frozenset({"notice_mail", "digest", "account_link", "account_notice"})
"""The kinds of messages that are mails; all others, also unknown ones, are the site's."""
AWAITED = frozenset({"account_link"})
"""The kinds of messages that somebody waits for in front of a screen, because they cannot sign in without:
they overtake the others of their queue. A new kind needs the index `ix_outbox_awaited` anew."""
WAITS_AWAITED = text("state = 'pending' AND kind = 'account_link'")
"""Of those that wait the awaited ones, in the very words of the index that leads to them: SQLite takes it for
nothing else. By the same columns as the other index, or SQLite would not prefer it."""


def queue_of(kind: str) -> str:
    """Where a message of this kind waits."""
    return MAILS if kind in MAILED else SITE


def _queue(context: DefaultExecutionContext) -> str:
    return queue_of(context.get_current_parameters()["kind"])  # type: ignore[no-untyped-call]


class OutboxMessage(Base):
    """Something that must be done after the commit that caused it: a notice for a party of a case, a mail.

    state: pending, dispatched (its id is with RQ under `ticket`, in the job `batch`), running, done, dead.
    queue: site or mails, by its kind. It is kept with the row because the relay asks for what is due in each.
    Attempts are counted when a worker takes the row, never for waiting in a queue. `payload` holds ids,
    names of parties and the event's sequence: no personal data. What is about an account and not
    about a case has no `case_id`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'dispatched', 'running', 'done', 'dead')", name="state_known"),
        CheckConstraint("attempt >= 0 AND attempt <= max_attempts", name="attempt_within_max"),
        CheckConstraint("kind <> 'notice' OR case_id IS NOT NULL", name="notice_has_case"),
        CheckConstraint("queue IN ('site', 'mails')", name="queue_known"),
        Index("ix_outbox_due", "state", "queue", "run_at", "id"),
        Index(
            "ix_outbox_awaited", "state", "queue", "run_at", "id",
            sqlite_where=WAITS_AWAITED, postgresql_where=WAITS_AWAITED,
        ),
        Index("ix_outbox_lease_until", "queue", "lease_until", sqlite_where=LEASED, postgresql_where=LEASED),
        Index("ix_outbox_case_id", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str] = mapped_column(String(10), default=_queue, server_default=SITE)
    payload: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    run_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="pending")
    ticket: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0)
    max_attempts: Mapped[int] = mapped_column(SmallInteger, default=5)
    batch: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
