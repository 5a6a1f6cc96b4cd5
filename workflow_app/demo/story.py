"""Telling an invented case: ordinary steps by invented people, at moments of the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from wtforms import FieldList
from wtforms.fields.core import UnboundField

from workflow_app import access
from workflow_app.cases import Cases, Done
from workflow_app.cases.clockwork import ring_all
from workflow_app.engine import clock
from workflow_app.engine.definition import Actor, Holder, Opening
from workflow_app.jobs import outbox
from workflow_app.jobs.carrying import carry_out
from workflow_app.models import Notification, OutboxMessage, Person

Ids = Mapping[str, int]
DOMAIN = "@flensburg.example"
FRESH = timedelta(days=14)
"""So long ago may be what somebody in the demonstration has not read yet, and still has the mail of."""


class Story:
    """Somebody telling what happened, day by day. `ids` are the organizations by their key."""

    def __init__(self, cases: Cases, session: Session, ids: Ids, now: datetime) -> None:
        self.cases = cases
        self.ids = ids
        self.now = now
        self.today = cases.store.calendar.local_date(now)
        self.viewers = {
            person.email.removesuffix(DOMAIN): access.viewer(session, person, self.today)
            for person in session.scalars(select(Person).where(Person.example))
        }
        self.people: dict[str, Actor] = {name: viewer.actor for name, viewer in self.viewers.items()}

    def at(self, days_ago: int) -> datetime:
        """Ten o'clock UTC on a day before today (negative: after it)."""
        return self.now.replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)

    def day(self, days_ago: int) -> str:
        """The date of a day before today, as forms hand it in."""
        return (self.today - timedelta(days=days_ago)).isoformat()

    def open(
        self, days_ago: int, process: str, who: str, title: str, parts: Mapping[str, str],
        *, links: tuple[tuple[str, int], ...] = (), **data: Any,
    ) -> int:  # fmt: skip
        """A case of its own, marked as an example."""
        held = {part: (Holder(organization=self.ids[key]),) for part, key in parts.items()}
        with clock.at(self.at(days_ago)):
            opening = Opening(title, data, held, links)
            return self.cases.open_case(process, opening, self.people[who], example=True).case_id

    def do(self, days_ago: int, case_id: int, step: str, who: str, /, **data: Any) -> Done:
        """A step as if its form had been filled in: what is not named was left empty."""
        with self.cases.store.reading() as tx:
            case = tx.take(case_id).snapshot
        form = self.cases.registry.find(case.process, case.version).step_by_name[step].form
        unbound = {name: getattr(form, name) for name in dir(form)} if form else {}
        blank = {
            name: None
            for name, entered in unbound.items()
            if isinstance(entered, UnboundField) and entered.field_class is not FieldList
        }
        with clock.at(self.at(days_ago)):
            return self.cases.act(case_id, step, self.people[who], {**blank, **data})

    def children(self, case: int, process: str, state: str) -> list[int]:
        """The children of a case in a state, in the order of their opening."""
        with self.cases.store.reading() as tx:
            sql = "SELECT id FROM cases WHERE parent_id = ? AND process = ? AND state = ? ORDER BY id"
            return [row[0] for row in tx.rows(sql, (case, process, state))]

    def sweep(self, days_ago: int) -> None:
        """Whatever the clock had to do until that day."""
        with clock.at(self.at(days_ago)):
            while list(ring_all(self.cases)):
                pass  # a step of the clock may have begun deadlines that are over as well

    def let_time_pass(self) -> None:
        """The last weeks day by day, until today."""
        for days_ago in range(40, -1, -1):
            self.sweep(days_ago)

    def tell_everybody(self, session: Session) -> None:
        """Carry every notice out at the moment it was written, as the worker would have done; people have
        read what is older than a few days."""
        session.rollback()  # or it would see what stood there when it was opened
        waiting = select(OutboxMessage.run_at).where(OutboxMessage.state == "pending").distinct()
        moments = session.scalars(waiting.order_by(OutboxMessage.run_at)).all()
        session.rollback()
        for moment in moments:
            if moment > self.now:
                break
            today = self.cases.store.calendar.local_date(moment)
            with clock.at(moment):
                while batches := outbox.claim(self.cases.store.engine):
                    for batch in batches:
                        carry_out(self.cases.store.engine, batch.tickets, today)
                    if moment < self.now - FRESH:
                        self._forget_mails(session)
        with session.begin():
            old = Notification.created_at < self.now - FRESH, Notification.read_at.is_(None)
            session.execute(update(Notification).where(*old).values(read_at=Notification.created_at))

    def _forget_mails(self, session: Session) -> None:
        """Of what happened long ago the mails are not written any more; writing a thousand takes a while."""
        mails = OutboxMessage.kind == "notice_mail", OutboxMessage.state == "pending"
        with session.begin():
            session.connection(execution_options={"immediate": True})
            session.execute(update(OutboxMessage).where(*mails).values(state="done"))
