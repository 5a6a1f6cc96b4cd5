"""Proving all cases: each is replayed, and each of its files read."""

from __future__ import annotations

from collections.abc import Iterator

from . import keeping, replay
from .acting import Cases
from .replay import Finding

BATCH = 500
"""Cases that are replayed in one transaction, so that none is open for long."""
NEXT = "SELECT id FROM cases WHERE id > ? ORDER BY id LIMIT ?"
WITH_FILES = "SELECT DISTINCT case_id FROM document_versions WHERE withdrawn_at IS NULL AND case_id BETWEEN ? AND ?"


def prove(cases: Cases) -> Iterator[Finding]:
    """What the verification of each case found, with what is wrong with the files of its documents. People
    go on working. Raises Unavailable."""
    last = 0
    while True:
        with cases.store.reading(at_one_moment=True) as tx:
            ids = [row[0] for row in tx.rows(NEXT, (last, BATCH))]
            found = list(replay.verify(cases.registry, tx, ids))
            with_files = {row[0] for row in tx.rows(WITH_FILES, (ids[0], ids[-1]))} if ids else set()
        for one in found:
            files = keeping.faults(cases, one.case_id) if one.case_id in with_files else ()
            yield Finding(one.case_id, one.erased, (*one.faults, *files))
        if not ids:
            return
        last = ids[-1]
