"""Small processes, cases and actors as hypothesis makes them up: sound ones, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from hypothesis import strategies as st

from workflow_app.engine.calendar import Calendar, Period, Unit
from workflow_app.engine.deadlines import entering
from workflow_app.engine.definition import (
    CLOCK,
    Actor,
    Branch,
    Deadline,
    Extension,
    Facts,
    Holder,
    Notice,
    Party,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    all_hands,
    awaited,
    clock_party,
    everyone,
    hands,
    majority,
    one_hand,
    party,
    possible,
    rule,
    signed_in,
)
from workflow_app.engine.errors import Reason

board, office, mover = party("board", "Board"), party("office", "Office", role="chair"), party("mover", "Mover")
PARTS = {
    "board": (Holder(organization=1), Holder(organization=3)),
    "office": (Holder(organization=2),),
    "mover": (Holder(person=9),),
}
ACTORS = (
    CLOCK,
    Actor(7, frozenset({"public", "account", "member@1", "person:7"})),
    Actor(8, frozenset({"public", "account", "member@1", "member@2", "chair@2", "person:8"})),
    Actor(9, frozenset({"public", "account", "person:9"})),
    Actor(None, frozenset({"public"})),
)
TODAY = date(2026, 11, 24)
T = TypeVar("T")


class AnyForm:
    """Stands for a form: the engine never looks inside."""


@rule("It is not blocked")
def not_blocked(case: Snapshot, data: Any, facts: Facts) -> Reason | None:
    return Reason("It is blocked.") if case.data.get("blocked") else None


@rule("A reason is given", asks_data=True)
def has_reason(case: Snapshot, data: Any, facts: Facts) -> Reason | None:
    return None if data.get("reason") else Reason("Please give a reason.")


def branch(among: tuple[State, ...]) -> Branch:
    return Branch(among, lambda case, data, facts: among[0 if case.data.get("blocked") else -1])


def _joined(chosen: list[Party]) -> Party:
    found = chosen[0]
    for one in chosen[1:]:
        found = found | one
    return found


# What does not depend on the states is made once: hypothesis takes its time to prepare a strategy.
actors = st.sampled_from(ACTORS)
places = st.integers(0, 59)
several = st.lists(places, max_size=3)
yes_or_no = st.booleans()
parties = st.lists(
    st.sampled_from([board, office, mover, clock_party, everyone, signed_in]), min_size=1, max_size=3
).map(_joined)
bodies = st.sampled_from([board, office, board | office, board | clock_party, board | everyone])
numbers = st.sampled_from([one_hand, one_hand, hands(2), majority, all_hands])
kinds = st.sampled_from([awaited, possible])
rules = st.sampled_from([(), (not_blocked,), (has_reason,), (has_reason, not_blocked)])
lengths = st.builds(Period, st.integers(1, 40), st.sampled_from([Unit.DAY, Unit.WEEK, Unit.WORKING_DAY]))
extensions = st.none() | st.builds(Extension, bodies, st.just(AnyForm), st.sampled_from([office, Party()]))
data_of_cases = st.fixed_dictionaries(
    {"blocked": yes_or_no, "since": st.sampled_from([None, "2016-02-29", "2026-10-01"])}
)
voters_of_steps = st.sampled_from([{7: 7}, {7: 7, 8: 8}, {7: 7, 8: 8, 9: 9}, {}])
first_days = st.dates(date(2026, 9, 1), TODAY)


def _one(draw: st.DrawFn, among: Sequence[T]) -> T:
    return among[draw(places) % len(among)]


def _some(draw: st.DrawFn, among: Sequence[T]) -> tuple[T, ...]:
    """One to four of them, each once."""
    chosen = [draw(places), *draw(several)]
    return tuple(among[i] for i in dict.fromkeys(place % len(among) for place in chosen))


def _step(draw: st.DrawFn, name: str, source: State | tuple[State, ...], target: State | Branch | None) -> Step:
    number = draw(numbers)
    return Step(
        name, name, source, target,
        who=draw(bodies if number.collective else parties), past=f"{name} was done.",
        kind=draw(kinds), hands=number, when=draw(rules), tell=(Notice(name, draw(parties), "Told"),),
    )  # fmt: skip


def _deadline(draw: st.DrawFn, name: str, states: Sequence[State]) -> Deadline:
    """A deadline in some of these states, counted from them or from a date."""
    return Deadline(
        name, name, _some(draw, states), Setting(name, draw(lengths)),
        field="since" if draw(yes_or_no) else "",
        roll=draw(yes_or_no),
        every=Setting(f"{name}_again", Period(1, Unit.YEAR)) if draw(yes_or_no) else None,
        extension=draw(extensions),
    )  # fmt: skip


def _states(draw: st.DrawFn) -> tuple[list[State], list[Step]]:
    """States of which each is reached from one before it, with the steps that do so."""
    states, found, count = [State("s0", "S0", draw(parties), suspended=draw(yes_or_no))], [], draw(st.integers(2, 6))
    for i in range(1, count):
        leaving = [state for state in states if not state.final]
        final = i == count - 1 or (len(leaving) > 1 and draw(yes_or_no))
        state = State(f"s{i}", f"S{i}", draw(parties), final, suspended=not final and draw(yes_or_no))
        found.append(_step(draw, f"on{i}", _one(draw, leaving), state))
        states.append(state)
    return states, found


@st.composite
def processes(draw: st.DrawFn) -> Process:
    """A sound process: every state is reached from the start, and every one that is not final is left."""
    states, found = _states(draw)
    going_on = [state for state in states if not state.final]
    for i, state in enumerate(going_on):
        others = [other for other in states if other is not state]
        found.append(_step(draw, f"leave{i}", state, _one(draw, others)))
    for i in range(draw(places) % 4):
        among = _some(draw, states)
        found.append(_step(draw, f"more{i}", _some(draw, going_on), _one(draw, (None, among[0], branch(among)))))
    ends = tuple(_deadline(draw, f"d{i}", going_on) for i in range(draw(places) % 3))
    return Process("made_up", "Made up", "Made up", 1, "", states[0], tuple(states), tuple(found), deadlines=ends)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Process, Snapshot, Facts]:
    """A process, a case somewhere in it, and what is known about it."""
    process = draw(processes())
    state, data = _one(draw, process.states), draw(data_of_cases)
    parts = {name: PARTS[name] for name in (*_some(draw, sorted(PARTS)),)}
    collective = [step.name for step in process.steps if step.hands.collective]
    agreed = {name: (7 + draw(places) % 2,) for name in collective if draw(yes_or_no)}
    voters = {name: draw(voters_of_steps) for name in collective}
    facts = Facts(datetime.combine(TODAY, time(12), UTC), TODAY, Calendar(), voters=voters)
    began = entering(process, state.name, data, replace(facts, today=draw(first_days)))
    dues = tuple(replace(due, row=row, extended=draw(places) % 3) for row, due in enumerate(began, 1))
    return process, Snapshot(1, process.name, 1, state.name, 3, 3, data, parts, agreed, dues), facts
