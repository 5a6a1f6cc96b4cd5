"""A document as its row has it, and who is to be told of it. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from workflow_app.access import principals_meant
from workflow_app.engine.definition import Snapshot

from . import records
from .history import Event
from .transaction import Part


class Paper(NamedTuple):
    """A document as its row has it: what it is called, for whom it is, and who added it."""

    name: str
    audience: str
    part: str | None
    added_by: int | None

    def meant(self, case: Snapshot) -> frozenset[str] | None:
        """The audiences for whom it is; None for all who see the case."""
        return principals_meant(self.audience, self.part, self.added_by, case.parts)


def told_of(case: Snapshot, event: Event, id_: int, paper: Paper, before: Paper | None = None) -> list[Part]:
    """One message for those who take part in the case, as far as the document is meant for them, and was not
    `before`; none where nobody can be reached only now. Who of them may see it, and who follows the case, is
    looked up when it is sent (`jobs.reached_papers`)."""
    knew = before.meant(case) if before else frozenset()
    # Of those who take part, who belongs to the administration is known when they are told.
    audience = "part" if paper.audience == "part" else "participants"
    meant = principals_meant(audience, paper.part, None, case.parts) or frozenset()
    if knew is None or (before and meant <= knew and paper.audience != "case"):
        return []
    more: dict[str, Any] = {"document": id_, "audience": paper.audience} | ({"knew": sorted(knew)} if before else {})
    row = records.message(case.id, event.seq, event.step, sorted(meant - knew), event.at, **more)
    return records.insert("outbox", records.OUTBOX, [row])
