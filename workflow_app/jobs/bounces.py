"""Mails that come back: a report of a mail server (RFC 3464, for addresses beyond ASCII RFC 6533) becomes the
state of the delivery it names.

A report is believed if it carries the Message-ID of a mail that we sent; nobody but its receiver and the
servers on the way can know that one. What is only late, or was sent by somebody else, changes nothing.

Anybody may pipe anything in, so nothing is read with the parsers of the library for single headers: they
do not take every rubbish.
"""

from __future__ import annotations

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.models import Mail, OutboxMessage
from workflow_app.models.following import MAILS
from workflow_app.people import reachable

from .refusals import reason_of

LARGEST = 1024 * 1024
"""More of a report is not read (bytes)."""
PARTS = 20
"""Nor more parts than these: the status stands before the mail that comes back, and mails may lie within mails."""
STATUSES = ("message/delivery-status", "message/global-delivery-status")
ORIGINALS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")


class NoReport(Exception):
    """What was given is no report about a mail; the message says why."""


class TooEarly(Exception):
    """The report was here before it was written down that the mail had left."""


def bounced(raw: bytes) -> str | None:
    """Write down that a mail came back; gives the class of the reason, None where there was nothing to
    write down (the mail is late only, or is not ours). Raises NoReport, and TooEarly where it should be
    tried again in a moment."""
    status, message_id = read(raw)
    if not status or not message_id:
        return None
    return _write_down(message_id, reason_of(status) or "other")


def read(raw: bytes) -> tuple[str, str]:
    """What a report tells: the status of the first receiver whom the mail did not reach for good, and the
    Message-ID of the mail; each empty where there is none. Raises NoReport."""
    try:
        parts = list(islice(message_from_bytes(raw[:LARGEST]).walk(), PARTS))
        kinds = [part.get_content_type() for part in parts]
        if not set(STATUSES).intersection(kinds):
            raise NoReport("This is no report of a mail server: there is no delivery-status in it.")
        found = list(zip(kinds, parts, strict=True))
        failed = (status for kind, part in found if kind in STATUSES for status in _failed(part))
        named = (_named(part) for kind, part in found if kind in ORIGINALS)
        return next(failed, ""), next(filter(None, named), "")
    except RecursionError:
        raise NoReport("This is no report of a mail server: too many mails lie within each other.") from None


def _write_down(message_id: str, reason: str) -> str | None:
    with people.current().writing() as tx:
        found = _mail(tx.session, message_id)
        if found is None and _may_be_leaving(tx.session):
            raise TooEarly
        if found is None or found.state != "sent":
            return None
        found.state, found.reason = "bounced", reason
        if reason in reachable.FOR_GOOD:
            reachable.refuses(tx, found.person_id, found.email)
        message = tx.session.get(OutboxMessage, found.outbox_id) if found.outbox_id else None
        if message and "link" in message.payload:  # what was sent long ago has lost its message
            reachable.link_was_mailed(tx, message.payload["link"], found.email, reason)
        return reason


def _mail(session: Session, message_id: str) -> Mail | None:
    return session.scalar(select(Mail).where(Mail.message_id == message_id).order_by(Mail.id.desc()).limit(1))


def _may_be_leaving(session: Session) -> bool:
    """Whether some mail is with its server just now."""
    leaving = OutboxMessage.queue == MAILS, OutboxMessage.state == "running"
    return session.scalar(select(OutboxMessage.id).where(*leaving).limit(1)) is not None


def _failed(part: Message) -> Iterator[str]:
    """The status of every receiver whom the mail did not reach for good."""
    for told in _within(message_from_bytes(b"Content-Type: message/delivery-status\n\n" + _content(part))):
        status = str(told.get("Status", "")).strip()
        if str(told.get("Action", "")).strip().lower() == "failed" and status.startswith("5"):
            yield status


def _named(part: Message) -> str:
    """The Message-ID of the mail that a part brings back, or of its head."""
    found = MESSAGE_ID.search(str(message_from_bytes(_content(part)).get("Message-ID", "")))
    return found.group() if found else ""


def _content(part: Message) -> bytes:
    """What a part holds. The library has taken mails apart already, but without decoding them first, as those
    beyond ASCII may need on their way."""
    if not part.is_multipart():
        found = part.get_payload(decode=True)
        return found if isinstance(found, bytes) else b""
    content = b"\n".join(one.as_bytes() for one in _within(part))
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    if encoding == "base64":
        try:
            return b64decode(content)
        except binascii.Error:
            return b""
    return content


def _within(part: Message) -> Iterator[Message]:
    if part.is_multipart():
        yield from (one for one in part.get_payload() if isinstance(one, Message))
