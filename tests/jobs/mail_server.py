"""A real SMTP server for tests. What it is told to refuse stands in the local part of an address."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

REFUSED = {
    "nobody": "550 5.1.1 <nobody@example.org> unknown", "closed": "550 5.2.1 closed", "filled": "552 5.2.2 full",
    "fenced": "550 5.7.1 not from you",
}  # fmt: skip
CERTIFICATE = Path(__file__).with_name("localhost.pem")


@dataclass
class Letterbox:
    """The mails that arrived, who signed in to send them, and whether the line was encrypted."""

    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    goodbye: str = "221 Bye"
    asked: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    refuses: str = ""
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse for good whom nobody knows, for now whose box is full, once whom we have not seen yet, and
        everybody as long as it `refuses`."""
        if self.refuses:
            return self.refuses
        if said := REFUSED.get(address.partition("@")[0]):
            return said
        if address.startswith("grey") and address not in self.asked:
            self.asked.append(address)
            return "451 4.7.1 please try again later"
        if address.startswith("unknown"):
            return "550 no such person"
        if address.startswith("full"):
            return "452 the box is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.goodbye

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.meanwhile()
        if b"unwanted words" in (envelope.original_content or b""):
            return "554 5.6.0 we do not like this"
        self.raw.append(envelope.original_content or b"")
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self.mails.append(message)
        self.receivers += envelope.rcpt_tos
        line = server.transport
        self.encrypted.append(line is not None and line.get_extra_info("ssl_object") is not None)
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Let everybody in, and remember who it was."""
        assert isinstance(data, LoginPassword)
        self.signed_in.append(f"{data.login.decode()}:{data.password.decode()}")
        return AuthResult(success=True)


class _Server(Controller):
    """One that takes any free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(*, encrypts: bool = False, at_once: bool = False) -> Iterator[Letterbox]:
    """A server on this machine that wants everybody to sign in over STARTTLS, or `at_once` over a line that is
    encrypted from its beginning; or has no STARTTLS and would take a password over an open line."""
    box = Letterbox()
    more: dict[str, Any] = {"authenticator": box.authenticate, "auth_require_tls": False}
    if encrypts:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        if at_once:
            more |= {"ssl_context": context}
        else:
            more |= {"tls_context": context, "auth_require_tls": True, "auth_required": True}
    server = _Server(box, hostname="127.0.0.1", port=0, ready_timeout=60, **more)
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()
