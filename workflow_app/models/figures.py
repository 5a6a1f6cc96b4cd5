"""What the dashboard of staff is worked out from, counted in the background; derived, for reading only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Figures(Base):
    """The newest count of all open cases: one row, written by the scheduler and never more than one.

    `body` is the JSON text of a `queries.office.Tally`; nothing in it depends on the day on which it
    is read. `mark` is its SHA-256. `took_ms` is how long the counting took; the pause after it follows
    from that.
    """

    __tablename__ = "figures"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime]
    took_ms: Mapped[int]
    mark: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
