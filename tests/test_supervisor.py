"""`run` as a person meets it: one supervisor, a real queue, and small programs in place of the application."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 20

PROGRAM = """
import http.server, os, pathlib, signal, sys, time

part, folder = sys.argv[1], pathlib.Path(os.environ["TEILHABE_INSTANCE"])

def note(text):
    with open(folder / "events", "a") as events:
        events.write(f"{part} {text}\\n")

def leave(*_):
    note("stopped")
    os._exit(0)

signal.signal(signal.SIGTERM, signal.SIG_IGN if (folder / f"{part}.stubborn").exists() else leave)
note(f"started {os.getpid()}")
if (folder / f"{part}.fails").exists():
    sys.exit(f"{part}: this went wrong")
if part == "prepare":
    print("anna@example.org  steering group")
    print(f"links in mails lead to {os.environ['TEILHABE_ADDRESS']}/")
    sys.exit(0)
if (folder / f"{part}.forks").exists() and not os.fork():
    os.setpgrp()  # as a worker's fork does, which is busy and listens to nobody
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(f"forked {os.getpid()}")
if part == "web":
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Page).serve_forever()
while True:
    time.sleep(60)
"""

DRIVER = """
import os, sys
from supervisor.__main__ import main
from supervisor.run import Commands, Pace

def compose(address, empty, queue):
    part = lambda name: [sys.executable, sys.argv[1], name, str(address.port)]
    return Commands(queue, part("prepare"), part("web"), part("worker"), part("mailer"), part("scheduler"))

pace = Pace(start=15, stop=float(os.environ["PATIENCE"]), most_quick_deaths=3, back_off=0.01)
sys.exit(main(sys.argv[2:], compose, pace))
"""


class Runner:
    """Starts supervisors over one instance folder and reads what they say."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder, self.program = folder, program
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        clean = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "DATABASE_URL", "SECRET_KEY")}
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(self.program), "--port", "0", *arguments],
            cwd=ROOT,
            env={**clean, "TEILHABE_INSTANCE": str(self.folder), "PATIENCE": str(5 * PATIENCE), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def open(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start one and come back when everything runs."""
        process = self.start(*arguments, **environment)
        parts = ("web started", "worker started", "mailer started", "scheduler started")
        until(lambda: all(part in self.events() for part in parts) or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        return process

    def refused(self, *arguments: str, **environment: str) -> str:
        """Start one that cannot work; return what it says."""
        process = self.start(*arguments, **environment)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1, said
        assert "Traceback" not in said
        return said

    def events(self) -> str:
        events = self.folder / "events"
        return events.read_text() if events.exists() else ""

    def pid(self, part: str, did: str = "started") -> int:
        until(lambda: f"{part} {did} " in self.events())
        return int(self.events().split(f"{part} {did} ")[-1].split()[0])


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_alive(process: int) -> bool:
    """A dead child of a dead parent may stay a zombie where nobody reaps: that counts as dead."""
    with contextlib.suppress(FileNotFoundError):
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    return False


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells a child of the death")


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    runner = Runner(tmp_path / "instance", program)
    runner.folder.mkdir()
    yield runner
    for process in runner.started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def test_it_says_where_it_is_and_stops_in_order(runner: Runner) -> None:
    process = runner.open()
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    (address,) = re.findall(r"Teilhabe is open at (http://127.0.0.1:\d+/)", said)
    assert f"links in mails lead to {address}" in said
    assert "anna@example.org  steering group" in said
    stops = [line for line in runner.events().splitlines() if line.endswith("stopped")]
    assert stops == ["scheduler stopped", "web stopped", "worker stopped", "mailer stopped"]
    assert "ready to exit" in (runner.folder / "logs" / "queue.log").read_text()


def test_a_second_one_in_the_same_folder_is_refused_and_the_first_lives_on(runner: Runner) -> None:
    first = runner.open()
    said = runner.refused()
    assert f"already runs in the folder {runner.folder} (process {first.pid})" in said
    assert first.poll() is None


def test_a_taken_port_is_refused_before_anything_starts(runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = runner.refused("--port", str(port))
    assert f"Cannot listen on port {port} of 127.0.0.1" in said
    assert len(said.splitlines()) == 1
    assert runner.events() == ""


def test_a_folder_that_cannot_be_written_is_refused(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")  # also true for root, who may write everywhere else
    said = runner.refused(TEILHABE_INSTANCE=str(tmp_path / "file"))
    assert f"Cannot write to the folder {tmp_path / 'file'}" in said


def test_a_database_that_cannot_be_prepared_stops_everything(runner: Runner) -> None:
    (runner.folder / "prepare.fails").touch()
    said = runner.refused()
    assert "prepare: this went wrong" in said
    assert "nothing was started" in said
    assert "web" not in runner.events()
    assert "ready to exit" in (runner.folder / "logs" / "queue.log").read_text()


def test_a_web_server_that_cannot_start_says_why(runner: Runner) -> None:
    (runner.folder / "web.fails").touch()
    assert "web: this went wrong" in runner.refused()
    assert "worker" not in runner.events()


@pytest.mark.parametrize("part", ["worker", "mailer"])
def test_a_dead_worker_comes_back(runner: Runner, part: str) -> None:
    runner.open()
    os.kill(runner.pid(part), signal.SIGKILL)
    until(lambda: runner.events().count(f"{part} started") == 2)


def test_a_worker_that_dies_again_and_again_ends_the_run(runner: Runner) -> None:
    (runner.folder / "worker.fails").touch()
    process = runner.start()
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "The worker died 3 times in a row" in said
    assert "worker: this went wrong" in said
    assert "web stopped" in runner.events()


def test_a_second_wish_to_stop_does_not_wait(runner: Runner) -> None:
    (runner.folder / "scheduler.stubborn").touch()
    process = runner.open()
    process.send_signal(signal.SIGINT)
    assert process.stdout
    until(lambda: "Stopping" in (process.stdout.readline() if process.stdout else ""))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE) == 130
    assert not is_alive(runner.pid("scheduler"))


def test_a_worker_that_is_taken_away_leaves_no_fork_at_work(runner: Runner) -> None:
    """Neither one that does not stop in time, nor one that has stopped and left its fork behind."""
    (runner.folder / "mailer.stubborn").touch()
    for part in ("worker", "mailer"):
        (runner.folder / f"{part}.forks").touch()
    process = runner.open(PATIENCE="0.1")
    forks = [runner.pid(part, "forked") for part in ("worker", "mailer")]
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE) == 0
    until(lambda: not any(map(is_alive, forks)))


def test_a_worker_that_died_alone_leaves_no_fork_beside_the_next_one(runner: Runner) -> None:
    (runner.folder / "mailer.forks").touch()
    runner.open()
    fork = runner.pid("mailer", "forked")
    os.kill(runner.pid("mailer"), signal.SIGKILL)
    until(lambda: runner.events().count("mailer started") == 2)
    until(lambda: not is_alive(fork))


@linux_only
def test_nobody_outlives_a_killed_supervisor_and_the_next_one_starts(runner: Runner) -> None:
    process = runner.open()
    parts = [runner.pid(part) for part in ("web", "worker", "mailer", "scheduler")]
    process.kill()
    until(lambda: not any(map(is_alive, parts)))
    (runner.folder / "events").unlink()
    runner.open()


def test_fresh_deletes_database_queue_and_documents_and_nothing_else(runner: Runner) -> None:
    (runner.folder / "teilhabe.sqlite3").write_text("old")
    document = runner.folder / "documents" / "ab" / "cd" / ("abcd" * 16)
    document.parent.mkdir(parents=True)
    document.write_text("old")
    (runner.folder / "letter.pdf").write_text("mine")
    process = runner.open("--fresh")
    process.terminate()
    said, _ = process.communicate(timeout=PATIENCE)
    assert f"Deleted in {runner.folder}: teilhabe.sqlite3, 1 documents." in said
    assert not document.exists()
    assert not (runner.folder / "teilhabe.sqlite3").exists()
    assert (runner.folder / "letter.pdf").read_text() == "mine"


def test_fresh_does_not_touch_a_database_elsewhere(runner: Runner) -> None:
    assert "DATABASE_URL names another database" in runner.refused("--fresh", DATABASE_URL="sqlite:////tmp/x")


def test_a_redis_of_ones_own_replaces_the_embedded_one(runner: Runner) -> None:
    runner.open(REDIS_URL="redis://127.0.0.1:1/0")
    assert not (runner.folder / "logs" / "queue.log").exists()
