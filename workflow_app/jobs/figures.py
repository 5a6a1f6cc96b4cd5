"""Keeps the figures of the dashboard: counts again, and writes down what has become different.

Counting only reads, in one statement, and keeps nobody from writing. It takes longer the more cases
there are, so the pause after it grows too: it never takes more than a small share of the time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workflow_app import cases
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import Figures
from workflow_app.queries import office

SHARE = 50
"""The pause is so many times as long as the counting before it took."""
AT_LEAST = timedelta(minutes=1)
"""Figures that have not changed are written again after this, so that readers know how old they are."""


@dataclass
class Keeper:
    """Counts when called, unless the pause after the last count is not over yet, which is so whatever the clock
    on the wall says meanwhile."""

    next_at: float = 0.0  # by clock.elapsed

    def __call__(self) -> bool:
        """Whether figures were counted."""
        begin = clock.elapsed()
        if begin < self.next_at:
            return False
        self.next_at = begin + SHARE * count(db.engine, clock.now()).total_seconds()
        return True


keep = Keeper()


def count(engine: Engine, now: datetime) -> timedelta:
    """Count all open cases and keep the figures; how long counting took."""
    today = cases.current().store.calendar.local_date(now)
    begin = time.perf_counter()
    with Session(engine) as session:
        body = office.count(session, today).dumps()
        kept = session.execute(select(Figures.mark, Figures.counted_at)).first()
    took = timedelta(seconds=time.perf_counter() - begin)
    mark = sha256(body.encode()).hexdigest()
    if kept is None or kept.mark != mark or now - kept.counted_at >= AT_LEAST:
        _write(engine, now, took, mark, body)
    return took


def _write(engine: Engine, now: datetime, took: timedelta, mark: str, body: str) -> None:
    """One row, which is replaced; two who count at the same time have counted the same."""
    insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
    row = {"counted_at": now, "took_ms": took // timedelta(milliseconds=1), "mark": mark, "body": body}
    statement = insert(Figures).values(id=1, **row).on_conflict_do_update(index_elements=[Figures.id], set_=row)
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        connection.execute(statement)
