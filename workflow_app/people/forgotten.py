"""A forgotten password: asked for by anybody, answered only by mail."""

from __future__ import annotations

from sqlalchemy import select

from workflow_app.models import Person

from . import links, record
from .addresses import as_kept
from .store import Store, Transaction


def ask_for_reset(store: Store, email: str) -> None:
    """Somebody says that they have forgotten their password. Whether the address has an account or
    not, the same is done: one look, one message to the worker, which does what is to be done."""
    address = as_kept(email)
    with store.writing() as tx:
        person_id = tx.session.scalar(select(Person.id).where(Person.email == address))
        tx.send("password_reset", person=person_id)


def reset(tx: Transaction, person_id: int) -> None:
    """What the worker does about it: a mail with a link to choose another password, or the first one
    for somebody who was invited; nothing for a locked account."""
    person = tx.person(person_id)
    if person.locked:
        return
    record.write(tx, "reset_asked", person, None)
    links.mail(tx, person, links.RESET if person.password_hash else links.INVITE, None)
