"""Mails about cases: what happened, by when, what to do now, and a link; in the receiver's language.

Everything is looked at again at the moment of sending: what may not be seen (any more), was read on the
site in the meantime, is not wanted (any more) or does not matter any more is not mailed. It stays on the
site all the same. No more is said than the page of the case would say to this reader, and of what was
written in it nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.engine import clock, reaching
from workflow_app.extensions import db
from workflow_app.models import Mail, Notification, Person
from workflow_app.people import unsubscribe
from workflow_app.wording.naming import process_label, step_label, told_text
from workflow_app.wording.words import day

from .heads import one_line
from .notices import COMES_AS
from .post import Letter, Posted, address_of, letter, post, stable_id, write_down
from .subjects import Subject, language_of, subject_of

PREFERENCES = "notifications.preferences"
LONGEST_LINE = 2_000
"""Characters; no title, sentence or address is as long as this."""


class NotificationGone(LookupError):
    """What a mail is to tell is not there any more, so nobody can know what it was: people must decide. It stays
    as long as a mail about it does, unless that waits for longer than notifications are kept."""


@dataclass(frozen=True, slots=True)
class NoticeMail:
    """A mail as plain data: the same words as text and as HTML, and what its head says besides."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one notification: a mail, or another way on; `later` when it may leave."""

    id: int
    way: str
    posted: Posted | None = None
    later: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that is to be sent for a notification."""

    id: int
    letter: Letter


def send(row: Any) -> Settled | None:
    """The mail of one notification, at the mail server; what that one refuses stays on the site. None
    where there is nothing left to tell. Raises NotificationGone where nobody knows what there was."""
    with Session(db.engine) as session:
        found = _ready(session, row)
    if not isinstance(found, Ready):
        return found
    posted = post(found.letter)
    return Settled(found.id, "mail" if posted.state in ("kept", "sent") else "site", posted)


def _ready(session: Session, row: Any) -> Ready | Settled | None:
    if session.scalar(select(Mail.id).where(Mail.outbox_id == row.id)):
        return None  # delivered already; somebody has put the message back
    found = subject_of(session, row.payload["outbox"], row.payload["person"])
    if found is None:
        raise NotificationGone
    if found.one.mailed_at is not None:
        return None
    one, wishes = found.one, found.wishes
    way = COMES_AS[wishes.way_of(one.topic)] if found.matters else "site"
    if way != "mail":
        return Settled(one.id, way)
    may_leave = wishes.not_before(clock.now(), people.current().calendar)
    if may_leave > clock.now():  # a mail that had to wait for the mail server until late
        return Settled(one.id, way, later=may_leave)
    with force_locale(language_of(found.person)):
        mail = WRITTEN[one.topic](found)
        # With its moment, because a database brought back from a backup gives the same ids again.
        key = f"notice_mail:{one.outbox_id}:{one.person_id}:{one.created_at.isoformat()}"
        sent = letter(row, found.person, mail.subject, mail.text, html=mail.html, headers=mail.headers)
        return Ready(one.id, replace(sent, message_id=stable_id(key)))


def settle(connection: Connection, row: Any, today: date, settled: Settled | None) -> datetime | None:
    """Write down the delivery, and how the notification goes on; until when (UTC) the mail is to wait, if it is."""
    if settled is None:
        return None
    write_down(connection, row, today, settled.posted)
    mailed = clock.now() if settled.posted and settled.way == "mail" else None
    mine = Notification.id == settled.id
    connection.execute(update(Notification).where(mine).values(way=settled.way, mailed_at=mailed))
    return settled.later


# ------------------------------------------------------------------ one function per notice


def news(about: Subject) -> NoticeMail:
    """Something happened in a case that the reader takes part in, or follows."""
    return _written(about, [about.happened, about.paper], [_("You need not do anything.")])


def waiting(about: Subject) -> NoticeMail:
    """Something happened, and the case waits for the reader now."""
    return _written(about, [about.happened], _tasks(about) or [_("You need not do anything any more.")])


def near(about: Subject) -> NoticeMail:
    """A deadline is near."""
    until = _("“%(deadline)s” must have happened by %(day)s.", deadline=about.deadline, day=day(about.one.due_on))
    return _written(about, [until], _tasks(about))


def over(about: Subject) -> NoticeMail:
    """A deadline is over."""
    ended = _("“%(deadline)s” should have happened by %(day)s.", deadline=about.deadline, day=day(about.one.due_on))
    return _written(about, [ended], _tasks(about))


WRITTEN: dict[str, Callable[[Subject], NoticeMail]] = {
    reaching.NEWS: news, reaching.FOLLOWED: news, reaching.WAITING: waiting, reaching.DEADLINE: near,
    reaching.OVERDUE: over,
}  # fmt: skip


def _tasks(about: Subject) -> list[str]:
    """What the reader is to do now, each with its day if there is one."""
    return [
        _("This waits for you until %(day)s: %(step)s", day=day(due_on), step=step_label(about.case, step))
        if due_on else _("This waits for you: %(step)s", step=step_label(about.case, step))
        for step, due_on in about.tasks
    ]  # fmt: skip


def _why(about: Subject) -> str:
    if about.represents:
        return _("You get this because you stand in for %(member)s.", member=about.represents)
    if about.one.topic == reaching.FOLLOWED:
        return _("You get this because you follow this case.")
    return _("You get this because you take part in this case.")


def _stops(about: Subject) -> list[tuple[str, str]]:
    """What can be stopped with one click, the most likely first: label and address. The first one is
    also what the button of a mail program stops."""
    if about.one.topic not in reaching.OPTIONAL:
        return [(_("No more mails about cases"), stop_address(about.person, unsubscribe.ALL))]
    kind = {
        reaching.NEWS: _("No more mails about what happens"),
        reaching.DEADLINE: _("No more mails about near deadlines"),
        reaching.FOLLOWED: _("No more mails about cases that you follow"),
    }[about.one.topic]  # fmt: skip
    return [
        (kind, stop_address(about.person, f"topic:{about.one.topic}")),
        (_("No more news of this case"), stop_address(about.person, f"case:{about.case.id}")),
    ]


def _written(about: Subject, told: Sequence[str], tasks: Sequence[str]) -> NoticeMail:
    stops = _stops(about)
    subject = told_text(about.case, about.one.notice, about.one.topic, about.one.due_on)
    words = {
        "name": about.person.name, "language": language_of(about.person), "subject": subject,
        "title": about.case.title, "number": about.case.number, "process": process_label(about.case),
        "told": [line for line in told if line], "tasks": tasks, "why": _why(about), "stops": stops,
        "url": address(about), "opens": _("Open the document") if about.document else _("Open the case"),
        "preferences": address_of(PREFERENCES),
    }  # fmt: skip
    text, html = rendered(about.template, words)
    thread = stable_id(f"case:{about.case.id}")
    headers = {"In-Reply-To": thread, "References": thread, **stopping(stops[0][1])}
    return NoticeMail(subject, text, html, headers)


def address(about: Subject) -> str:
    """Where to read what a mail is about."""
    if about.document:
        return address_of("documents.show", document_id=about.document.id)
    return address_of("cases.show", case_id=about.case.id)


def rendered(template: str, words: Mapping[str, Any]) -> tuple[str, str]:
    """The same words as text and as HTML, each of them in one line: what somebody has called a case, a group
    or themselves, in whatever way that was written, is no paragraph of an official mail."""
    words = {name: _in_one_line(word) for name, word in words.items()}
    text = render_template(f"mail/{template}.txt", **words)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", render_template(f"mail/{template}.html", **words)


def _in_one_line(word: Any) -> Any:
    if isinstance(word, str):
        return one_line(word, LONGEST_LINE)
    return [_in_one_line(one) for one in word] if isinstance(word, list | tuple) else word


def stop_address(person: Person, what: str) -> str:
    """Where somebody stops mails without signing in."""
    token = unsubscribe.token(current_app.config["SECRET_KEY"], person.id, what)
    return address_of("notifications.stop", token=token)


def stopping(address: str) -> dict[str, str]:
    """What lets mail programs show a button that stops mails (RFC 2369 and RFC 8058)."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
