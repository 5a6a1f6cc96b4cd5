"""Locking and unlocking accounts."""

from __future__ import annotations

from workflow_app.access import Viewer
from workflow_app.engine.errors import NotAllowed
from workflow_app.engine.who import message as _

from . import feeds, links, record
from .roles import administrators_only, not_the_last_administrator
from .sign_in import end_all
from .store import Store


def lock(store: Store, by: Viewer, person_id: int) -> None:
    """Lock an account: all its sign-ins end at once, the links in mails to it, and the address of its
    calendar. Raises NotAllowed, NotPossible for the last administrator; locking twice changes nothing."""
    administrators_only(by)
    if by.person == person_id:
        raise NotAllowed(_("Nobody locks their own account."))
    with store.writing() as tx:
        tx.hold_roles()
        person = tx.person(person_id)
        if person.locked:
            return
        not_the_last_administrator(tx, person.id)
        person.locked = True
        end_all(tx, person)
        links.close(tx, person)
        feeds.end_in(tx, person)
        record.write(tx, "locked", person, by)


def unlock(store: Store, by: Viewer, person_id: int) -> None:
    """Let somebody sign in again. Raises NotAllowed; unlocking twice changes nothing."""
    administrators_only(by)
    with store.writing() as tx:
        person = tx.person(person_id)
        if person.locked:
            person.locked = False
            record.write(tx, "unlocked", person, by)
