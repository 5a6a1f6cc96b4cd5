"""Who belongs where, as what, and from when to when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NoReturn

from sqlalchemy import ColumnElement, delete, exists, or_, select

from workflow_app.access import ADMINISTRATION, ADMINISTRATOR, Viewer
from workflow_app.engine.calendar import FIRST_YEAR, LAST_YEAR
from workflow_app.engine.errors import Invalid, NotFound, NotPossible, Reason
from workflow_app.engine.who import message as _
from workflow_app.models import DeputyRequest, Membership, Organization

from . import record
from .roles import ROLES, WITHOUT_VOTE, managers_only, not_the_last_administrator, not_to_oneself
from .store import Store, Transaction


def assign(
    store: Store, by: Viewer, person_id: int, organization_id: int, role: str, start: date | None, end: date | None
) -> int:
    """Make somebody a member of an organization, in a role and for a time (both days included; None:
    without a beginning or an end). Raises NotAllowed, NotFound, NotPossible, and Invalid."""
    with store.writing() as tx:
        return assign_in(tx, by, person_id, organization_id, role, start, end)


def assign_in(
    tx: Transaction, by: Viewer, person_id: int, organization_id: int, role: str, start: date | None, end: date | None
) -> int:
    """The same inside of a transaction."""
    if role not in ROLES:
        refuse("role", _("There is no such role."))
    managers_only(by, organization_id, role)
    not_to_oneself(by, person_id)
    must_be_a_period(start, end)
    tx.hold_roles()
    person = tx.person(person_id)
    if person.locked:
        raise NotPossible(_("This account is locked."))
    organization = tx.session.get(Organization, organization_id)
    if organization is None or organization.end_date is not None:
        raise NotFound(_("There is no such organization."))
    if role == ADMINISTRATOR and organization.organization_type != ADMINISTRATION:
        refuse("role", _("Administrators belong to a part of the administration."))
    made = Membership(
        person_id=person.id, organization_id=organization.id, role=role, voting_right=role not in WITHOUT_VOTE,
        start_date=start, end_date=end,
    )  # fmt: skip
    if tx.session.scalar(select(_same_time(made))):
        refuse("start", _("This person has this role there at that time already."))
    tx.session.add(made)
    tx.session.flush()
    record.write_role(tx, "assigned", made, by)
    return made.id


def end(store: Store, by: Viewer, membership_id: int, last_day: date | None) -> None:
    """End a membership after its last day, or at once: a role that began only today is then as if it
    had never been given. Deputies end with it. Raises NotAllowed, NotFound, NotPossible, Invalid."""
    with store.writing() as tx:
        tx.hold_roles()
        membership = tx.membership(membership_id)
        managers_only(by, membership.organization_id, membership.role)
        if membership.deputy_of_id is not None:
            raise NotFound(_("There is no such membership."))
        if is_over(membership, tx.today):
            raise NotPossible(_("This membership has ended already."))
        if last_day is not None:
            must_be_a_period(membership.start_date, last_day)
            if membership.end_date is not None and membership.end_date < last_day:
                refuse("end", _("It ends earlier already. For a longer time please give the role once more."))
        if membership.role == ADMINISTRATOR:
            not_the_last_administrator(tx, membership.person_id)
        _end(tx, "ended", membership, by, last_day)


def end_deputy(tx: Transaction, membership: Membership, by: Viewer) -> None:
    """End a deputy's membership at once."""
    _end(tx, "deputy_ended", membership, by, None)


def _end(tx: Transaction, kind: str, membership: Membership, by: Viewer, last_day: date | None) -> None:
    yesterday = tx.today - timedelta(days=1)
    last = last_day or yesterday
    began = membership.start_date is None or membership.start_date <= last
    record.write_role(tx, kind, membership, by, end=last if began else membership.start_date)
    if began:
        membership.end_date = last
        return
    tx.session.execute(delete(DeputyRequest).where(DeputyRequest.membership_id == membership.id))
    tx.session.execute(delete(Membership).where(Membership.deputy_of_id == membership.id))
    tx.session.delete(membership)


def is_over(membership: Membership, today: date) -> bool:
    """Whether a membership has ended before today."""
    return membership.end_date is not None and membership.end_date < today


def must_be_a_period(start: date | None, end: date | None) -> None:
    """Raise Invalid for a time that ends before it begins, or lies in years that cannot be meant."""
    if start and end and end < start:
        refuse("end", _("It would end before it begins."))
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (start, end)):
        refuse("end", _("Please enter a date between %(first)s and %(last)s."), first=FIRST_YEAR, last=LAST_YEAR)


def refuse(field: str, text: str, **params: object) -> NoReturn:
    """Raise Invalid with a reason beside a field of the form."""
    reason = Reason(text, params)
    raise Invalid(reason, {field: reason})


def _same_time(wanted: Membership) -> ColumnElement[bool]:
    """Whether there is the same membership in a time that overlaps with the wanted one."""
    overlapping: list[ColumnElement[bool]] = [Membership.deputy_of_id.is_(None)]
    if wanted.end_date is not None:
        overlapping.append(or_(Membership.start_date.is_(None), Membership.start_date <= wanted.end_date))
    if wanted.start_date is not None:
        overlapping.append(or_(Membership.end_date.is_(None), Membership.end_date >= wanted.start_date))
    return exists().where(
        Membership.person_id == wanted.person_id,
        Membership.organization_id == wanted.organization_id,
        Membership.role == wanted.role,
        *overlapping,
    )
