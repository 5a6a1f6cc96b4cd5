"""What the pages of accounts show: memberships, deputies, sign-ins, the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from workflow_app.access import ADMINISTRATOR, valid
from workflow_app.models import AccountEvent, DeputyRequest, Membership, Organization, Person, SignIn

from .rows import LAST_ID, Page

MEMBERS = 50
RECORDED = 30


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A membership with the names in it. `represents` is the member that a deputy stands in for;
    `standing` says whether it counts today: ``now``, ``later`` or ``over``."""

    id: int
    person_id: int
    person: str
    organization_id: int
    organization: str
    role: str
    start_date: date | None
    end_date: date | None
    represents: str | None
    standing: str

    @property
    def may_have_deputy(self) -> bool:
        """Whether somebody could stand in for this one."""
        return self.represents is None and self.role != ADMINISTRATOR and self.standing != "over"


_represented, _absent = aliased(Membership), aliased(Person)


def _memberships() -> Select[*tuple[Any, ...]]:
    return (
        select(Membership, Person.name, Organization.name, _absent.name)
        .join(Person, Person.id == Membership.person_id)
        .join(Organization, Organization.id == Membership.organization_id)
        .outerjoin(_represented, _represented.id == Membership.deputy_of_id)
        .outerjoin(_absent, _absent.id == _represented.person_id)
        .order_by(Membership.id)
    )


def _row(found: Any, today: date) -> MembershipRow:
    membership, person, organization, represents = found
    m: Membership = membership
    later = m.start_date is not None and m.start_date > today
    over = m.end_date is not None and m.end_date < today
    return MembershipRow(
        m.id, m.person_id, person, m.organization_id, organization, m.role, m.start_date, m.end_date, represents,
        "over" if over else "later" if later else "now",
    )  # fmt: skip


def memberships_of(session: Session, person_id: int, today: date) -> list[MembershipRow]:
    """What a person is, was and will be, and for whom they stand in; the present ones first."""
    found = session.execute(_memberships().where(Membership.person_id == person_id))
    order = ("now", "later", "over")
    return sorted((_row(row, today) for row in found), key=lambda row: order.index(row.standing))


def deputies_of(session: Session, person_id: int, today: date) -> list[MembershipRow]:
    """Who stands in for a person, where it has not ended."""
    not_over = or_(Membership.end_date.is_(None), Membership.end_date >= today)
    found = session.execute(_memberships().where(_represented.person_id == person_id, not_over))
    return [_row(row, today) for row in found]


def membership(session: Session, membership_id: int, today: date) -> MembershipRow | None:
    """One membership."""
    found = session.execute(_memberships().where(Membership.id == membership_id)).first()
    return _row(found, today) if found else None


def members_of(
    session: Session, organization_id: int, today: date, after: int | None = None, limit: int = MEMBERS
) -> Page[MembershipRow]:
    """Who belongs to an organization or will, page by page."""
    query = _memberships().where(
        Membership.organization_id == organization_id,
        or_(Membership.end_date.is_(None), Membership.end_date >= today),
        Membership.id > min(after or 0, LAST_ID),
    )
    rows = [_row(row, today) for row in session.execute(query.limit(limit + 1))]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def colleagues(session: Session, row: MembershipRow, today: date) -> Sequence[tuple[int, str]]:
    """Who could stand in for a member without asking anybody: the other members of the organization."""
    query = (
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organization_id == row.organization_id,
            Membership.role.not_in(("guest", ADMINISTRATOR)),
            Membership.deputy_of_id.is_(None),
            valid(Membership, today),
            Person.id != row.person_id,
            Person.locked.is_(False),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return [(id_, name) for id_, name in session.execute(query)]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A member's wish for a deputy from outside, waiting for the head of the organization."""

    id: int
    person: str
    represents: str
    start_date: date | None
    end_date: date | None


def requests_in(session: Session, organization_id: int) -> list[RequestRow]:
    """What the head of an organization has not answered yet."""
    member = aliased(Person)
    query = (
        select(DeputyRequest, Person.name, member.name)
        .join(Person, Person.id == DeputyRequest.person_id)
        .join(Membership, Membership.id == DeputyRequest.membership_id)
        .join(member, member.id == Membership.person_id)
        .where(Membership.organization_id == organization_id)
        .order_by(DeputyRequest.id)
    )
    return [RequestRow(r.id, person, name, r.start_date, r.end_date) for r, person, name in session.execute(query)]


def asked_in(session: Session, organizations: Collection[int] | None) -> Sequence[tuple[int, str, int]]:
    """The organizations (of these, or of all) in which a wish for a deputy waits for an answer: id, name,
    and how many wishes."""
    query = (
        select(Organization.id, Organization.name, func.count())
        .join(Membership, Membership.organization_id == Organization.id)
        .join(DeputyRequest, DeputyRequest.membership_id == Membership.id)
        .group_by(Organization.id, Organization.name)
        .order_by(Organization.name, Organization.id)
        .limit(MEMBERS)
    )
    if organizations is not None:
        query = query.where(Organization.id.in_(organizations))
    return [(id_, name, count) for id_, name, count in session.execute(query)]


def sign_ins_of(session: Session, person_id: int, since: datetime) -> Sequence[SignIn]:
    """Where a person is signed in, the newest first; `since` is when the oldest that still count began."""
    mine = SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.began_at > since
    return session.scalars(select(SignIn).where(*mine).order_by(SignIn.id.desc())).all()


@dataclass(frozen=True, slots=True)
class Recorded:
    """One thing in the record of accounts, with the names in it. `actor` is None for the operator and
    for somebody who was not signed in."""

    id: int
    at: datetime
    kind: str
    actor: str | None
    person: str
    organization: str | None
    role: str | None
    represented: str | None
    start_date: date | None
    end_date: date | None


def record_of(session: Session, person_id: int, before: int | None = None, limit: int = RECORDED) -> Page[Recorded]:
    """What happened to an account, the newest first, also as somebody for whom a deputy stands in."""
    actor, represented = aliased(Person), aliased(Person)
    query = (
        select(AccountEvent, actor.name, Person.name, Organization.name, represented.name)
        .join(Person, Person.id == AccountEvent.person_id)
        .outerjoin(actor, actor.id == AccountEvent.actor_id)
        .outerjoin(Organization, Organization.id == AccountEvent.organization_id)
        .outerjoin(represented, represented.id == AccountEvent.represents_id)
        .where(or_(AccountEvent.person_id == person_id, AccountEvent.represents_id == person_id))
        .order_by(AccountEvent.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(AccountEvent.id < min(before, LAST_ID))
    rows = [
        Recorded(e.id, e.at, e.kind, by, person, organization, e.role, name, e.start_date, e.end_date)
        for e, by, person, organization, name in session.execute(query)
    ]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
