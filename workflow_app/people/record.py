"""The record of accounts: who gave whom which role and when, who locked whom. It is only added to."""

from __future__ import annotations

from datetime import date

from workflow_app.access import Viewer
from workflow_app.engine.who import message as _
from workflow_app.models import AccountEvent, DeputyRequest, Membership, Person

from .store import Transaction

# What can happen, and how it is told. Placeholders: actor, person, role, organization, represented.
KINDS = {
    "invited": _("%(actor)s invited %(person)s."),
    "joined": _("%(person)s accepted the invitation."),
    "reset_asked": _("A new password was asked for, for %(person)s."),
    "password_reset": _("%(person)s chose a new password with the link from a mail."),
    "password_changed": _("%(person)s changed the password."),
    "email_asked": _("%(person)s wants to use another mail address."),
    "email_changed": _("%(person)s confirmed the new mail address."),
    "details_changed": _("%(person)s changed name or language."),
    "signed_out_elsewhere": _("%(person)s signed out everywhere else."),
    "calendar_made": _("%(person)s made an address for the own calendar."),
    "calendar_renewed": _("%(person)s made a new address for the own calendar; the one before ended."),
    "calendar_ended": _("%(person)s ended the address of the own calendar."),
    "calendar_revoked": _("The address of the calendar of %(person)s ended, because a backup was brought back."),
    "locked": _("%(actor)s locked the account of %(person)s."),
    "unlocked": _("%(actor)s unlocked the account of %(person)s."),
    "assigned": _("%(actor)s gave %(person)s a role: %(role)s, %(organization)s."),
    "ended": _("%(actor)s ended a role of %(person)s: %(role)s, %(organization)s."),
    "deputy_asked": _("%(actor)s asked for %(person)s as a deputy of %(represented)s in %(organization)s."),
    "deputy_declined": _("%(actor)s declined %(person)s as a deputy of %(represented)s in %(organization)s."),
    "deputy_named": _("%(actor)s made %(person)s a deputy of %(represented)s in %(organization)s."),
    "deputy_ended": _("%(actor)s ended that %(person)s is a deputy of %(represented)s in %(organization)s."),
    "absence_set": _("%(actor)s wrote down when %(person)s is absent."),
    "absence_ended": _("%(actor)s wrote down that %(person)s is back."),
}


def write(
    tx: Transaction, kind: str, person: Person, by: Viewer | Person | None, *,
    start: date | None = None, end: date | None = None,
) -> None:  # fmt: skip
    """Write down what happened to an account. `by` is None where nobody is signed in."""
    tx.session.add(_event(tx, kind, person.id, by, start_date=start, end_date=end))


def write_role(
    tx: Transaction, kind: str, membership: Membership, by: Viewer, *, end: date | None = None
) -> None:  # fmt: skip
    """Write down what happened to a membership, or to a deputy's. `end` is its last day."""
    represents = tx.membership(membership.deputy_of_id).person_id if membership.deputy_of_id else None
    tx.session.add(
        _event(
            tx, kind, membership.person_id, by, organization_id=membership.organization_id, role=membership.role,
            represents_id=represents, start_date=membership.start_date, end_date=end or membership.end_date,
        )
    )  # fmt: skip


def write_request(tx: Transaction, kind: str, request: DeputyRequest, represented: Membership, by: Viewer) -> None:
    """Write down a wish for a deputy from outside, or what became of it."""
    tx.session.add(
        _event(
            tx, kind, request.person_id, by, organization_id=represented.organization_id, role=represented.role,
            represents_id=represented.person_id, start_date=request.start_date, end_date=request.end_date,
        )
    )  # fmt: skip


def _event(
    tx: Transaction, kind: str, person_id: int, by: Viewer | Person | None, **more: int | str | date | None
) -> AccountEvent:
    actor = by.id if isinstance(by, Person) else by.person if by else None
    return AccountEvent(at=tx.now, actor_id=actor, person_id=person_id, kind=kind, **more)
