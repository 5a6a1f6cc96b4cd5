"""Links in mails: made without a secret, given one when the mail is written, used once.

Nobody but the receiver ever has the secret: the transaction that causes a mail writes only that
there shall be one, and the job that writes the mail draws the secret and keeps its SHA-256. If
that job has to be done again, the link in the earlier mail is worthless.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflow_app.engine import clock
from workflow_app.engine.errors import NotFound, Refused
from workflow_app.engine.who import message as _
from workflow_app.incidents import solved
from workflow_app.models import AccountLink, Person

from .sign_in import hash_of
from .store import Transaction, not_before

INVITE, RESET, MAIL = "invite", "reset", "mail"
TO_COME_IN = (INVITE, RESET)
"""What somebody needs who cannot sign in."""
LASTS = {INVITE: timedelta(days=7), RESET: timedelta(hours=2), MAIL: timedelta(days=1)}


class Gone(Refused):
    """A link that was there and does not work any more."""

    status = 410


@dataclass(frozen=True, slots=True)
class Link:
    """An open link and whose it is."""

    id: int
    purpose: str
    person: Person
    new_email: str | None
    ends_at: datetime


def make(tx: Transaction, person: Person, purpose: str, by: int | None, new_email: str | None = None) -> AccountLink:
    """A new link; earlier ones for the same purpose end."""
    close(tx, person, purpose)
    link = AccountLink(
        purpose=purpose, person_id=person.id, new_email=new_email, created_at=tx.now,
        ends_at=tx.now + LASTS[purpose], created_by_id=by,
    )  # fmt: skip
    tx.session.add(link)
    tx.session.flush()
    return link


def mail(tx: Transaction, person: Person, purpose: str, by: int | None, new_email: str | None = None) -> None:
    """A new link, and a mail with it after the commit."""
    link = make(tx, person, purpose, by, new_email)
    tx.send("account_link", link=link.id)


def close(tx: Transaction, person: Person, *purposes: str) -> None:
    """End the open links of a person for these purposes, or for all."""
    mine = AccountLink.person_id == person.id, AccountLink.used_at.is_(None), AccountLink.ends_at > tx.now
    which = (AccountLink.purpose.in_(purposes),) if purposes else ()
    tx.session.execute(
        update(AccountLink).where(*mine, *which).values(ends_at=not_before(AccountLink.created_at, tx.now))
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """A link with its secret, ready to be put into a mail to `email`."""

    link: Link
    secret: str
    email: str


def ready(tx: Transaction, link_id: int) -> Ready | None:
    """A link that is to be mailed, with a secret. None where nothing is to be sent: it is not open any
    more, or the new address that it should confirm has another account by now."""
    link = tx.session.get(AccountLink, link_id)
    if link is None or (secret := give_secret(tx, link_id)) is None:
        return None
    other = Person.email == link.new_email, Person.id != link.person_id
    if link.new_email and tx.session.scalar(select(Person.id).where(*other)):
        return None
    person = tx.person(link.person_id)
    found = Link(link.id, link.purpose, person, link.new_email, link.ends_at)
    return Ready(found, secret, link.new_email or person.email)


def give_secret(tx: Transaction, link_id: int) -> str | None:
    """The secret of a link, drawn anew; the one before is worthless from now on. None where the link
    is not open any more."""
    secret = secrets.token_urlsafe(32)
    given = tx.change(
        update(AccountLink)
        .where(AccountLink.id == link_id, AccountLink.used_at.is_(None), AccountLink.ends_at > tx.now)
        .values(secret_hash=hash_of(secret))
    )
    return secret if given == 1 else None


def find(session: Session, secret: str) -> Link:
    """The open link with this secret. Raises NotFound for an unknown one, Gone for one that was used
    or has ended."""
    found = session.execute(
        select(AccountLink, Person)
        .join(Person, Person.id == AccountLink.person_id)
        .where(AccountLink.secret_hash == hash_of(secret))
    ).first()
    if found is None:
        raise NotFound(_("There is no such link. Please check that you have copied all of it, or ask for a new one."))
    link, person = found
    if link.used_at is not None:
        raise Gone(_("This link was used already; each works only once."))
    if link.ends_at <= clock.now() or person.locked:
        raise Gone(_("This link has ended. Please ask for a new one."))
    return Link(link.id, link.purpose, person, link.new_email, link.ends_at)


def has_been_reached(tx: Transaction, person: Person) -> None:
    """A mail has reached this person, so their address is right."""
    person.email_refused_at = None
    solved(tx.session.connection(), [address_subject(person.id)])


def address_subject(person_id: int) -> str:
    """What an incident is called that is about the address of somebody who cannot sign in."""
    return f"address:{person_id}"


def use(tx: Transaction, secret: str, *purposes: str) -> tuple[Link, Person]:
    """Use an open link up, and hold its person. Raises NotFound or Gone; of two people who use it at
    once one is told that it was used."""
    link = find(tx.session, secret)
    if link.purpose not in purposes:
        raise NotFound(_("There is no such link. Please check that you have copied all of it, or ask for a new one."))
    person = tx.person(link.person.id)
    used = tx.change(
        update(AccountLink)
        .where(AccountLink.id == link.id, AccountLink.used_at.is_(None), AccountLink.ends_at > tx.now)
        .values(used_at=tx.now)
    )
    if used != 1 or person.locked:
        raise Gone(_("This link was used already; each works only once."))
    has_been_reached(tx, person)
    return link, person
