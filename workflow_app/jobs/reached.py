"""Whom a notice reaches: the people behind the parties it names, and those who follow the case.

Everything is looked up at the moment of sending, in three statements at most, however many people there are:
what stands about the case, the other notices of the same event (where somebody follows it), and who holds
today what these name. Deputies hold what an absent member holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from workflow_app.access import NOT_MEMBERS, counts
from workflow_app.engine import reaching
from workflow_app.models import CaseEvent, CaseReader, Follow, Membership, OpenStep, OutboxMessage, Person

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
    about, to = _about(connection, row), set(row.payload["to"])
    event = _event(connection, row) if about["follows"] else {}
    if row.id == min(event, default=None):  # of several notices of one event only the first tells who follows
        follows, may_see, beside = about["follows"], about["reads"], to.union(*event.values())
    else:
        follows, may_see, beside = set(), set(), to
    held = _holdings(connection, beside | about["waits"] | follows | may_see, today)
    meant, waiting = _behind(held, to), _behind(held, about["waits"])
    following = _behind(held, follows).keys() - _behind(held, beside).keys()
    if not may_see & FOR_ALL:
        following &= _behind(held, may_see).keys()
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


def _about(connection: Connection, row: Any) -> dict[str, set[str]]:
    """The principals for whom a case waits, who may read it, who follow it, and who took the step that is told."""
    found: dict[str, set[str]] = {"waits": set(), "reads": set(), "follows": set(), "did it": set()}
    for what, principal in connection.execute(_ABOUT, {"case": row.case_id, "seq": row.payload.get("seq")}):
        found[what].add(principal)
    return found


def _event(connection: Connection, row: Any) -> dict[int, list[str]]:
    """The messages that tell of the same event, with the principals that each of them means."""
    same = connection.execute(_EVENT, {"case": row.case_id, "kind": row.kind, "seq": row.payload.get("seq")})
    return {id_: payload["to"] for id_, payload in same if not _is_deadline(payload)}


# ---------------------------------------------------------------------------- party to people


@dataclass(frozen=True, slots=True)
class _Holding:
    """What somebody holds today, and the absent member they hold it for."""

    person: int
    principals: frozenset[str]
    represents: int | None


def people_of(connection: Connection, principals: Collection[str], today: date) -> dict[int, int | None]:
    """The people behind principals today, and for a deputy the absent member they stand in for; people
    are found at sending time, not when the notice was written.

    ``public`` and ``account`` are nobody in particular; they read on the site.
    """
    return _behind(_holdings(connection, principals, today), principals)


def _behind(held: Sequence[_Holding], principals: Collection[str]) -> dict[int, int | None]:
    """Who holds one of these principals; who does so in their own right stands in for nobody."""
    found: dict[int, int | None] = {}
    for one in held:
        if one.principals.isdisjoint(principals):
            continue
        if one.represents is None:
            found[one.person] = None
        else:
            found.setdefault(one.person, one.represents)
    return found


_today: BindParameter[date] = bindparam("today")
_represented, _away = aliased(Membership), aliased(Person)
_NO_ID = cast(null(), Integer)
_NAMED = select(Person.id, cast(null(), String), _NO_ID, _NO_ID, literal(0).label("seat")).where(
    Person.id.in_(bindparam("people", expanding=True)), Person.locked.is_(False)
)
_SEATED = (
    select(
        Membership.person_id, func.coalesce(_represented.role, Membership.role), Membership.organization_id,
        _represented.person_id, Membership.id,
    )
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(_represented, _represented.id == Membership.deputy_of_id)
    .outerjoin(_away, _away.id == _represented.person_id)
    .where(
        Membership.organization_id.in_(bindparam("organizations", expanding=True)),
        counts(Membership, _represented, _away, _today),
        Person.locked.is_(False),
    )
)  # fmt: skip
_HOLDINGS = union_all(_NAMED, _SEATED).order_by("seat")


def _holdings(connection: Connection, principals: Collection[str], today: date) -> list[_Holding]:
    """Who of those that are not locked holds these principals today, or others in the same organizations."""
    people = {int(p.removeprefix("person:")) for p in principals if p.startswith("person:")}
    organizations = {int(organization) for _role, at, organization in (p.partition("@") for p in principals) if at}
    asked = {"people": list(people), "organizations": list(organizations), "today": today}
    return [
        _Holding(person, _held(person, role, organization), represents)
        for person, role, organization, represents, _seat in connection.execute(_HOLDINGS, asked)
    ]


def _held(person: int, role: str | None, organization: int) -> frozenset[str]:
    if role is None:
        return frozenset((f"person:{person}",))
    held = (f"{role}@{organization}", f"member@{organization}")
    return frozenset(held[:1] if role in NOT_MEMBERS else held)
