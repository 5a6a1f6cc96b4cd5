"""What went wrong behind people's backs, until somebody has dealt with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base

UNSETTLED = text("settled_at IS NULL")
SETTLED = text("settled_at IS NOT NULL")


def _listed(name: str, where: TextClause, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Incident(Base):
    """Something a machine cannot put right alone: a message given up after all attempts, a deadline whose
    step fails, a clock that jumps.

    `subject` names what it is about, such as ``message:17``; of each subject at most one incident is
    unsettled, and `times` counts how often it was met since. `error` is the kind of the exception, never its
    words: these may quote what somebody wrote. state: open, retrying (somebody has asked for another try),
    solved (it went well in the end), discarded (somebody has decided that it need not; `reason` says why).
    `settled_by_id` is who decided last: asked for another try, or discarded it.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("kind IN ('message', 'deadline', 'clock', 'job', 'setting')", name="kind_known"),
        CheckConstraint("state IN ('open', 'retrying', 'solved', 'discarded')", name="state_known"),
        CheckConstraint("(state IN ('solved', 'discarded')) = (settled_at IS NOT NULL)", name="settled_at_if_settled"),
        CheckConstraint(
            "state <> 'discarded' OR (reason IS NOT NULL AND settled_by_id IS NOT NULL)", name="discarded_why"
        ),
        Index("ix_incidents_unsettled", "subject", unique=True, sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
        Index("ix_incidents_settled_at_id", "settled_at", "id"),
        # The lists of staff go along these: what is open, of all kinds or of one, and what was settled of one.
        _listed("ix_incidents_state", UNSETTLED, "state", "last_at", "id"),
        _listed("ix_incidents_kind", UNSETTLED, "kind", "state", "last_at", "id"),
        _listed("ix_incidents_kind_settled", SETTLED, "kind", "settled_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(80))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"), index=True)
    due_id: Mapped[int | None] = mapped_column(ForeignKey("due_dates.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    error: Mapped[str] = mapped_column(String(80))
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(500))
