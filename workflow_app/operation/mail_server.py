"""The line to the mail server: encrypted where it can be, and only to a server that proves who it is."""

from __future__ import annotations

import smtplib
import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

PATIENCE = 20
"""Seconds to wait for any answer of the mail server but the last."""
LONGEST = 600
"""Seconds to wait for the answer to a whole mail. Servers look for viruses and unwanted mails before they say
that they have it, and whoever does not wait for that sends it twice (RFC 5321, 4.5.3.2.6)."""
PORTS = {"smtp": 25, "smtps": 465}


class _Patient(smtplib.SMTP):
    """One that waits longer for the answer to a mail than for any other."""

    def data(self, msg: Any) -> Any:
        self._wait(LONGEST)
        said = super().data(msg)
        self._wait(self.timeout)
        return said

    def _wait(self, seconds: float) -> None:
        if self.sock:
            self.sock.settimeout(seconds)


class _Encrypted(_Patient, smtplib.SMTP_SSL):
    """The same over a line that is encrypted from its beginning."""


def connected(server: str, patience: float = PATIENCE) -> smtplib.SMTP:
    """A line to a mail server by its address (``smtp://user:password@host:port`` or ``smtps``). A password goes
    only over one that is encrypted. Raises OSError, also where a certificate proves nothing, SMTPException, and
    ValueError for what is no such address."""
    where = urlsplit(server)
    if where.scheme not in PORTS:
        raise ValueError("neither smtp nor smtps")
    host, port = where.hostname or "localhost", where.port or PORTS[where.scheme]
    proof = ssl.create_default_context()
    if where.scheme == "smtps":
        smtp: smtplib.SMTP = _Encrypted(host, port, timeout=patience, context=proof)
    else:
        smtp = _Patient(host, port, timeout=patience)
    try:
        smtp.ehlo_or_helo_if_needed()
        if not is_encrypted(smtp) and smtp.has_extn("starttls"):
            smtp.starttls(context=proof)
        if where.username:
            if not is_encrypted(smtp):
                raise smtplib.SMTPNotSupportedError("no password over a connection that is not encrypted")
            smtp.login(unquote(where.username), unquote(where.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


def is_encrypted(smtp: smtplib.SMTP) -> bool:
    """Whether nobody on the way can read what is said on this line."""
    return isinstance(smtp.sock, ssl.SSLSocket)
