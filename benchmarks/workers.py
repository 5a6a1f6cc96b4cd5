"""Client processes that take steps on command, so that two sides can take turns in one run.

Each side has its own processes: their CPU time and memory are theirs alone. While one side works
the other waits for its turn at a pipe.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

Act = Callable[[int, int, str], None]
Open = Callable[[str, Any], AbstractContextManager[Act]]


@dataclass(frozen=True)
class Course:
    """How the cases of a client are taken: round and round in `legs` steps, all cases in turn; or with
    `once` each of them from its beginning to its end, one after the other."""

    legs: int = 3
    once: bool = False

    def place(self, taken: int, cases: int) -> tuple[int, int, int]:
        """Which case is next, which of its steps, and how many it has taken before."""
        if self.once:
            return taken // self.legs, taken % self.legs, taken % self.legs
        return taken % cases, taken // cases % self.legs, taken // cases


@dataclass(frozen=True)
class Block:
    """What one client did in one turn: the time each step took (ns), wall and CPU seconds, peak memory."""

    times: list[int]
    seconds: float
    cpu: float
    memory_kb: int


def turn(act: Act, cases: Sequence[int], taken: list[int], much: float | int, course: Course) -> Block:
    """Take steps: for some seconds (a float), or so many of them (an int)."""
    times: list[int] = []
    cpu, begin = time.process_time(), time.perf_counter_ns()
    until = now = begin
    until += int(much * 1e9)
    while len(times) < much if isinstance(much, int) else now < until:
        place, leg, n = course.place(taken[0], len(cases))
        act(cases[place], leg, f"{cases[place]}-{n}")
        taken[0] += 1
        last, now = now, time.perf_counter_ns()
        times.append(now - last)
    return Block(times, (now - begin) / 1e9, time.process_time() - cpu, peak_memory())


def peak_memory() -> int:
    """The most memory this process has had, in kB. Linux counts that of the parent before `exec` among
    what getrusage tells, so there it is read elsewhere."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def serve(pipe: Connection, opened: Open, address: str, given: Any, cases: Sequence[int], course: Course) -> None:
    """The life of a client: connect, then a turn for every amount that comes in."""
    taken = [0]
    with opened(address, given) as act:
        while (much := pipe.recv()) is not None:
            pipe.send(turn(act, cases, taken, much, course))


class Side:
    """The clients of one side; the cases are divided among them, so none waits for another's row."""

    def __init__(
        self, opened: Open, address: str, given: Any, cases: Sequence[int], clients: int, course: Course = Course()
    ) -> None:
        context = get_context("spawn")
        self.pipes = []
        self.processes = []
        for n in range(clients):
            here, there = context.Pipe()
            process = context.Process(
                target=serve, args=(there, opened, address, given, cases[n::clients], course), daemon=True
            )
            process.start()
            there.close()
            self.pipes.append(here)
            self.processes.append(process)

    def take_turn(self, much: float | int) -> list[Block]:
        """All clients work at the same time, for so many seconds or (an int) steps each; a client that
        died is an EOFError here."""
        for pipe in self.pipes:
            pipe.send(much)
        return [pipe.recv() for pipe in self.pipes]

    def stop(self) -> None:
        """End the clients and wait for them."""
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            if process.is_alive():
                pipe.send(None)
            process.join(10)
