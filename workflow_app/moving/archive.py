"""What a backup holds: a note for whoever finds it, rows by table, documents, and at the end the manifest.

read-me.txt
rows/<table>.000001.jsonl.gz      a line of JSON for each row, see `values`
documents/ab/cd/<SHA-256>         as in a folder of documents
manifest.json                     what there is, with SHA-256 and size of each piece
manifest.sha256                   SHA-256 of the manifest, as `sha256sum -c` reads it
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from workflow_app.documents.store import Kept, checked

from .errors import Damaged, Trouble
from .tape import NO_TAPE, Piece, pieces
from .values import Row, row_of

FORMAT = 1
NOTE, MANIFEST, SEAL = "read-me.txt", "manifest.json", "manifest.sha256"
ROWS, DOCUMENTS = "rows/", "documents/"
WELCOME = """This is a backup of Teilhabe, made on {moment:%Y-%m-%d at %H:%M} UTC. It holds personal data.
To bring it back into an empty database: flask --app workflow_app restore FILE
To prove it without writing anything: flask --app workflow_app backup-check FILE
"""


@dataclass(frozen=True)
class Table:
    """A table in a backup: names and kinds of its columns, how many rows, and their `Tally.digest`."""

    columns: tuple[tuple[str, str], ...]
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `moment` is the one it shows (UTC, ISO 8601), `database` the kind it came from,
    `revision` the migration it was at; `document_bytes` counts each file once. `gaps` are documents that
    could not be taken."""

    revision: str
    moment: str
    database: str
    tables: Mapping[str, Table]
    documents: int
    document_bytes: int
    gaps: tuple[str, ...]
    members: Mapping[str, Kept] = field(repr=False)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())

    def dumps(self) -> bytes:
        """The manifest as it is written."""
        return json.dumps(asdict(self), indent=1).encode()


def loads(text: bytes) -> Manifest:
    """Read a manifest. Raises Trouble for one of another format."""
    told: dict[str, Any] = json.loads(text)
    if told["format"] != FORMAT:
        raise Trouble(f"The backup has the format {told['format']}; this version of Teilhabe reads {FORMAT}.")
    told["tables"] = {
        name: Table(tuple((column, kind) for column, kind in one["columns"]), one["rows"], one["digest"])
        for name, one in told["tables"].items()
    }
    told["members"] = {name: Kept(**one) for name, one in told["members"].items()}
    return Manifest(**{**told, "gaps": tuple(told["gaps"])})


def seal(manifest: bytes) -> bytes:
    """The line that proves a manifest."""
    return f"{sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def rows_piece(table: str, number: int) -> str:
    """The name of a piece with rows."""
    return f"{ROWS}{table}.{number:06d}.jsonl.gz"


def document_piece(name: str) -> str:
    """The name of the piece that holds a file."""
    checked(name)
    return f"{DOCUMENTS}{name[:2]}/{name[2:4]}/{name}"


def table_of(piece: str) -> str:
    """The table whose rows a piece holds; empty for all other pieces."""
    return piece.removeprefix(ROWS).partition(".")[0] if piece.startswith(ROWS) else ""


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from None


def check(path: Path) -> Manifest:
    """Read all of a backup and prove that it is as it was written. Raises Damaged, and Trouble where it
    cannot be read."""
    found: dict[str, Kept] = {}
    told: dict[str, bytes] = {}
    with _opened(path) as file:
        for piece in pieces(file):
            if not found and piece.name != NOTE:
                raise Damaged(NO_TAPE)
            if piece.name in (MANIFEST, SEAL):
                told[piece.name] = piece.read()
            elif told or piece.name in found:
                raise Damaged(NO_TAPE)
            else:
                found[piece.name] = piece.kept()
    if list(told) != [MANIFEST, SEAL] or told[SEAL] != seal(told[MANIFEST]):
        raise Damaged(NO_TAPE)
    manifest = loads(told[MANIFEST])
    wrong = [name for name in found.keys() | manifest.members if found.get(name) != manifest.members.get(name)]
    if wrong:
        raise Damaged("The backup is damaged. These pieces are not as they were written:", sorted(wrong))
    return manifest


def read(path: Path, manifest: Manifest) -> Iterator[Piece]:
    """The pieces of a backup with rows and documents, in their order. Raises Damaged where one is not as it
    was when the manifest was checked."""
    with _opened(path) as file:
        for piece in pieces(file):
            if piece.name in manifest.members:
                yield piece
                if piece.kept() != manifest.members[piece.name]:
                    raise Damaged(f"{path} has changed while it was read.")


def rows_in(piece: Piece) -> list[Row]:
    """The rows of a piece."""
    try:
        return [row_of(text) for text in gzip.decompress(piece.read()).splitlines()]
    except (OSError, EOFError, ValueError, zlib.error):
        raise Damaged(NO_TAPE) from None
