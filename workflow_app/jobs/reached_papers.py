"""Whom a notice of a document reaches: those who take part in its case, and where it is for all who see the
case, those who follow it; each only as far as they may see the document when they are told.

Its audience, its case and the people are looked up at the moment of sending, in four statements, and one more
where it is for the administration. Nobody is told of a version that is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, exists, select

from workflow_app import access
from workflow_app.access import STAFF, Viewer, principals_meant
from workflow_app.engine import reaching
from workflow_app.engine.definition import Holder
from workflow_app.models import CaseParty, Document, DocumentVersion

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
    people = _people(connection, to.union(taking_part, follows, *limits), today)
    may_see = set.intersection(*map(people.of, limits)) if limits else None
    meant = behind(people.held, to)
    topics = dict.fromkeys(sorted(people.of(follows)), reaching.FOLLOWED)
    topics |= dict.fromkeys(sorted(meant.keys() & people.of(taking_part)), reaching.NEWS)
    return [
        Reached(person, topic, people.member(person, meant.get(person), limits), f"person:{person}" in about["did it"])
        for person, topic in topics.items()
        if may_see is None or person in may_see
    ]


def _document(connection: Connection, row: Any) -> Any | None:
    """The document as it is now; None where the version that is told of is not there any more."""
    version = exists().where(
        DocumentVersion.document_id == Document.id, DocumentVersion.seq == row.payload["seq"],
        DocumentVersion.withdrawn_at.is_(None),
    )  # fmt: skip
    query = select(Document.audience, Document.part, Document.added_by_id)
    return connection.execute(query.where(Document.id == row.payload["document"], version)).one_or_none()


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
