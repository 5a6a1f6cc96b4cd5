"""Making a backup: one moment of the database, and the documents that it speaks of."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from workflow_app import cases
from workflow_app.cases import keeping
from workflow_app.documents import Unavailable
from workflow_app.documents.store import CHUNK, Kept
from workflow_app.engine import clock

from .archive import MANIFEST, NOTE, SEAL, WELCOME, Manifest, Table, document_piece, rows_piece, seal
from .errors import Trouble
from .new_file import new_file, remove_broken_off
from .reading import BLOCK, Snapshot, snapshot
from .tables import Carried
from .tape import Writer
from .values import Tally, canonical, line

PIECE = 4 * CHUNK
"""Bytes of rows that become one piece."""
LEVEL = 3
"""How hard rows are packed; more takes longer and saves little."""
IN_MEMORY = 16 * CHUNK
"""Bytes of one document that are kept in memory until it is proved; larger ones wait on the disk."""
TURNS = 3
NAMED = "teilhabe-{}.tar"
"""What a backup in a folder is called, by its moment."""
VERSIONS = (
    "SELECT sha256, size, document_id, number, case_id FROM document_versions WHERE withdrawn_at IS NULL"
    " ORDER BY sha256, document_id, number"
)


class _Outrun(Exception):
    """A document was withdrawn after the moment of the backup, and its file is gone."""


@dataclass(frozen=True)
class Written:
    """A backup that stands: where, what is in it, and its size in bytes."""

    path: Path
    manifest: Manifest
    size: int


@dataclass
class _Making:
    """A backup that is being written."""

    writer: Writer
    members: dict[str, Kept] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    documents: int = 0
    document_bytes: int = 0


def back_up(town: cases.Cases, place: Path, *, with_gaps: bool = False) -> Written:
    """Write a backup to a new file, or into a folder under a name made of the moment; people go on working.

    In the folder is removed what was left of such that were broken off half a day ago or earlier. Raises
    Trouble, and nothing is left that looks like a backup: where a file is there already, where there
    is no room, and where a document is missing or is not the one that was added, unless `with_gaps`."""
    if place.is_dir():
        remove_broken_off(place, NAMED.format("*"))
    for _turn in range(TURNS):
        try:
            return _written(town, place, with_gaps)
        except _Outrun:
            continue
    raise Trouble("Documents are being withdrawn all the time. Please try again when less is going on.")


def _written(town: cases.Cases, place: Path, with_gaps: bool) -> Written:
    with snapshot(town.store.engine) as taken:
        moment = clock.now()
        path = _named(place, moment)
        with new_file(path) as file:
            making = _Making(Writer(file, moment))
            making.members[NOTE] = making.writer.add(NOTE, WELCOME.format(moment=moment).encode())
            for table in taken.tables:
                _take_rows(making, taken, table)
            _take_documents(making, town, taken)
            if making.gaps and not with_gaps:
                raise Trouble("No backup was made, because documents cannot be taken:", making.gaps)
            manifest = _end(making, taken, moment)
            size = file.tell()
    return Written(path, manifest, size)


def _named(place: Path, moment: datetime) -> Path:
    return place / NAMED.format(f"{moment.astimezone(UTC):%Y-%m-%d-%H%M%S}") if place.is_dir() else place


def _take_rows(making: _Making, taken: Snapshot, table: Carried) -> None:
    tally, waiting, size, number = Tally(), list[bytes](), 0, 1
    with closing(taken.blocks(table)) as blocks:
        for row in chain.from_iterable(blocks):
            text = line(row)
            tally.add(canonical(row, table.documents) if table.documents else text)
            waiting.append(text)
            size += len(text)
            if size >= PIECE:
                _add_rows(making, rows_piece(table.name, number), waiting)
                waiting, size, number = [], 0, number + 1
    if waiting:
        _add_rows(making, rows_piece(table.name, number), waiting)
    making.tables[table.name] = Table(table.columns, tally.rows, tally.digest)


def _add_rows(making: _Making, name: str, lines: Iterable[bytes]) -> None:
    packed = gzip.compress(b"\n".join(lines) + b"\n", LEVEL, mtime=0)
    making.members[name] = making.writer.add(name, packed)


def _take_documents(making: _Making, town: cases.Cases, taken: Snapshot) -> None:
    if all(table.name != "document_versions" for table in taken.tables):
        return  # from before there were any
    last, wrong = "", None
    with taken.connection.exec_driver_sql(VERSIONS, execution_options={"yield_per": BLOCK}) as versions:
        for name, size, document, number, case_id in versions:
            if name != last:  # the same bytes lie there once
                last, wrong = name, _take_document(making, town, Kept(name, size))
            if wrong:
                making.gaps.append(f"document {document}, version {number} (case {case_id}): {wrong}")


def _take_document(making: _Making, town: cases.Cases, kept: Kept) -> str | None:
    """Take a file; says what is wrong with it. It is proved before anything of it is written."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as aside:
        wrong = _fetch(town, kept, cast(BinaryIO, aside))
        if wrong:
            return wrong
        aside.seek(0)
        making.writer.add_stream(document_piece(kept.sha256), kept.size, cast(BinaryIO, aside))
    making.members[document_piece(kept.sha256)] = kept
    making.documents += 1
    making.document_bytes += kept.size
    return None


def _fetch(town: cases.Cases, kept: Kept, aside: BinaryIO) -> str | None:
    if town.files is None:
        return "there is no place for files"
    try:
        with town.files.open(kept.sha256) as stream:
            return None if _copied(stream, aside) == kept else "the file is not the one that was added"
    except FileNotFoundError:
        with town.store.reading() as tx:
            if not keeping.needed(tx, [kept.sha256]):
                raise _Outrun from None
        return "the file is not there"
    except Unavailable as error:
        raise Trouble(f"{error.reason} No backup was made.") from None


def _copied(stream: BinaryIO, to: BinaryIO) -> Kept:
    found, size = sha256(), 0
    while chunk := stream.read(CHUNK):
        to.write(chunk)
        found.update(chunk)
        size += len(chunk)
    return Kept(found.hexdigest(), size)


def _end(making: _Making, taken: Snapshot, moment: datetime) -> Manifest:
    """Write what there is, and the seal on it."""
    manifest = Manifest(
        taken.revision, moment.isoformat(), taken.connection.dialect.name, making.tables, making.documents,
        making.document_bytes, tuple(making.gaps), making.members,
    )  # fmt: skip
    text = manifest.dumps()
    making.writer.add(MANIFEST, text)
    making.writer.add(SEAL, seal(text))
    making.writer.end()
    return manifest
