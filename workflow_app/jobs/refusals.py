"""What a mail server says when it does not take a mail, and whether that is about its receiver or about us.

A town whose own address or machine is not wanted is refused with the same codes as somebody who does not
exist. Nobody may be cut off from mails for that, and no mail may be lost: when most of what we send is
refused, what comes after it waits as for a server that is away, and people are told.
"""

from __future__ import annotations

import re
import smtplib

from sqlalchemy import Connection, select

from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import Mail

PERMANENT = 500
"""From this SMTP code on the server says that it will never take the mail (RFC 5321, 4.2.1)."""
SENDER = "sender"
"""The reason that it is our own address which the server does not take."""
STATUS = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})\b")
"""An enhanced status code stands at the beginning; further on there may be the address of a machine."""
REASONS = {
    "1.1": "unknown", "1.2": "unknown", "1.3": "unknown", "1.6": "unknown", "1.10": "unknown",
    "1.7": SENDER, "1.8": SENDER, "2.1": "disabled", "2.2": "full", "2.3": "content", "3.4": "content",
    "6": "content", "7": "policy",
}  # fmt: skip
CODES = {552: "full", 554: "policy"}
"""What can be told from an SMTP code alone. That of an unknown receiver also means that we are not wanted."""
ABOUT_US = frozenset({SENDER, "policy", "content", "other"})
NEWEST, MANY = 10, 5
"""So many of the newest mails are looked at; when so many of them are refused for what may be our fault, it is."""
SUBJECT = "mails:refused"
"""What the incident is about."""


class Unwanted(smtplib.SMTPException):
    """The server refuses most of what we send, so this mail waits until somebody has put that right."""


def reason_of(status: str) -> str | None:
    """The class of an enhanced status code such as 5.1.1 (RFC 3463, RFC 7505) at the beginning of what a server
    says; None where there is none."""
    found = STATUS.match(status)
    if found is None:
        return None
    subject, detail = (int(part) for part in found.groups())
    return REASONS.get(f"{subject}.{detail}") or REASONS.get(str(subject), "other")


def reason_said(code: int, said: bytes | str, usual: str = "other") -> str:
    """The class of the reason in an answer: by its enhanced status code, else by its code."""
    words = said if isinstance(said, str) else said.decode("ascii", "replace")
    return reason_of(words) or CODES.get(code, usual)


def are_ours(connection: Connection) -> bool:
    """Whether so many of the newest mails were refused that it can hardly be their receivers."""
    tried = select(Mail.state, Mail.reason).where(Mail.state != "kept").order_by(Mail.id.desc()).limit(NEWEST)
    return sum(reason in ABOUT_US for _state, reason in connection.execute(tried)) >= MANY


def judge(connection: Connection, reason: str | None) -> None:
    """Tell people when it is our fault that mails are refused, and take that back when they are not any more."""
    if are_ours(connection):
        report(connection, [Trouble("setting", SUBJECT, reason or "other")] if reason else [])
    else:
        solved(connection, [SUBJECT])
