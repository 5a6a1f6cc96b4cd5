"""A mail server that takes everything and counts what came by its Message-ID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Letterbox:
    """How often each mail came; `url` is the server as the application's setting names it."""

    came: Counter[str] = field(default_factory=Counter)
    url: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.original_content or b"")
        self.came[str(message["Message-ID"])] += 1
        return "250 OK"


class _Server(Controller):
    """One that takes any free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """A server on this machine."""
    box = Letterbox()
    server = _Server(box, hostname="127.0.0.1", port=0, ready_timeout=60)
    server.start()
    box.url = f"smtp://127.0.0.1:{server.port}"
    try:
        yield box
    finally:
        server.stop()
