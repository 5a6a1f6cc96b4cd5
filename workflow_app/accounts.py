"""Who signs in: passwords and the account of a request."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Person


class Account:
    """A person who is signed in, as flask-login wants to see them."""

    is_active = is_authenticated = True
    is_anonymous = False

    def __init__(self, person: Person) -> None:
        self.person = person
        self.id = person.id
        self.name = person.name
        self.language = person.language

    def get_id(self) -> str:
        return str(self.id)


@lru_cache(maxsize=4)
def _hasher(cost: int) -> PasswordHasher:
    return PasswordHasher(time_cost=cost) if cost > 1 else PasswordHasher(1, 8, 1)


def hash_password(password: str) -> str:
    """Argon2id with the cost of this installation."""
    return _hasher(current_app.config["PASSWORD_COST"]).hash(password)


@lru_cache(maxsize=4)
def _nobodys_hash(cost: int) -> str:
    return _hasher(cost).hash("nobody has this password")


def find_for_sign_in(session: Session, email: str, password: str) -> Person | None:
    """The person with this address and password, or None. It takes as long where the address is
    unknown, so that nobody can find out which addresses have an account."""
    cost = current_app.config["PASSWORD_COST"]
    person = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    stored = person.password_hash if person and person.password_hash else _nobodys_hash(cost)
    try:
        _hasher(cost).verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    return person if person and person.password_hash and not person.locked else None
