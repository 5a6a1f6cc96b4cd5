"""What kinds of messages there are, and what is done about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from workflow_app.operation import mail_server

from . import digests, mail, notice_mail, notices, renaming

SMALL_TALK = 5 * mail_server.PATIENCE
"""Seconds for everything that is said to a mail server before it has a mail."""


Effect = Callable[[Connection, Any, date, Any], datetime | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of message is carried out. `effect` writes, in the transaction that settles the
    message, and so happens exactly once; where it gives a moment (UTC), it may not happen yet, and the message
    waits until then instead of being settled. `before` it, and without a transaction that others would
    have to wait for, something may be done outside, such as talking to a mail server; that happens
    at least once, and what it gives is handed to the effect.

    `together` is how many of them one job may carry, `seconds` how long the effect of each may take, and
    `outside` what is done before it.
    """

    effect: Effect
    before: Callable[[Any], Any] | None = None
    together: int = 100
    seconds: int = 60
    outside: int = 60

    @property
    def longest(self) -> int:
        """Seconds that one message may take."""
        return self.seconds + (self.outside if self.before else 0)


def _mail(effect: Effect, before: Callable[[Any], Any]) -> Kind:
    """Talking to a mail server takes a while, so a few are carried together, and other workers help. All
    kinds that do so travel in the queue of the mails: `MAILED` in models/following.py."""
    return Kind(effect, before, together=5, outside=mail_server.LONGEST + SMALL_TALK)


KINDS = {
    "notice": Kind(notices.fan_out),
    "notice_mail": _mail(notice_mail.settle, notice_mail.send),
    "digest": _mail(digests.settle, digests.send),
    "account_link": _mail(mail.write_down, mail.send_link),
    "account_notice": _mail(mail.write_down, mail.send_notice),
    "password_reset": Kind(mail.begin_reset),
    "renamed": Kind(renaming.go_on, renaming.rename),
}
"""What can stand in the outbox. A row of a kind that is not known here (yet, or any more) fails like
any other, and becomes an incident."""
