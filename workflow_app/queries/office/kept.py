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
        return Counted(_read(session, kept.mark), kept.counted_at)
    if _are_few(session):
        return Counted(count(session, today), now)
    tally = _read(session, kept.mark) if kept is not None else None
    if kept is None or tally is None or not 0 <= (today - tally.day).days < SLACK:
        return None
    return Counted(tally, kept.counted_at)


def _are_few(session: Session) -> bool:
    some = select(Case.id).limit(FEW + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW


_known: dict[str, Tally] = {}  # by mark: reading a tally takes longer than using it, and it changes less often
REMEMBERED = 4


def _read(session: Session, mark: str) -> Tally:
    """The tally with this mark, or the one that has taken its place in the meantime."""
    if (tally := _known.get(mark)) is None:
        mark, body = session.execute(select(Figures.mark, Figures.body).where(Figures.id == 1)).one()
        tally = Tally.loads(body)
        for old in list(_known)[: 1 - REMEMBERED]:
            _known.pop(old, None)
        _known[mark] = tally
    return tally
