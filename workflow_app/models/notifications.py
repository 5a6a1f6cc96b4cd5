"""What people are told, and how they want to be told.

Notifications are written by the job that carries a notice out; how somebody wants to be told is
written by `workflow_app.people` and nobody else.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base

UNREAD = text("read_at IS NULL")
TO_BE_DIGESTED = text("way = 'digest' AND mailed_at IS NULL AND read_at IS NULL")


class Notification(Base):
    """A notice that has reached a person, once per message and person; the message goes earlier.

    `seq` is the event that was told, `due_on` the day of the deadline where the notice is about one.
    `topic` says why it matters to this person: waiting (something waits for them), overdue, deadline
    (one is near), news (of a case they take part in), followed. `way` is how it goes on from here:
    site (stays here), mail (a mail of its own), digest (in the next collected mail); `mailed_at` is
    when that mail was written. `represents_id` is the absent member a deputy was told for.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("outbox_id", "person_id"),
        CheckConstraint("topic IN ('waiting', 'overdue', 'deadline', 'news', 'followed')", name="topic_known"),
        CheckConstraint("way IN ('site', 'mail', 'digest')", name="way_known"),
        Index("ix_notifications_person_id_id", "person_id", "id"),
        # Short indexes over the few rows that are looked for: what nobody has read, what the next digest tells.
        Index("ix_notifications_unread", "person_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index(
            "ix_notifications_to_be_digested", "person_id", "created_at",
            sqlite_where=TO_BE_DIGESTED, postgresql_where=TO_BE_DIGESTED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    notice: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int | None]
    due_on: Mapped[date | None]
    topic: Mapped[str] = mapped_column(String(10), default="news", server_default="news")
    way: Mapped[str] = mapped_column(String(10), default="site", server_default="site")
    represents_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Preferences(Base):
    """How a person wants to be told; who has never said anything has no row.

    way: now, daily, weekly or site; None is the usual (`engine.reaching`). Collected mails come at
    `hour` o'clock, weekly ones on `weekday` (Monday is 0). Between `quiet_from` and `quiet_until`,
    local times that may go over midnight, no mail is sent. `zone` is None for the town's own.
    `not_mailed` are topics that stay on the site.
    """

    __tablename__ = "preferences"
    __table_args__ = (
        CheckConstraint("way IN ('now', 'daily', 'weekly', 'site')", name="way_known"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND hour BETWEEN 0 AND 23", name="digest_time"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_both_ends"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_not_all_day"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    way: Mapped[str | None] = mapped_column(String(10))
    weekday: Mapped[int] = mapped_column(SmallInteger, default=0)
    hour: Mapped[int] = mapped_column(SmallInteger, default=8)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    zone: Mapped[str | None] = mapped_column(String(60))
    not_mailed: Mapped[list[Any]] = mapped_column(default=list)


class Mute(Base):
    """A person wants no news of a case; what waits for them there is told all the same."""

    __tablename__ = "mutes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)
    since: Mapped[datetime]
