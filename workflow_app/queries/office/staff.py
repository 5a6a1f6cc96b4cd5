"""Who works here, as figures and lists speak of them. Residents have no names here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app import access
from workflow_app.access import Viewer
from workflow_app.models import Organization

from .counting import PRIVATE


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the administration, with the principals they hold today because of their seats."""

    id: int
    name: str
    principals: frozenset[str]


def in_office(viewer: Viewer) -> Viewer:
    """Somebody without what they are entitled to as a private person: their own comments and complaints."""
    return replace(viewer, principals=frozenset(p for p in viewer.principals if not p.startswith(PRIVATE)))


def colleagues(session: Session, today: date) -> list[Colleague]:
    """Everybody of the administration by name."""
    found = access.staff(session, today)
    return [Colleague(one.person or 0, one.name, _seats(one.principals)) for one in found]


def _seats(principals: Iterable[str]) -> frozenset[str]:
    return frozenset(principal for principal in principals if "@" in principal)


def names_of(session: Session, organizations: Iterable[int]) -> Mapping[int, str]:
    """The names of organizations; one that is gone is left out."""
    wanted = sorted(set(organizations))
    if not wanted:
        return {}
    query = select(Organization.id, Organization.name).where(Organization.id.in_(wanted))
    return {row.id: row.name for row in session.execute(query)}
