"""Passwords: how they are kept (Argon2id), and which are too easy to guess. Pure.

The one rule is length, as the BSI and NIST SP 800-63B advise, beside what an attacker tries first:
the person's own address and name, and what very many people use.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflow_app.engine.errors import Invalid, Reason
from workflow_app.engine.who import message as _

SHORTEST, LONGEST = 12, 200
MEMORY_KIB = 19 * 1024
"""What one check of a password takes: as OWASP advises for Argon2id, so that many people at once do not
use up the memory of the web process."""
# The most common ones that are long enough, without blanks and in small letters.
COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=4)
def _hasher(cost: int) -> PasswordHasher:
    # Cost 1 is for tests, where passwords are many and worth nothing.
    return PasswordHasher(cost, MEMORY_KIB, 1) if cost > 1 else PasswordHasher(1, 8, 1)


@lru_cache(maxsize=4)
def _nobodys_hash(cost: int) -> str:
    return _hasher(cost).hash("nobody has this password")


def hashed(password: str, cost: int) -> str:
    """Argon2id with this time cost. Umlauts are taken in one spelling, whichever keyboard wrote them."""
    return _hasher(cost).hash(normalize("NFC", password))


def fits(password: str, stored: str | None, cost: int) -> bool:
    """Whether a password belongs to a stored hash; it takes as long where there is none."""
    nobodys = _nobodys_hash(cost)  # made at the first call, whoever asks
    try:
        _hasher(cost).verify(stored or nobodys, normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str, cost: int) -> bool:
    """Whether a hash was made with other parameters than those of today."""
    return _hasher(cost).check_needs_rehash(stored)


def must_be_good(password: str, email: str, name: str) -> None:
    """Raise Invalid for a password that is too short, too long or too easy to guess."""
    if not SHORTEST <= len(password) <= LONGEST:
        _refuse(Reason(_("Please use at least %(shortest)s characters, and at most %(longest)s."),
                       {"shortest": SHORTEST, "longest": LONGEST}))  # fmt: skip
    plain = "".join(password.casefold().split())
    if plain in {email.casefold(), "".join(name.casefold().split())} or plain in COMMON or len(set(plain)) == 1:
        _refuse(Reason(_("Too many people would guess this password. Please choose another one.")))


def _refuse(reason: Reason) -> NoReturn:
    raise Invalid(reason, {"password": reason})
