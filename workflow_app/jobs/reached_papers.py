"""Whom a notice of a document reaches: those who take part in its case, and where it is for all who see the
case, those who follow it; each only as far as they may see the document when they are told.

Its audience, its case and the people are looked up at the moment of sending, in four statements, one more where
it is for the administration, and two where its audience was changed: then only who is reached by it for the first
time is told. Nobody is told of what is withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from workflow_app import access
from workflow_app.access import STAFF, Viewer, principals_meant
from workflow_app.engine import reaching
from workflow_app.engine.definition import Holder
from workflow_app.models import CaseEvent, CaseEventPayload, CaseParty, Document, DocumentVersion, Notification
from workflow_app.models.documents import CHANGED, TOLD_OF_DOCUMENTS

from .holders import Holding, behind, holdings
from .reached import FOR_ALL, Reached, about_case

Parts = Mapping[str, tuple[Holder, ...]]


@dataclass(frozen=True, slots=True)
class _People:
    """Who holds what today, and who belongs to the administration."""

    held: Sequence[Holding]
    staff: Mapping[int, Viewer]

    def of(self, audiences: Collection[str]) -> set[int]:
        """The people for whom something is that is for these audiences."""
        return behind(self.held, audiences).keys() | (self.staff.keys() if STAFF in audiences else set())

    def member(self, person: int, holds_for: int | None, limits: Sequence[Collection[str]]) -> int | None:
        """The absent member for whom somebody is told: who takes part only as a deputy, or belongs to the
        administration only as one, where it is for the administration."""
        narrow = [audiences for audiences in limits if STAFF in audiences]
        if holds_for is None and narrow and person in self.staff:
            return self.staff[person].stands_in_for(narrow[0])
        return holds_for


def reached_by_document(connection: Connection, row: Any, today: date) -> list[Reached]:
    """Everybody whom a message about a document reaches."""
    document = _document(connection, row)
    if document is None:
        return []
    about, parts = about_case(connection, row), _parts(connection, row.case_id)
    taking_part = principals_meant("participants", None, None, parts) or frozenset()
    limits = _limits(row, document, about["reads"], parts)
    for_all = row.payload["audience"] == document.audience == "case"
    to, follows = {*row.payload["to"], *_adder(document)}, about["follows"] if for_all else set()
    knew = row.payload.get("knew", ())
    people = _people(connection, to.union(taking_part, follows, knew, *limits), today)
    may_see = set.intersection(*map(people.of, limits)) if limits else None
    meant = behind(people.held, to)
    topics = dict.fromkeys(sorted(people.of(follows)), reaching.FOLLOWED)
    topics |= dict.fromkeys(sorted(meant.keys() & people.of(taking_part)), reaching.NEWS)
    told = people.of(knew) | _told_before(connection, row) if row.payload["notice"] == CHANGED else set()
    return [
        Reached(person, topic, people.member(person, meant.get(person), limits), f"person:{person}" in about["did it"])
        for person, topic in topics.items()
        if person not in told and (may_see is None or person in may_see)
    ]


def _document(connection: Connection, row: Any) -> Any | None:
    """The document as it is now; None where the version that is told of is not there any more."""
    version = exists().where(DocumentVersion.document_id == Document.id, DocumentVersion.withdrawn_at.is_(None))
    if row.payload["notice"] != CHANGED:
        version = version.where(DocumentVersion.seq == row.payload["seq"])
    query = select(Document.audience, Document.part, Document.added_by_id)
    return connection.execute(query.where(Document.id == row.payload["document"], version)).one_or_none()


def _told_before(connection: Connection, row: Any) -> set[int]:
    """Who has been told of the document before, by whatever notice of its own; since then it may have been for
    fewer people."""
    document = row.payload["document"]
    changes = (
        select(CaseEventPayload.seq, CaseEventPayload.body)
        .join(CaseEvent, (CaseEvent.case_id == CaseEventPayload.case_id) & (CaseEvent.seq == CaseEventPayload.seq))
        .where(CaseEvent.case_id == row.case_id, CaseEvent.kind == "document", CaseEvent.step == CHANGED)
    )
    changed = [
        seq
        for seq, body in connection.execute(changes)
        if seq != row.payload["seq"] and json.loads(body)["audiences"][0]["document"] == document
    ]
    came = select(DocumentVersion.seq).where(DocumentVersion.document_id == document)
    told = select(Notification.person_id).where(
        Notification.case_id == row.case_id, Notification.notice.in_(TOLD_OF_DOCUMENTS),
        or_(Notification.seq.in_(came), Notification.seq.in_(changed)),
    )  # fmt: skip
    return set(connection.scalars(told))


def _adder(document: Any) -> set[str]:
    """Who added a document always sees it, and so hears of each new version as long as they take part."""
    return set() if document.added_by_id is None else {f"person:{document.added_by_id}"}


def _parts(connection: Connection, case_id: int) -> Parts:
    """Who holds which part in the case now."""
    held: dict[str, tuple[Holder, ...]] = {}
    query = select(CaseParty.part, CaseParty.person_id, CaseParty.organization_id).where(CaseParty.case_id == case_id)
    for part, person, organization in connection.execute(query):
        held[part] = (*held.get(part, ()), Holder(person, organization))
    return held


def _limits(row: Any, document: Any, reads: Collection[str], parts: Parts) -> list[Collection[str]]:
    """Audiences, of each of which somebody must be who is told: of the case, of the document as it is now, and
    of one that was for the administration when it came."""
    added = document.part, document.added_by_id, parts
    found = [None if FOR_ALL.intersection(reads) else reads, principals_meant(document.audience, *added)]
    if row.payload["audience"] == "administration":
        found.append(principals_meant("administration", *added))
    return [one for one in found if one is not None]


def _people(connection: Connection, audiences: Collection[str], today: date) -> _People:
    staff = access.staff(connection, today) if STAFF in audiences else ()
    by_id = {one.person: one for one in staff if one.person is not None}
    return _People(holdings(connection, audiences, today), by_id)
