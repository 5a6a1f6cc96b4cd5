"""Files in a folder of this machine, under ``ab/cd/<SHA-256>``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from workflow_app.engine import clock

from .store import CHUNK, NAME, Found, Kept, Unavailable, checked

READABLE_BY_GROUP = 0o640
COMING = "coming-"  # how files are called that are not complete yet


@dataclass(frozen=True)
class FolderStore:
    """A store in a folder, which is made when the first file comes."""

    root: Path

    def put(self, stream: BinaryIO) -> Kept:
        with _plainly():
            self.root.mkdir(mode=0o750, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=COMING, dir=self.root)
            coming = Path(name)
            try:
                kept = _written(handle, stream)
                self._take_in(coming, kept.sha256)
            except BaseException:
                coming.unlink(missing_ok=True)
                raise
        return kept

    def _take_in(self, coming: Path, name: str) -> None:
        """Give a complete file its lasting name; renaming is all or nothing, and replaces equal bytes by equal."""
        place = self._path(name)
        place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        now = clock.now().timestamp()
        os.utime(coming, (now, now))
        coming.replace(place)
        for folder in (place.parent, place.parent.parent, self.root):
            sync_folder(folder)

    def open(self, sha256: str) -> BinaryIO:
        with _plainly():
            return self._path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        with _plainly():
            self._path(sha256).unlink(missing_ok=True)

    def walk(self) -> Iterator[Found]:
        for path in self.root.glob("??/??/*"):
            if NAME.fullmatch(path.name):
                try:
                    told = path.stat()
                except FileNotFoundError:  # removed while we walked
                    continue
                yield Found(path.name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))

    def sweep(self, before: datetime) -> int:
        swept = 0
        for path in self.root.glob(f"{COMING}*"):
            with suppress(FileNotFoundError):  # it has arrived, or somebody else has swept
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    swept += 1
        return swept

    def _path(self, name: str) -> Path:
        checked(name)
        return self.root / name[:2] / name[2:4] / name


def _written(handle: int, stream: BinaryIO) -> Kept:
    found, size = sha256(), 0
    with os.fdopen(handle, "wb") as file:
        while chunk := stream.read(CHUNK):
            file.write(chunk)
            found.update(chunk)
            size += len(chunk)
        file.flush()
        os.fchmod(file.fileno(), READABLE_BY_GROUP)
        os.fsync(file.fileno())
    return Kept(found.hexdigest(), size)


def sync_folder(folder: Path) -> None:
    """Write the new name down for good, so that it outlives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _plainly() -> Iterator[None]:
    """A full disk or a folder that is closed to us is told in words; a file that is not there is not."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable from error
