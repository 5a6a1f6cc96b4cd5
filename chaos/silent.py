"""The mail server accepts connections and then says nothing, while many mails wait and people go on working."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller

from .installation import Installation, installation
from .letterbox import Letterbox
from .looking import faults, notifications, number, rows, unsettled
from .outcome import Outcome, counted
from .scale import Scale
from .storm import send_mails
from .town import CLERK, HEAD
from .waiting import until
from .workers import told

FAULT = "mail_server_silent"
STEP, NOTICE = "finish", "task_done"
AT_ONCE = 60.0
"""Seconds in which people must be told, with the scheduler looking every two. While nobody answers, the mails that
wait take twenty each, hundreds all together: that is how long it would take if anybody waited for them."""


def mail_server_silent(scale: Scale) -> Outcome:
    """People are told at once of what happens on the site; when the server speaks again, every mail goes out.
    The long form has more mails than may be on their way at once."""
    mails, rounds = scale.of((25, 1), (5200, 10))
    with installation(append_only=False) as place, silence() as server:
        letters = send_mails(place.engine, mails)
        more = told(scale, TEILHABE_SMTP=server.box.url)
        place.worker(**more)
        place.mailer(**more)
        place.scheduler(**more)
        until("the mail server is asked", server.is_asked)
        tasks = place.town.tasks(3 * rounds)
        waits = [_told_after(place, tasks[n::rounds]) for n in range(rounds)]
        sent = number(place.engine, "SELECT count(*) FROM mails")
        server.speak()
        recovery = until("every mail is sent", lambda: not unsettled(place.engine), patience=scale.of(60, 900))
        found = {id_: server.box.came[message] for id_, message in _written(place)}
        expected = [*((case, who) for case in tasks for who in (CLERK, HEAD)), *(("mail", id_) for id_ in letters)]
        told_of = notifications(place.engine, (NOTICE,)).elements()
        seen: list[tuple[Any, Any]] = [(case, who) for case, _seq, _notice, who in told_of]
        seen += [("mail", id_) for id_, times in found.items() for _time in range(times)]
        late = [f"somebody was told after {max(waits):.1f} s only"] if max(waits) > AT_ONCE else []
        return counted(
            FAULT, expected, seen, recovery, broken=[*late, *faults(place.engine)],
            notes=[f"{mails} mails waited, {sent} were sent meanwhile; people were told within {max(waits):.1f} s"],
        )  # fmt: skip


def _told_after(place: Installation, tasks: Sequence[int]) -> float:
    """Somebody finishes these tasks; after how many seconds everybody concerned has been told."""
    before = notifications(place.engine, (NOTICE,)).total()
    for case in tasks:
        place.town.cases.act(case, STEP, place.town.member(), {"note": "Done."})
    whole = before + 2 * len(tasks)
    return until("all is told", lambda: notifications(place.engine, (NOTICE,)).total() >= whole)


def _written(place: Installation) -> list[tuple[int, str]]:
    return [(id_, message) for id_, message in rows(place.engine, "SELECT outbox_id, message_id FROM mails")]


@dataclass
class Silent:
    """A server of which there is only the socket, until it is to speak."""

    box: Letterbox
    listener: socket.socket
    speaks: Callable[[], None]

    def is_asked(self) -> bool:
        """Whether somebody waits for a greeting."""
        return bool(select.select([self.listener], [], [], 0)[0])

    def speak(self) -> None:
        """Greet everybody who waits, and take their mails from now on."""
        self.speaks()


class _Server(Controller):
    """One that listens where others wait already."""

    listener: socket.socket

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


@contextmanager
def silence() -> Iterator[Silent]:
    """A server on this machine. The system itself accepts connections for it."""
    box = Letterbox()
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        port = listener.getsockname()[1]
        server = _Server(box, hostname="127.0.0.1", port=port, ready_timeout=60)
        server.listener = listener
        box.url = f"smtp://127.0.0.1:{port}"
        try:
            yield Silent(box, listener, server.start)
        finally:
            server.stop(no_assert=True)
