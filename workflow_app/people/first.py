"""The first people of a new installation: from the terminal, where nobody is signed in yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workflow_app.access import ADMINISTRATION, ADMINISTRATOR
from workflow_app.models import Organization

from . import links, organizations, passwords, record
from .invitations import new_person
from .memberships import assign_in
from .roles import OPERATOR
from .store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Created:
    """A new account; the secret of the link to choose a password, unless it has one already."""

    person_id: int
    secret: str | None


def create(
    store: Store, email: str, name: str, *, password: str | None = None, administrator_of: str | None = None
) -> Created:
    """An account from the terminal, in the part of the administration with the key `administrator_of`
    an administrator; a part that does not exist yet is made. Raises Invalid."""
    hashed = None
    if password is not None:
        passwords.must_be_good(password, email, name)
        hashed = passwords.hashed(password, store.password_cost)
    with store.writing() as tx:
        person = new_person(tx, OPERATOR, email, name, "de")
        person.password_hash = hashed
        if administrator_of:
            assign_in(tx, OPERATOR, person.id, _part(tx, administrator_of), ADMINISTRATOR, None, None)
        if hashed:
            record.write(tx, "joined", person, person)
            return Created(person.id, None)
        link = links.make(tx, person, links.INVITE, None)
        return Created(person.id, links.give_secret(tx, link.id))


def _part(tx: Transaction, key: str) -> int:
    """The part of the administration with this key; made where there is none."""
    found = tx.session.scalar(select(Organization.id).where(Organization.key == key))
    if found is not None:
        return found
    made = Organization(key=key, name=key, organization_type=ADMINISTRATION, facts={})
    tx.session.add(made)
    tx.session.flush()
    organizations.write(tx, "founded", made, OPERATOR)
    return made.id
