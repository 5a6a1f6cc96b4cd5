"""Mails that come back: a report of a mail server (RFC 3464) becomes the state of the delivery it names.

A report is believed if it carries the Message-ID of a mail that we sent; nobody but its receiver and the
servers on the way can know that one. What is only late, or was sent by somebody else, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app import people
from workflow_app.models import Mail, OutboxMessage
from workflow_app.people import reachable

from .refusals import reason_of

LARGEST = 1024 * 1024
"""More of a report is not read (bytes)."""


class NoReport(Exception):
    """What was given is no report about a mail; the message says why."""


def bounced(raw: bytes) -> str | None:
    """Write down that a mail came back; gives the class of the reason, None where there was nothing to
    write down (the mail is late only, or is not ours). Raises NoReport."""
    report = message_from_bytes(raw[:LARGEST], policy=policy.default)
    statuses, message_id = list(_failed(report)), _original(report)
    if not any(part.get_content_type() == "message/delivery-status" for part in report.walk()):
        raise NoReport("This is no report of a mail server: there is no delivery-status in it.")
    if not statuses or not message_id:
        return None
    return _write_down(message_id, reason_of(statuses[0]) or "other")


def _write_down(message_id: str, reason: str) -> str | None:
    with people.current().writing() as tx:
        found = _mail(tx.session, message_id)
        if found is None or found.state != "sent":
            return None
        found.state, found.reason = "bounced", reason
        if reason in reachable.FOR_GOOD:
            reachable.refuses(tx, found.person_id, found.email)
        message = tx.session.get_one(OutboxMessage, found.outbox_id)
        if "link" in message.payload:
            reachable.link_was_mailed(tx, message.payload["link"], found.email, reason)
        return reason


def _mail(session: Session, message_id: str) -> Mail | None:
    return session.scalar(select(Mail).where(Mail.message_id == message_id).order_by(Mail.id.desc()).limit(1))


def _failed(report: EmailMessage | Message) -> Iterator[str]:
    """The status of every receiver whom the mail did not reach for good."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                told = block if isinstance(block, Message) else Message()
                status = str(told.get("Status", "")).strip()
                if str(told.get("Action", "")).strip().lower() == "failed" and status.startswith("5"):
                    yield status


def _original(report: EmailMessage | Message) -> str:
    """The Message-ID of the mail that the report brings back, or of its head."""
    for part in report.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            head = inner[0] if isinstance(inner, list) and inner else Message()
        elif part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            head = message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.default)
        else:
            continue
        if isinstance(head, Message) and head.get("Message-ID"):
            return str(head["Message-ID"]).strip()
    return ""
