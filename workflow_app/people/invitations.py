"""Inviting people, and what they do with the invitation."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.engine.errors import Invalid, NotPossible, Reason
from workflow_app.engine.who import message as _
from workflow_app.models import Person

from . import links, passwords, record
from .addresses import normal, spoken, tidy_name
from .roles import administrators_only
from .sign_in import end_all
from .store import Store, Transaction


def invite(store: Store, by: Viewer, email: str, name: str, language: str) -> int:
    """An account for somebody, and a mail with a link to choose a password; gives the account's id.
    Raises NotAllowed, and Invalid for an address that is none or has an account already."""
    administrators_only(by)
    with store.writing() as tx:
        person = new_person(tx, by, email, name, language)
        links.mail(tx, person, links.INVITE, by.person)
        return person.id


def new_person(tx: Transaction, by: Viewer, email: str, name: str, language: str) -> Person:
    """The account alone, without a password. Raises Invalid."""
    address = normal(email)
    if tx.session.scalar(select(Person.id).where(Person.email == address)) is not None:
        reason = Reason(_("There is an account with this address already."))
        raise Invalid(reason, {"email": reason})
    person = Person(email=address, name=tidy_name(name), language=spoken(language), created_at=tx.now)
    tx.session.add(person)
    tx.session.flush()
    record.write(tx, "invited", person, by)
    return person


def invite_again(store: Store, by: Viewer, person_id: int) -> None:
    """Another mail for somebody who has not come yet; the link in the earlier one ends."""
    administrators_only(by)
    with store.writing() as tx:
        person = tx.person(person_id)
        if person.password_hash:
            raise NotPossible(_("This person has accepted the invitation already."))
        if person.locked:
            raise NotPossible(_("This account is locked."))
        record.write(tx, "invited", person, by)
        links.mail(tx, person, links.INVITE, by.person)


def choose_password(store: Store, secret: str, password: str) -> Person:
    """Use the link of an invitation, or of a forgotten password: a new password, and every earlier
    sign-in ends. Raises NotFound, Gone, and Invalid for a password that is no good."""
    with Session(store.engine) as session:
        owner = links.find(session, secret).person
    passwords.must_be_good(password, owner.email, owner.name)
    hashed = passwords.hashed(password, store.password_cost)  # slow, so not while others wait for us
    with store.writing() as tx:
        link, person = links.use(tx, secret, links.INVITE, links.RESET)
        record.write(tx, "password_reset" if person.password_hash else "joined", person, person)
        person.password_hash = hashed
        end_all(tx, person)
        links.close(tx, person)
        if link.purpose == links.RESET:
            tx.send("account_notice", person=person.id, notice="password_changed")
        return person
