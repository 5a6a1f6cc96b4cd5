"""What the scheduler remembers of its jobs, so that missed runs are known after a standstill."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class PeriodicJob(Base):
    """A job that comes again and again (`jobs.periodic`). Everything up to `done_for`, a moment of its
    schedule, is done or was left out; the next run is not before `next_at`.

    Whoever runs it holds it until `lease_until` and writes under its `ticket`; a later ticket makes the
    earlier one worthless. `began_at` and `ended_at` tell of the last run and the last one that went well,
    `failures` how many have failed since, `last_error` the kind of the last exception.
    """

    __tablename__ = "periodic_jobs"
    __table_args__ = (CheckConstraint("failures >= 0 AND ticket >= 0", name="counts_positive"),)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_for: Mapped[datetime]
    next_at: Mapped[datetime]
    ticket: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_error: Mapped[str | None] = mapped_column(String(80))
