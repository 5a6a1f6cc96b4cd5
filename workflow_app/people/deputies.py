"""Deputies: who acts for a member who is absent (domain.md 5: a deputy acts only then).

A member names a deputy from the same organization; somebody from outside becomes one only when the
head of the organization says so. The role of an administrator knows no deputy.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, or_, select

from workflow_app.access import ADMINISTRATOR, Viewer, valid
from workflow_app.engine.errors import NotFound, NotPossible
from workflow_app.engine.who import message as _
from workflow_app.models import DeputyRequest, Membership, Person

from . import record
from .addresses import as_kept
from .memberships import end_deputy, is_over, must_be_a_period, refuse
from .roles import WITHOUT_VOTE, managers_only, may_manage, not_to_oneself
from .store import Store, Transaction


def name(
    store: Store, by: Viewer, membership_id: int, who: int | str, start: date | None = None, end: date | None = None
) -> None:
    """Make somebody a deputy for a membership: a member of the same organization (by id), or whoever
    has an address; for the latter a member can only ask the head of the organization. A member is not
    told whether there is an account with this address; who manages the organization is. Raises
    NotAllowed, NotFound, NotPossible, Invalid."""
    with store.writing() as tx:
        tx.hold_roles()
        represented = _represented(tx, by, membership_id)
        must_be_a_period(start, end)
        field = "colleague" if isinstance(who, int) else "email"
        wanted = Person.id == who if isinstance(who, int) else Person.email == as_kept(who)
        person = tx.session.scalar(select(Person).where(wanted, Person.locked.is_(False)))
        belongs = person is not None and _belongs(tx, person.id, represented.organization_id)
        if person is None or (isinstance(who, int) and not belongs):
            if isinstance(who, int) or may_manage(by, represented.organization_id):
                refuse(field, _("There is no such account, or it is locked."))
            return
        if person.id == represented.person_id:
            refuse(field, _("Nobody can be their own deputy."))
        if belongs or may_manage(by, represented.organization_id):
            make(tx, by, represented, person, start, end, field)
        else:
            _ask(tx, by, represented, person, start, end)


def _represented(tx: Transaction, by: Viewer, membership_id: int) -> Membership:
    """The membership somebody wants a deputy for: an own one, or one of an organization they manage."""
    represented = tx.membership(membership_id)
    if represented.person_id != by.person and not may_manage(by, represented.organization_id):
        raise NotFound(_("There is no such membership."))
    if represented.deputy_of_id is not None or represented.role == ADMINISTRATOR:
        raise NotPossible(_("For this role there is no deputy."))
    if is_over(represented, tx.today):
        raise NotPossible(_("This membership has ended already."))
    return represented


def make(
    tx: Transaction, by: Viewer, represented: Membership, person: Person, start: date | None, end: date | None,
    field: str = "email",
) -> int:  # fmt: skip
    """The deputy's membership; gives its id. Raises NotAllowed and Invalid."""
    not_to_oneself(by, person.id)
    if _is_deputy(tx, person.id, represented):
        refuse(field, _("This person is a deputy for this membership already."))
    made = Membership(
        person_id=person.id, organization_id=represented.organization_id, role=represented.role,
        voting_right=represented.role not in WITHOUT_VOTE, start_date=start, end_date=end, deputy_of_id=represented.id,
    )  # fmt: skip
    tx.session.add(made)
    _forget(tx, represented.id, person.id)
    tx.session.flush()
    record.write_role(tx, "deputy_named", made, by)
    return made.id


def _ask(
    tx: Transaction, by: Viewer, represented: Membership, person: Person, start: date | None, end: date | None
) -> None:
    _forget(tx, represented.id, person.id)
    request = DeputyRequest(
        membership_id=represented.id, person_id=person.id, start_date=start, end_date=end, asked_at=tx.now
    )
    tx.session.add(request)
    record.write_request(tx, "deputy_asked", request, represented, by)


def answer(store: Store, by: Viewer, request_id: int, yes: bool) -> None:
    """What the head of the organization says to a member's wish. Raises NotAllowed, NotFound."""
    with store.writing() as tx:
        tx.hold_roles()
        request = tx.session.get(DeputyRequest, request_id)
        if request is None:
            raise NotFound(_("This has been answered already."))
        represented = tx.membership(request.membership_id)
        managers_only(by, represented.organization_id, represented.role)
        person = tx.person(request.person_id)
        if not yes:
            _forget(tx, represented.id, person.id)
            record.write_request(tx, "deputy_declined", request, represented, by)
        elif person.locked or is_over(represented, tx.today):
            raise NotPossible(_("This account is locked, or the membership has ended."))
        else:
            make(tx, by, represented, person, request.start_date, request.end_date)


def end(store: Store, by: Viewer, membership_id: int) -> None:
    """End at once that somebody is a deputy: by the member, the deputy, or who manages the
    organization. Raises NotFound."""
    with store.writing() as tx:
        deputy = tx.membership(membership_id)
        if deputy.deputy_of_id is None:
            raise NotFound(_("There is no such membership."))
        mine = by.person in (deputy.person_id, tx.membership(deputy.deputy_of_id).person_id)
        if not mine and not may_manage(by, deputy.organization_id):
            raise NotFound(_("There is no such membership."))
        if is_over(deputy, tx.today):
            raise NotPossible(_("This membership has ended already."))
        end_deputy(tx, deputy, by)


def _belongs(tx: Transaction, person_id: int, organization_id: int) -> bool:
    """Whether somebody is a member of an organization today, as themselves."""
    found = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.organization_id == organization_id,
        Membership.deputy_of_id.is_(None),
        Membership.role.not_in(WITHOUT_VOTE),
        valid(Membership, tx.today),
    )
    return tx.session.scalar(found.limit(1)) is not None


def _is_deputy(tx: Transaction, person_id: int, represented: Membership) -> bool:
    found = select(Membership.id).where(
        Membership.deputy_of_id == represented.id,
        Membership.person_id == person_id,
        or_(Membership.end_date.is_(None), Membership.end_date >= tx.today),
    )
    return tx.session.scalar(found.limit(1)) is not None


def _forget(tx: Transaction, membership_id: int, person_id: int) -> None:
    tx.session.execute(
        delete(DeputyRequest).where(DeputyRequest.membership_id == membership_id, DeputyRequest.person_id == person_id)
    )
