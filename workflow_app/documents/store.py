"""What every store of files can do, and the words in which it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO, Protocol

from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason, Refused

CHUNK = 1024 * 1024
NAME = re.compile(r"[0-9a-f]{64}")
PLACE_FAILS = _("The place where files are kept does not answer. Nothing was changed. Please try again later.")


class Unavailable(Refused):
    """The store cannot be read or written just now."""

    status = 503

    def __init__(self) -> None:
        super().__init__(Reason(PLACE_FAILS))


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in a store: SHA-256 of its bytes in hex, and how many bytes there are."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """A file met on a walk through a store; `since` (UTC) is when it was last put there."""

    sha256: str
    size: int
    since: datetime


class Store(Protocol):
    """Where the bytes of documents lie, each file under its SHA-256. All of it raises Unavailable
    where the place does not answer; nothing holds a whole file in memory."""

    def put(self, stream: BinaryIO) -> Kept:
        """Keep what can be read from here on. Nobody ever sees half a file; bytes that are there
        already stay, and count as put there now."""

    def open(self, sha256: str) -> BinaryIO:
        """A stream that can be read and moved in; raises FileNotFoundError."""

    def exists(self, sha256: str) -> bool:
        """Whether the file is there."""

    def delete(self, sha256: str) -> None:
        """Remove a file; one that is not there is no fault."""

    def walk(self) -> Iterator[Found]:
        """Every file, in no particular order."""

    def sweep(self, before: datetime) -> int:
        """Remove what broken uploads have left behind before a moment; gives how many."""


def hash_of(stream: BinaryIO) -> Kept:
    """SHA-256 and size of what can be read from here on."""
    found, size = sha256(), 0
    while chunk := stream.read(CHUNK):
        found.update(chunk)
        size += len(chunk)
    return Kept(found.hexdigest(), size)


def checked(name: str) -> str:
    """A name that is a SHA-256 and nothing else; raises ValueError, so that no path is ever made of
    anything else."""
    if not NAME.fullmatch(name):
        raise ValueError("not a SHA-256 in hex")
    return name
