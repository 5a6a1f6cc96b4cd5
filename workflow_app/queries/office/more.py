"""What the lists say beyond the rows they find, for the few cases that are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, select, type_coerce
from sqlalchemy.orm import Session

from workflow_app.models import Case, CaseEvent, Instant, OpenStep

from .counting import entered_at


def since(session: Session, ids: Sequence[int]) -> Mapping[int, datetime | None]:
    """When cases came into their present state."""
    entry = and_(CaseEvent.case_id == Case.id, CaseEvent.seq == Case.entered_seq)
    query = select(Case.id, type_coerce(entered_at(), Instant())).join(CaseEvent, entry).where(Case.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)} if ids else {}


def waiting(session: Session, ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """The principals for whom cases wait."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    query = select(OpenStep.case_id, OpenStep.principal).where(OpenStep.case_id.in_(ids)).order_by(OpenStep.principal)
    for case_id, principal in session.execute(query) if ids else ():
        found[case_id][principal] = None
    return {case_id: tuple(principals) for case_id, principals in found.items()}
