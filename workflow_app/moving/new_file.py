"""A new file that nobody takes for a complete one before it is, and that only its owner may read."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from workflow_app.documents.folder import sync_folder
from workflow_app.engine import clock

from .errors import Trouble

COMING = ".part"
"""What is put behind the name until the file is complete; so two who write the same one notice it."""


BROKEN_OFF = timedelta(hours=12)
"""Whoever has written nothing for so long does not write any more."""


def remove_broken_off(folder: Path, pattern: str) -> None:
    """Remove what those have left in a folder who were killed while they wrote; it holds personal data, and
    nobody would look for it. What may not be removed stays."""
    before = (clock.now() - BROKEN_OFF).timestamp()
    for left in folder.glob(pattern + COMING):
        with suppress(OSError):
            if left.stat().st_mtime < before:
                left.unlink()


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner may read, under another name until it is complete."""
    coming = path.with_name(path.name + COMING)
    try:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        handle = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            coming.rename(path)
        except BaseException:
            coming.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except FileExistsError as error:
        raise Trouble(_is_there(str(error.filename))) from None
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}. No backup was made.") from None


def _is_there(name: str) -> str:
    if name.endswith(COMING):
        return f"{name} is there: another backup is being written, or was broken off. If so, please remove it."
    return f"{name} is there already, and backups are never written over. Please choose another name."
