"""From a letter, which is plain data, to a mail server, and what became of it.

What may pass (a full box, a server that is away) is raised, so that it is tried again later; what
will not pass is a state of the delivery and never an exception. A letter that is sent again after
an accident has the same Message-ID.
"""

from __future__ import annotations

import hmac
import re
import smtplib
import ssl
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime as mail_date
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.engine import clock
from workflow_app.models import Mail, Person
from workflow_app.people import reachable

PATIENCE = 20
"""Seconds to wait for an answer of the mail server."""
PORTS = {"smtp": 25, "smtps": 465}
PERMANENT = 500
"""From this SMTP code on the server says that it will never take the mail (RFC 5321, 4.2.1)."""
LONGEST_SUBJECT = 150
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what comes after them, also of what is not theirs."""

STATUS = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
REASONS = {"1": "unknown", "2.1": "disabled", "2.2": "full", "2.3": "content", "3.4": "content", "7": "policy"}
CODES = {550: "unknown", 551: "unknown", 553: "unknown", 552: "full", 554: "policy"}


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
    """Send a letter, or keep it where there is no mail server. Raises SMTPException and OSError where
    it should be tried again."""
    server = current_app.config["SMTP"]
    if not server or letter.to_keep:
        return Posted(letter, "kept")
    try:
        message = _message(letter)
    except (ValueError, IndexError, MessageError):  # what the mail library says to what is no address
        return Posted(letter, "failed", "address")
    return Posted(letter, *_hand_over(server, message))


def write_down(connection: Connection, row: Any, _today: date, posted: Posted | None) -> None:
    """That a mail was written, and to whom; its text only where no server has taken it. An address
    that the server does not know gets no more notices until it is confirmed again."""
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


def one_line(text: str, most: int = 200) -> str:
    """A text as it may stand in the head of a mail: no line breaks, nothing that turns what is written
    around it, and not endless."""
    kept = ("" if TURNING.match(c) else " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


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


def reason_of(status: str) -> str | None:
    """The class of an enhanced status code such as 5.1.1 (RFC 3463); None where there is none in it."""
    found = STATUS.search(status)
    if found is None:
        return None
    subject, detail = found.groups()
    return REASONS.get(f"{int(subject)}.{int(detail)}") or REASONS.get(str(int(subject)), "other")


# ------------------------------------------------------------------------------ the mail server


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(OneLine())
    message["Subject"] = letter.subject
    message["From"] = Address(f"Teilhabe {town()}", addr_spec=current_app.config["SENDER"])
    message["To"] = Address(letter.name, addr_spec=letter.email)
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


class OneLine(EmailPolicy):
    """How a mail is written down: as the standard says, but addresses in the head are never cut. The
    library would write a long one in a code that no mail program reads there."""

    ADDRESSES = frozenset({"list-unsubscribe", "message-id", "in-reply-to", "references"})

    def fold(self, name: str, value: str) -> str:
        if name.lower() in self.ADDRESSES:
            return f"{name}: {value}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in self.ADDRESSES:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


def _hand_over(server: str, message: EmailMessage) -> tuple[str, str | None]:
    """Hand a message to the mail server: state and reason."""
    smtp = _connected(server)
    try:
        smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        if code < PERMANENT:
            raise
        return "refused", reason_of(said.decode("ascii", "replace")) or CODES.get(code, "other")
    except smtplib.SMTPDataError as error:
        if error.smtp_code < PERMANENT:
            raise
        return "failed", "content"
    except smtplib.SMTPNotSupportedError:  # an address in letters that this server does not know
        return "failed", "address"
    finally:
        # Once the server has taken the mail, a rude goodbye must not make us send it again.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()
    return "sent", None


def _connected(server: str) -> smtplib.SMTP:
    """A line to the mail server, encrypted where it can be; a password only over such a line."""
    where = urlsplit(server)
    encrypted = where.scheme == "smtps"
    kind = smtplib.SMTP_SSL if encrypted else smtplib.SMTP
    smtp = kind(where.hostname or "localhost", where.port or PORTS[where.scheme], timeout=PATIENCE)
    try:
        smtp.ehlo()
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            encrypted = True
        if where.username:
            if not encrypted:
                raise smtplib.SMTPNotSupportedError("no password over a connection that is not encrypted")
            smtp.login(unquote(where.username), unquote(where.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp
