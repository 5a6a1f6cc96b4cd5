"""Mails about accounts: written in the language of whoever gets them, sent by SMTP or kept.

A mail is plain data first (`Letter`); sending it is the last thing that happens. Without a mail
server it is kept in the database for the administrators. A mail that is sent again after an
accident has the same Message-ID, and the link in the earlier one does not work any more.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime as mail_date
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _
from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.engine import clock
from workflow_app.models import Mail, Person
from workflow_app.people import forgotten, links

PATIENCE = 20
"""Seconds to wait for an answer of the mail server."""
PORTS = {"smtp": 25, "smtps": 465}
PERMANENT = 500
"""From this SMTP code on the server says that it will never take the mail (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it will be read."""

    person: int
    name: str
    email: str
    language: str
    subject: str
    body: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter and what became of it: ``kept``, ``sent`` or ``refused``."""

    letter: Letter
    state: str


def send_link(row: Any) -> Posted | None:
    """The mail with a link; None where it is not wanted any more."""
    with people.current().writing() as tx:
        ready = links.ready(tx, row.payload["link"])
    if ready is None:
        return None
    person, link = ready.link.person, ready.link
    with force_locale(person.language):
        subjects = {
            links.INVITE: _("Your invitation to Teilhabe %(town)s", town=_town()),
            links.RESET: _("Your new password for Teilhabe %(town)s", town=_town()),
            links.MAIL: _("Please confirm your new mail address"),
        }
        until = format_datetime(link.ends_at, "d. MMMM y, HH:mm" if person.language == "de" else "d MMMM y, HH:mm")
        url = address_of("links.show", secret=ready.secret)
        body = render_template(f"mail/{link.purpose}.txt", name=person.name, town=_town(), url=url, until=until)
        return post(_letter(row, person, ready.email, subjects[link.purpose], body))


def send_notice(row: Any) -> Posted:
    """A word to somebody about their own account, in case it was not them."""
    with people.current().writing() as tx:
        person = tx.person(row.payload["person"])
    with force_locale(person.language):
        subjects = {
            "password_changed": _("Your password was changed"),
            "email_asked": _("Your mail address shall be changed"),
        }
        notice = row.payload["notice"]
        url = address_of("links.forgotten")
        body = render_template(f"mail/{notice}.txt", name=person.name, town=_town(), url=url)
        return post(_letter(row, person, person.email, subjects[notice], body))


def begin_reset(connection: Connection, row: Any, _today: date, _done: None) -> None:
    """A forgotten password: the link and the mail, if the address has an account."""
    if row.payload["person"] is None:
        return
    with Session(connection) as session:
        forgotten.reset(people.current().within(session), row.payload["person"])
        session.flush()


def write_down(connection: Connection, row: Any, _today: date, posted: Posted | None) -> None:
    """That a mail was written, and to whom; its text only where no server has taken it."""
    if posted is None:
        return
    letter, now = posted.letter, clock.now()
    connection.execute(
        insert(Mail).values(
            outbox_id=row.id, person_id=letter.person, email=letter.email, subject=letter.subject,
            body=letter.body if posted.state == "kept" else None, message_id=letter.message_id, state=posted.state,
            created_at=now, sent_at=now if posted.state == "sent" else None,
        )
    )  # fmt: skip


def address_of(endpoint: str, **values: str) -> str:
    """The full address of a page, also where there is no request to learn it from."""
    site = urlsplit(current_app.config["ADDRESS"])
    pages = current_app.url_map.bind(site.netloc, site.path or "/", url_scheme=site.scheme)
    return pages.build(endpoint, values, force_external=True)


def _town() -> str:
    return str(current_app.config["MUNICIPALITY"])


def _letter(row: Any, person: Person, email: str, subject: str, body: str) -> Letter:
    site = urlsplit(current_app.config["ADDRESS"]).hostname or "localhost"
    message_id = f"<{sha256(row.dedupe_key.encode()).hexdigest()[:32]}@{site}>"
    return Letter(person.id, person.name, email, person.language, subject, body, message_id)


def post(letter: Letter) -> Posted:
    """Send a letter, or keep it where there is no mail server. Raises SMTPException and OSError where
    it should be tried again."""
    if not current_app.config["SMTP"]:
        return Posted(letter, "kept")
    return Posted(letter, "sent" if _send(current_app.config["SMTP"], _message(letter)) else "refused")


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = Address(f"Teilhabe {_town()}", addr_spec=current_app.config["SENDER"])
    message["To"] = Address(letter.name, addr_spec=letter.email)
    message["Date"] = mail_date(clock.now())
    message["Message-ID"] = letter.message_id
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _send(server: str, message: EmailMessage) -> bool:
    """Hand a message to the mail server; False where it says that there is no such receiver."""
    where = urlsplit(server)
    kind = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
    with kind(where.hostname or "localhost", where.port or PORTS[where.scheme], timeout=PATIENCE) as smtp:
        smtp.ehlo()
        encrypted = where.scheme == "smtps"
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            encrypted = True
        if where.username:
            if not encrypted:
                raise smtplib.SMTPNotSupportedError("no password over a connection that is not encrypted")
            smtp.login(unquote(where.username), unquote(where.password or ""))
        try:
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            if any(code < PERMANENT for code, _text in refused.recipients.values()):
                raise
            return False
    return True
