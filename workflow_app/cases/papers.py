"""Documents of a case: adding one, adding a version, withdrawing, changing for whom it is. Each is an event.

What the history holds of a document is an entry: its name, for whom it is, and name, kind, size
and SHA-256 of the file. So the chain proves the bytes, wherever they lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer, is_meant, meant_for
from workflow_app.documents import Received, Store, names
from workflow_app.engine.definition import Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible
from workflow_app.models import Document
from workflow_app.models.documents import ADDED, CHANGED, NEW_VERSION

from . import indexing, keeping, records
from .history import Event, canonical, digest, new_salt
from .paper import Paper, told_of
from .rights import added_for, may_add, may_withdraw, withdrawn_for
from .transaction import Head, Part, Transaction

AUDIENCES = ("case", "participants", "administration", "part")
LONGEST_NAME, LONGEST_NOTE, MOST_VERSIONS = 200, 500, 1_000
NO_DOCUMENT = _("There is no such document, or it is not for everyone.")
Entry = dict[str, Any]
VERSION = (
    "document_id", "number", "case_id", "seq", "file_name", "mime_type", "size", "sha256", "note", "added_by_id",
    "added_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """A document on its way into a case. Without a name it is called as its file; `audience` is one of
    `AUDIENCES`, `part` the part in the case that it is for."""

    file: Received
    audience: str = "case"
    part: str | None = None
    name: str = ""
    note: str | None = None


# --------------------------------------------------------------- inside a transaction


def begin(
    tx: Transaction, files: Store | None, case: Snapshot, added: Sequence[Added], person: int | None
) -> list[Entry]:
    """New documents in a case, each with an id; gives the entries for the history. Raises Invalid, or
    NotPossible where a file is no longer in the store."""
    must_be_kept(tx, files, [one.file for one in added])
    return [_begun(tx, case, one, person) for one in added]


def _begun(tx: Transaction, case: Snapshot, one: Added, person: int | None) -> Entry:
    part = _part(case, one.audience, one.part)
    name = (one.name.strip() or names.stem(one.file.file_name))[:LONGEST_NAME]
    sql, values = records.insert(
        "documents", ("case_id", "name", "audience", "part", "added_by_id"),
        [(case.id, name, one.audience, part, person)],
    )[0]  # fmt: skip
    id_ = int(tx.rows(sql + " RETURNING id", values)[0][0])
    return entry(id_, 1, name, one.audience, part, one.file, one.note)


def _part(case: Snapshot, audience: str, part: str | None) -> str | None:
    """The part for which a document of this audience is. Raises Invalid for an audience that there is not."""
    if audience not in AUDIENCES or (audience == "part" and not case.parts.get(part or "")):
        raise Invalid(_("Please say who may see the document."))
    return part if audience == "part" else None


def entry(id_: int, number: int, name: str, audience: str, part: str | None, file: Received, note: str | None) -> Entry:
    """What the history keeps of one version."""
    return {
        "document": id_, "version": number, "name": name, "audience": audience, "part": part, "note": _short(note),
        "file_name": file.file_name, "mime_type": file.mime_type, "size": file.size, "sha256": file.sha256,
    }  # fmt: skip


def versions(entries: Sequence[Entry], event: Event) -> list[Part]:
    """The rows of versions that came with an event."""
    return records.insert(
        "document_versions", VERSION,
        [(e["document"], e["version"], event.case_id, event.seq, e["file_name"], e["mime_type"], e["size"], e["sha256"],
          e["note"], event.actor_id, event.at) for e in entries],
    )  # fmt: skip


def must_be_kept(tx: Transaction, files: Store | None, wanted: Sequence[Received]) -> None:
    """Raise NotPossible for a file that has been cleaned away since it was sent. From here on nobody
    cleans it away until this transaction has ended."""
    for file in sorted(wanted, key=lambda one: one.sha256):
        tx.lock_file(file.sha256)
        if files is None or not files.exists(file.sha256):
            raise NotPossible(_("The file %(name)s is no longer there. Please choose it again."), name=file.file_name)


# ------------------------------------------------------------------------- the verbs


def add(cases: keeping.Keeper, case_id: int, who: Viewer, added: Added, *, key: str | None = None) -> int:
    """Add a document to a case; gives the sequence of the event. Raises Refused and changes nothing."""
    with cases.store.transaction() as tx:
        head = tx.take(case_id, key)
        if head.done:
            return int(head.done[1])
        seeing = _must_see(tx, case_id, who)
        parts, closed = head.snapshot.parts, _closed(tx, case_id)
        _must_be(may_add(who, parts, closed=closed))
        entries = begin(tx, cases.files, head.snapshot, [added], who.person)
        member = added_for(who, parts, seeing, closed=closed)
        event = _append(tx, head, ADDED, who, member, key, {"documents": entries})
        paper = Paper(entries[0]["name"], entries[0]["audience"], entries[0]["part"], who.person)
        tx.write(versions(entries, event) + told_of(head.snapshot, event, entries[0]["document"], paper))
        indexing.keep(tx, case_id, indexing.texts_of(cases.registry, head.snapshot))
        tx.commit()
    return event.seq


def add_version(
    cases: keeping.Keeper, document_id: int, who: Viewer, file: Received, note: str | None = None,
    *, key: str | None = None,
) -> int:  # fmt: skip
    """Add a version to a document; gives the sequence of the event. Raises Refused and changes nothing."""
    case_id = _case_of(cases, document_id, who)
    with cases.store.transaction() as tx:
        head = tx.take(case_id, key)
        if head.done:
            return int(head.done[1])
        seeing = _must_see(tx, case_id, who)
        parts, closed = head.snapshot.parts, _closed(tx, case_id)
        paper = _must_be_meant(tx, document_id, who, head.snapshot)
        _must_be(may_add(who, parts, closed=closed))
        must_be_kept(tx, cases.files, [file])
        number = 1 + int(
            tx.rows("SELECT max(number) FROM document_versions WHERE document_id = ?", (document_id,))[0][0]
        )
        if number > MOST_VERSIONS:
            raise NotPossible(_("This document has too many versions. Please add a new document."))
        entries = [entry(document_id, number, paper.name, paper.audience, paper.part, file, note)]
        member = added_for(who, parts, seeing, closed=closed)
        event = _append(tx, head, NEW_VERSION, who, member, key, {"documents": entries})
        tx.write(versions(entries, event) + told_of(head.snapshot, event, document_id, paper))
        tx.commit()
    return event.seq


def withdraw(
    cases: keeping.Keeper, document_id: int, who: Viewer, reason: str, number: int | None = None,
    *, key: str | None = None,
) -> int:  # fmt: skip
    """Withdraw one version of a document, or all of them: the rows stay and say so, the files go.
    Gives the sequence of the event. Raises Refused and changes nothing."""
    case_id = _case_of(cases, document_id, who)
    with cases.store.transaction() as tx:
        head = tx.take(case_id, key)
        if head.done:
            return int(head.done[1])
        seeing = _must_see(tx, case_id, who)
        parts, closed = head.snapshot.parts, _closed(tx, case_id)
        paper = _must_be_meant(tx, document_id, who, head.snapshot)
        _must_be(may_withdraw(who, parts, paper.added_by, closed=closed))
        gone = _still_there(tx, document_id, number)
        told = {"document": document_id, "versions": sorted(gone), "reason": _short(reason)}
        member = withdrawn_for(who, parts, seeing, paper.added_by, closed=closed)
        event = _append(tx, head, "withdraw_document", who, member, key, {"withdrawn": [told]})
        marks = ", ".join("?" * len(gone))
        tx.write([(
            "UPDATE document_versions SET withdrawn_seq = ?, withdrawn_by_id = ?, withdrawn_at = ?,"
            f" withdrawn_reason = ? WHERE document_id = ? AND number IN ({marks})",
            (event.seq, who.person, event.at, told["reason"], document_id, *sorted(gone)),
        )])  # fmt: skip
        tx.commit()
    keeping.forget(cases, gone.values())
    return event.seq


def change_audience(
    cases: keeping.Keeper, document_id: int, who: Viewer, audience: str, part: str | None = None,
    *, key: str | None = None,
) -> int:  # fmt: skip
    """Change for whom a document is, with all its versions; whom it reaches only now is told of it as of a new
    one. Gives the sequence of the event. Raises Refused and changes nothing."""
    case_id = _case_of(cases, document_id, who)
    with cases.store.transaction() as tx:
        head = tx.take(case_id, key)
        if head.done:
            return int(head.done[1])
        seeing = _must_see(tx, case_id, who)
        parts, closed = head.snapshot.parts, _closed(tx, case_id)
        before = _must_be_meant(tx, document_id, who, head.snapshot)
        _must_be(may_withdraw(who, parts, before.added_by, closed=closed))
        after = before._replace(audience=audience, part=_part(head.snapshot, audience, part))
        if after == before:
            raise NotPossible(_("It is for them already."))
        told = {"document": document_id, "audience": after.audience, "part": after.part}
        member = withdrawn_for(who, parts, seeing, before.added_by, closed=closed)
        event = _append(tx, head, CHANGED, who, member, key, {"audiences": [told]})
        sql = "UPDATE documents SET audience = ?, part = ? WHERE id = ?"
        tx.write([(sql, (after.audience, after.part, document_id))])
        tx.write(told_of(head.snapshot, event, document_id, after, before))
        indexing.keep(tx, case_id, indexing.texts_of(cases.registry, head.snapshot))
        tx.commit()
    return event.seq


def _still_there(tx: Transaction, document_id: int, number: int | None) -> dict[int, str]:
    """The hashes of the versions to withdraw, by their number."""
    sql = "SELECT number, sha256 FROM document_versions WHERE document_id = ? AND withdrawn_at IS NULL"
    found = {int(n): str(sha256) for n, sha256 in tx.rows(sql, (document_id,)) if number in (None, n)}
    if not found:
        raise NotPossible(_("It has been withdrawn already."))
    return found


def _case_of(cases: keeping.Keeper, document_id: int, who: Viewer) -> int:
    """The case of a document that is there for somebody; everything else is asked under its lock."""
    with Session(cases.store.engine) as session:
        found = session.scalar(select(Document.case_id).where(Document.id == document_id, meant_for(who)))
    if found is None:
        raise NotFound(NO_DOCUMENT)
    return found


def _must_be_meant(tx: Transaction, document_id: int, who: Viewer, case: Snapshot) -> Paper:
    """A document as it stands under the lock of its case. Raises NotFound where it is not (any more) for somebody."""
    sql = "SELECT name, audience, part, added_by_id FROM documents WHERE id = ?"
    paper = next((Paper(*row) for row in tx.rows(sql, (document_id,))), None)
    if paper is None or not is_meant(who, paper.meant(case)):
        raise NotFound(NO_DOCUMENT)
    return paper


def _append(
    tx: Transaction, head: Head, what: str, who: Viewer, member: int | None, key: str | None, told: Mapping[str, Any]
) -> Event:  # fmt: skip
    """An event by which the case stays where it is, with all its values; a deputy acts for a `member`."""
    case, body, salt = head.snapshot, canonical(told), new_salt()
    event = Event(
        case.id, case.seq + 1, "document", what, case.state, case.state, case.version, 1, 1, who.person, tx.now,
        key, digest(salt, body), head.hash, member,
    )  # fmt: skip
    tx.write(records.event(event, salt, body) + records.grown(event))
    return event


def _must_see(tx: Transaction, case_id: int, who: Viewer) -> frozenset[str]:
    """By which of their principals somebody sees a case. Raises NotFound where there is none."""
    marks = ", ".join("?" * len(who.principals))
    sql = f"SELECT principal FROM case_readers WHERE case_id = ? AND principal IN ({marks})"
    found = frozenset(row[0] for row in tx.rows(sql, (case_id, *sorted(who.principals))))
    if not found:
        raise NotFound(NO_DOCUMENT)
    return found


def _must_be(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed(_("Only who takes part in this case may do this, and the administration."))


def _closed(tx: Transaction, case_id: int) -> bool:
    return bool(tx.rows("SELECT closed FROM cases WHERE id = ?", (case_id,))[0][0])


def _short(text: str | None) -> str | None:
    return (text or "").strip()[:LONGEST_NOTE] or None
