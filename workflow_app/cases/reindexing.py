"""Making the search index anew, and proving it, in batches: people go on working meanwhile."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence

from workflow_app.database import FULL_TEXT
from workflow_app.searching.words import normal

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
NEXT_SAYING = (
    "SELECT DISTINCT case_id FROM search_texts WHERE case_id > ? AND texts LIKE ? ESCAPE '!' ORDER BY case_id LIMIT ?"
)


def rebuild(cases: Cases, *, only_missing: bool = False) -> Iterator[int]:
    """Write the rows of all cases anew, or those of cases that have none; yields how many cases each
    batch had."""
    for ids in _batches(cases, NEXT_MISSING if only_missing else NEXT):
        _write(cases, ids, anew=True)
        yield len(ids)
    if not only_missing:
        _rebuild_full_text(cases)


def rename(cases: Cases, former: str, after: int) -> int | None:
    """Write the rows of cases anew in which the former name of an organization still stands: a batch of
    them, from the case `after` on. The last case of the batch, or None where there is no more to do."""
    as_kept = json.dumps(normal(former), ensure_ascii=False)[1:-1]
    saying = "%" + re.sub("[!%_]", r"!\g<0>", as_kept) + "%"
    with cases.store.reading() as tx:
        ids = [row[0] for row in tx.rows(NEXT_SAYING, (after, saying, BATCH))]
    if not ids:
        return None
    _write(cases, ids, anew=False)
    return ids[-1]


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


def _write(cases: Cases, ids: Sequence[int], *, anew: bool) -> None:
    with cases.store.transaction() as tx:
        tx.lock(ids)
        for case_id in ids:
            tx.write(changes(tx, case_id, texts_of(cases.registry, tx.take(case_id).snapshot), anew=anew))
        tx.commit()


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
