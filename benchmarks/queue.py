"""A Redis-protocol server of our own for benchmarks: started, used, thrown away."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from supervisor.children import Child
from supervisor.instance import open_folder, queue_command, socket_path
from supervisor.run import answers_ping

PATIENCE = 900.0


@contextmanager
def queue(folder: Path) -> Iterator[str]:
    """The address of a server in this folder."""
    open_folder(folder)
    command = queue_command(folder)
    server = Child("queue", command, os.environ, folder / "logs" / "queue.log")
    server.start()
    try:
        until(lambda: answers_ping(command))
        yield f"unix://{socket_path(folder)}"
    finally:
        server.kill()


def until(happened: Callable[[], bool], pause: float = 0.02) -> None:
    """Wait until it has happened. Raises RuntimeError where it does not."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {PATIENCE:g} s")
        time.sleep(pause)
