"""What the pages of organizations show: the list, one of them, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import distinct, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from workflow_app.access import valid
from workflow_app.models import Case, CaseParty, Membership, Organization, OrganizationEvent, Person

from .rows import LOOKED_AT, NameKey, Page, looked_through

LISTED = 50
RECORDED = 30
_above = aliased(Organization)


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization in the list. `members` is how many people belong to it today; deputies, who only
    stand in, and administrators are counted, too."""

    id: int
    name: str
    organization_type: str
    classification: str | None
    parent: str | None
    end_date: date | None
    members: int


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the record; `actor` is None for the operator."""

    id: int
    at: datetime
    kind: str
    actor: str | None
    name: str
    former_name: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an organization has to do with others: the ones below it, and how many cases go on in which
    it holds a part."""

    below: Sequence[tuple[int, str]]
    open_cases: int
    record: Page[Happened]


def organizations(
    session: Session, today: date, *, text: str = "", after: NameKey | None = None, limit: int = LISTED
) -> Page[OrganizationRow]:  # fmt: skip
    """Organizations by name, page by page, those with the words of `text` in their name; the key to go on
    from is a name and an id."""
    query = (
        select(Organization, _above.name)
        .outerjoin(_above, _above.id == Organization.parent_id)
        .order_by(Organization.name, Organization.id)
        .limit((LOOKED_AT if text else limit) + 1)
    )
    if after:
        query = query.where(tuple_(Organization.name, Organization.id) > tuple_(*after))
    looked_at = session.execute(query).all()
    words = text.casefold().split()
    page = looked_through(looked_at, words, limit, lambda one: one[0].name, lambda one: (one[0].name, one[0].id))
    members = _members(session, [one.id for one, _above_it in page.rows], today)
    rows = [
        OrganizationRow(
            one.id, one.name, one.organization_type, one.classification, above, one.end_date, members.get(one.id, 0)
        )
        for one, above in page.rows
    ]
    return Page(rows, page.after, page.looked_at)


def _members(session: Session, ids: Sequence[int], today: date) -> dict[int, int]:
    """How many people belong to each of these today."""
    query = (
        select(Membership.organization_id, func.count(distinct(Membership.person_id)))
        .where(Membership.organization_id.in_(ids), valid(Membership, today))
        .group_by(Membership.organization_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def is_town_empty(session: Session) -> bool:
    """Whether there is no case yet, so that a town is only being set up."""
    return session.scalar(select(Case.id).limit(1)) is None


def standing_of(session: Session, organization_id: int, before: int | None = None) -> Standing:
    """What one organization has to do with others, and its record, the newest first."""
    below = session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.parent_id == organization_id)
        .order_by(Organization.name, Organization.id)
    )
    going_on = (
        select(func.count(distinct(CaseParty.case_id)))
        .join(Case, Case.id == CaseParty.case_id)
        .where(CaseParty.organization_id == organization_id, Case.closed.is_(False))
    )
    return Standing(
        [(id_, name) for id_, name in below], session.scalar(going_on) or 0, _record(session, organization_id, before)
    )


def _record(session: Session, organization_id: int, before: int | None) -> Page[Happened]:
    query = (
        select(OrganizationEvent, Person.name)
        .outerjoin(Person, Person.id == OrganizationEvent.actor_id)
        .where(OrganizationEvent.organization_id == organization_id)
        .order_by(OrganizationEvent.id.desc())
        .limit(RECORDED + 1)
    )
    if before is not None:
        query = query.where(OrganizationEvent.id < before)
    rows = [Happened(e.id, e.at, e.kind, actor, e.name, e.former_name) for e, actor in session.execute(query)]
    return Page(rows[:RECORDED], rows[RECORDED - 1].id if len(rows) > RECORDED else None)
