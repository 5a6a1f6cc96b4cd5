"""Runs a process: which steps are open to whom, and what a step writes. Pure functions of data.

Every process version is compiled once into one shared `transitions` machine that holds no model;
a step is fired on a throwaway subject. `transitions` answers a bare False and does not roll back,
so rules and authority are settled before it is asked, and it has no callbacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from transitions import EventData, Machine

from . import collective, deadlines, naming
from .definition import (
    Actor,
    Branch,
    Changes,
    Child,
    Data,
    Due,
    Facts,
    Holder,
    Kind,
    Notice,
    Opening,
    Process,
    Snapshot,
    State,
    Step,
)
from .definition import message as _
from .errors import DefinitionError, NotAllowed, NotPossible, Reason, Refused


@dataclass(slots=True)
class Subject:
    """What a transition is fired on: nothing but a state."""

    state: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A step as it stands for one actor now: allowed, or the reason why not."""

    step: Step
    reason: Reason | None = None

    @property
    def allowed(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class OpenHand:
    """An awaited step one principal may take: the inbox row to be."""

    step: str
    principal: str
    hands: int
    hands_needed: int


@dataclass(frozen=True, slots=True)
class Move:
    """Everything a fired step asks the store to write; computed, not yet done. `represents` is the absent
    member for whom a deputy takes it (a person's id)."""

    step: Step
    from_state: str
    to_state: str
    hands: int
    hands_needed: int
    changes: Changes
    parts: Mapping[str, tuple[Holder, ...]]
    collected: Mapping[str, tuple[int, ...]]
    number: bool = False
    final: bool = False
    settled: tuple[Due, ...] = ()
    running: tuple[Due, ...] = ()
    notices: tuple[tuple[Notice, tuple[str, ...]], ...] = ()
    openings: tuple[tuple[Child, Opening], ...] = ()
    links: tuple[tuple[str, int], ...] = ()
    represents: int | None = None

    @property
    def complete(self) -> bool:
        return self.hands == self.hands_needed


class Compiled:
    """One process version ready to run; made once, shared by all threads, never changed."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._machine = Machine(
            model=None,
            states=[state.name for state in process.states],
            initial=process.start.name,
            auto_transitions=False,
            send_event=True,
        )
        for step in process.all_steps:
            self._add(step)

    def _add(self, step: Step) -> None:
        sources: list[Any] = [state.name for state in step.sources]
        if not step.targets:
            self._machine.add_transition(step.name, sources, "=")
        elif isinstance(step.target, Branch):
            for target in step.target.among:
                self._machine.add_transition(step.name, sources, target.name, conditions=_is_target(target.name))
        else:
            self._machine.add_transition(step.name, sources, step.targets[0].name)

    def go(self, state: str, step: Step, target: str | None = None) -> str:
        """The state a step leads to from a state; raises NotPossible where there is no such way."""
        subject = Subject(state)
        event = self._machine.events[step.name]
        if state not in event.transitions or not event.trigger(subject, target=target):
            raise NotPossible(_("This step is not possible in the present state."))
        return subject.state


def _is_target(name: str) -> Any:
    def chosen(event: EventData) -> bool:
        return bool(event.kwargs.get("target") == name)

    return chosen


@cache
def compiled(process: Process) -> Compiled:
    """The one machine of a process version."""
    return Compiled(process)


# --------------------------------------------------------------------------- may it be?


def refusal(
    process: Process, case: Snapshot, step: Step, actor: Actor, facts: Facts, data: Data | None
) -> Refused | None:
    """Why this actor may not take this step now, or None. Rules that look at submitted data are
    asked only when there are data."""
    if not any(case.state == state.name for state in step.sources):
        return NotPossible(_("This step is not possible in the present state."))
    if actor.principals.isdisjoint(step.who.principals(case.parts)):
        return NotAllowed(_("Only these may do this: %(who)s."), who=step.who.seats)
    if no := collective.refusal(case, step, actor, facts):
        return no
    if step.extends and (reason := deadlines.not_extendable(process, case, step, actor)):
        return NotPossible(reason)
    if data is not None and (reason := naming.not_on_offer(case, step, actor, data, facts)):
        return NotPossible(reason)
    for rule in step.when:
        if data is None and rule.asks_data:
            continue
        if reason := rule.check(case, data or {}, facts):
            return NotPossible(reason)
    return None


def available(process: Process, case: Snapshot, actor: Actor, facts: Facts) -> tuple[Offer, ...]:
    """Every step of the process, allowed or with the reason why not."""
    offers = []
    for step in process.all_steps:
        no = refusal(process, case, step, actor, facts, None)
        offers.append(Offer(step, no.reason if no else None))
    return tuple(offers)


# ------------------------------------------------------------------------------ do it


def fire(process: Process, case: Snapshot, step: Step, actor: Actor, data: Data, facts: Facts) -> Move:
    """What this step writes. Raises NotAllowed or NotPossible and changes nothing."""
    if no := refusal(process, case, step, actor, facts, data):
        raise no
    count, member = collective.count(case, step, actor, facts), collective.represented(case, step, actor, facts)
    if count.given < count.needed:
        changes = Changes(add={f"{step.name}_hands": dict(data)} if data else {})
        return Move(
            step, case.state, case.state, count.given, count.needed, changes, case.parts, count.collected,
            represents=member,
        )  # fmt: skip
    return replace(_complete(process, case, step, data, facts, count.needed), represents=member)


def _complete(process: Process, case: Snapshot, step: Step, data: Data, facts: Facts, needed: int) -> Move:
    target = step.target.choose(case, data, facts).name if isinstance(step.target, Branch) else None
    to_state = compiled(process).go(case.state, step, target)
    changes = step.writes(case, data, facts) if step.writes else Changes(set=dict(data))
    after = changes.apply(case.data)
    parts = naming.assigned(case, step, data)
    # A step that leads back to the state it comes from enters it anew: its deadlines begin again.
    entered = bool(step.targets)
    settled, running = deadlines.follow(process, case, step, to_state, entered, data, after, facts)
    return Move(
        step,
        case.state,
        to_state,
        needed,
        needed,
        changes,
        parts,
        {} if entered else {k: v for k, v in case.hands.items() if k != step.name},
        number=case.number is None and step.name in process.numbering,
        final=process.state_by_name[to_state].final,
        settled=settled,
        running=running,
        notices=tuple((notice, notice.to.principals(parts)) for notice in step.tell),
        openings=tuple((child, o) for child in step.opens for o in child.make(case, data, facts)),
        links=naming.links(step, data) if step.links else (),
    )


# ---------------------------------------------------------------------- what is then true


def open_hands(
    process: Process,
    state: str,
    parts: Mapping[str, tuple[Holder, ...]],
    collected: Mapping[str, tuple[int, ...]],
    voters: Mapping[str, collective.Voters],
) -> dict[tuple[str, str], OpenHand]:
    """The awaited steps of a state, one entry for every principal that may take them.

    What only the clock or everyone may do waits in nobody's inbox.
    """
    found: dict[tuple[str, str], OpenHand] = {}
    for step in process.steps_from(state):
        if step.kind is not Kind.AWAITED:
            continue
        people, given, needed = collected.get(step.name, ()), 0, 1
        if step.hands.collective:
            given, needed = collective.tally(step, people, voters.get(step.name, {}))
        for principal in step.who.principals(parts):
            if principal not in ("clock", "public", "account"):
                found[step.name, principal] = OpenHand(step.name, principal, given, needed)
    return found


def readers(process: Process, state: str, parts: Mapping[str, tuple[Holder, ...]]) -> frozenset[str]:
    """The principals that may see a case in this state: those named by the state, those who may
    act in it, and nobody else."""
    seen: set[str] = set(process.state_by_name[state].seen_by.principals(parts))
    for step in process.steps_from(state):
        seen.update(p for p in step.who.principals(parts) if p not in ("clock", "public", "account"))
    return frozenset(seen)


def start_of(process: Process, opening: Opening, facts: Facts) -> tuple[State, tuple[Due, ...]]:
    """The first state of a new case and the deadlines that begin with it."""
    return process.start, deadlines.entering(process, process.start.name, opening.data, facts)


@dataclass
class Registry:
    """The processes an application knows, by name and version."""

    processes: tuple[Process, ...]
    _by: dict[tuple[str, int], Process] = field(init=False)
    moving: dict[str, tuple[Step, ...]] = field(init=False)
    """The steps that touch other cases, by name: all of these are locked before anything is done."""

    def __post_init__(self) -> None:
        self._by = {(p.name, p.version): p for p in self.processes}
        if len(self._by) != len(self.processes):
            raise DefinitionError("two processes have the same name and version: mend PROCESSES")
        moving: dict[str, tuple[Step, ...]] = {}
        for step in (step for p in self.processes for step in p.all_steps if step.fires or step.links):
            moving[step.name] = (*moving.get(step.name, ()), step)
        self.moving = moving

    def find(self, name: str, version: int | None = None) -> Process:
        """One version of a process, or the newest; KeyError where there is none."""
        if version is not None:
            return self._by[name, version]
        return self._by[name, max(v for n, v in self._by if n == name)]

    def newest(self) -> tuple[Process, ...]:
        return tuple(dict.fromkeys(self.find(p.name) for p in self.processes))
