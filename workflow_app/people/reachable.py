"""Whether mails reach somebody: an address that its server does not know, and one that was confirmed again."""

from __future__ import annotations

from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import AccountLink

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


def link_was_mailed(tx: Transaction, link_id: int, email: str, reason: str | None) -> None:
    """What became of a mail with a link. If it was to let somebody in and did not arrive, for a `reason`,
    nobody would know: an incident, until one is taken by the mail server or used. Not for a new address
    that somebody mistyped."""
    link = tx.session.get(AccountLink, link_id)
    if link is None or link.purpose not in links.TO_COME_IN or tx.person(link.person_id).email != email:
        return
    subject = links.address_subject(link.person_id)
    if reason:
        report(tx.session.connection(), [Trouble("setting", subject, reason, person_id=link.person_id)])
    else:
        solved(tx.session.connection(), [subject])


def confirm_again(store: Store, mine: Account) -> None:
    """A link to the present address, by which its owner shows that mails arrive."""
    with store.writing() as tx:
        person = tx.person(mine.id)
        links.mail(tx, person, links.MAIL, person.id, person.email)
