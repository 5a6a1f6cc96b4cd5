"""Whether mails reach somebody: an address that its server does not know, and one that was confirmed again."""

from __future__ import annotations

from . import links
from .sign_in import Account
from .store import Store, Transaction

FOR_GOOD = frozenset({"unknown", "disabled"})
"""The reasons after which it is useless to send anything to this address."""


def refuses(tx: Transaction, person_id: int, email: str) -> None:
    """The mail server says that there is nobody at this address; if it is still the one that somebody
    has, no notices are mailed until they confirm it."""
    person = tx.person(person_id)
    if person.email == email and person.email_refused_at is None:
        person.email_refused_at = tx.now


def confirm_again(store: Store, mine: Account) -> None:
    """A link to the present address, by which its owner shows that mails arrive."""
    with store.writing() as tx:
        person = tx.person(mine.id)
        links.mail(tx, person, links.MAIL, person.id, person.email)
