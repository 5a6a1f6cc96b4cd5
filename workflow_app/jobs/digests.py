"""Collected mails: once a day or a week, what somebody has not read and got no mail about.

The clock opens one message per person and period, under a key that no second clock can use again. After
a standstill only the last period that was missed is opened, and its mail tells everything. While one of a
person is not through, no other is opened: what is new comes with it, and one that was given up is tried again
when the next would be due. Should there be two all the same, one waits until the other has been sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import force_locale, ngettext
from sqlalchemy import Connection, exists, func, select, update
from sqlalchemy.orm import Session

from workflow_app import people, queries
from workflow_app.engine import clock, reaching
from workflow_app.extensions import db
from workflow_app.models import Incident, Notification, OutboxMessage, Person
from workflow_app.models.following import MAIL_TRIES, MAILS, NOT_THROUGH
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
BEGUN = "begun"
"""In the payload of a collected mail the ticket under which somebody has begun to write and send it."""
A_WHILE = timedelta(minutes=1)
"""How long a collected mail waits for another one to the same person."""
_MESSAGE = (
    OutboxMessage.id, OutboxMessage.payload, OutboxMessage.state, OutboxMessage.ticket, OutboxMessage.run_at,
)  # fmt: skip
REACHABLE = Person.locked.is_(False), Person.email_refused_at.is_(None)


def open_due() -> int:
    """Open the collected mails whose time has come, or have those tried again that were given up; returns for
    how many people."""
    query = (
        select(Notification.person_id, func.min(Notification.created_at))
        .join(Person, Person.id == Notification.person_id)
        .where(*WAITING, *REACHABLE)
        .group_by(Notification.person_id)
        .order_by(Notification.person_id)
    )
    with db.engine.connect() as connection:
        waiting = [(person, since) for person, since in connection.execute(query)]
        undone = _undone(connection) if waiting else {}
    return sum(_open(dict(waiting[start : start + AT_ONCE]), undone) for start in range(0, len(waiting), AT_ONCE))


def _undone(connection: Connection) -> dict[int, Any]:
    """By person the collected mail that is not through: it waits, is on its way, or was given up and nobody has
    let it be. Of several one that goes on by itself."""
    let_be = exists().where(Incident.outbox_id == OutboxMessage.id, Incident.state == "discarded")
    mine = OutboxMessage.state.in_(NOT_THROUGH), OutboxMessage.queue == MAILS, OutboxMessage.kind == "digest"
    found = connection.execute(select(*_MESSAGE).where(*mine, ~let_be)).all()
    return {row.payload["person"]: row for row in sorted(found, key=lambda row: (row.state != "dead", row.id))}


def _open(since: Mapping[int, Any], undone: Mapping[int, Any]) -> int:
    """The messages for some people whose oldest notice waits since then."""
    now, calendar = clock.now(), people.current().calendar
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        wishes = queries.wishes_of(connection, since, calendar.local_date(now))
        zones.point_out_unknown(connection, wishes)
        rows, revived = [], 0
        for person, first in since.items():
            moment, message = wishes[person].last_digest(now, calendar), undone.get(person)
            if first >= moment:
                continue
            run_at = wishes[person].not_before(now, calendar)
            if message is None:
                period = wishes[person].calendar(calendar).local_date(moment)
                rows.append(
                    {
                        "kind": "digest", "payload": {"person": person}, "dedupe_key": f"digest:{person}:{period}",
                        "run_at": run_at, "max_attempts": MAIL_TRIES,
                    }
                )  # fmt: skip
            elif message.state == "dead" and message.run_at < moment:
                revived += _tried_again(connection, message, run_at)
        return write_once(connection, rows) + revived


def _tried_again(connection: Connection, message: Any, run_at: datetime) -> int:
    """One that was given up has all its attempts again, as if somebody had asked for it; its incident stays until
    it goes well."""
    mine = OutboxMessage.id == message.id, OutboxMessage.ticket == message.ticket, OutboxMessage.state == "dead"
    fresh = {"state": "pending", "attempt": 0, "run_at": run_at, "lease_until": None, "ticket": message.ticket + 1}
    return connection.execute(update(OutboxMessage).where(*mine).values(**fresh)).rowcount


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
    if not _begins(row):
        return Collected((), (), None, later=clock.now() + A_WHILE)
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


def _begins(row: Any) -> bool:
    """Whether this collected mail may be written now, because no other one to the same person is at it: what that
    one tells is not written down before it is sent. Of all that ask, the database lets one ask at a time."""
    person = row.payload["person"]
    others = select(OutboxMessage.payload, OutboxMessage.ticket).where(
        OutboxMessage.state == "running", OutboxMessage.queue == MAILS,
        OutboxMessage.kind == "digest", OutboxMessage.id != row.id,
    )  # fmt: skip
    this = OutboxMessage.id == row.id, OutboxMessage.ticket == row.ticket
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        connection.execute(select(Person.id).where(Person.id == person).with_for_update(key_share=True))
        for payload, ticket in connection.execute(others):
            if payload["person"] == person and payload.get(BEGUN) == ticket:
                return False
        connection.execute(update(OutboxMessage).where(*this).values(payload=row.payload | {BEGUN: row.ticket}))
    return True


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
