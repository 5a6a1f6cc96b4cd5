"""The files of documents and the rows that speak of them: proving that they fit, and cleaning up.

A file goes when no version needs it any more. Who adds a version and who cleans up both lock the
hash of the file, so that nothing is cleaned away that somebody has just begun to need.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from workflow_app.documents import Store as Files
from workflow_app.documents import Unavailable
from workflow_app.documents.store import Kept, hash_of
from workflow_app.engine.machine import Registry

from .transaction import Store, Transaction

log = logging.getLogger(__name__)
CHUNK = 500
NEEDED = "SELECT DISTINCT sha256 FROM document_versions WHERE withdrawn_at IS NULL AND sha256 IN (%s)"


class Keeper(Protocol):
    """What keeps cases, and the files of their documents; None where there is no place for files."""

    @property
    def store(self) -> Store: ...

    @property
    def files(self) -> Files | None: ...

    @property
    def registry(self) -> Registry: ...


@dataclass(frozen=True, slots=True)
class Tidied:
    """What a clean-up has removed: files that no document needs, and what broken uploads left."""

    orphans: int
    broken: int


def forget(cases: Keeper, hashes: Iterable[str]) -> int:
    """Remove those of these files that no version needs; gives how many. Where the place of the files
    does not answer they stay until the next `tidy`."""
    if cases.files is None:
        return 0
    gone = 0
    for sha256 in sorted(set(hashes)):
        with cases.store.transaction() as tx:
            tx.lock_file(sha256)
            if needed(tx, [sha256]):
                continue
            try:
                cases.files.delete(sha256)
            except Unavailable:
                log.warning("a file that nobody needs could not be removed now")
            else:
                gone += 1
    return gone


def tidy(cases: Keeper, before: datetime) -> Tidied:
    """Remove files that no document needs and that were put there before a moment: of steps that were
    refused, of forms that were never sent again. Raises Unavailable."""
    if cases.files is None:
        return Tidied(0, 0)
    old = (found.sha256 for found in cases.files.walk() if found.since < before)
    gone = 0
    while chunk := list(islice(old, CHUNK)):
        with cases.store.reading() as tx:
            orphans = set(chunk) - needed(tx, chunk)
        gone += forget(cases, orphans)
    return Tidied(gone, cases.files.sweep(before))


def needed(tx: Transaction, hashes: list[str]) -> set[str]:
    """Those of these files that some version needs."""
    return {row[0] for row in tx.rows(NEEDED % ", ".join("?" * len(hashes)), hashes)}


def faults(cases: Keeper, case_id: int) -> Iterator[str]:
    """What is wrong with the files of a case: one that is not there, or not the one that was added.
    Raises Unavailable."""
    for document, number, kept in _versions(cases, case_id):
        wrong = _fault(cases.files, kept)
        # It may have been withdrawn while we looked.
        if wrong and (document, number, kept) in _versions(cases, case_id):
            yield f"document {document}, version {number}: {wrong}"


def _versions(cases: Keeper, case_id: int) -> list[tuple[int, int, Kept]]:
    sql = (
        "SELECT document_id, number, sha256, size FROM document_versions"
        " WHERE case_id = ? AND withdrawn_at IS NULL ORDER BY document_id, number"
    )
    with cases.store.reading() as tx:
        return [(row[0], row[1], Kept(row[2], row[3])) for row in tx.rows(sql, (case_id,))]


def _fault(files: Files | None, kept: Kept) -> str | None:
    if files is None:
        return "there is no place for files"
    try:
        with files.open(kept.sha256) as stream:
            return None if hash_of(stream) == kept else "the file is not the one that was added"
    except FileNotFoundError:
        return "the file is not there"
