"""From a letter, which is plain data, to a mail server, and what became of it.

What may pass (a full box, a server that is away) is raised, so that it is tried again later; what
will not pass is a state of the delivery and never an exception. A letter that is sent again after
an accident has the same Message-ID.
"""

from __future__ import annotations

import hmac
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime as mail_date
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import Mail, Person
from workflow_app.operation import mail_server
from workflow_app.people import reachable

from .heads import OneLine, one_line
from .refusals import ABOUT_US, PERMANENT, SENDER, Unwanted, are_ours, judge, reason_said

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it will be read. `to_keep`: its receiver is invented, so it never leaves this house."""

    person: int
    name: str
    email: str
    language: str
    subject: str
    body: str
    message_id: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    to_keep: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter and what became of it: ``kept``, ``sent``, ``refused`` or ``failed``, the last two with
    the class of the reason."""

    letter: Letter
    state: str
    reason: str | None = None


def post(letter: Letter) -> Posted:
    """Send a letter, or keep it where there is no mail server. Raises SMTPException and OSError where it
    should be tried again, also where this server refuses nearly everything."""
    server = current_app.config["SMTP"]
    if not server or letter.to_keep:
        return Posted(letter, "kept")
    sender = Address(f"Teilhabe {town()}", addr_spec=current_app.config["SENDER"])
    try:
        message = _message(letter, sender)
    except (ValueError, IndexError, MessageError):  # what the mail library says to what is no address
        return Posted(letter, "failed", "address")
    posted = Posted(letter, *_hand_over(server, message))
    if posted.reason in ABOUT_US:
        with db.engine.connect() as connection:
            if are_ours(connection):
                raise Unwanted
    return posted


def write_down(connection: Connection, row: Any, _today: date, posted: Posted | None) -> None:
    """That a mail was written, and to whom; its text only where no server has taken it. An address
    that the server does not know gets no more notices until it is confirmed again; where it refuses nearly
    everything, people are told."""
    if posted is None:
        return
    letter, now, keeps = posted.letter, clock.now(), posted.state == "kept"
    connection.execute(
        insert(Mail).values(
            outbox_id=row.id, person_id=letter.person, email=letter.email[:254], subject=letter.subject,
            body=letter.body if keeps else None, html=(letter.html or None) if keeps else None,
            message_id=letter.message_id, state=posted.state, reason=posted.reason,
            created_at=now, sent_at=now if posted.state == "sent" else None,
        )
    )  # fmt: skip
    if not keeps:
        judge(connection, posted.reason)
    if posted.reason in reachable.FOR_GOOD:
        with Session(connection) as session:
            reachable.refuses(people.current().within(session), letter.person, letter.email)
            session.flush()


# ------------------------------------------------------------------------------- plain data


def letter(
    row: Any, person: Person, subject: str, body: str, *,
    email: str = "", html: str = "", headers: Mapping[str, str] | None = None,
) -> Letter:  # fmt: skip
    """A letter to somebody for a message of the outbox; to another address than theirs if one is given."""
    return Letter(
        person.id, one_line(person.name), email or person.email, person.language, one_line(subject, LONGEST_SUBJECT),
        body, stable_id(row.dedupe_key), html, headers or {}, person.example,
    )  # fmt: skip


def stable_id(key: str) -> str:
    """A Message-ID that is always the same for a key, and that nobody else could have guessed: whoever
    knows it may report that the mail came back."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    site = urlsplit(current_app.config["ADDRESS"]).hostname or "localhost"
    return f"<{hmac.digest(secret, f'message:{key}'.encode(), 'sha256').hex()[:32]}@{site}>"


def address_of(endpoint: str, **values: str | int) -> str:
    """The full address of a page, also where there is no request to learn it from."""
    site = urlsplit(current_app.config["ADDRESS"])
    pages = current_app.url_map.bind(site.netloc, site.path or "/", url_scheme=site.scheme)
    return pages.build(endpoint, values, force_external=True)


def town() -> str:
    """The name of the municipality."""
    return str(current_app.config["MUNICIPALITY"])


# ------------------------------------------------------------------------------ the mail server


def _message(letter: Letter, sender: Address) -> EmailMessage:
    message = EmailMessage(OneLine())
    message["Subject"] = letter.subject
    message["From"] = sender
    message["To"] = Address(letter.name, addr_spec=letter.email)
    if answers := current_app.config["REPLY_TO"]:
        message["Reply-To"] = Address(addr_spec=answers)
    message["Date"] = mail_date(clock.now())
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.body)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # setting the content takes away what was said of it
    return message


def _hand_over(server: str, message: EmailMessage) -> tuple[str, str | None]:
    """Hand a message to the mail server: state and reason. That our own address is not taken is no state of
    one delivery, however the server says it."""
    smtp = mail_server.connected(server)
    try:
        smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        reason = reason_said(code, said)
        if code < PERMANENT or reason == SENDER:
            raise
        return "refused", reason
    except smtplib.SMTPDataError as error:
        reason = reason_said(error.smtp_code, error.smtp_error, "content")
        if error.smtp_code < PERMANENT or reason == SENDER:
            raise
        return ("failed" if reason == "content" else "refused"), reason
    except smtplib.SMTPNotSupportedError:  # an address in letters that this server does not know
        return "failed", "address"
    finally:
        # Once the server has taken the mail, a rude goodbye must not make us send it again.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()
    return "sent", None
