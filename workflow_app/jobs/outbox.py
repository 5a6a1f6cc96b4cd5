"""The rows of the outbox and the states they go through; what is done about them stands in `carrying`.

The relay claims due rows in one transaction, many as one batch, and hands the batch to RQ after the
commit. A job takes its rows one after the other, each by its ticket, and settles it in the transaction
of its effect. A batch that gets lost in Redis comes back when its lease is over; one that arrives twice
finds stale tickets. Each queue has its own share of what is on its way and is asked for its own oldest
rows, so that any number of mails that wait for their server hides no notice; and what somebody waits for,
such as a link to sign in, overtakes what is due in its queue. An attempt is counted when a
job takes a row and never otherwise, so neither a long queue nor a neighbour that kills the whole process
uses up the attempts of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, TextClause, and_, bindparam, func, select, update

from workflow_app.engine import clock
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import Base, OutboxMessage
from workflow_app.models.following import AWAITED, QUEUES, WAITS_AWAITED, queue_of

from .kinds import KINDS

LEASE = timedelta(seconds=30)
"""How long a batch belongs to a job that does not say that it is still at work."""
CLAIMED = 1000
"""How many rows of a queue are claimed in one transaction."""
IN_FLIGHT = 5000
"""How many rows of a queue may be with RQ at the same time; more wait in the database, where nothing gets lost."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 8, 30, 120))
"""How long a row rests after its first, second, … failure; the last one holds from then on. Five attempts
take 40 minutes, the ten of a mail half a day: that is how long mail servers are away, or keep us waiting."""
LOST = "lost"
"""The error of a row whose job has died without saying why."""
ON_ITS_WAY = ("dispatched", "running")


class Ticket(NamedTuple):
    """A row on its way: only the newest ticket of a row may be carried out."""

    id: int
    ticket: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that one job carries, under the name of this job, the queue they wait in, and whether somebody
    waits for them, so that they go to its front."""

    name: str
    queue: str
    tickets: Sequence[Ticket]
    awaited: bool = False


# What every single row needs is built once: to build such a statement takes longer than to carry it out.
_ROWS = Base.metadata.tables[OutboxMessage.__tablename__]
_ITS_TICKET = and_(_ROWS.c.id == bindparam("of"), _ROWS.c.ticket == bindparam("its_ticket"))
_TAKE = (
    update(_ROWS)
    .where(_ITS_TICKET, _ROWS.c.state == "dispatched")
    .values(state="running", attempt=_ROWS.c.attempt + 1, lease_until=bindparam("until"))
    .returning(_ROWS)
)
_SETTLE = (
    update(_ROWS).where(_ITS_TICKET, _ROWS.c.state == "running").values(state="done", lease_until=None, last_error=None)
)


def claim(
    engine: Engine, limit: int = CLAIMED, queued: Callable[[Collection[str]], Collection[str]] = lambda names: ()
) -> list[Batch]:  # fmt: skip
    """Take rows that are due, and those whose lease is over, and give each a new ticket; up to `limit` of
    each queue.

    `queued` says which batches still wait for a worker: they wait on, and only their lease begins anew.
    A row that has used up its attempts is dead from then on, and an incident: people must look at it.
    """
    now = clock.now()
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        rows = [row for queue in _busy(connection) for row in _due(connection, queue, limit)]
        expired = {row.batch for row in rows if row.state == "dispatched" and row.batch}
        waiting = set(queued(expired)) if expired else set()
        _set(connection, [row.id for row in rows if row.batch in waiting], lease_until=now + LEASE)
        rows = [row for row in rows if row.batch not in waiting]
        _give_up(connection, [row for row in rows if row.attempt >= row.max_attempts], LOST)
        found = list(_batches(row for row in rows if row.attempt < row.max_attempts))
        for batch in found:
            _set(
                connection, [one.id for one in batch.tickets],
                state="dispatched", ticket=OutboxMessage.ticket + 1, batch=batch.name, lease_until=now + LEASE,
            )  # fmt: skip
    return found


def _busy(connection: Connection) -> list[str]:
    """The queues in which there is something to do: one question for all of them, because mostly there is
    nothing. It asks for the first of those that wait, which stands at the beginning of the index; whether
    there is any would tempt PostgreSQL to look through the whole table."""
    first = [select(func.min(OutboxMessage.run_at)).where(*_waits(queue)).scalar_subquery() for queue in QUEUES]
    lease = [select(func.min(OutboxMessage.lease_until)).where(*_travels(queue)).scalar_subquery() for queue in QUEUES]
    now, found = clock.now(), connection.execute(select(*first, *lease)).one()
    return [
        queue for n, queue in enumerate(QUEUES)
        if any(moment is not None and moment <= now for moment in found[n :: len(QUEUES)])
    ]  # fmt: skip


def _waits(queue: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.state == "pending", OutboxMessage.queue == queue


def _travels(queue: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.state.in_(ON_ITS_WAY), OutboxMessage.queue == queue, OutboxMessage.lease_until.is_not(None)


def _due(connection: Connection, queue: str, limit: int) -> list[Any]:
    """The rows of a queue that somebody must do something about, because they are due or their lease is over:
    what is awaited first, then what was lost on its way and the oldest, and of these no more than may be on their
    way at once."""
    now = clock.now()
    is_awaited = any(queue_of(kind) == queue for kind in AWAITED)
    due = OutboxMessage.queue == queue, OutboxMessage.run_at <= now
    found = _oldest(connection, limit, *due, WAITS_AWAITED) if is_awaited else []
    on_their_way = *_travels(queue), OutboxMessage.lease_until > now
    free = IN_FLIGHT - (connection.scalar(select(func.count()).where(*on_their_way)) or 0)
    limit = min(limit, free)
    # Asked for one after the other, because together they lead the database to sort all that waits.
    found += _oldest(connection, limit - len(found), *_travels(queue), OutboxMessage.lease_until <= now)
    others = OutboxMessage.state == "pending", OutboxMessage.kind.not_in(AWAITED)
    return found + _oldest(connection, limit - len(found), *due, *others)


def _oldest(connection: Connection, limit: int, *which: ColumnElement[bool] | TextClause) -> list[Any]:
    """So many of these rows, kept from others until the end of the transaction."""
    if limit <= 0:
        return []
    rows = select(OutboxMessage).where(*which).order_by(OutboxMessage.run_at, OutboxMessage.id).limit(limit)
    return list(connection.execute(rows.with_for_update(skip_locked=True)))


def _batches(rows: Iterable[Any]) -> Iterator[Batch]:
    """Rows of one queue and kind together; who has failed before goes alone, so that it harms nobody else."""
    groups: list[list[Any]] = []
    alike: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        if row.attempt or row.kind not in KINDS:
            groups.append([row])
        else:
            alike.setdefault((row.queue, row.kind), []).append(row)
    for (_queue, kind), found in alike.items():
        size = KINDS[kind].together
        groups += [found[start : start + size] for start in range(0, len(found), size)]
    for group in sorted(groups, key=lambda group: (group[0].run_at, group[0].id)):
        tickets = [Ticket(row.id, row.ticket + 1) for row in group]
        name = f"ob-{tickets[0].id}-{tickets[0].ticket}"
        yield Batch(name, group[0].queue, tickets, awaited=group[0].kind in AWAITED)


def take(connection: Connection, ticket: Ticket) -> Any:
    """The row of this ticket, which from now on is ours to carry out; None where the ticket is stale,
    because somebody else has done it or is doing it. This counts as an attempt once it is committed."""
    mine = {"of": ticket.id, "its_ticket": ticket.ticket, "until": clock.now() + LEASE}
    return connection.execute(_TAKE, mine).one_or_none()


def settle(connection: Connection, row: Any) -> bool:
    """Say that a row is done. False where it is no longer ours: then the effect must be taken back."""
    mine = connection.execute(_SETTLE, {"of": row.id, "its_ticket": row.ticket})
    if mine.rowcount == 1 and row.last_error:
        solved(connection, [subject(row.id)])
    return mine.rowcount == 1


def put_off(connection: Connection, row: Any, until: datetime) -> bool:
    """Let a row wait until a moment (UTC) before which its effect may not happen, such as the end of quiet
    hours. That is no failure, and counts as no attempt; an incident about it stays until it goes well. It is
    the very same row, so that whoever comes too early, by whichever clock, can only put it off once more.
    False where it is no longer ours."""
    mine = connection.execute(
        update(OutboxMessage)
        .where(_this(row), OutboxMessage.state == "running")
        .values(state="pending", lease_until=None, run_at=until, attempt=OutboxMessage.attempt - 1)
    )
    return mine.rowcount == 1


def put_back(connection: Connection, row: Any, error: str) -> None:
    """Let a row that failed rest, longer each time; after its last attempt it is dead, and an incident.
    Nothing happens where it is no longer ours."""
    if row.attempt >= row.max_attempts:
        _give_up(connection, [row], error)
        return
    pause = PAUSES[min(row.attempt, len(PAUSES)) - 1]
    connection.execute(
        update(OutboxMessage)
        .where(_this(row), OutboxMessage.state == "running")
        .values(state="pending", lease_until=None, last_error=error[:500], run_at=clock.now() + pause)
    )


def release(engine: Engine, batch: str, error: str = LOST) -> None:
    """The job of a batch has ended, or was ended, before it was through: the row it was at has failed,
    the others have not, and wait for the next job."""
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        mine = OutboxMessage.batch == batch, OutboxMessage.state.in_(ON_ITS_WAY)
        for row in connection.execute(select(OutboxMessage).where(*mine).with_for_update()).all():
            if row.state == "running":
                put_back(connection, row, error)
        left = OutboxMessage.batch == batch, OutboxMessage.state == "dispatched"
        connection.execute(update(OutboxMessage).where(*left).values(state="pending", lease_until=None))


def take_back(engine: Engine, batches: Collection[str]) -> None:
    """These could perhaps not be handed over: what nobody has begun with waits for the next time. What a job
    is at already is left to it, because then they have been handed over, and only the answer was lost."""
    mine = OutboxMessage.batch.in_(batches), OutboxMessage.state == "dispatched"
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        free = select(OutboxMessage.id).where(*mine).with_for_update(skip_locked=True)  # the others are being taken
        _set(connection, connection.scalars(free).all(), state="pending", lease_until=None)


def renew(engine: Engine, batch: str) -> None:
    """The job of this batch is still at work. What it is settling or taking just then is passed over, for it
    gets its lease there; to wait for it, with the next rows in hand, would be a deadlock."""
    mine = OutboxMessage.batch == batch, OutboxMessage.state.in_(ON_ITS_WAY)
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        free = select(OutboxMessage.id).where(*mine).with_for_update(skip_locked=True, key_share=True)
        _set(connection, connection.scalars(free).all(), lease_until=clock.now() + LEASE)


def subject(message: int) -> str:
    """What the incident of a message is about."""
    return f"message:{message}"


def _this(ticket: Any) -> Any:
    return and_(OutboxMessage.id == ticket.id, OutboxMessage.ticket == ticket.ticket)


def _give_up(connection: Connection, rows: Sequence[Any], error: str) -> None:
    """These have used up their attempts."""
    for row in rows:
        mine = _this(row), OutboxMessage.state.in_(ON_ITS_WAY)
        dead = connection.execute(
            update(OutboxMessage).where(*mine).values(state="dead", lease_until=None, last_error=error[:500])
        )
        if dead.rowcount == 1:
            trouble = Trouble("message", subject(row.id), error, case_id=row.case_id, outbox_id=row.id)
            report(connection, [trouble])


def _set(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    if ids:
        connection.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(**values))
