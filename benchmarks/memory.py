"""How much memory an installation takes: everything `dev.py run` starts, after it has been used."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from .report import Figures

ROOT = Path(__file__).parent.parent
PROC = Path("/proc")
ACCOUNT = {"email": "stelle@flensburg.example", "password": "teilhabe-demo"}
PATIENCE = 90  # seconds until it must be open
MOST_MB = 150
NAMES = {"gunicorn": "web", "--mails": "mailer", "worker": "worker", "scheduler": "scheduler", "valkey-server": "queue"}


@contextmanager
def installation(database: Path | None = None) -> Iterator[tuple[str, int]]:
    """An installation started by the supervisor: its address and process id. It begins with a copy of
    this SQLite database, or else with a new demonstration."""
    with tempfile.TemporaryDirectory(prefix="teilhabe-bench-") as folder:
        if database:
            shutil.copyfile(database, Path(folder) / "teilhabe.sqlite3")
        told = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor", "--port", "0"],
            cwd=ROOT, env={**told, "TEILHABE_INSTANCE": folder}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        with process:
            try:
                yield _address(process), process.pid
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(30)


def _address(process: subprocess.Popen[bytes]) -> str:
    """Where it is open, as it says itself. Raises RuntimeError with its words where it is not."""
    output, said, until = process.stdout, b"", time.monotonic() + PATIENCE
    assert output is not None
    while time.monotonic() < until and process.poll() is None:
        if select.select([output], [], [], 1)[0]:
            said += os.read(output.fileno(), 4096)
        if found := re.search(rb"open at (http://\S+?)/?\s", said):
            return found[1].decode()
    raise RuntimeError(said.decode(errors="replace"))


def use(address: str, rounds: int) -> None:
    """What people do: sign in, look at the desk, at lists, at cases and processes, several at a time."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    form = _read(browser, f"{address}/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    _read(browser, f"{address}/sign-in", {**ACCOUNT, "csrf_token": token[1] if token else ""})
    pages = ["/", "/desk", "/processes", "/cases", "/cases?text=sprache"]
    listed = _read(browser, f"{address}/cases")
    pages += sorted(set(re.findall(r'href="(/cases/\d+)"', listed)))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda page: _read(browser, address + page), pages * rounds))


def _read(browser: OpenerDirector, url: str, form: dict[str, str] | None = None) -> str:
    with browser.open(url, urlencode(form).encode() if form else None, timeout=60) as answer:
        return str(answer.read().decode())


def processes(supervisor: int) -> dict[int, str]:
    """Everything under the supervisor that lives, by process id: web, worker, mailer, scheduler, queue. Workers
    fork for each job, so there may be some that end while we look."""
    parents = {int(path.name): _parent(path) for path in PROC.iterdir() if path.name.isdigit()}
    found: dict[int, str] = {}
    for pid in parents:
        if supervisor in _ancestors(pid, parents) and (words := _words(PROC / str(pid))):
            found[pid] = next((name for mark, name in NAMES.items() if mark in words), "other")
    return found


def _words(path: Path) -> list[str]:
    """The command line of a process, and its short name, because some rewrite their command line; nothing of
    one that has ended, which has no command line any more."""
    try:
        command = (path / "cmdline").read_bytes().decode(errors="replace")
        return [*command.split("\0"), (path / "comm").read_text().strip()] if command else []
    except OSError:
        return []


def _parent(path: Path) -> int:
    try:
        return int(re.search(r"^PPid:\s+(\d+)", (path / "status").read_text(), re.M)[1])  # type: ignore[index]
    except (OSError, TypeError):
        return 0  # it has ended while we looked


def _ancestors(pid: int, parents: dict[int, int]) -> list[int]:
    found = []
    while pid := parents.get(pid, 0):
        found.append(pid)
    return found


def megabytes(pid: int, name: str, file: str = "status") -> float:
    """A value of /proc, for example VmRSS (now), VmHWM (at its highest), or Pss of smaps_rollup; 0 of a process
    that has ended."""
    try:
        text = (PROC / str(pid) / file).read_text()
    except OSError:
        return 0.0
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.M)
    return int(found[1]) / 1024 if found else 0.0


def run(rounds: int, rest: float, database: Path | None = None) -> list[Figures]:
    """One line for each part: its largest process now and at its highest, and the memory that is its
    own with its share of what is common (Pss). `rest` are seconds in which the worker and the
    scheduler do what there is to do. Linux only."""
    if not PROC.is_dir():
        return [{"bench": "memory", "part": "not measured: this system has no /proc"}]
    with installation(database) as (address, supervisor):
        use(address, rounds)
        time.sleep(rest)
        parts: dict[str, list[int]] = {"supervisor": [supervisor]}
        for pid, name in processes(supervisor).items():
            parts.setdefault(name, []).append(pid)
        return [_line(name, pids) for name, pids in parts.items()]


def _line(name: str, pids: list[int]) -> Figures:
    return {
        "bench": "memory", "part": name, "processes": len(pids),
        "rss_mb": round(max(megabytes(pid, "VmRSS") for pid in pids), 1),
        "highest_mb": round(max(megabytes(pid, "VmHWM") for pid in pids), 1),
        "pss_mb": round(sum(megabytes(pid, "Pss", "smaps_rollup") for pid in pids), 1),
        "most_mb": MOST_MB if name in ("web", "worker", "mailer") else None,
    }  # fmt: skip
