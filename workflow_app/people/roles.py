"""The roles somebody can have in an organization, and who may give them.

Deny by default: administrators give every role in every organization, the head of an organization
the roles in it, but not that of an administrator. Nobody gives a role to themselves.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select

from workflow_app.access import ADMINISTRATOR, HEAD, Viewer
from workflow_app.engine.errors import NotAllowed, NotPossible
from workflow_app.engine.who import message as _
from workflow_app.models import Membership, Person

from .store import Transaction

ROLES = {
    "member": _("Member"),
    "chair": _("Chair"),
    HEAD: _("Head"),
    "guest": _("Guest"),
    ADMINISTRATOR: _("Administrator"),
}
WITHOUT_VOTE = ("guest", ADMINISTRATOR)
"""An administrator who is a member as well has another membership, with a vote."""

OPERATOR = Viewer(None, frozenset({"operator"}))
"""Whoever sits at the server's terminal: the first administrator comes from there."""


def may_administer(by: Viewer) -> bool:
    """Whether somebody looks after the accounts of all."""
    return by.is_administrator or by == OPERATOR


def may_manage(by: Viewer, organization_id: int) -> bool:
    """Whether somebody may say who belongs to an organization."""
    return may_administer(by) or organization_id in by.organizations_as(HEAD)


def roles_given_by(by: Viewer) -> dict[str, str]:
    """The roles that somebody who manages an organization may give there."""
    return {role: label for role, label in ROLES.items() if role != ADMINISTRATOR or may_administer(by)}


def administrators_only(by: Viewer) -> None:
    """Raise NotAllowed for everybody else."""
    if not may_administer(by):
        raise NotAllowed(_("Only administrators may do this."))


def managers_only(by: Viewer, organization_id: int, role: str) -> None:
    """Raise NotAllowed for somebody who may not give or take this role there."""
    if not may_manage(by, organization_id):
        raise NotAllowed(_("Only the head of this organization and administrators may do this."))
    if role not in roles_given_by(by):
        raise NotAllowed(_("Only administrators may give or take this role."))


def not_to_oneself(by: Viewer, person_id: int) -> None:
    """Raise NotAllowed for somebody who would give a role to themselves."""
    if by.person == person_id:
        raise NotAllowed(_("Nobody can give themselves a role. Please ask somebody else who may."))


def not_the_last_administrator(tx: Transaction, leaving: int) -> None:
    """Raise NotPossible where this person is an administrator and no other one remains: somebody who
    has joined, is not locked, and whose role has begun and has no end."""
    if _exists(tx, Membership.person_id == leaving, or_(_no_end, Membership.end_date >= tx.today)) and not _exists(
        tx,
        Membership.person_id != leaving,
        _no_end,
        or_(Membership.start_date.is_(None), Membership.start_date <= tx.today),
        Person.locked.is_(False),
        Person.password_hash.is_not(None),
    ):
        raise NotPossible(_("This is the last administrator. Please make somebody else an administrator first."))


_no_end = Membership.end_date.is_(None)


def _exists(tx: Transaction, *conditions: ColumnElement[bool]) -> bool:
    """Whether there is such a membership of an administrator."""
    found = exists().where(Membership.role == ADMINISTRATOR, Person.id == Membership.person_id, *conditions)
    return bool(tx.session.scalar(select(found)))
