"""What the engine may know besides the case itself; loaded only where a step asks for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflow_app.engine.definition import Actor, Data, Facts, Holder, Named, Process, Relative, Snapshot, Step
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Invalid
from workflow_app.engine.naming import named_holders
from workflow_app.engine.steps import LINKS
from workflow_app.engine.submitted import number

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
LONGEST_TITLE = 300
INVERSE = {f"from_{kind}": back for kind, back in LINKS.items()}
NAMED = """
SELECT n.process, n.closed, CASE WHEN n.parent_id = c.parent_id THEN 1 ELSE 0 END
  FROM cases n LEFT JOIN cases c ON c.id = ? WHERE n.id = ?"""
BEYOND = """
WITH RECURSIVE beyond(id) AS (
  SELECT to_id FROM case_links WHERE from_id = ? AND kind = ?
  UNION SELECT l.to_id FROM case_links l JOIN beyond b ON l.from_id = b.id WHERE l.kind = ?)
SELECT id FROM beyond"""


def facts_for(
    tx: Transaction, process: Process, case: Snapshot, steps: Iterable[Step], settings: Mapping[str, Any],
    data: Data | None = None,
) -> Facts:  # fmt: skip
    """The facts these steps ask for, and those for what may follow them; with the `data` submitted
    for a step also what they name."""
    steps = tuple(steps)
    reads = frozenset[str]().union(*(step.reads for step in steps))
    facts = Facts(
        now=tx.now,
        today=tx.today,
        calendar=tx.calendar,
        relatives=relatives(tx, case.id) if "relatives" in reads else (),
        settings=settings,
        voters=voters(tx, process, case, steps),
        organizations=organizations(tx) if "organizations" in reads else {},
    )
    if not data or not any(step.links or step.assigns for step in steps):
        return facts
    holders = (h for step in steps for assign in step.assigns for h in named_holders(assign, data))
    linked = {key: named_ for step in steps for key, named_ in named(tx, case.id, step, data).items()}
    near = (kin for step in steps for kin in soon_linked(tx, step, linked))
    return replace(facts, named=linked, relatives=(*facts.relatives, *near), strangers=strangers(tx, holders))


def soon_linked(tx: Transaction, step: Step, linked: Mapping[tuple[str, int], Named]) -> tuple[Relative, ...]:
    """The cases that a step is about to link with, as far as it moves them as well."""
    moved = {fire.relation for fire in step.fires} & {link.kind for link in step.links}
    return tuple(kin for kind, other in linked if kind in moved for kin in related_as(tx, kind, [other]))


def related_as(tx: Transaction, relation: str, ids: Sequence[int]) -> tuple[Relative, ...]:
    """These cases as relatives of one relation, in the order of their ids."""
    if not ids:
        return ()
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT id, process, version, state, title, data, closed FROM cases WHERE id IN ({marks}) ORDER BY id"
    return _with_parts(tx, [(relation, *row) for row in tx.rows(sql, ids)])


def relatives(tx: Transaction, case_id: int) -> tuple[Relative, ...]:
    """All cases linked with this one, each with who holds which part in it."""
    return _with_parts(tx, tx.rows(RELATIVES, (case_id,) * 4))


def _with_parts(tx: Transaction, found: Sequence[tuple[Any, ...]]) -> tuple[Relative, ...]:
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


def voters(tx: Transaction, process: Process, case: Snapshot, steps: Iterable[Step]) -> dict[str, dict[int, int]]:
    """Who may vote on each collective step that is or may come next, and whose seat they hold;
    nothing is read where there is none."""
    near = {case.state, *(state.name for step in steps for state in step.targets)}
    wanted = {step.name: step for state in near for step in process.steps_from(state) if step.hands.collective}
    if not wanted:
        return {}
    held = _seats(tx, {h.organization for holders in case.parts.values() for h in holders if h.organization})
    held |= {h.principal(""): {h.person: h.person} for hs in case.parts.values() for h in hs if h.person}
    found: dict[str, dict[int, int]] = {}
    for step in wanted.values():
        mine = found.setdefault(step.name, {})
        for principal in step.who.principals(case.parts):
            for person, seat in held.get(principal, {}).items():
                _sits(mine, person, seat)
    return found


def _seats(tx: Transaction, organizations: Collection[int]) -> dict[str, dict[int, int]]:
    """Principal -> people with the right to vote and whose seat they hold; a deputy only that of an
    absent member."""
    if not organizations:
        return {}
    marks = ", ".join("?" * len(organizations))
    sql = (
        "SELECT m.person_id, r.person_id, COALESCE(r.role, m.role), m.organization_id FROM memberships m"
        " LEFT JOIN memberships r ON r.id = m.deputy_of_id LEFT JOIN people p ON p.id = r.person_id"
        f" WHERE m.organization_id IN ({marks}) AND {_VALID % {'m': 'm'}}"
        " AND (m.deputy_of_id IS NULL AND m.voting_right"
        f" OR r.voting_right AND {_VALID % {'m': 'r'}} AND p.absent_from <= ?"
        " AND (p.absent_until IS NULL OR p.absent_until >= ?)) ORDER BY m.id"
    )
    found: dict[str, dict[int, int]] = {}
    for person, represented, role, organization in tx.rows(sql, (*organizations, *[tx.today] * 6)):
        for principal in (f"member@{organization}", f"{role}@{organization}"):
            _sits(found.setdefault(principal, {}), person, represented or person)
    return found


def _sits(held: dict[int, int], person: int, seat: int) -> None:
    """Somebody holds this seat, unless they hold their own already: nobody has two hands."""
    if held.get(person) != person:
        held[person] = seat


_VALID = "(%(m)s.start_date IS NULL OR %(m)s.start_date <= ?) AND (%(m)s.end_date IS NULL OR %(m)s.end_date >= ?)"


def named(tx: Transaction, case_id: int, step: Step, data: Data) -> dict[tuple[str, int], Named]:
    """The cases that a step is told to link with, as far as they exist."""
    found: dict[tuple[str, int], Named] = {}
    for link in step.links:
        other = number(data.get(link.field))
        if other is None:
            continue
        for process, closed, beside in tx.rows(NAMED, (case_id, other)):
            seen = tx.rows("SELECT principal FROM case_readers WHERE case_id = ?", (other,))
            beyond = tx.rows(BEYOND, (other, link.kind, link.kind))
            readers, further = frozenset(row[0] for row in seen), frozenset(row[0] for row in beyond)
            found[link.kind, other] = Named(process, bool(closed), readers, further, bool(beside))
    return found


def strangers(tx: Transaction, holders: Iterable[Holder]) -> frozenset[Holder]:
    """Those of these people and organizations that do not exist."""
    holders = frozenset(holders)
    people = [h.person for h in holders if h.person is not None]
    groups = [h.organization for h in holders if h.organization is not None]
    known = {Holder(person=i) for i in _existing(tx, "people", people)}
    return holders - known - {Holder(organization=i) for i in _existing(tx, "organizations", groups)}


def must_exist(tx: Transaction, parts: Mapping[str, tuple[Holder, ...]], links: Iterable[tuple[str, int]]) -> None:
    """Raise Invalid where a new case names somebody who does not exist, or a case that does not."""
    if strangers(tx, (h for holders in parts.values() for h in holders)):
        raise Invalid(_("There is no such organization or person."))
    others = [other for _kind, other in links]
    if len(_existing(tx, "cases", others)) < len(set(others)):
        raise Invalid(_("Please choose a case that exists."))


def must_be_titled(title: str) -> None:
    """Raise Invalid for a case without a title, or with one that no list could show."""
    if not title.strip() or len(title) > LONGEST_TITLE:
        raise Invalid(_("A case needs a title of at most %(longest)s characters."), longest=LONGEST_TITLE)


def _existing(tx: Transaction, table: str, ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    return [row[0] for row in tx.rows(f"SELECT id FROM {table} WHERE id IN ({marks})", ids)]


def organizations(tx: Transaction) -> dict[int, str]:
    """The names of all organizations, by id."""
    return {row[0]: row[1] for row in tx.rows("SELECT id, name FROM organizations")}


def may_open(process: Process, parts: Mapping[str, tuple[Holder, ...]], actor: Actor) -> bool:
    """Whether an actor may open a case of this process with these parts."""
    return actor.is_clock or not actor.principals.isdisjoint(process.opened_by.principals(parts))


def _json(value: Any) -> Any:
    return json.loads(value) if type(value) is str else value
