"""An installation to make faults in: a database, a queue, a town, and the processes of the application.

Everything runs in sessions of its own and ends with the block, whatever happens in it. Processes are to
be started from the main thread, because Linux ends them with the thread that started them.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from supervisor.children import ROOT
from supervisor.instance import Address, environment, free_address, open_folder
from supervisor.run import answers_http
from workflow_app.database import new_engine

from .browser import Broken, Browser
from .looking import unsettled, unsettled_states
from .programs import Program, WrongClock
from .servers import Postgres, Queue, copy_prepared, copy_prepared_sqlite
from .town import Town, settle
from .waiting import TooLate, until

A_LEASE = 61.0
"""Seconds after which a message that was on its way comes back, and a little more."""
STUCK = 3.0
"""Seconds without any progress after which somebody in a hurry waits no longer."""
SECRET = "only for faults made on purpose"


class Installation:
    """One town with its servers and processes. `url` is the database as we see it; the processes may see it
    through something else (`seen_as`)."""

    def __init__(self, folder: Path, url: str, queue: Queue, postgres: Postgres | None, town: Callable[[Engine], Town]):
        self.folder, self.url, self.queue, self.postgres = folder, url, queue, postgres
        self.seen_as = url
        self.programs: list[Program] = []
        self.clock = WrongClock(folder / "clock")
        self.engine: Engine = new_engine(url)
        self.town: Town = town(self.engine)
        self.address: Address | None = None

    @property
    def kind(self) -> str:
        """``postgresql`` or ``sqlite``."""
        return self.engine.dialect.name

    def told(self) -> dict[str, str]:
        """The environment of the processes: nothing of the developer's own settings."""
        ours = environment(self.folder, [])
        foreign = ("TEILHABE_", "CHAOS_")
        kept = {name: value for name, value in ours.items() if not name.startswith(foreign)}
        return {
            **kept, "TEILHABE_INSTANCE": str(self.folder), "DATABASE_URL": self.seen_as, "REDIS_URL": self.queue.url,
            "SECRET_KEY": SECRET, "CHAOS_CLOCK": str(self.clock.file),
        }  # fmt: skip

    def start(self, name: str, command: list[str], **more: str) -> Program:
        """Start a program; `more` is added to its environment."""
        log = self.folder / "logs" / f"{name}-{len(self.programs)}.log"
        program = Program(name, command, {**self.told(), **more}, log)
        self.programs.append(program)
        program.start()
        return program

    def worker(self, **more: str) -> Program:
        """A worker of the site; it works when it works, nobody waits for it here."""
        return self.start("worker", [sys.executable, "-m", "chaos.program", "worker"], **more)

    def mailer(self, **more: str) -> Program:
        """A worker for mails."""
        return self.start("mailer", [sys.executable, "-m", "chaos.program", "worker", "--mails"], **more)

    def scheduler(self, **more: str) -> Program:
        """A scheduler."""
        return self.start("scheduler", [sys.executable, "-m", "chaos.program", "scheduler"], **more)

    def web(self, workers: int = 1, threads: int = 8, **more: str) -> Program:
        """A web server; returns when it answers."""
        self.address = address = free_address("127.0.0.1", 0)
        command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(workers)]
        command += ["--threads", str(threads), "--graceful-timeout", "5", "--no-control-socket"]
        command += ["--bind", address.bind, "chaos.program:web()"]
        program = self.start("web", command, **more)

        def answers() -> bool:
            if not program.is_running:
                raise RuntimeError(program.last_words(30))
            return answers_http(address)

        until("the web server answers", answers)
        return program

    def browser(self, person: int | None = None) -> Browser:
        """Somebody with a browser, signed in if a person is named."""
        assert self.address is not None, "the web server was not started"
        found = Browser(self.address.host, self.address.port)
        if person:
            found.sign_in(person)
        return found

    def signed_in_for_sure(self, person: int) -> Browser:
        """The same where signing in may fail: until it works."""
        found = self.browser()

        def is_in() -> bool:
            try:
                found.sign_in(person)
            except (Broken, RuntimeError, KeyError):
                return False
            return True

        until(f"person {person} is signed in", is_in)
        return found

    def settled(
        self, *, hurry: bool, patience: float = 420, unless: Callable[[], bool] = lambda: False
    ) -> float:  # fmt: skip
        """Wait until every message is carried out, `unless` something makes waiting useless; how many seconds
        that took. Who is in a `hurry` lets the clock jump when nothing moves any more, so that leases end;
        their length is then not measured."""
        left, since = -1, time.monotonic()

        def is_settled() -> bool:
            nonlocal left, since
            before, left = left, unsettled(self.engine)
            if left != before:
                since = time.monotonic()
            elif hurry and time.monotonic() - since > STUCK:
                self.clock.move(A_LEASE)
                since = time.monotonic()
            return not left or unless()

        try:
            return until("every message is carried out", is_settled, patience)
        except TooLate as late:
            raise TooLate(f"{late}; not carried out: {unsettled_states(self.engine)}") from None

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One of the operator's commands, to its end: ``run("cases", "verify")``."""
        command = [sys.executable, "-m", "flask", "--app", "workflow_app", *words]
        return subprocess.run(command, cwd=ROOT, env=self.told(), capture_output=True, text=True, timeout=120)

    def log_of(self, program: Program) -> str:
        """Everything a program has said."""
        return program.log.read_text(errors="replace") if program.log.exists() else ""

    def close(self) -> None:
        """End everything."""
        for program in reversed(self.programs):
            program.kill()
        self.engine.dispose()


@contextmanager
def installation(
    kind: str = "postgresql",
    *,
    crowd: int = 2,
    mailed: bool = False,
    append_only: bool = True,
    settings: tuple[str, ...] = (),
    place: Callable[[Path], Path] | None = None,
) -> Iterator[Installation]:
    """A new installation with its database and queue running, a town in it, and no process yet.

    `crowd` is how many members the responsible unit has, `mailed` whether people get mails (which are kept,
    because there is no mail server), `settings` are more settings of PostgreSQL, and
    `place` gives the folder for the database (made from the one we would take).
    """
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="teilhabe-chaos-")))
        home.chmod(0o755)  # PostgreSQL may run as somebody else
        folder, data = home / "instance", home / "database"
        open_folder(folder)
        data.mkdir()
        data = place(data) if place else data
        postgres = Postgres(data, settings) if kind == "postgresql" else None
        if postgres:
            copy_prepared(data)
            stack.callback(postgres.crash)
            postgres.start()
        else:
            copy_prepared_sqlite(data / "teilhabe.sqlite3")
        queue = Queue(folder, append_only=append_only)
        stack.callback(queue.kill)
        queue.start()
        url = postgres.url if postgres else f"sqlite:///{data / 'teilhabe.sqlite3'}"
        made = Installation(folder, url, queue, postgres, partial(settle, crowd=crowd, mailed=mailed))
        stack.callback(made.close)
        yield made
