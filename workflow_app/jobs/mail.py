"""Mails about accounts: written in the language of whoever gets them.

If such a mail is sent again after an accident, the link in the earlier one does not work any more.
Nobody can unsubscribe from them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.people import feeds, forgotten, links, reachable

from . import post as posting
from .heads import one_line
from .post import Posted, address_of, letter, post, town

__all__ = ["address_of", "begin_reset", "send_link", "send_notice", "write_down"]


def send_link(row: Any) -> Posted | None:
    """The mail with a link; None where it is not wanted any more."""
    with people.current().writing() as tx:
        ready = links.ready(tx, row.payload["link"])
    if ready is None:
        return None
    person, link = ready.link.person, ready.link
    with force_locale(person.language):
        subjects = {
            links.INVITE: _("Your invitation to Teilhabe %(town)s", town=town()),
            links.RESET: _("Your new password for Teilhabe %(town)s", town=town()),
            links.MAIL: _("Please confirm your new mail address"),
        }
        until = format_datetime(link.ends_at, "d. MMMM y, HH:mm" if person.language == "de" else "d MMMM y, HH:mm")
        url = address_of("links.show", secret=ready.secret)
        name = one_line(person.name)
        body = render_template(f"mail/{link.purpose}.txt", name=name, town=town(), url=url, until=until)
        return post(letter(row, person, subjects[link.purpose], body, email=ready.email))


def write_down(connection: Connection, row: Any, today: date, posted: Posted | None) -> None:
    """That a mail was written, and what became of the link in it."""
    posting.write_down(connection, row, today, posted)
    if posted and "link" in row.payload:
        with Session(connection) as session:
            tx = people.current().within(session)
            reachable.link_was_mailed(tx, row.payload["link"], posted.letter.email, posted.reason)
            session.flush()


def send_notice(row: Any) -> Posted:
    """A word to somebody about their own account, in case it was not them."""
    with people.current().writing() as tx:
        person = tx.person(row.payload["person"])
        has_calendar = feeds.since(tx.session, person.id) is not None
    with force_locale(person.language):
        subjects = {
            "password_changed": _("Your password was changed"),
            "email_asked": _("Your mail address shall be changed"),
        }
        notice = row.payload["notice"]
        pages = {"url": address_of("links.forgotten"), "calendar": address_of("calendars.mine") if has_calendar else ""}
        body = render_template(f"mail/{notice}.txt", name=one_line(person.name), town=town(), **pages)
        return post(letter(row, person, subjects[notice], body))


def begin_reset(connection: Connection, row: Any, _today: date, _done: None) -> None:
    """A forgotten password: the link and the mail, if the address has an account."""
    if row.payload["person"] is None:
        return
    with Session(connection) as session:
        forgotten.reset(people.current().within(session), row.payload["person"])
        session.flush()
