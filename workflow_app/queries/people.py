"""The list of people for administrators, and the mails that were written to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.orm import Session

from workflow_app.models import Incident, Mail, OutboxMessage, Person

from .rows import LAST_ID, LOOKED_AT, PAGE, NameKey, Page, looked_through

CARRIED = ("account_link", "account_notice", "password_reset", "notice", "notice_mail", "digest")
UNDELIVERED = ("refused", "failed", "bounced")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account in the list. `state` is ``invited``, ``active`` or ``locked``."""

    id: int
    name: str
    email: str
    state: str


def state_of(person: Person) -> str:
    """Whether an account was invited only, is in use, or is locked."""
    return "locked" if person.locked else "active" if person.password_hash else "invited"


def people(session: Session, *, text: str = "", after: NameKey | None = None, limit: int = PAGE) -> Page[PersonRow]:
    """All accounts by name; the key to go on from is a name and an id. `text` is looked for in names
    and addresses; an address that is given whole is found at once."""
    if text and after is None and (person := session.scalar(select(Person).where(Person.email == text.lower()))):
        return Page([_row(person)])
    looked_at = session.scalars(_by_name(after).limit((LOOKED_AT if text else limit) + 1)).all()
    words = text.casefold().split()
    page = looked_through(
        looked_at, words, limit, lambda one: f"{one.name} {one.email}", lambda one: (one.name, one.id)
    )  # fmt: skip
    return Page([_row(one) for one in page.rows], page.after, page.looked_at)


def _by_name(after: NameKey | None) -> Select[Person]:
    query = select(Person).order_by(Person.name, Person.id)
    return query.where(tuple_(Person.name, Person.id) > tuple_(*after)) if after else query


def _row(person: Person) -> PersonRow:
    return PersonRow(person.id, person.name, person.email, state_of(person))


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail that was written, and to whom."""

    mail: Mail
    person: str


def mails(
    session: Session, before: int | None = None, limit: int = PAGE, *, undelivered: bool = False
) -> Page[MailRow]:
    """The mails that were written, the newest first; or only those that did not arrive."""
    query = select(Mail, Person.name).join(Person, Person.id == Mail.person_id).order_by(Mail.id.desc())
    if before is not None:
        query = query.where(Mail.id < min(before, LAST_ID))
    if undelivered:
        query = query.where(Mail.state.in_(UNDELIVERED))
    rows = [MailRow(mail, name) for mail, name in session.execute(query.limit(limit + 1))]
    return Page(rows[:limit], rows[limit - 1].mail.id if len(rows) > limit else None)


def dead_letters(session: Session, limit: int = PAGE) -> Sequence[OutboxMessage]:
    """Notices and mails that could not be carried out after all attempts, the newest first; without those
    that somebody has let be."""
    let_be = exists().where(Incident.outbox_id == OutboxMessage.id, Incident.state == "discarded")
    dead = OutboxMessage.state == "dead", OutboxMessage.kind.in_(CARRIED), ~let_be
    return session.scalars(select(OutboxMessage).where(*dead).order_by(OutboxMessage.id.desc()).limit(limit)).all()
