"""The life of one run: start in order, look after the children, stop in the opposite order."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from supervisor.children import ROOT, Child, bound_to_parent
from supervisor.instance import Address, Trouble


@dataclass(frozen=True)
class Commands:
    """What is started, in this order; the tests put small programs here."""

    queue: Sequence[str]  # empty: the person has a Redis of their own
    prepare: Sequence[str]
    web: Sequence[str]
    worker: Sequence[str]
    mailer: Sequence[str]
    scheduler: Sequence[str]


@dataclass(frozen=True)
class Pace:
    """How patient the supervisor is, in seconds."""

    start: float = 60
    stop: float = 10
    quick_death: float = 10  # who lives shorter than this has not really run
    most_quick_deaths: int = 5
    back_off: float = 0.5


class Run:
    """Everything between the checks and the end; whatever happens, nothing is left running."""

    def __init__(self, commands: Commands, told: Mapping[str, str], logs: Path, pace: Pace) -> None:
        self.commands, self.told, self.logs, self.pace = commands, told, logs, pace
        self.children: list[Child] = []
        self.wishes_to_stop = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.hear)

    def hear(self, number: int, frame: object) -> None:
        """Count the wishes to stop: the first is obeyed politely, with the second patience is over."""
        self.wishes_to_stop += 1

    def go(self, address: Address, lock: int) -> None:
        """Start everything, say where it is, and stay until somebody wants to stop."""
        try:
            if self.commands.queue:
                self.start("queue", self.commands.queue, signal.SIGTERM, lock)
                self.wait_until_ready("queue", lambda: answers_ping(self.commands.queue))
            welcome = self.prepare()
            if not self.wishes_to_stop:
                self.start("web", self.commands.web, signal.SIGTERM, lock)
                self.wait_until_ready("web server", lambda: answers_http(address.local))
            if not self.wishes_to_stop:
                print(f"\nTeilhabe is open at http://{address.local.bind}/\n{welcome}")
                print(f"Ctrl-C stops it; the logs are in {self.logs}", flush=True)
                self.start("worker", self.commands.worker)
                self.start("mailer", self.commands.mailer)
                self.start("scheduler", self.commands.scheduler)
            self.watch()
            print("Stopping …", flush=True)
        finally:
            self.stop()

    def start(self, name: str, command: Sequence[str], death: int = signal.SIGKILL, *keep_open: int) -> None:
        """Start a child and remember it for the end."""
        child = Child(name, command, self.told, self.logs / f"{name}.log", death, keep_open)
        self.children.append(child)
        child.start()

    def wait_until_ready(self, title: str, ready: Callable[[], bool]) -> None:
        """Wait for the child started last; one that dies now would only die again."""
        child, deadline = self.children[-1], time.monotonic() + self.pace.start
        while not self.wishes_to_stop and not ready():
            if child.exit_code() is not None:
                raise Trouble(f"The {title} could not start. {child.last_words()}")
            if time.monotonic() > deadline:
                raise Trouble(f"The {title} gave no answer for {self.pace.start:g} s. {child.last_words()}")
            time.sleep(0.02)

    def prepare(self) -> str:
        """Bring the database up to date; what the command prints is shown when the pages are there."""
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                self.commands.prepare,
                cwd=ROOT,
                env=dict(self.told),
                stdin=subprocess.DEVNULL,
                stdout=output,
                start_new_session=True,
                preexec_fn=bound_to_parent(signal.SIGKILL),  # noqa: PLW1509 - we have no threads
            )
            heard = 0
            while process.poll() is None:
                if self.wishes_to_stop > heard:
                    heard = self.wishes_to_stop
                    process.send_signal(signal.SIGTERM if heard == 1 else signal.SIGKILL)
                time.sleep(0.02)
            output.seek(0)
            text = output.read().decode(errors="replace")
        if process.returncode and not self.wishes_to_stop:
            print(text, end="", file=sys.stderr, flush=True)
            raise Trouble("The database could not be prepared, so nothing was started.")
        return text

    def watch(self) -> None:
        """Look after the children until somebody wants to stop."""
        while not self.wishes_to_stop:
            now = time.monotonic()
            for child in self.children:
                if child.again_at and now >= child.again_at:
                    child.again_at = 0
                    child.start()
                elif not child.again_at and child.exit_code() is not None:
                    self.plan_next_start(child, now)
            time.sleep(0.1)

    def plan_next_start(self, child: Child, now: float) -> None:
        """A child died: start it again, later each time, and give up when it is hopeless."""
        child.kill()  # what it had started itself must not go on beside the next one
        young = now - child.born < self.pace.quick_death
        child.quick_deaths = child.quick_deaths + 1 if young else 0
        if child.quick_deaths >= self.pace.most_quick_deaths:
            raise Trouble(f"The {child.name} died {child.quick_deaths} times in a row. {child.last_words()}")
        delay = self.pace.back_off * 2**child.quick_deaths
        child.again_at = now + delay
        message = f"The {child.name} ended (code {child.exit_code()}) and starts again in {delay:g} s."
        print(message, child.last_words(), file=sys.stderr, flush=True)

    def stop(self) -> None:
        """First those who make work, then the workers with jobs in their hands, at last who keeps the rest."""
        by_name = {child.name: child for child in self.children}
        for name in ("scheduler", "web", "worker", "mailer", "queue"):
            if name in by_name:
                by_name[name].stop(self.pace.stop, lambda: self.wishes_to_stop > 1)


def answers_ping(queue: Sequence[str]) -> bool:
    """Say whether the embedded server has loaded its file and answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(queue[queue.index("--unixsocket") + 1])
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def answers_http(address: Address) -> bool:
    """Say whether the web server answers /health with 200."""
    try:
        with socket.create_connection((address.host, address.port), timeout=10) as connection:
            connection.sendall(f"GET /health HTTP/1.0\r\nHost: {address.bind}\r\n\r\n".encode())
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
