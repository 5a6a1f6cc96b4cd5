"""What the engine may know besides the case itself; loaded only where a step asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workflow_app.engine.definition import Actor, Facts, Holder, Process, Relative, Snapshot, Step

from .transaction import Transaction

RELATIVES = """
SELECT 'child', id, process, version, state, title, data, closed FROM cases WHERE parent_id = ?
UNION ALL SELECT 'parent', p.id, p.process, p.version, p.state, p.title, p.data, p.closed
  FROM cases c JOIN cases p ON p.id = c.parent_id WHERE c.id = ?
UNION ALL SELECT l.kind, t.id, t.process, t.version, t.state, t.title, t.data, t.closed
  FROM case_links l JOIN cases t ON t.id = l.to_id WHERE l.from_id = ?
UNION ALL SELECT 'from_' || l.kind, f.id, f.process, f.version, f.state, f.title, f.data, f.closed
  FROM case_links l JOIN cases f ON f.id = l.from_id WHERE l.to_id = ?
ORDER BY 2"""
INVERSE = {
    "from_predecessor": "successor",
    "from_merged_into": "merged",
    "from_came_from": "led_to",
    "from_about": "report",
}


def facts_for(
    tx: Transaction, process: Process, case: Snapshot, steps: Iterable[Step], settings: Mapping[str, Any]
) -> Facts:
    """The facts these steps ask for, and those for what may follow them."""
    steps = tuple(steps)
    reads = frozenset[str]().union(*(step.reads for step in steps))
    return Facts(
        now=tx.now,
        today=tx.today,
        calendar=tx.calendar,
        relatives=relatives(tx, case.id) if "relatives" in reads else (),
        settings=settings,
        voters=voters(tx, process, case, steps),
        organizations=organizations(tx) if "organizations" in reads else {},
    )


def relatives(tx: Transaction, case_id: int) -> tuple[Relative, ...]:
    """All cases linked with this one, each with who holds which part in it."""
    found = tx.rows(RELATIVES, (case_id,) * 4)
    held: dict[int, dict[str, tuple[Holder, ...]]] = {row[1]: {} for row in found}
    if held:
        marks = ", ".join("?" * len(held))
        sql = (
            f"SELECT case_id, part, person_id, organization_id FROM case_parties WHERE case_id IN ({marks}) ORDER BY id"
        )
        for id_, part, person, organization in tx.rows(sql, tuple(held)):
            held[id_][part] = (*held[id_].get(part, ()), Holder(person, organization))
    return tuple(
        Relative(INVERSE.get(relation, relation), id_, process, state, title, _json(data), held[id_], bool(closed))
        for relation, id_, process, _version, state, title, data, closed in found
    )


def voters(tx: Transaction, process: Process, case: Snapshot, steps: Iterable[Step]) -> dict[str, int]:
    """How many people may vote on each collective step that is or may come next; nothing is read
    where there is none."""
    near = {case.state, *(state.name for step in steps for state in step.targets)}
    wanted = {step.name: step for state in near for step in process.steps_from(state) if step.hands.collective}
    organizations = {h.organization for holders in case.parts.values() for h in holders if h.organization}
    if not wanted or not organizations:
        return {}
    marks = ", ".join("?" * len(organizations))
    rows = tx.rows(
        f"SELECT person_id, role, organization_id FROM memberships WHERE organization_id IN ({marks})"
        " AND voting_right AND deputy_of_id IS NULL AND COALESCE(start_date, ?) <= ? AND COALESCE(end_date, ?) >= ?",
        (*organizations, *[tx.today] * 4),
    )
    people: dict[str, set[int]] = {}
    for person, role, organization in rows:
        people.setdefault(f"member@{organization}", set()).add(person)
        people.setdefault(f"{role}@{organization}", set()).add(person)
    return {
        step.name: len(set[int]().union(*(people.get(p, set()) for p in step.who.principals(case.parts))))
        for step in wanted.values()
    }


def organizations(tx: Transaction) -> dict[int, str]:
    """The names of all organizations, by id."""
    return {row[0]: row[1] for row in tx.rows("SELECT id, name FROM organizations")}


def may_open(process: Process, parts: Mapping[str, tuple[Holder, ...]], actor: Actor) -> bool:
    """Whether an actor may open a case of this process with these parts."""
    return actor.is_clock or not actor.principals.isdisjoint(process.opened_by.principals(parts))


def _json(value: Any) -> Any:
    return json.loads(value) if type(value) is str else value
