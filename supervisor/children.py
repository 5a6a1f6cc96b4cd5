"""One supervised program: started in its own session, bound to its parent, stopped with patience."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_LOG = 5_000_000


def bound_to_parent(death_signal: int) -> Callable[[], None]:
    """Return what a child does first: it asks Linux for a signal when its parent dies, even by kill -9."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def first() -> None:
        if libc is not None:
            libc.prctl(1, death_signal, 0, 0, 0)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    return first


def of_session(leader: int) -> list[int]:
    """All processes of the session that this process began; a worker's fork is in it, but in a group of its own."""
    if sys.platform == "linux":
        living = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
    else:
        living = subprocess.run(["ps", "-A", "-o", "pid="], stdout=subprocess.PIPE, text=True).stdout.split()
    found = []
    for pid in map(int, living):
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == leader:
                found.append(pid)
    return found


@dataclass
class Child:
    """A program with its log, its process, and how often it died young."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    death_signal: int = signal.SIGKILL  # what it gets when the supervisor dies
    keep_open: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    born: float = 0
    quick_deaths: int = 0
    again_at: float = 0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it through us, in order."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.keep_open,
                preexec_fn=bound_to_parent(self.death_signal),  # noqa: PLW1509 - we have no threads
            )
        self.born = time.monotonic()

    def exit_code(self) -> int | None:
        """None while it runs, or before it was started."""
        return self.process.poll() if self.process else None

    def kill(self) -> None:
        """Take away what is left of it and of everything it started itself, even what has left its group."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):  # macOS says "permission" of a dead group
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            for pid in of_session(self.process.pid):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)

    def stop(self, patience: float, impatient: Callable[[], bool]) -> None:
        """Ask it to finish; take it away when it does not, or when the person insists."""
        if self.process and self.exit_code() is None:
            self.process.terminate()
            deadline = time.monotonic() + patience
            while self.exit_code() is None and time.monotonic() < deadline and not impatient():
                time.sleep(0.02)
        self.kill()

    def last_words(self, lines: int = 8) -> str:
        """Return the end of its log, for the person at the terminal."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 8000))
            text = log.read().decode(errors="replace")
        return f"The end of {self.log}:\n" + "".join(f"    {x}\n" for x in text.strip().splitlines()[-lines:])
