"""What people decide about incidents: that it shall be tried again, or that it need not be.

Many at once, in the caller's transaction; of two people who decide the same at once one does it, and the
other is told by whom it was done. What an incident is about is held before the incident itself, as those
do who report: so nobody waits for somebody who waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid, Reason
from workflow_app.engine.who import message as _
from workflow_app.models import Incident

AT_ONCE = 500
"""So many incidents are decided in one transaction."""
LONGEST_REASON = 500
STUCK, WAITS, BUSY, OVER = "stuck", "waits", "busy", "over"
"""How something stands that an incident is about: it needs another push, has got it and waits for its
turn, is being done at this moment, or is done and needs nothing more."""
Standings = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind incidents of one kind. `hold` locks these rows, in the order of their ids, until
    the end of the transaction and says how each stands; `again` has stuck ones tried again, `let_be` sees
    to it that nothing more is tried for them."""

    hold: Callable[[Connection, Collection[int]], Standings]
    again: Callable[[Connection, Collection[int]], None]
    let_be: Callable[[Connection, Collection[int]], None]


@dataclass(frozen=True, slots=True)
class Left:
    """An incident about which nothing was done, and why: it was ``solved`` or ``discarded`` already, it is
    ``retrying`` since somebody (`by`) asked for it, ``busy`` at this moment, goes on ``alone`` without being
    asked, or there is none (``none``)."""

    id: int
    why: str
    by: int | None = None


@dataclass(slots=True)
class Decided:
    """What was done, and what was not: the ids of the incidents."""

    done: list[int] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Held:
    """A locked incident, the row it is about, and how that stands."""

    id: int
    state: str
    by: int | None
    kind: str
    target: int | None
    standing: str


def retry(connection: Connection, by: int, ids: Collection[int], behind: Mapping[str, Behind]) -> Decided:
    """Try these again. What goes on without being asked is left alone."""
    decided, again = Decided(), list[_Held]()
    for one in _held(connection, ids, behind, decided):
        if one.state == "retrying":
            decided.left.append(Left(one.id, "retrying", one.by))
        elif one.kind not in behind or one.target is None:
            decided.left.append(Left(one.id, "alone"))
        elif one.standing == BUSY:
            decided.left.append(Left(one.id, "busy"))
        else:
            again.append(one)
    _each(connection, again, behind, lambda kind: kind.again)
    _write(connection, [one.id for one in again], state="retrying", settled_by_id=by)
    decided.done = [one.id for one in again]
    return decided


def discard(
    connection: Connection, by: int, ids: Collection[int], reason: str, behind: Mapping[str, Behind]
) -> Decided:  # fmt: skip
    """Let these be, for a reason that is kept with who gave it and when. Raises Invalid without a reason,
    or with one that is too long."""
    reason = _must_be_said(reason)
    decided, let_be = Decided(), list[_Held]()
    for one in _held(connection, ids, behind, decided):
        if one.standing == BUSY:
            decided.left.append(Left(one.id, "busy"))
        else:
            let_be.append(one)
    _each(connection, let_be, behind, lambda kind: kind.let_be)
    done = [one.id for one in let_be]
    _write(connection, done, state="discarded", settled_by_id=by, reason=reason, settled_at=clock.now())
    decided.done = done
    return decided


def _must_be_said(reason: str) -> str:
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        text = _("Please say in one or two sentences why nothing is to be done.")
        raise Invalid(Reason(text), {"reason": Reason(text)})
    return said


def _held(
    connection: Connection, ids: Collection[int], behind: Mapping[str, Behind], decided: Decided
) -> Sequence[_Held]:  # fmt: skip
    """The unsettled ones, locked; of the others is written down why they are left. What has gone well
    while nobody looked is solved."""
    standings = _standings(connection, ids, behind)
    query = select(*_COLUMNS).where(Incident.id.in_(ids)).order_by(Incident.id).with_for_update()
    found = [_row(row, behind, standings) for row in connection.execute(query)]
    decided.left += [Left(id_, "none") for id_ in sorted(set(ids) - {one.id for one in found})]
    decided.left += [Left(one.id, one.state, one.by) for one in found if one.state in ("solved", "discarded")]
    unsettled = [one for one in found if one.state in ("open", "retrying")]
    over = [one.id for one in unsettled if one.standing == OVER]
    _write(connection, over, state="solved", settled_at=clock.now())
    decided.left += [Left(id_, "solved") for id_ in over]
    return [one for one in unsettled if one.standing != OVER]


_COLUMNS = (Incident.id, Incident.state, Incident.settled_by_id, Incident.kind, Incident.outbox_id, Incident.due_id)


def _standings(connection: Connection, ids: Collection[int], behind: Mapping[str, Behind]) -> dict[str, Standings]:
    """How that stands which these incidents are about, by kind; held from now on."""
    query = select(Incident.kind, Incident.outbox_id, Incident.due_id).where(Incident.id.in_(ids))
    targets: dict[str, set[int]] = {}
    for kind, *target in connection.execute(query):
        targets.setdefault(kind, set()).update(one for one in target if one is not None)
    return {kind: behind[kind].hold(connection, targets[kind]) for kind in sorted(targets.keys() & behind.keys())}


def _row(row: Any, behind: Mapping[str, Behind], standings: Mapping[str, Standings]) -> _Held:
    target = row.outbox_id if row.outbox_id is not None else row.due_id
    standing = STUCK if target is None else standings.get(row.kind, {}).get(target, STUCK)
    return _Held(row.id, row.state, row.settled_by_id, row.kind, target, standing)


def _each(
    connection: Connection, held: Sequence[_Held], behind: Mapping[str, Behind],
    deed: Callable[[Behind], Callable[[Connection, Collection[int]], None]],
) -> None:  # fmt: skip
    for kind in behind:
        if targets := [one.target for one in held if one.kind == kind and one.target is not None]:
            deed(behind[kind])(connection, targets)


def _write(connection: Connection, ids: Collection[int], **values: str | int | datetime | None) -> None:
    if ids:
        connection.execute(update(Incident).where(Incident.id.in_(ids)).values(**values))
