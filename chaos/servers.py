"""A PostgreSQL and a Redis-protocol server of our own, to be killed and started again on their data."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import psycopg
from redis import Redis

from benchmarks.postgres import command, init, user, wait
from supervisor.children import Child, bound_to_parent
from supervisor.instance import queue_command, socket_path
from supervisor.run import answers_ping
from workflow_app.database import new_engine, upgrade

from .waiting import until

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")
DATABASE = "teilhabe"


class Postgres:
    """A server on the data in `home`, as durable as in production. Start it from the main thread: Linux
    ends it with the thread that started it."""

    def __init__(self, home: Path, settings: Sequence[str] = ()) -> None:
        self.home = home
        self.settings = (*DURABLE, *settings)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the server."""
        assert self.process is not None
        return self.process.pid

    @property
    def url(self) -> str:
        """The address of the application's database."""
        return f"postgresql+psycopg://postgres@/{DATABASE}?host={self.home}"

    def start(self) -> None:
        """Start on what is there and wait until it takes connections, its own recovery included."""
        wait(self.home, self._launch())

    def crash_in_recovery(self) -> bool:
        """Start, and stop at once again while it recovers; whether it was still at it."""
        before = len(self.log())
        self._launch()
        until("the database recovers", lambda: "automatic recovery" in self.log()[before:], pause=0.001)
        self.crash()
        return "ready to accept connections" not in self.log()[before:]

    def log(self) -> str:
        """All that it has said."""
        return (self.home / "log").read_text(errors="replace")

    def _launch(self) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command(self.home, self.settings), user=user(), cwd=self.home, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
                preexec_fn=bound_to_parent(signal.SIGQUIT),  # noqa: PLW1509 - only started from the main thread
            )  # fmt: skip
        return self.process

    def crash(self) -> None:
        """Stop at once, as `pg_ctl stop -m immediate` does: the next start has to recover from the log."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop in order, without waiting for those who are connected."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(60)


@cache
def _prepared() -> Path:
    """A stopped server with the migrated database; made once in this process, copied for every use."""
    home = Path(tempfile.mkdtemp(prefix="teilhabe-chaos-pg-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    init(home)
    server = Postgres(home, ("fsync=off",))
    server.start()
    try:
        with psycopg.connect(host=str(home), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        engine = new_engine(server.url)
        upgrade(engine)
        engine.dispose()
    finally:
        server.stop()
    return home


def copy_prepared(home: Path) -> None:
    """Put the data of a migrated database into a folder, which is given to the user the server runs as."""
    owner = user()
    if owner is not None:
        os.chown(home, owner, -1)
    # Python's own copy forgets whose the files are.
    subprocess.run(["cp", "-a", _prepared() / "data", home / "data"], check=True)


@cache
def _prepared_sqlite() -> Path:
    home = Path(tempfile.mkdtemp(prefix="teilhabe-chaos-sqlite-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    engine = new_engine(f"sqlite:///{home / 'prepared.sqlite3'}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return home / "prepared.sqlite3"


def copy_prepared_sqlite(path: Path) -> None:
    """Put a migrated SQLite database at a path."""
    shutil.copyfile(_prepared_sqlite(), path)


class Queue:
    """The Redis-protocol server of an installation, in its folder, with an append-only file or without."""

    def __init__(self, folder: Path, *, append_only: bool = True) -> None:
        self.command = queue_command(folder)
        if not append_only:
            self.command[self.command.index("--appendonly") + 1] = "no"
        self.url = f"unix://{socket_path(folder)}"
        self.child = Child("queue", self.command, os.environ, folder / "logs" / "queue.log")

    def start(self) -> None:
        """Start on what is there and wait until it answers."""
        self.child.start()
        until("the queue answers", lambda: answers_ping(self.command))

    def kill(self) -> None:
        """kill -9."""
        self.child.kill()

    def flush(self) -> None:
        """FLUSHALL: everything in it is gone, and it runs on."""
        with self.client() as client:
            client.flushall()

    def client(self) -> Redis:
        """A client of its own."""
        return Redis.from_url(self.url)


def is_linux() -> bool:
    """Whether /proc and the like are there."""
    return sys.platform == "linux"
