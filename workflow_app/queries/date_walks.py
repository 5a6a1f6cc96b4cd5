"""Which cases a calendar looks at: short walks, each along an index and cut off (see `walks`).

A subquery here has one column `case_id`, each case once, and at most `LOOKED_AT` of each kind.
Whether the viewer may see them is asked afterwards, once for all.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Subquery, bindparam, select, union, union_all

from workflow_app.models import CaseParty, CaseReader, Follow, OpenStep

from .walks import cases_seen, short

LOOKED_AT = 200
"""How many cases of each kind are looked at: that wait for one of the viewer's principals, that they
follow, in which they or one of their organizations hold a part, that everyone may see."""
IN_STATE, OF_PROCESS = frozenset({"process", "state", "open"}), frozenset({"process", "open"})


@lru_cache(maxsize=256)
def near_to(principals: int, organizations: int) -> Subquery:
    """The cases nearest to a viewer with so many principals and organizations (`person`,
    `organization_0` …): those that wait for them, the first due from the day `since` on first, and
    the newest that they follow or take part in."""
    due, case_id = OpenStep.due_on, OpenStep.case_id
    waiting = [
        short(
            select(due, case_id).distinct().where(OpenStep.principal == name, due >= bindparam("since")),
            LOOKED_AT, due, case_id,
        ).subquery()
        for name in (bindparam(f"principal_{n}", type_=CaseReader.principal.type) for n in range(principals))
    ]  # fmt: skip
    holders = [CaseParty.person_id == bindparam("person")]
    holders += [CaseParty.organization_id == bindparam(f"organization_{n}") for n in range(organizations)]
    followed = short(
        select(Follow.case_id).where(Follow.person_id == bindparam("person")), LOOKED_AT, Follow.case_id.desc()
    )
    parts = [
        short(select(CaseParty.case_id).distinct().where(mine), LOOKED_AT, CaseParty.case_id.desc()) for mine in holders
    ]
    return union(*(select(walk.c.case_id) for walk in waiting), followed, *parts).subquery()


@lru_cache(maxsize=64)
def cases_in_states(states: int) -> Subquery:
    """The newest open cases for everyone in each of so many states (`process_0`, `state_0` …)."""
    return _newest(states, IN_STATE)


@lru_cache(maxsize=64)
def cases_of_processes(processes: int) -> Subquery:
    """The newest open cases for everyone of each of so many processes (`process_0` …)."""
    return _newest(processes, OF_PROCESS)


def _newest(places: int, filters: frozenset[str]) -> Subquery:
    walks = [cases_seen(1, LOOKED_AT, filters, f"_{n}") for n in range(places)]
    return union_all(*(select(walk.c.case_id) for walk in walks)).subquery()
