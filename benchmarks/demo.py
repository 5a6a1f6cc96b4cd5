"""How long the demonstration takes to load, as `dev.py run` loads it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from sqlalchemy import text

from workflow_app.database import new_engine

from .databases import database, servers
from .report import Figures

ROOT = Path(__file__).parent.parent
ROWS = ("cases", "case_events", "notifications")


def prepare(url: str, folder: Path) -> float:
    """Carry out `flask database prepare` on an empty database; returns the seconds it took. Raises
    RuntimeError with its own words where it failed."""
    told = {**os.environ, "DATABASE_URL": url, "TEILHABE_INSTANCE": str(folder), "SECRET_KEY": "only to measure"}
    command = [sys.executable, "-m", "flask", "--app", "workflow_app", "database", "prepare"]
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return time.perf_counter() - begin


def run(kinds: Sequence[str], times: int) -> list[Figures]:
    """One line for each kind of database."""
    with servers(tuple(kinds)) as server:
        return [_line(kind, server, times) for kind in kinds]


def _line(kind: str, server: str, times: int) -> Figures:
    seconds, counts = [], {}
    for n in range(times):
        with tempfile.TemporaryDirectory(prefix="teilhabe-bench-") as folder, database(kind, server, f"demo{n}") as url:
            seconds.append(prepare(url, Path(folder)))
            counts = _counts(url)
    return {"bench": "demo", "database": kind, "seconds": round(median(seconds), 2), "times": times, **counts}


def _counts(url: str) -> dict[str, int]:
    engine = new_engine(url)
    with engine.connect() as connection:
        found = {name: int(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in ROWS}
    engine.dispose()
    return found
