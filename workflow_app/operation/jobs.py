"""The periodic jobs as whoever looks after the installation sees them: when each ran last, and whether it should
have run since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.models import PeriodicJob

LATE = timedelta(hours=2)
"""A job that should have run so long ago is late; the scheduler looks once a minute."""


@dataclass(frozen=True, slots=True)
class Known:
    """A periodic job: the last run that went well, the next one, and how many have failed since."""

    name: str
    ended_at: datetime | None
    next_at: datetime
    failures: int
    last_error: str
    is_late: bool


def known(session: Session, now: datetime) -> Sequence[Known]:
    """All of them, by name; none before a scheduler has run."""
    rows = session.scalars(select(PeriodicJob).order_by(PeriodicJob.name))
    return [
        Known(
            row.name, row.ended_at, row.next_at, row.failures, row.last_error or "",
            row.next_at + LATE < now and (row.lease_until is None or row.lease_until < now),
        )
        for row in rows
    ]  # fmt: skip
