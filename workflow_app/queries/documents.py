"""Documents as somebody may see them: those of a case, one with its versions, one file.

What is not meant for a viewer is not there for them: `readable` is the one condition for all lists,
for a search as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from workflow_app.access import Viewer, meant_for
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import NotFound
from workflow_app.models import CaseEvent, Document, DocumentVersion, Person

from .rows import LAST_ID, Page, visible

SHOWN = 10
_withdrawer, _absent = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One file of a document. `size` is in bytes; `by` is the name of whoever added it, `represents` that of
    the absent member for whom a deputy did. A version that was withdrawn says when, by whom (and for whom)
    and why; its file is gone."""

    number: int
    seq: int
    file_name: str
    mime_type: str
    size: int
    sha256: str
    note: str | None
    by: str | None
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    represents: str | None
    withdrawn_for: str | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document with all its versions, the newest first; never without one."""

    id: int
    case_id: int
    name: str
    audience: str
    part: str | None
    added_by: int | None
    versions: Sequence[VersionRow]

    @property
    def newest(self) -> VersionRow:
        """The newest version that is there; of a document that is withdrawn the newest there was."""
        return next((one for one in self.versions if one.withdrawn_at is None), self.versions[0])

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing of it is there any more."""
        return self.newest.withdrawn_at is not None


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a viewer may see a document: it is meant for them, and they may see its case."""
    return and_(visible(viewer, Document.case_id), meant_for(viewer))


def documents_of(
    session: Session, viewer: Viewer, case_id: int, *, after: int | None = None, limit: int = SHOWN
) -> Page[DocumentRow]:
    """The documents of a case that a viewer may see, the newest first; the key to go on from is an id."""
    query = select(Document).where(Document.case_id == case_id, readable(viewer)).order_by(Document.id.desc())
    if after is not None:
        query = query.where(Document.id < min(after, LAST_ID))
    found = session.scalars(query.limit(limit + 1)).all()
    rows = _rows(session, found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else None)


def document(session: Session, viewer: Viewer, document_id: int) -> DocumentRow:
    """One document. Raises NotFound where it is not for this viewer to know of."""
    rows = _rows(session, session.scalars(select(Document).where(Document.id == document_id, readable(viewer))).all())
    if not rows:
        raise NotFound(_("There is no such document, or it is not for everyone."))
    return rows[0]


def version(session: Session, viewer: Viewer, document_id: int, number: int) -> VersionRow:
    """One version of a document. Raises NotFound as `document` does, and for a number it does not have."""
    found = document(session, viewer, document_id)
    for one in found.versions:
        if one.number == number:
            return one
    raise NotFound(_("There is no such document, or it is not for everyone."))


def named_documents(session: Session, viewer: Viewer, ids: Iterable[int]) -> dict[int, str]:
    """The names of those of some documents that the viewer may see."""
    wanted = set(ids)
    query = select(Document.id, Document.name).where(Document.id.in_(wanted), readable(viewer))
    return {row.id: row.name for row in session.execute(query)} if wanted else {}


def _rows(session: Session, found: Sequence[Document]) -> list[DocumentRow]:
    """Documents with their versions, in one query for all of them."""
    by: dict[int, list[VersionRow]] = {one.id: [] for one in found}
    for document_id, row in _versions(session, list(by)) if by else ():
        by[document_id].append(row)
    return [DocumentRow(d.id, d.case_id, d.name, d.audience, d.part, d.added_by_id, by[d.id]) for d in found]


def _versions(session: Session, ids: Sequence[int]) -> list[tuple[int, VersionRow]]:
    v: Any = DocumentVersion
    query = (
        select(
            v.document_id, v.number, v.seq, v.file_name, v.mime_type, v.size, v.sha256, v.note, Person.name, v.added_at,
            v.withdrawn_at, _withdrawer.name, v.withdrawn_reason, _represented(v.seq), _represented(v.withdrawn_seq),
        )
        .outerjoin(Person, Person.id == v.added_by_id)
        .outerjoin(_withdrawer, _withdrawer.id == v.withdrawn_by_id)
        .where(v.document_id.in_(ids))
        .order_by(v.document_id, v.number.desc())
    )  # fmt: skip
    return [(id_, VersionRow(*told)) for id_, *told in session.execute(query)]


def _represented(seq: Any) -> Any:
    """The name of the absent member for whom a deputy acted in this event of a version's case."""
    return (
        select(_absent.name)
        .join(CaseEvent, CaseEvent.represents_id == _absent.id)
        .where(CaseEvent.case_id == DocumentVersion.case_id, CaseEvent.seq == seq)
        .scalar_subquery()
    )
