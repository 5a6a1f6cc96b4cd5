"""A process is checked when it is imported: what contradicts itself does not start.

Every message names the process and the line to mend.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from .calendar import Period
from .definition import Deadline, Fire, Kind, Process, Step
from .errors import DefinitionError
from .steps import LINKS, OPENED, RELATIONS, State

NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def check(process: Process) -> Process:
    """The process itself, or DefinitionError with everything that is wrong with it."""
    faults = list(_faults(process))
    if faults:
        raise DefinitionError("\n".join(f"process {process.name!r}: {fault}" for fault in faults))
    return process


def check_all(processes: Iterable[Process]) -> tuple[Process, ...]:
    """Each process, and what they say of one another: children and fired steps exist."""
    known = tuple(check(process) for process in processes)
    newest = {process.name: process for process in sorted(known, key=lambda p: p.version)}
    faults = [fault for process in known for fault in _between(process, newest)]
    if faults:
        raise DefinitionError("\n".join(faults))
    return known


def _faults(process: Process) -> Iterator[str]:
    yield from _names(process)
    yield from _states(process)
    for step in process.all_steps:
        yield from _step(process, step)
    for deadline in process.deadlines:
        yield from _deadline(process, deadline)
    for name in sorted(process.numbering - {"open", *process.step_by_name}):
        yield f"number_at={name!r} is not one of its steps"
    if process.numbering and not process.number_prefix:
        yield "gives numbers but has no number_prefix"


def _names(process: Process) -> Iterator[str]:
    for kind, names in {
        "state": [s.name for s in process.states],
        "step": [s.name for s in process.all_steps],
        "deadline": [d.name for d in process.deadlines],
        "field": [f.name for f in process.all_fields],
    }.items():
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{kind} {name!r} is there {count} times: rename one"
            if kind != "field" and not NAME.match(name):
                yield f"{kind} {name!r}: use small letters, digits and _"


def _states(process: Process) -> Iterator[str]:
    listed = {state.name for state in process.states}
    if process.start.name not in listed:
        yield f"start {process.start.name!r} is not among its states"
        return
    used = {s.name for step in process.all_steps for s in (*step.sources, *step.targets)}
    for name in sorted(used - listed):
        yield f"state {name!r} is used by a step but missing in states=(…)"
    reached = _reached(process)
    for state in process.states:
        leaves = [s for s in process.steps_from(state.name) if any(t.name != state.name for t in s.targets)]
        if state.name not in reached:
            yield f"state {state.name!r} cannot be reached: add a step that leads to it, or remove it"
        if state.final and leaves:
            yield f"state {state.name!r} is final, but step {leaves[0].name!r} leaves it"
        if not state.final and not leaves:
            yield f"state {state.name!r} is a dead end: add a step that leaves it, or final=True"
        if not state.seen_by:
            yield f"state {state.name!r}: seen_by is missing, nobody could see the case there"
        yield from _kept(process, state)


def _kept(process: Process, state: State) -> Iterator[str]:
    """What is kept among some can be kept only if a step says among whom, and they still see it."""
    assigned = {assign.part for step in process.all_steps for assign in step.assigns} | set(process.opening_parts)
    for part in sorted({seat.unless for seat in state.seen_by.seats if seat.unless}):
        if part not in assigned and not process.child_of:  # a child may have it from its parent
            yield f"state {state.name!r} is seen by everyone unless {part!r} is held, but no step assigns it"
        if part not in {seat.part for seat in state.seen_by.seats}:
            yield f"state {state.name!r}: those who hold {part!r} would not see the case that is kept among them"


def _reached(process: Process) -> set[str]:
    reached, new = {process.start.name}, [process.start.name]
    while new:
        for step in process.steps_from(new.pop()):
            for target in step.targets:
                if target.name not in reached:
                    reached.add(target.name)
                    new.append(target.name)
    return reached


def _step(process: Process, step: Step) -> Iterator[str]:
    if not step.who:
        yield f"step {step.name!r}: who is missing, nobody could take it"
    if not step.sources:
        yield f"step {step.name!r}: source is missing"
    if step.hands.n < 1:
        yield f"step {step.name!r}: hands must be at least 1"
    if not step.past:
        yield f"step {step.name!r}: past is missing, the history could not tell it"
    if step.extends and step.extends not in process.deadline_by_name:
        yield f"step {step.name!r} extends {step.extends!r}, which is not a deadline"
    if step.hands.collective and not any(seat.part for seat in step.who.seats):
        yield f"step {step.name!r} needs several hands, but its party has no body to count"
    for notice in step.tell:
        if not notice.to:
            yield f"step {step.name!r}: notice {notice.name!r} has nobody to tell"
    yield from _kin(step)


def _kin(step: Step) -> Iterator[str]:
    for child in step.opens:
        if child.beside and child.beside_parent:
            yield f"step {step.name!r} opens {child.process!r} in two places: beside or beside_parent, not both"
    for link in step.links:
        if link.kind not in LINKS:
            yield f"step {step.name!r} links as {link.kind!r}, which is not one of {', '.join(sorted(LINKS))}"
    if step.links and step.hands.collective:
        yield f"step {step.name!r} links cases and needs several hands: each hand could name another case"
    for fire in step.fires:
        if fire.relation not in RELATIONS:
            yield f"step {step.name!r} fires at {fire.relation!r}, which is no relation between cases"
        if fire.relation == OPENED and all(child.process != fire.process for child in step.opens):
            yield f"step {step.name!r} fires {fire.step!r} at what it opens, but it opens no {fire.process!r}"
        if fire.opened and not step.opens:
            yield f"step {step.name!r} tells {fire.step!r} which case it has opened, but it opens none"


def _deadline(process: Process, deadline: Deadline) -> Iterator[str]:
    listed = {state.name for state in process.states}
    for state in deadline.during:
        if state.name not in listed:
            yield f"deadline {deadline.name!r} runs in {state.name!r}, which is not one of its states"
    if not deadline.during:
        yield f"deadline {deadline.name!r}: during is missing, it would never run"
    if not deadline.field and deadline.length is None and deadline.every is None:
        yield f"deadline {deadline.name!r}: give a length, every or a field"
    for setting in (deadline.length, deadline.every):
        if setting and (not isinstance(setting.default, Period) or setting.default.n < 1):
            yield f"deadline {deadline.name!r}: the default of {setting.name!r} must be a period of at least one"
    yield from _warned(process, deadline)
    yield from _clock_step(process, deadline)


def _warned(process: Process, deadline: Deadline) -> Iterator[str]:
    """A warning that reaches nobody is none."""
    if not deadline.warn or deadline.warns:
        return
    for state in deadline.during:
        awaited = [step for step in process.steps_from(state.name) if step.kind is Kind.AWAITED]
        if not any(seat.part for step in awaited for seat in step.who.seats):
            yield f"deadline {deadline.name!r} warns in {state.name!r}, where the case waits for nobody: say warns=…"


def _clock_step(process: Process, deadline: Deadline) -> Iterator[str]:
    if not deadline.then:
        return
    step = process.step_by_name.get(deadline.then)
    if step is None:
        yield f"deadline {deadline.name!r}: then={deadline.then!r} is not one of its steps"
        return
    if all(seat.name != "clock" for seat in step.who.seats):
        yield f"deadline {deadline.name!r}: the clock takes {step.name!r}, so its who must include the clock"
    sources = {state.name for state in step.sources}
    for state in deadline.during:
        if state.name not in sources:
            yield f"deadline {deadline.name!r} may end in {state.name!r}, where {step.name!r} is not possible"


def _between(process: Process, newest: dict[str, Process]) -> Iterator[str]:
    for step in process.all_steps:
        at = f"process {process.name!r}: step {step.name!r}"
        for child in step.opens:
            if child.process not in newest:
                yield f"{at} opens {child.process!r}, which is not in PROCESSES"
        for fire in step.fires:
            there = newest.get(fire.process)
            if there is None:
                yield f"{at} fires at {fire.process!r}, which is not in PROCESSES"
            elif fire.step not in there.step_by_name:
                yield f"{at} fires {fire.step!r}, which {fire.process!r} does not have"
            else:
                yield from _fired(at, there.step_by_name[fire.step], fire)


def _fired(at: str, step: Step, fire: Fire) -> Iterator[str]:
    if all(seat.name != "clock" for seat in step.who.seats):
        yield f"{at} fires {fire.step!r} of {fire.process!r}, whose who must include the clock"
    if fire.opened and fire.opened not in {link.field for link in step.links}:
        yield f"{at} tells {fire.step!r} of {fire.process!r} a case in {fire.opened!r}, which links with nothing there"
