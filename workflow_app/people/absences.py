"""Absence: the days on which deputies stand in."""

from __future__ import annotations

from datetime import date

from workflow_app.access import Viewer
from workflow_app.engine.who import message as _

from . import record
from .memberships import must_be_a_period, refuse
from .roles import administrators_only
from .store import Store


def set_absence(store: Store, by: Viewer, person_id: int, start: date | None, end: date | None) -> None:
    """Somebody is away from one day to another, both included, or until further notice; what was
    written down before is replaced. For oneself; administrators for everybody (who falls ill cannot
    do it). Raises NotAllowed, NotFound, Invalid."""
    if by.person != person_id:
        administrators_only(by)
    must_be_a_period(start, end)
    if start is None:
        refuse("start", _("Please say from when on."))
    with store.writing() as tx:
        person = tx.person(person_id)
        person.absent_from, person.absent_until = start, end
        record.write(tx, "absence_set", person, by, start=start, end=end)


def end_absence(store: Store, by: Viewer, person_id: int) -> None:
    """Somebody is back, from now on. Raises NotAllowed, NotFound; who is not away stays as they are."""
    if by.person != person_id:
        administrators_only(by)
    with store.writing() as tx:
        person = tx.person(person_id)
        if person.absent_from is not None:
            person.absent_from = person.absent_until = None
            record.write(tx, "absence_ended", person, by)
