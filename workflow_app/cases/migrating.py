"""Moving running cases to a newer version of their process: checked beforehand, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow_app.engine.deadlines import carried_over, entering, with_unit
from workflow_app.engine.definition import Actor, Changes, Due, Facts, Process, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import NotFound, NotPossible

from . import indexing, records
from .acting import Cases
from .facts import facts_for
from .history import Event, canonical, digest, new_salt, payload
from .transaction import Head, Part, Transaction


@dataclass(frozen=True)
class Plan:
    """What a migration would do: how many cases from which version and state to which state, and
    the states for which the newer definition names no place. Of cases that people or the clock moved
    while it waited for them: those that it took from where they were then (`anew`), and those that had
    ended or come to this version, and that it left alone (`passed`)."""

    process: str
    to: int
    moves: dict[tuple[int, str, str], list[int]]
    missing: dict[tuple[int, str], list[int]]
    anew: tuple[int, ...] = ()
    passed: tuple[int, ...] = ()

    @property
    def places(self) -> dict[int, tuple[int, str]]:
        """Version and state of each case that it is about."""
        found = {case_id: (version, state) for (version, state, _to), ids in self.moves.items() for case_id in ids}
        return found | {case_id: place for place, ids in self.missing.items() for case_id in ids}


def plan(cases: Cases, process: str, to: int) -> Plan:
    """Look at every case that is not closed and not yet at this version; change nothing."""
    with cases.store.transaction() as tx:
        return _plan(cases, tx, process, to)


def migrate(cases: Cases, process: str, to: int, actor: Actor) -> Plan:
    """Move all of them, or none: raises NotPossible when one has no place in the newer version."""
    with cases.store.transaction() as tx:
        found = _locked_plan(cases, tx, process, to)
        if found.missing:
            raise NotPossible(
                _("Version %(to)s has no place for these states: %(states)s. Nothing was moved."),
                to=to,
                states=", ".join(sorted({state for _version, state in found.missing})),
            )
        target = cases.registry.find(process, to)
        for (version, _state, to_state), ids in found.moves.items():
            before = _known(cases, process, version) or target
            for case_id in ids:
                _move(tx, before, target, tx.take(case_id), to_state, actor)
        tx.commit()
    return found


def _locked_plan(cases: Cases, tx: Transaction, name: str, to: int) -> Plan:
    """A plan for cases that are all locked, so that none of them moves any more. Until then people and the
    clock go on, also while we wait for a lock: what was planned before may be over."""
    first = found = _plan(cases, tx, name, to)
    locked: set[int] = set()
    while more := found.places.keys() - locked:
        tx.lock(sorted(more))
        locked |= more
        found = _plan(cases, tx, name, to)
    there = found.places
    anew = tuple(case_id for case_id, place in first.places.items() if there.get(case_id, place) != place)
    return replace(found, anew=anew, passed=tuple(sorted(first.places.keys() - there.keys())))


def _known(cases: Cases, process: str, version: int) -> Process | None:
    """A version of a process; None for one that this code has no longer: its cases may still leave it."""
    try:
        return cases.registry.find(process, version)
    except KeyError:
        return None


def _plan(cases: Cases, tx: Transaction, name: str, to: int) -> Plan:
    try:
        target = cases.registry.find(name, to)
    except KeyError:
        raise NotFound(_("There is no such version of this process.")) from None
    found = Plan(name, to, {}, {})
    sql = "SELECT id, version, state FROM cases WHERE process = ? AND version <> ? AND NOT closed ORDER BY id"
    for case_id, version, state in tx.rows(sql, (name, to)):
        there = target.from_version.get(version, {}).get(state, state)
        if there in target.state_by_name:
            found.moves.setdefault((version, state, there), []).append(case_id)
        else:
            found.missing.setdefault((version, state), []).append(case_id)
    return found


def _move(tx: Transaction, before: Process, target: Process, head: Head, to_state: str, actor: Actor) -> None:
    case: Snapshot = head.snapshot
    facts = facts_for(tx, target, case, (), head.settings)
    body, salt = canonical(payload(Changes(), from_version=case.version)), new_salt()
    event = Event(
        case.id, case.seq + 1, "migrate", "migrate", case.state, to_state, target.version, 1, 1, actor.person,
        facts.now, None, digest(salt, body), head.hash,
    )  # fmt: skip
    parts = records.event(event, salt, body)
    parts += records.head(
        case, event, data=case.data, title=case.title, hands={}, number=case.number,
        entered=event.seq, closed=target.state_by_name[to_state].final,
    )  # fmt: skip
    runs = {d.name for d in target.deadlines if to_state in {s.name for s in d.during}}
    become = {due.name: _carried_over(before, target, due, to_state, facts) for due in case.dues if due.name in runs}
    gone = [due for due in case.dues if become.get(due.name) != due]
    fresh = [become[due.name] for due in gone if due.name in become]
    fresh += [due for due in entering(target, to_state, case.data, facts) if due.name not in become]
    parts += records.dues(target, case.id, gone, fresh, facts)
    parts += _ladders(before, target, head, [due for due in case.dues if become.get(due.name) == due], facts)
    parts.append(("DELETE FROM open_steps WHERE case_id = ?", (case.id,)))
    parts.append(("DELETE FROM case_readers WHERE case_id = ?", (case.id,)))
    tx.write(parts)
    due_on = records.nearest(records.running_then(case.dues, gone, fresh))
    now = records.Standing(to_state, case.parts, {}, due_on)
    tx.write(records.consequences(target, case.id, None, now, facts))
    indexing.keep(tx, case.id, indexing.Texts(target, case.title or "", case.number, case.data, case.parts))


def _carried_over(before: Process, target: Process, due: Due, to_state: str, facts: Facts) -> Due:
    """What is left of a deadline stays what it was under the definition under which its clock stopped."""
    deadline = before.deadline_by_name.get(due.name)
    return carried_over(target, with_unit(deadline, due, facts) if deadline else due, to_state, facts)


def _ladders(before: Process, target: Process, head: Head, kept: Sequence[Due], facts: Facts) -> list[Part]:
    """Where deadlines that run on stand on the ladder of warnings of the newer definition."""
    found: list[Part] = []
    for due in kept:
        if due.due_on is None or due.row is None or due.name not in before.deadline_by_name:
            continue
        rung = head.rungs[due.row]
        now, was = target.deadline_by_name[due.name], before.deadline_by_name[due.name]
        after = records.as_carried_over(now, was, due, rung, facts)
        if after != rung:
            found.append(("UPDATE due_dates SET warned = ?, fire_at = ? WHERE id = ?", (*after, due.row)))
    return found
