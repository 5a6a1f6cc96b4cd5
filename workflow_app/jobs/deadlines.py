"""Deadlines by the clock: everything that is due, one by one, and what becomes of those that fail.

A deadline whose step fails never holds up the others: it becomes an incident and is looked at again,
later each time. Where a rule refuses the step that is declared, trying again soon would not help; the
deadline is over, its parties are told so, and an incident waits for a person. A database that is away
is not a deadline's fault: the sweep ends and comes again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from workflow_app import cases, database
from workflow_app.cases import Cases, clockwork, ringing_again
from workflow_app.cases.clockwork import Found, Rung
from workflow_app.engine import clock
from workflow_app.engine.errors import Refused
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import Case, DueDate, Incident

log = logging.getLogger(__name__)
BATCH = 100
LONGEST = 2.0
"""After so many seconds others have their turn before the sweep goes on."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
DONE = ("warned", "over")
"""What the clock says of a deadline for which it has done something itself."""
REFUSED = "refused"
"""What the incident says of a step that a rule has refused."""


def subject_of(row: int) -> str:
    """What an incident about this deadline is called."""
    return f"deadline:{row}"


def pause(times: int) -> timedelta:
    """How long to wait after so many failures: twice as long each time."""
    return min(FIRST_PAUSE * 2 ** min(times - 1, 10), LONGEST_PAUSE)


def sweep(may_go_on: Callable[[], bool] = lambda: True) -> bool:
    """Do what is due by the clock, oldest first; whether something is left for the next turn.
    `may_go_on` is asked before every batch."""
    until, store = time.monotonic() + LONGEST, cases.current()
    ring = partial(_carefully, settle())
    while may_go_on():
        done = sum(1 for _one in clockwork.ring_all(store, BATCH, ring))
        if done < BATCH or time.monotonic() > until:
            return done >= BATCH
    return False


def _carefully(troubled: Collection[int], store: Cases, found: Found) -> Rung:
    """One deadline; only a database that is away stops the others. `troubled` are the deadlines about
    which there is an incident."""
    try:
        return _rung(troubled, store, found)
    except Exception as error:
        if not database.is_held(error):
            raise
        log.warning("deadline %s: somebody else holds its case, so it is looked at again", found.row)
        return Rung("held")


def _rung(troubled: Collection[int], store: Cases, found: Found) -> Rung:
    try:
        rung = clockwork.ring_found(store, found, lambda no: _refused(found, no))
    except Exception as error:
        if database.is_away(error):
            raise
        log.exception("deadline %s could not be dealt with and is tried again later", found.row)
        _failed(found, type(error).__name__)
        return Rung("failed")
    if found.row in troubled and rung.done in DONE and not rung.refused:
        _solve([found.row])
    return rung


def _refused(found: Found, no: Refused) -> None:
    log.warning("deadline %s: a rule speaks against the step of the clock: %s", found.row, no.reason.text)
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if clockwork.hold(connection, found):
            report(connection, [_trouble(found, REFUSED)])


def _failed(found: Found, error: str) -> None:
    """Keep the trouble, and look again when its pause is over, in one transaction; nothing where somebody
    was quicker, who has told or done the same."""
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if not clockwork.hold(connection, found):
            return
        report(connection, [_trouble(found, error)])
        mine = Incident.subject == subject_of(found.row), Incident.settled_at.is_(None)
        told = connection.execute(select(Incident.last_at, Incident.times).where(*mine)).one()
        _put_off(connection, found.row, _put_off_to(told))


def _put_off(connection: Connection, row: int, until: datetime) -> None:
    """Where the database does not take this either, the incident is kept all the same, and the deadline is
    tried again at each turn."""
    try:
        with connection.begin_nested():
            clockwork.put_off(connection, row, until)
    except DBAPIError as error:
        if database.is_away(error):
            raise
        log.warning("deadline %s could not be put off: %s", row, type(error.orig).__name__)


def _put_off_to(incident: Any) -> datetime:
    """When a deadline is looked at again about which there is this incident. It follows from what the incident
    says, so that everybody can tell later whether the deadline still waits for this moment."""
    last_at: datetime = incident.last_at
    return last_at + pause(incident.times)


def _trouble(found: Found, error: str) -> Trouble:
    return Trouble("deadline", subject_of(found.row), error, case_id=found.case_id, due_id=found.row)


def _solve(rows: Collection[int]) -> None:
    with db.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        solved(connection, [subject_of(row) for row in rows])


def settle() -> set[int]:
    """Settle the incidents about deadlines that have ended or were moved meanwhile; returns the
    deadlines for which there is one all the same."""
    told = Incident.due_id, Incident.error, Incident.times, Incident.last_at
    row = DueDate.name, DueDate.status, DueDate.warned, DueDate.fire_at, Case.process, Case.version
    query = (
        select(*told, *row)
        .join(DueDate, DueDate.id == Incident.due_id)
        .join(Case, Case.id == DueDate.case_id)
        .where(Incident.settled_at.is_(None), Incident.kind == "deadline")
    )
    with db.engine.connect() as connection:
        unsettled = connection.execute(query).all()
    gone = {row.due_id for row in unsettled if _is_gone(row, clock.now())}
    for some in database.portions(sorted(gone), database.PORTION):
        _solve(some)
    return {row.due_id for row in unsettled} - gone


def _is_gone(row: Any, now: datetime) -> bool:
    """Whether there is nothing to do any more: it does not run, or it rings at another moment than the
    one to which it was put off. One whose step was refused stays over, unless it is moved."""
    if row.status != "running":
        return True
    if row.fire_at is not None and row.fire_at <= now:
        return False
    if row.error == REFUSED:
        return not ringing_again.is_over(cases.current(), row)
    return bool(row.fire_at != _put_off_to(row))
