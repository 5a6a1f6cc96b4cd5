"""What everybody does with their own account: name, language, password, mail address."""

from __future__ import annotations

from sqlalchemy import select

from workflow_app.engine.errors import Conflict, Invalid, Reason
from workflow_app.engine.who import message as _
from workflow_app.models import Person

from . import links, passwords, record
from .addresses import normal, spoken, tidy_name
from .sign_in import Account, end_all
from .store import Store, Transaction


def change_details(store: Store, mine: Account, name: str, language: str) -> None:
    """Another name or language. Raises Invalid."""
    with store.writing() as tx:
        person = tx.person(mine.id)
        person.name, person.language = tidy_name(name), spoken(language)
        record.write(tx, "details_changed", person, person)


def change_password(store: Store, mine: Account, present: str, new: str) -> None:
    """Another password; all other sign-ins end. Raises Invalid where the present one is wrong or the
    new one is no good."""
    _must_know(store, mine, present)
    passwords.must_be_good(new, mine.person.email, mine.name)
    hashed = passwords.hashed(new, store.password_cost)  # slow, so not while others wait for us
    with store.writing() as tx:
        person = tx.person(mine.id)
        person.password_hash = hashed
        end_all(tx, person, but=mine.sign_in)
        links.close(tx, person)  # also a change of address that somebody else may have begun
        record.write(tx, "password_changed", person, person)
        tx.send("account_notice", person=person.id, notice="password_changed")


def ask_for_new_email(store: Store, mine: Account, email: str, password: str) -> None:
    """A link to the new address, by which its receiver confirms it, and a word to the present one.
    Whether the new address has an account already is not said here. Raises Invalid."""
    _must_know(store, mine, password)
    address = normal(email)
    with store.writing() as tx:
        person = tx.person(mine.id)
        links.mail(tx, person, links.MAIL, person.id, address)
        tx.send("account_notice", person=person.id, notice="email_asked")
        record.write(tx, "email_asked", person, person)


def confirm_email(store: Store, secret: str) -> Person:
    """Use the link that was sent to a new address, or to the present one again: from now on it is the
    one, and mails reach it. Raises NotFound, Gone, and Conflict where somebody else has this address by now."""
    with store.writing() as tx:
        link, person = links.use(tx, secret, links.MAIL)
        if link.new_email is None or (link.new_email != person.email and is_taken(tx, link.new_email)):
            raise Conflict(_("This address cannot be used: another account has it."))
        person.email = link.new_email
        links.close(tx, person)  # what was sent to the old address must not work any more
        record.write(tx, "email_changed", person, person)
        return person


def is_taken(tx: Transaction, email: str) -> bool:
    """Whether an account has this address."""
    return tx.session.scalar(select(Person.id).where(Person.email == email)) is not None


def _must_know(store: Store, mine: Account, password: str) -> None:
    if not passwords.fits(password, mine.person.password_hash, store.password_cost):
        reason = Reason(_("This is not your present password."))
        raise Invalid(reason, {"present": reason})
