"""Collected mails: once a day or a week, what somebody has not read and got no mail about.

The clock opens one message per person and period, under a key that no second clock can use again. After
a standstill only the last period that was missed is opened, and its mail tells everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale, ngettext
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from workflow_app import people, queries
from workflow_app.engine import clock, reaching
from workflow_app.extensions import db
from workflow_app.models import Notification, Person
from workflow_app.models.following import MAIL_TRIES
from workflow_app.people import unsubscribe
from workflow_app.wording.naming import told_text

from . import zones
from .notice_mail import PREFERENCES, NoticeMail, address, rendered, stop_address, stopping
from .notices import write_once
from .post import Posted, address_of, letter, post, stable_id, town, write_down
from .subjects import Subject, language_of, subjects

AT_ONCE = 500
SHOWN = 30
"""So many notices stand in one mail; the others are counted, and read on the site."""
MOST = 200
"""So many are collected at once; what is beyond comes with the next mail."""
WAITING = Notification.way == "digest", Notification.mailed_at.is_(None), Notification.read_at.is_(None)
PUT_OFF = ":at:"
"""Stood in the key of a message that an older version put off, before its new time."""
REACHABLE = Person.locked.is_(False), Person.email_refused_at.is_(None)


def open_due() -> int:
    """Open the collected mails whose time has come; returns for how many people."""
    query = (
        select(Notification.person_id, func.min(Notification.created_at))
        .join(Person, Person.id == Notification.person_id)
        .where(*WAITING, *REACHABLE)
        .group_by(Notification.person_id)
        .order_by(Notification.person_id)
    )
    with db.engine.connect() as connection:
        waiting = [(person, since) for person, since in connection.execute(query)]
    return sum(_open(dict(waiting[start : start + AT_ONCE])) for start in range(0, len(waiting), AT_ONCE))


def _open(since: Mapping[int, Any]) -> int:
    """The messages for some people whose oldest notice waits since then."""
    now, calendar = clock.now(), people.current().calendar
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        wishes = queries.wishes_of(connection, since, calendar.local_date(now))
        zones.point_out_unknown(connection, wishes)
        rows = []
        for person, first in since.items():
            moment = wishes[person].last_digest(now, calendar)
            if first < moment:
                period = wishes[person].calendar(calendar).local_date(moment)
                rows.append(
                    {
                        "kind": "digest", "payload": {"person": person}, "dedupe_key": f"digest:{person}:{period}",
                        "run_at": wishes[person].not_before(now, calendar), "max_attempts": MAIL_TRIES,
                    }
                )  # fmt: skip
        return write_once(connection, rows)


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the notices of one collected mail: told in it, or not to be told by mail; `later`
    when it may leave."""

    told: Sequence[int]
    dropped: Sequence[int]
    posted: Posted | None
    later: datetime | None = None


def send(row: Any) -> Collected | None:
    """Collect, write and post. None where nobody is there to read it."""
    with Session(db.engine) as session:
        person = session.get(Person, row.payload["person"])
        if person is None or person.locked or person.email_refused_at:
            return None
        mine = select(Notification).where(Notification.person_id == person.id, *WAITING)
        found = subjects(session, person, session.scalars(mine.order_by(Notification.id).limit(MOST)).all())
    wanted = [one for one in found if one.is_for_mail]
    dropped = [one.one.id for one in found if not one.is_for_mail]
    if not wanted:
        return Collected((), dropped, None)
    may_leave = wanted[0].wishes.not_before(clock.now(), people.current().calendar)
    if may_leave > clock.now():  # it had to wait for the mail server until late
        return Collected((), dropped, None, later=may_leave)
    with force_locale(language_of(person)):
        mail = digest(person, wanted)
        sent = letter(row, person, mail.subject, mail.text, html=mail.html, headers=mail.headers)
        posted = post(replace(sent, message_id=stable_id(_key(row))))
    ids = [one.one.id for one in wanted]
    return Collected(ids, dropped, posted) if posted.state in ("kept", "sent") else Collected((), ids + dropped, posted)


def settle(connection: Connection, row: Any, today: date, done: Collected | None) -> datetime | None:
    """Write down the delivery, and that these notices were told; until when (UTC) the mail is to wait, if it is."""
    if done is None:
        return None
    write_down(connection, row, today, done.posted)
    for ids, values in ((done.told, {"mailed_at": clock.now()}), (done.dropped, {"way": "site"})):
        if ids:
            connection.execute(update(Notification).where(Notification.id.in_(ids)).values(**values))
    return done.later


def _key(row: Any) -> str:
    """The key of a person and a period, also where an older version put the mail off by writing it anew: a
    server that took it after all knows it again."""
    return str(row.dedupe_key.partition(PUT_OFF)[0])


def digest(person: Person, found: Sequence[Subject]) -> NoticeMail:
    """The collected mail as plain data: what waits for the reader and what is overdue comes first."""
    urgent = [one for one in found if one.one.topic not in reaching.OPTIONAL]
    rest = [one for one in found if one.one.topic in reaching.OPTIONAL]
    count, place = len(found), town()
    rest = rest[: max(0, SHOWN - len(urgent))]
    subject = ngettext(
        "%(num)s notice from Teilhabe %(town)s", "%(num)s notices from Teilhabe %(town)s", count, town=place
    )
    stop = stop_address(person, unsubscribe.ALL)
    words = {
        "name": person.name, "language": language_of(person), "subject": subject, "town": place, "stop": stop,
        "urgent": [_item(one) for one in urgent[:SHOWN]], "rest": [_item(one) for one in rest],
        "more": max(0, count - SHOWN), "all": address_of("notifications.index"), "preferences": address_of(PREFERENCES),
    }  # fmt: skip
    return NoticeMail(subject, *rendered("digest", words), stopping(stop))


def _item(one: Subject) -> tuple[str, str, str]:
    """A notice in the list: what it says, what happened, and where."""
    says = told_text(one.case, one.one.notice, one.one.topic, one.one.due_on)
    happened = " ".join(filter(None, (one.happened, one.paper)))
    return says, "" if one.deadline else happened, address(one)
