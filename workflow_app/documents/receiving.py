"""A file on its way in: its name is cleaned, its size and its content are examined, then it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Invalid

from . import names
from .content import examine
from .store import Store

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that lies in the store and belongs to nothing yet. `size` is in bytes."""

    file_name: str
    mime_type: str
    size: int
    sha256: str


def receive(store: Store, stream: BinaryIO, name: str, longest: int) -> Received:
    """Examine a file of at most `longest` bytes and keep it. Raises Invalid with a sentence that
    names the file, and keeps nothing then; raises Unavailable."""
    file_name = names.cleaned(name)
    if stream.seek(0, SEEK_END) > longest:
        raise Invalid(_("%(name)s is larger than %(most)s MB."), name=file_name, most=longest // MEGABYTE)
    kind = examine(stream, file_name)
    stream.seek(0)
    kept = store.put(stream)
    return Received(file_name, kind.mime_type, kept.size, kept.sha256)
