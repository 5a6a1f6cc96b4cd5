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
LEGS = 3


@dataclass(frozen=True)
class Block:
    """What one client did in one turn: the time each step took (ns), wall and CPU seconds, peak memory."""

    times: list[int]
    seconds: float
    cpu: float
    memory_kb: int


def turn(act: Act, cases: Sequence[int], taken: list[int], seconds: float) -> Block:
    """Take steps for some seconds, one case after the other, each case on its own way round."""
    times: list[int] = []
    cpu, begin = time.process_time(), time.perf_counter_ns()
    until = now = begin
    until += int(seconds * 1e9)
    while now < until:
        n, place = taken[0] // len(cases), taken[0] % len(cases)
        act(cases[place], n % LEGS, f"{cases[place]}-{n}")
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


def serve(pipe: Connection, opened: Open, address: str, given: Any, cases: Sequence[int]) -> None:
    """The life of a client: connect, then a turn for every number of seconds that comes in."""
    taken = [0]
    with opened(address, given) as act:
        while (seconds := pipe.recv()) is not None:
            pipe.send(turn(act, cases, taken, seconds))


class Side:
    """The clients of one side; the cases are divided among them, so none waits for another's row."""

    def __init__(self, opened: Open, address: str, given: Any, cases: Sequence[int], clients: int) -> None:
        context = get_context("spawn")
        self.pipes = []
        self.processes = []
        for n in range(clients):
            here, there = context.Pipe()
            process = context.Process(
                target=serve, args=(there, opened, address, given, cases[n::clients]), daemon=True
            )
            process.start()
            there.close()
            self.pipes.append(here)
            self.processes.append(process)

    def take_turn(self, seconds: float) -> list[Block]:
        """All clients work at the same time; a client that died is an EOFError here."""
        for pipe in self.pipes:
            pipe.send(seconds)
        return [pipe.recv() for pipe in self.pipes]

    def stop(self) -> None:
        """End the clients and wait for them."""
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            if process.is_alive():
                pipe.send(None)
            process.join(10)
