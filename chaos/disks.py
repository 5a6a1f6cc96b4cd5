"""A disk that can be full: a small file system of its own where we may mount one, else a limit on how long
the files of some processes may get."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

NO_MOUNT = "CHAOS_NO_MOUNT"
"""Set in the environment: do as if nothing could be mounted."""
BLOCK = 1024 * 1024


class Disk(Protocol):
    """A folder to put data in, how it is made full, and the words for it."""

    folder: Path
    how: str

    def fill(self) -> None:
        """From now on there is no space left."""

    def free(self) -> None:
        """There is space again."""


class SmallDisk:
    """A file system in memory, filled up to its last byte by a file beside the data."""

    how = "a file system of its own, filled to its last byte"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self) -> None:
        with suppress(OSError), self.ballast.open("wb", buffering=0) as file:
            for size in (BLOCK, 4096, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def free(self) -> None:
        self.ballast.unlink()


class ShortFiles:
    """No file may get longer than the longest is now, for the processes that write there (RLIMIT_FSIZE)."""

    how = "a limit on the length of files, because nothing may be mounted here"

    def __init__(self, folder: Path, writers: Callable[[], Iterable[int]]) -> None:
        self.folder, self.writers = folder, writers

    def fill(self) -> None:
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        self._limit(max(path.stat().st_size for path in files))

    def free(self) -> None:
        self._limit("unlimited")

    def _limit(self, size: int | str) -> None:
        """Only who runs a process may limit it, even where we are root. A limit on a process that has just
        ended fails, and must not keep the others from theirs."""
        for pid in self.writers():
            with suppress(FileNotFoundError):
                owner = Path(f"/proc/{pid}").stat().st_uid
                limit = ["prlimit", "--pid", str(pid), f"--fsize={size}:"]
                subprocess.run(limit, user=owner if owner != os.geteuid() else None, capture_output=True)


@contextmanager
def disk(folder: Path, megabytes: int, writers: Callable[[], Iterable[int]]) -> Iterator[Disk]:
    """A disk in a folder; `writers` are the processes that write there, asked for when it gets full."""
    if not _mounted(folder, megabytes):
        yield ShortFiles(folder, writers)
        return
    try:
        folder.chmod(0o755)
        yield SmallDisk(folder)
    finally:
        # What has just been killed may still hold a file open for a moment.
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mounted(folder: Path, megabytes: int) -> bool:
    """Whether a file system could be mounted there."""
    if os.environ.get(NO_MOUNT) or os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "teilhabe-chaos", str(folder)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
