"""Ending, for everybody at once, what opens a door without a password.

After a backup was brought back nobody knows which secrets were ended since it was made: the rows that said
so are gone, and a sign-in on a lost telephone or an address of a calendar would be good again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from workflow_app.models import AccountLink, CalendarFeed, Person, SignIn

from . import feeds, record
from .store import Transaction, not_before


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sign-ins, unused links in mails and addresses of calendars were ended."""

    sign_ins: int
    links: int
    calendars: int


def end_for_all(tx: Transaction, *, keep_calendars: bool) -> Ended:
    """End all sign-ins and all links in mails that nobody has used, and all addresses of calendars unless
    they are to be kept; whose calendar it was finds it in the record."""
    sign_ins = tx.change(
        update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=not_before(SignIn.began_at, tx.now))
    )
    links = tx.change(
        update(AccountLink)
        .where(AccountLink.used_at.is_(None), AccountLink.ends_at > tx.now)
        .values(ends_at=not_before(AccountLink.created_at, tx.now))
    )
    return Ended(sign_ins, links, 0 if keep_calendars else _end_calendars(tx))


def _end_calendars(tx: Transaction) -> int:
    owners = tx.session.scalars(select(Person).join(CalendarFeed, CalendarFeed.person_id == Person.id)).all()
    for person in owners:
        feeds.end_in(tx, person)
        record.write(tx, "calendar_revoked", person, None)
    return len(owners)
