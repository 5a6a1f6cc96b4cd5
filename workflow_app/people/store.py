"""Where people are kept: one short write transaction for everything that is done to an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_hex

from sqlalchemy import Case, CursorResult, Delete, Engine, Update, case, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.errors import NotFound
from workflow_app.engine.who import message as _
from workflow_app.models import Membership, OutboxMessage, Person
from workflow_app.models.following import MAIL_TRIES


@dataclass(frozen=True, slots=True)
class Transaction:
    """A write transaction and the moment in which everything in it happens."""

    session: Session
    now: datetime
    today: date

    def person(self, person_id: int) -> Person:
        """A person, held until the end of the transaction. Raises NotFound."""
        query = select(Person).where(Person.id == person_id).with_for_update()
        found = self.session.scalar(query.execution_options(populate_existing=True))
        if found is None:
            raise NotFound(_("There is no such account."))
        return found

    def membership(self, membership_id: int) -> Membership:
        """A membership. Raises NotFound."""
        found = self.session.get(Membership, membership_id)
        if found is None:
            raise NotFound(_("There is no such membership."))
        return found

    def change(self, statement: Update | Delete) -> int:
        """Carry an UPDATE or DELETE out; gives how many rows it met."""
        found: CursorResult[*tuple[()]] = self.session.execute(statement)  # type: ignore[assignment]
        return found.rowcount

    def hold_roles(self) -> None:
        """Let nobody else change roles until the end, so that what was checked stays true: two people
        at once could otherwise take away the last two administrators. SQLite writes one by one anyway."""
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(text("LOCK TABLE memberships IN SHARE ROW EXCLUSIVE MODE"))

    def send(self, kind: str, **payload: int | str | None) -> None:
        """Have a job done after the commit; only ids and names of notices in the payload."""
        key = f"{kind}:{token_hex(16)}"
        message = OutboxMessage(kind=kind, payload=payload, dedupe_key=key, run_at=self.now, max_attempts=MAIL_TRIES)
        self.session.add(message)


def not_before(beginning: InstrumentedAttribute[datetime], now: datetime) -> Case[datetime]:
    """Now, or the beginning where that is later: the clock of another machine may be a little ahead."""
    return case((beginning > now, beginning), else_=now)


@dataclass(frozen=True)
class Store:
    """The database, the calendar of the town, and how long and how dear things are here: Argon2's
    time cost, and the days that a sign-in lasts."""

    engine: Engine
    calendar: Calendar
    password_cost: int
    session_days: int

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that is committed at the end of the block, and rolled back by any exception."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            session.connection(execution_options={"immediate": True})
            yield self.within(session)

    def within(self, session: Session) -> Transaction:
        """The same on a session that somebody else began and commits."""
        now = clock.now()
        return Transaction(session, now, self.calendar.local_date(now))

    def sign_ins_from(self) -> datetime:
        """A sign-in that began at this moment or before has ended by now."""
        return clock.now() - timedelta(days=self.session_days)
