"""Forgetting what must be forgotten (GDPR art. 17) without losing what happened.

The payloads go, the events stay; an event of the erasure itself carries what is left.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from workflow_app.engine import clock
from workflow_app.engine.definition import Actor
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import NotPossible

from . import indexing, keeping, records
from .acting import Cases, Done
from .history import Event, canonical, digest, new_salt, parts_out
from .replay import EVENTS, Replayed, written_documents
from .transaction import Head, Transaction

ERASED_TITLE = _("Erased")


def erase(cases: Cases, case_id: int, actor: Actor, seqs: Collection[int] | None = None) -> Done:
    """Delete what was written with the given events (default: with all of them) and rebuild the
    case from what is left. The numbers, states and times of its history stay. An erased title
    reads "Erased", and with all events also the reasons for which its incidents were discarded. Documents
    that came with these events go, and their files. Raises NotPossible for a sequence that the case does
    not have."""
    with cases.store.transaction() as tx:
        head = tx.take(case_id)
        case = head.snapshot
        wanted = set(seqs) if seqs is not None else set(range(1, case.seq + 1))
        if not wanted or not wanted <= set(range(1, case.seq + 1)):
            raise NotPossible(_("The case has no such event."))
        marks = ", ".join("?" * len(wanted))
        tx.write([
            (f"DELETE FROM case_event_payloads WHERE case_id = ? AND seq IN ({marks})", (case_id, *sorted(wanted)))
        ])  # fmt: skip
        files = _erase_documents(tx, case_id, sorted(wanted))
        if seqs is None:
            _erase_reasons(tx, case_id)
        event = _written_down(cases, tx, head, actor, sorted(wanted))
        tx.commit()
    keeping.forget(cases, files)
    return Done(case_id, event.seq, case.state, case.number)


def _written_down(cases: Cases, tx: Transaction, head: Head, actor: Actor, wanted: Sequence[int]) -> Event:
    """The event of the erasure, and the case as it follows from what is left."""
    case, left = head.snapshot, _left(tx, head.snapshot.id)
    process, title = cases.registry.find(case.process, case.version), left.title or ERASED_TITLE
    links = sorted(tx.rows("SELECT kind, to_id FROM case_links WHERE from_id = ?", (case.id,)))
    kept = {
        "data": left.data, "title": title, "number": case.number, "parts": parts_out(case.parts), "links": links,
        "documents": written_documents(tx, case.id),
    }  # fmt: skip
    body, salt = canonical({"erased": wanted, "checkpoint": kept}), new_salt()
    event = Event(
        case.id, case.seq + 1, "erase", "erase", case.state, case.state, case.version, 1, 1, actor.person,
        clock.now(), None, digest(salt, body), head.hash,
    )  # fmt: skip
    tx.write(
        records.event(event, salt, body)
        + records.head(
            case, event, data=left.data, title=title, hands=case.hands, number=case.number,
            entered=case.entered_seq, closed=process.state_by_name[case.state].final,
        )
    )  # fmt: skip
    indexing.keep(tx, case.id, indexing.Texts(process, title, case.number, left.data, case.parts))
    return event


def _erase_documents(tx: Transaction, case_id: int, wanted: Sequence[int]) -> list[str]:
    """The versions that came with these events go, and the reasons that were written with them; gives
    the hashes of the files."""
    marks = ", ".join("?" * len(wanted))
    these = f"case_id = ? AND seq IN ({marks})"
    files = [row[0] for row in tx.rows(f"SELECT sha256 FROM document_versions WHERE {these}", (case_id, *wanted))]
    for sql in (
        f"DELETE FROM document_versions WHERE {these}",
        f"UPDATE document_versions SET withdrawn_reason = NULL WHERE case_id = ? AND withdrawn_seq IN ({marks})",
    ):
        tx.write([(sql, (case_id, *wanted))])
    empty = "NOT EXISTS (SELECT 1 FROM document_versions v WHERE v.document_id = documents.id)"
    tx.write([(f"DELETE FROM documents WHERE case_id = ? AND {empty}", (case_id,))])
    return files


def _erase_reasons(tx: Transaction, case_id: int) -> None:
    """Why incidents of the case were discarded may speak of people; that, who did it and when stays."""
    tx.write([("UPDATE incidents SET reason = ? WHERE case_id = ? AND reason IS NOT NULL", (ERASED_TITLE, case_id))])


def _left(tx: Transaction, case_id: int) -> Replayed:
    """The data and the title that the remaining payloads add up to."""
    left = Replayed()
    for *_event, body in tx.rows(EVENTS, (case_id,)):
        if body is not None:
            left.apply(json.loads(body))
    return left
