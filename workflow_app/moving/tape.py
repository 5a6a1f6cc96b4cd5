"""A file of named pieces, one after the other: a plain tar, so that any program can unpack it.

It is written and read in one go, and nothing of it is taken on trust: a cut, a flipped bit, anything
between or after the pieces is found.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from workflow_app.documents.store import CHUNK, Kept

from .errors import Damaged

SECTOR = tarfile.BLOCKSIZE
END = bytes(2 * SECTOR)
CUT = "The file ends in the middle: it was cut off, or it is not complete yet."
NO_TAPE = "The file is damaged, or it is no backup of Teilhabe."


def _padding(size: int) -> bytes:
    return bytes(-size % SECTOR)


@dataclass(frozen=True)
class Writer:
    """Writes pieces to a file; `moment` is the time that each of them carries."""

    file: BinaryIO
    moment: datetime

    def add(self, name: str, data: bytes) -> Kept:
        """Write a piece."""
        self._begin(name, len(data))
        self.file.write(data)
        self.file.write(_padding(len(data)))
        return Kept(sha256(data).hexdigest(), len(data))

    def add_stream(self, name: str, size: int, stream: BinaryIO) -> None:
        """Write a piece of which is known how long it is."""
        self._begin(name, size)
        while chunk := stream.read(CHUNK):
            self.file.write(chunk)
        self.file.write(_padding(size))

    def _begin(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(self.moment.timestamp())
        self.file.write(info.tobuf(tarfile.USTAR_FORMAT))

    def end(self) -> None:
        """Write the end, which tells a complete file from one that was cut off."""
        self.file.write(END)


class Piece:
    """A piece that is being read: its name, its size in bytes, and its bytes, once."""

    def __init__(self, name: str, size: int, file: BinaryIO) -> None:
        self.name, self.size = name, size
        self._file, self._left, self._found = file, size, sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all of them by default. Raises Damaged where the file ends too soon."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = _exactly(self._file, wanted)
        self._left -= wanted
        self._found.update(data)
        return data

    def kept(self) -> Kept:
        """SHA-256 and size of the whole piece; reads what nobody has read."""
        while self._left:
            self.read(CHUNK)
        return Kept(self._found.hexdigest(), self.size)


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """All pieces of a file in their order; each can be read until the next one is asked for. Raises
    Damaged for everything that is not as `Writer` writes it."""
    while True:
        head = _exactly(file, SECTOR)
        if head == END[:SECTOR]:
            if _exactly(file, SECTOR) + file.read(1) != END[SECTOR:]:
                raise Damaged(NO_TAPE)
            return
        try:
            info = tarfile.TarInfo.frombuf(head, "ascii", "strict")
        except (tarfile.HeaderError, ValueError):
            raise Damaged(NO_TAPE) from None
        piece = Piece(info.name, info.size, file)
        yield piece
        piece.kept()
        padding = _padding(info.size)
        if _exactly(file, len(padding)) != padding:
            raise Damaged(NO_TAPE)


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise Damaged(CUT)
    return data
