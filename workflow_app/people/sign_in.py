"""Signing in and out. The cookie holds the id of a sign-in and its secret; every request asks the
database whether it still counts, so ending one works at once, everywhere."""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from workflow_app.engine import clock
from workflow_app.models import Person, SignIn

from . import passwords, record
from .addresses import as_kept
from .devices import described
from .store import Store, Transaction, not_before

SEEN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Account:
    """A person who is signed in, as flask-login wants to see them. `token` is what the cookie holds."""

    person: Person
    sign_in: int
    token: str

    is_active = is_authenticated = True
    is_anonymous = False

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def language(self) -> str:
        return self.person.language

    def get_id(self) -> str:
        return self.token


def hash_of(secret: str) -> str:
    """How a secret is kept: 256 random bits need no salt and no slow hash."""
    return sha256(secret.encode()).hexdigest()


def sign_in(store: Store, email: str, password: str, user_agent: str) -> Account | None:
    """Begin a session for whoever has this address and password; None for everybody else. It takes as
    long where the address is unknown, so that nobody can find out which addresses have an account."""
    with Session(store.engine) as session:
        person = session.scalar(select(Person).where(Person.email == as_kept(email)))
    stored = person.password_hash if person else None
    if not passwords.fits(password, stored, store.password_cost) or person is None or person.locked:
        return None
    with store.writing() as tx:
        person = tx.person(person.id)
        if person.locked or person.password_hash != stored:
            return None  # in this very moment somebody locked the account or changed the password
        if stored and passwords.is_outdated(stored, store.password_cost):
            person.password_hash = passwords.hashed(password, store.password_cost)
        return begin(tx, person, user_agent)


def begin(tx: Transaction, person: Person, user_agent: str) -> Account:
    """A new sign-in of this person."""
    secret = secrets.token_urlsafe(32)
    row = SignIn(
        person_id=person.id, secret_hash=hash_of(secret), began_at=tx.now, seen_at=tx.now, device=described(user_agent)
    )
    tx.session.add(row)
    tx.session.flush()
    return Account(person, row.id, f"{row.id}:{secret}")


def account(store: Store, session: Session, token: str) -> Account | None:
    """Whose session this is, in one query; None where it has ended or is not one of ours."""
    number, _colon, secret = token.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    found = session.execute(
        select(SignIn, Person).join(Person, Person.id == SignIn.person_id).where(SignIn.id == int(number))
    ).first()
    if found is None:
        return None
    row, person = found
    ended = row.ended_at is not None or row.began_at <= store.sign_ins_from()
    if ended or person.locked or not hmac.compare_digest(row.secret_hash, hash_of(secret)):
        return None
    if row.seen_at <= clock.now() - SEEN_EVERY:
        with suppress(DBAPIError):  # where nothing can be written, people must still be able to read
            seen(store, row.id)
    return Account(person, row.id, token)


def seen(store: Store, sign_in_id: int) -> None:
    """Somebody still uses this sign-in; so many requests at once write it once."""
    with store.writing() as tx:
        tx.session.execute(
            update(SignIn).where(SignIn.id == sign_in_id, SignIn.seen_at <= tx.now - SEEN_EVERY).values(seen_at=tx.now)
        )


def sign_out(store: Store, sign_in_id: int) -> None:
    """End one sign-in."""
    with store.writing() as tx:
        tx.session.execute(
            update(SignIn)
            .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
            .values(ended_at=not_before(SignIn.began_at, tx.now))
        )


def sign_out_elsewhere(store: Store, mine: Account) -> int:
    """End all sign-ins of a person but the one that is used just now; says how many there were."""
    with store.writing() as tx:
        person = tx.person(mine.id)
        ended = end_all(tx, person, but=mine.sign_in)
        if ended:
            record.write(tx, "signed_out_elsewhere", person, person)
        return ended


def end_all(tx: Transaction, person: Person, but: int | None = None) -> int:
    """End the sign-ins of a person, all but one of them if one is named; says how many."""
    mine = SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.id != func.coalesce(but, 0)
    return tx.change(update(SignIn).where(*mine).values(ended_at=not_before(SignIn.began_at, tx.now)))
