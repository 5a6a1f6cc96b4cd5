"""After an organization was renamed: cases are found by its new name, a batch of them with each message."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from workflow_app import cases
from workflow_app.cases import reindexing
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import OrganizationEvent

from .notices import write_once


def rename(row: Any) -> int | None:
    """The next cases in which the former name still stands get the present one; the last of them, or None
    where there is no more to do. To do it twice does no harm."""
    with db.engine.connect() as connection:
        mine = OrganizationEvent.id == row.payload["event"]
        former = connection.execute(select(OrganizationEvent.former_name).where(mine)).scalar_one()
    return reindexing.rename(cases.current(), former or "", row.payload["after"])


def go_on(connection: Connection, row: Any, _today: date, last: int | None) -> None:
    """The message for the batch that comes next."""
    if last is None:
        return
    payload = {"event": row.payload["event"], "after": last}
    further = {"kind": row.kind, "payload": payload, "run_at": clock.now(), "max_attempts": row.max_attempts}
    write_once(connection, [{**further, "dedupe_key": f"renamed:{payload['event']}:{last}"}])
