"""Making the search index anew, and proving it, in batches: people go on working meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from workflow_app.database import FULL_TEXT

from .acting import Cases
from .indexing import changes, texts_of
from .transaction import Transaction

BATCH = 200
"""Cases that wait for one transaction at most."""
NEXT = "SELECT id FROM cases WHERE id > ? ORDER BY id LIMIT ?"
NEXT_MISSING = (
    "SELECT id FROM cases c WHERE id > ?"
    " AND NOT EXISTS (SELECT 1 FROM search_texts t WHERE t.case_id = c.id) ORDER BY id LIMIT ?"
)


def rebuild(cases: Cases, *, only_missing: bool = False) -> Iterator[int]:
    """Write the rows of all cases anew, or those of cases that have none; yields how many cases each
    batch had."""
    for ids in _batches(cases, NEXT_MISSING if only_missing else NEXT):
        with cases.store.transaction() as tx:
            tx.lock(ids)
            for case_id in ids:
                tx.write(changes(tx, case_id, texts_of(cases.registry, tx.take(case_id).snapshot), anew=True))
            tx.commit()
        yield len(ids)
    if not only_missing:
        _rebuild_full_text(cases)


def check(cases: Cases) -> Iterator[tuple[int, list[int]]]:
    """How many cases each batch had, and those of them whose rows are not what they should be."""
    for ids in _batches(cases, NEXT):
        with cases.store.reading(at_one_moment=True) as tx:
            wrong = [i for i in ids if changes(tx, i, texts_of(cases.registry, tx.take(i).snapshot))]
        yield len(ids), wrong


def full_text_is_sound(cases: Cases) -> bool:
    """Whether the full-text index is that of its rows; PostgreSQL sees to this itself."""
    with cases.store.transaction() as tx:
        try:
            _tell_full_text(tx, "(%s, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            return False
    return True


def _rebuild_full_text(cases: Cases) -> None:
    if not full_text_is_sound(cases):
        with cases.store.transaction() as tx:
            _tell_full_text(tx, "(%s) VALUES ('rebuild')")
            tx.commit()


def _tell_full_text(tx: Transaction, command: str) -> None:
    if tx.DIALECT == "sqlite":
        for index in FULL_TEXT:
            tx.rows(f"INSERT INTO {index} {command % index}")


def _batches(cases: Cases, sql: str) -> Iterator[Sequence[int]]:
    last = 0
    while True:
        with cases.store.reading() as tx:
            ids = [row[0] for row in tx.rows(sql, (last, BATCH))]
        if not ids:
            return
        yield ids
        last = ids[-1]
