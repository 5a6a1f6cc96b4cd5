"""What somebody was told: the centre, the number in the head of every page, and how they want it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer, seated
from workflow_app.database import portions
from workflow_app.engine import reaching
from workflow_app.engine.reaching import Wishes
from workflow_app.models import Mute, Notification, Person, Preferences

from .history import Key
from .named import visible_rows
from .papers_told import PaperTold, paper_key, papers_told
from .rows import LAST_ID, PAGE, CaseRow, Page

MOST = 100
"""So many unread notices are counted, and no more: nobody needs to know whether it is 100 or 3,000."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something a person was told. `case` is None where they may not see it (any more), or not the document it
    is about: then nothing of it is said. `paper` is what happened with a document, where it is about one."""

    id: int
    case: CaseRow | None
    notice: str
    topic: str
    due_on: date | None
    at: datetime
    read: bool
    paper: PaperTold | None = None


def notifications(
    session: Session, viewer: Viewer, *, unread_only: bool = False, before: int | None = None, limit: int = PAGE
) -> Page[Told]:
    """What the viewer was told, the newest first; `before` goes on to older ones."""
    query = select(Notification).where(Notification.person_id == viewer.person)
    if unread_only:
        query = query.where(Notification.read_at.is_(None))
    if before is not None:
        query = query.where(Notification.id < min(before, LAST_ID))
    found = session.scalars(query.order_by(Notification.id.desc()).limit(limit + 1)).all()
    rows = _told(session, viewer, found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else None)


def notification(session: Session, viewer: Viewer, notification_id: int) -> Told | None:
    """One thing the viewer was told."""
    mine = Notification.id == notification_id, Notification.person_id == viewer.person
    return next(iter(_told(session, viewer, session.scalars(select(Notification).where(*mine)).all())), None)


def _told(session: Session, viewer: Viewer, found: Sequence[Notification]) -> list[Told]:
    cases = {row.id: row for row in visible_rows(session, viewer, {one.case_id for one in found})}
    papers = papers_told(session, viewer, {key for one in found if (key := paper_key(one))})
    return [_of(one, cases.get(one.case_id), papers) for one in found]


def _of(one: Notification, case: CaseRow | None, papers: Mapping[Key, PaperTold]) -> Told:
    key = paper_key(one)
    paper = papers.get(key) if key else None
    return Told(
        one.id, case if paper or not key else None, one.notice, one.topic, one.due_on, one.created_at,
        one.read_at is not None, paper,
    )  # fmt: skip


def unread_count(session: Session, viewer: Viewer) -> int:
    """How many notices the viewer has not read, at most `MOST`; nought for who is not signed in."""
    if viewer.person is None:
        return 0
    unread = (
        select(Notification.id)
        .where(Notification.person_id == viewer.person, Notification.read_at.is_(None))
        .limit(MOST)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(unread)) or 0


# --------------------------------------------------------------------------- wishes


@dataclass(frozen=True, slots=True)
class Receiver:
    """How somebody is to be told about a case. `takes_mails`: they have come to the site once, and their
    address takes mails. `is_muted`: they want no news of this case."""

    wishes: Wishes
    takes_mails: bool
    is_muted: bool


_today: BindParameter[date] = bindparam("today")
_WISHES = (
    select(Person.id, seated(Person, _today).label("is_seated"), *Preferences.__table__.columns)
    .outerjoin(Preferences, Preferences.person_id == Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
)
_TAKES_MAILS = and_(Person.password_hash.is_not(None), Person.email_refused_at.is_(None), Person.locked.is_(False))
_MUTED = and_(Mute.person_id == Person.id, Mute.case_id == bindparam("case"))
_RECEIVERS = _WISHES.add_columns(
    _TAKES_MAILS.label("takes_mails"), Mute.person_id.is_not(None).label("is_muted")
).outerjoin(Mute, _MUTED)


def wishes_of(session: Session | Connection, people: Collection[int], today: date) -> dict[int, Wishes]:
    """How each of these people wants to be told. Who has not said it and belongs to a group or a
    department gets a mail at once, because deadlines run for them; everybody else one a day."""
    found: dict[int, Wishes] = {}
    for some in portions(people):
        rows = session.execute(_WISHES, {"people": some, "today": today})
        found |= {row.id: _wishes(row) for row in rows}
    return found


def receivers_of(
    session: Session | Connection, people: Collection[int], case_id: int, today: date
) -> dict[int, Receiver]:  # fmt: skip
    """The same with what else matters where they are told about a case."""
    found: dict[int, Receiver] = {}
    for some in portions(people):
        rows = session.execute(_RECEIVERS, {"people": some, "case": case_id, "today": today})
        found |= {row.id: Receiver(_wishes(row), row.takes_mails, row.is_muted) for row in rows}
    return found


def _wishes(row: Any) -> Wishes:
    way = reaching.NOW if row.is_seated else reaching.DAILY
    if row.person_id is None:
        return Wishes(way)
    return Wishes(
        row.way or way, row.weekday, row.hour, row.quiet_from, row.quiet_until, row.zone or "",
        frozenset(row.not_mailed),
    )  # fmt: skip


def muted_among(session: Session, person: int, cases: Collection[int]) -> set[int]:
    """Those of some cases of which a person wants no news."""
    muted = set[int]()
    for some in portions(cases):
        query = select(Mute.case_id).where(Mute.person_id == person, Mute.case_id.in_(some))
        muted.update(session.scalars(query))
    return muted


def muted_cases(session: Session, viewer: Viewer) -> Sequence[CaseRow]:
    """The cases of which the viewer wants no news, as far as they may see them: the newest 50."""
    mine = select(Mute.case_id).where(Mute.person_id == viewer.person).order_by(Mute.case_id.desc()).limit(50)
    return visible_rows(session, viewer, session.scalars(mine).all())
