"""The figures that are kept, or counted on the spot where nobody has counted them lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflow_app.models import Case, Figures

from .counting import SLACK, count
from .tally import Tally

FRESH = timedelta(minutes=5)
"""Older figures are counted again by whoever reads them, where that is quickly done."""
FEW = 3000
"""With no more cases than this, counting takes no longer than a page may take."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A tally, and when it was counted."""

    tally: Tally
    at: datetime


def newest(session: Session, now: datetime, today: date) -> Counted | None:
    """The newest figures; None where nobody has counted for too long and there is too much to count here."""
    kept = session.execute(select(Figures.counted_at, Figures.mark).where(Figures.id == 1)).first()
    if kept is not None and timedelta(0) <= now - kept.counted_at <= FRESH:
        return _kept(session, kept.mark)
    if _are_few(session):
        return Counted(count(session, today), now)
    found = _kept(session, kept.mark) if kept is not None else None
    return found if found and 0 <= (today - found.tally.day).days < SLACK else None


def _are_few(session: Session) -> bool:
    some = select(Case.id).limit(FEW + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW


_read: tuple[str, Counted] | None = None  # the one that was read last: reading it takes longer than using it


def _kept(session: Session, mark: str) -> Counted:
    global _read  # noqa: PLW0603  (one value, replaced as a whole)
    if _read is None or _read[0] != mark:
        mark, at, body = session.execute(select(Figures.mark, Figures.counted_at, Figures.body)).one()
        _read = mark, Counted(Tally.loads(body), at)
    return _read[1]
