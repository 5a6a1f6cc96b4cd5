"""Whom a notice reaches: the people behind the parties it names, and those who follow the case.

Everything is looked up at the moment of sending, in three statements at most, however many people there are:
what stands about the case, the other notices of the same event (where somebody follows it), and who holds
today what these name. Deputies hold what an absent member holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, cast, literal, select, union_all

from workflow_app.engine import reaching
from workflow_app.models import CaseEvent, CaseReader, Follow, OpenStep, OutboxMessage

from .holders import behind, holdings, people_of

FOR_ALL = {"public", "account"}


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody a notice reaches, why it matters to them, the absent member they stand in for, and whether
    it tells of what they did themselves."""

    person: int
    topic: str
    represents: int | None = None
    did_it: bool = False


def reached(connection: Connection, row: Any, today: date) -> list[Reached]:
    """Everybody whom a message of the outbox reaches: those it means, and of a step those who follow the case."""
    if not _is_deadline(row.payload):
        return _by_step(connection, row, today)
    topic = reaching.OVERDUE if row.payload["notice"].startswith("overdue:") else reaching.DEADLINE
    meant = people_of(connection, row.payload["to"], today)
    return [Reached(person, topic, meant[person]) for person in sorted(meant)]


def _by_step(connection: Connection, row: Any, today: date) -> list[Reached]:
    about, to = about_case(connection, row), set(row.payload["to"])
    event = _event(connection, row) if about["follows"] else {}
    if row.id == min(event, default=None):  # of several notices of one event only the first tells who follows
        follows, may_see, beside = about["follows"], about["reads"], to.union(*event.values())
    else:
        follows, may_see, beside = set(), set(), to
    held = holdings(connection, beside | about["waits"] | follows | may_see, today)
    meant, waiting = behind(held, to), behind(held, about["waits"])
    following = behind(held, follows).keys() - behind(held, beside).keys()
    if not may_see & FOR_ALL:
        following &= behind(held, may_see).keys()
    topics = {person: reaching.WAITING if person in waiting else reaching.NEWS for person in sorted(meant)}
    topics |= dict.fromkeys(sorted(following), reaching.FOLLOWED)
    return [
        Reached(person, topic, meant.get(person), f"person:{person}" in about["did it"])
        for person, topic in topics.items()
    ]


def _is_deadline(payload: Any) -> bool:
    return ":" in payload["notice"]


# ------------------------------------------------------------------------------ about the case


def _person(column: Any) -> Any:
    """A person as the principal that only they hold."""
    return literal("person:").concat(cast(column, String))


_case, _seq = bindparam("case", type_=Integer), bindparam("seq", type_=Integer)
_ABOUT = union_all(
    select(literal("waits"), OpenStep.principal).where(OpenStep.case_id == _case),
    select(literal("reads"), CaseReader.principal).where(CaseReader.case_id == _case),
    select(literal("follows"), _person(Follow.person_id)).where(Follow.case_id == _case),
    select(literal("did it"), _person(CaseEvent.actor_id)).where(CaseEvent.case_id == _case, CaseEvent.seq == _seq),
)
_EVENT = select(OutboxMessage.id, OutboxMessage.payload).where(
    OutboxMessage.case_id == _case, OutboxMessage.kind == bindparam("kind"),
    OutboxMessage.payload["seq"].as_integer() == _seq,
)  # fmt: skip


def about_case(connection: Connection, row: Any) -> dict[str, set[str]]:
    """The principals for whom a case waits, who may read it, who follow it, and who took the step that is told."""
    found: dict[str, set[str]] = {"waits": set(), "reads": set(), "follows": set(), "did it": set()}
    for what, principal in connection.execute(_ABOUT, {"case": row.case_id, "seq": row.payload.get("seq")}):
        found[what].add(principal)
    return found


def _event(connection: Connection, row: Any) -> dict[int, list[str]]:
    """The messages that tell of the same event, with the principals that each of them means."""
    same = connection.execute(_EVENT, {"case": row.case_id, "kind": row.kind, "seq": row.payload.get("seq")})
    return {id_: payload["to"] for id_, payload in same if not _is_deadline(payload)}
