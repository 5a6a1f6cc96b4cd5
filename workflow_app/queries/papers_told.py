"""What notices of documents tell a reader: nothing of a document that they may not see (any more)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.engine.definition import Holder
from workflow_app.models.documents import TOLD_OF_DOCUMENTS

from .case_page import parts_of_each
from .documents import named_documents
from .history import Happened, Key, happened_each


@dataclass(frozen=True, slots=True)
class PaperTold:
    """An event of a document, with its id and name, and who holds which part in its case."""

    document: int
    name: str
    event: Happened
    parts: Mapping[str, tuple[Holder, ...]]


def paper_key(notification: Any) -> Key | None:
    """The event that a notification tells of, where it is one of a document."""
    return (notification.case_id, notification.seq) if notification.notice in TOLD_OF_DOCUMENTS else None


def papers_told(session: Session, viewer: Viewer, keys: Collection[Key]) -> dict[Key, PaperTold]:
    """What these events tell the viewer; those of documents that they may not see are left out."""
    events = happened_each(session, keys)
    names = named_documents(session, viewer, (paper for event in events.values() for paper in event.papers))
    parts = parts_of_each(session, {case_id for case_id, _seq in events})
    return {
        key: PaperTold(paper, names[paper], event, parts[key[0]])
        for key, event in events.items()
        for paper in event.papers
        if paper in names
    }
