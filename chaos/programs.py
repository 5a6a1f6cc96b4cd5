"""A process under a fault, and the clock it looks at."""

from __future__ import annotations

import contextlib
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path

from supervisor.children import Child, of_session
from workflow_app.engine import clock

from .servers import is_linux


class Program(Child):
    """A process of the application with everything it starts itself: it can be killed, frozen and thawed."""

    @property
    def pid(self) -> int:
        """Its process id; that of its session too."""
        assert self.process is not None
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def freeze(self) -> None:
        """SIGSTOP: it stands still, and keeps all locks and connections."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if nothing had been."""
        os.killpg(self.pid, signal.SIGCONT)

    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return is_linux() and _state(self.pid) == "T"

    def strike(self) -> None:
        """kill -9 of the process itself, and of nothing that it has started, as when this really happens."""
        os.kill(self.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def family(self) -> list[int]:
        """The process itself and all that it has started."""
        return of_session(self.pid) if is_linux() else [self.pid]


def _state(pid: int) -> str:
    """One letter of Linux: R, S, T (stopped), Z (dead and not yet waited for) …"""
    return _stat(pid)[0]


def _stat(pid: int) -> list[str]:
    """What Linux says of a process after its name: state, parent …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children_of(parent: int) -> list[int]:
    """The processes that one has started and that live (Linux)."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if int(_stat(int(path.name))[1]) == parent:
                    found.append(int(path.name))
    return found


class WrongClock:
    """A clock that the processes of an installation look at, and how wrong it is."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    def set(self, seconds: float) -> None:
        """It is wrong by so many seconds from now on; whole or not at all, because others read it all the time."""
        self.seconds = seconds
        draft = self.file.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.replace(self.file)

    def move(self, seconds: float) -> None:
        """It jumps on, or back."""
        self.set(self.seconds + seconds)

    def now(self) -> datetime:
        """What it says."""
        return clock.now() + timedelta(seconds=self.seconds)
