"""A stand-in for PostgreSQL's socket that cuts connections at the worst moment: the commit has arrived and
is done, and its answer never comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

NAME = ".s.PGSQL.5432"
ASKED, DONE = b"COMMIT", b"COMMIT\0"
"""What a commit looks like on its way there, and its answer on the way back (PostgreSQL, CommandComplete)."""
CHUNK = 65536


class Cutter:
    """Passes everything on; of the commits that come by, every n-th is cut."""

    def __init__(self, home: Path, real: Path, every: int) -> None:
        self.home, self.real, self.every = home, real, every
        self.cuts = 0
        self._commits = count(1)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(home / NAME))
        (home / NAME).chmod(0o777)
        self._listener.listen(64)

    def serve(self) -> None:
        """Take connections until the end."""
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def stop(self) -> None:
        """From now on nothing is cut."""
        self.every = 0

    def close(self) -> None:
        """Cut everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            _hang_up(one)

    def _carry(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self.real / NAME))
        except OSError:
            client.close()
            return
        doomed = threading.Event()
        self._open |= {client, server}
        back = threading.Thread(target=self._answers, args=(server, client, doomed), daemon=True)
        back.start()
        while data := _received(client):
            if ASKED in data and self._is_next():
                doomed.set()
            if not _sent(server, data):
                break
        _hang_up(server)
        back.join()
        for one in (client, server):
            self._open.discard(one)
            one.close()

    def _answers(self, server: socket.socket, client: socket.socket, doomed: threading.Event) -> None:
        while data := _received(server):
            if doomed.is_set() and DONE in data:
                with self._lock:
                    self.cuts += 1
                break
            if not _sent(client, data):
                break
        _hang_up(client)

    def _is_next(self) -> bool:
        with self._lock:
            return bool(self.every) and next(self._commits) % self.every == 0


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(CHUNK)
    except OSError:
        return b""


def _sent(one: socket.socket, data: bytes) -> bool:
    try:
        one.sendall(data)
    except OSError:
        return False
    return True


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(home: Path, real: Path, every: int) -> Iterator[Cutter]:
    """A stand-in with its socket in `home` for the server with its socket in `real`."""
    cutter = Cutter(home, real, every)
    thread = threading.Thread(target=cutter.serve, daemon=True)
    thread.start()
    try:
        yield cutter
    finally:
        cutter.close()
        thread.join()
