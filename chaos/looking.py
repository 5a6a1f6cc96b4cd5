"""What stands in the database when all is over: histories, notices, messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from workflow_app.cases import Cases, Store
from workflow_app.cases.replay import verify
from workflow_app.engine.calendar import Calendar
from workflow_app.models import OutboxMessage
from workflow_app.processes import REGISTRY


def rows(engine: Engine, sql: str, **params: Any) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), params)]


def number(engine: Engine, sql: str, **params: Any) -> int:
    """The one number a query finds."""
    return int(rows(engine, sql, **params)[0][0])


def faults(engine: Engine) -> list[str]:
    """Every case whose state, parties, open steps, readers or hashes are not what its events say."""
    cases = Cases(Store(engine, Calendar()), REGISTRY)
    with cases.store.reading(at_one_moment=True) as tx:
        ids = [row[0] for row in tx.rows("SELECT id FROM cases ORDER BY id")]
        return [f"case {one.case_id}: {fault}" for one in verify(REGISTRY, tx, ids) for fault in one.faults]


def unsettled(engine: Engine) -> int:
    """How many messages are due and not carried out."""
    return number(engine, "SELECT count(*) FROM outbox WHERE state <> 'done'")


def unsettled_states(engine: Engine) -> dict[str, int]:
    """The messages that are not carried out, by state and last error."""
    sql = "SELECT state, last_error, attempt, count(*) FROM outbox WHERE state <> 'done' GROUP BY 1, 2, 3"
    found = rows(engine, sql)
    return {f"{state}, {error or 'no error'}, attempt {attempt}": times for state, error, attempt, times in found}


def messages(engine: Engine) -> list[tuple[int, str]]:
    """Every notice that was written for people, carried out or not, in that order: case and name."""
    notices = select(OutboxMessage.case_id, OutboxMessage.payload).where(OutboxMessage.kind == "notice")
    with Session(engine) as session:
        found = session.execute(notices.order_by(OutboxMessage.id))
        return [(case or 0, payload["notice"]) for case, payload in found]


def notifications(engine: Engine, notices: Sequence[str] = ()) -> Counter[tuple[Any, ...]]:
    """How often each person was told each thing: (case, event or day, notice, person)."""
    found = rows(engine, "SELECT case_id, seq, due_on, notice, person_id FROM notifications")
    return Counter(
        (case, seq if due is None else str(due), notice, person)
        for case, seq, due, notice, person in found
        if not notices or notice in notices
    )


def events(engine: Engine, step: str) -> Counter[int]:
    """How often a step stands in the history of each case."""
    return Counter(case for (case,) in rows(engine, "SELECT case_id FROM case_events WHERE step = :step", step=step))
