"""The address of a person's own calendar: whoever has it reads what the person may see, without a
password. So it holds a long secret of which only a hash is kept, and it can be renewed and ended."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workflow_app.models import CalendarFeed, Person

from . import record
from .sign_in import Account, hash_of
from .store import Store, Transaction


def renew(store: Store, mine: Account) -> str:
    """A new address for the own calendar; gives its secret, which nobody can learn again. The one
    before, if there was one, is worthless from now on."""
    secret = secrets.token_urlsafe(32)
    with store.writing() as tx:
        person = tx.person(mine.id)
        if end_in(tx, person):
            record.write(tx, "calendar_renewed", person, person)
        else:
            record.write(tx, "calendar_made", person, person)
        tx.session.add(CalendarFeed(person_id=person.id, secret_hash=hash_of(secret), created_at=tx.now))
    return secret


def end(store: Store, mine: Account) -> None:
    """End the address of the own calendar; ending it twice changes nothing."""
    with store.writing() as tx:
        person = tx.person(mine.id)
        if end_in(tx, person):
            record.write(tx, "calendar_ended", person, person)


def end_in(tx: Transaction, person: Person) -> bool:
    """End the address of somebody's calendar within a transaction; whether there was one."""
    return bool(tx.change(delete(CalendarFeed).where(CalendarFeed.person_id == person.id)))


def since(session: Session, person_id: int) -> datetime | None:
    """From when the present address of somebody's calendar is; None where there is none."""
    return session.scalar(select(CalendarFeed.created_at).where(CalendarFeed.person_id == person_id))


def owner(session: Session, secret: str) -> Person | None:
    """Whose calendar has this secret; None where it is not one of ours, has ended, or its person is locked."""
    found = select(Person).join(CalendarFeed, CalendarFeed.person_id == Person.id)
    return session.scalar(found.where(CalendarFeed.secret_hash == hash_of(secret), Person.locked.is_(False)))
