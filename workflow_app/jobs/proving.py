"""Once a week every case is replayed: its history is whole, and the case is what the history says.

The same as `flask cases verify`, without the files. A case that does not fit is an incident: somebody has
changed the database behind our backs, or we have made a mistake. Nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflow_app import cases
from workflow_app.cases import replay
from workflow_app.cases.replay import Finding
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import Case

from .turns import Turn

CHUNK = 200


def prove(turn: Turn) -> None:
    """Replay all cases, some at a time, and report those that are not what their history says."""
    last = 0
    while ids := _next(turn, last):
        store = cases.current()
        with store.store.reading(at_one_moment=True) as tx:
            found = list(replay.verify(store.registry, tx, ids))
        _write_down(turn, found)
        last = ids[-1]


def _next(turn: Turn, last: int) -> list[int]:
    with turn.engine.connect() as connection:
        return list(connection.execute(select(Case.id).where(Case.id > last).order_by(Case.id).limit(CHUNK)).scalars())


def _write_down(turn: Turn, found: Sequence[Finding]) -> None:
    wrong = [one.case_id for one in found if one.faults]
    right = [_subject(one.case_id) for one in found if not one.faults]
    with turn.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        turn.hold(connection)
        report(connection, [Trouble("job", _subject(case), "history does not fit", case_id=case) for case in wrong])
        solved(connection, right)


def _subject(case_id: int) -> str:
    return f"history:{case_id}"
