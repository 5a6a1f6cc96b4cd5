"""What holds for any sound process: offers keep their word, nothing given is changed, faults are found."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.made_up import AnyForm, actors, board, branch, office, processes, situations
from workflow_app.engine.calendar import days
from workflow_app.engine.checks import check
from workflow_app.engine.definition import (
    NOBODY,
    Deadline,
    Due,
    Kind,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    clock_party,
    everyone,
)
from workflow_app.engine.errors import DefinitionError, Refused
from workflow_app.engine.machine import Move, available, fire, open_hands, readers

ALL_DATA = {"reason": "x", "until": "2040-01-02"}
some = settings(max_examples=50)
few = settings(max_examples=8)
NOT_FOR_INBOXES = {"clock", "public", "account"}


def outcome(process, case, step, actor, facts, data) -> Move | str:
    """What firing brings, or why it is refused."""
    try:
        return fire(process, case, step, actor, data, facts)
    except Refused as no:
        return str(no.reason)


# ------------------------------------------------------------------------ offers and firing


@some
@given(processes())
def test_what_is_made_up_here_is_sound(process):
    assert check(process) is process


@some
@given(situations(), actors)
def test_what_is_offered_can_be_done_and_what_is_not_is_refused_for_the_same_reason(situation, actor):
    process, case, facts = situation
    for offer in available(process, case, actor, facts):
        found = outcome(process, case, offer.step, actor, facts, ALL_DATA)
        assert isinstance(found, Move) if offer.allowed else found == str(offer.reason)


@some
@given(situations(), actors)
def test_a_rule_that_looks_at_the_data_speaks_only_when_there_are_some(situation, actor):
    process, case, facts = situation
    asking = {step.name for step in process.steps if any(rule.asks_data for rule in step.when)}
    for offer in available(process, case, actor, facts):
        if offer.allowed and offer.step.name in asking:
            assert outcome(process, case, offer.step, actor, facts, {}) == "Please give a reason."
            assert isinstance(outcome(process, case, offer.step, actor, facts, ALL_DATA), Move)


@some
@given(situations(), actors)
def test_firing_changes_nothing_that_it_was_given_and_always_answers_the_same(situation, actor):
    process, case, facts = situation
    data = {"people": [1, 2], **ALL_DATA}
    before = deepcopy((case, facts, data))
    for step in process.all_steps:
        first, again = (outcome(process, case, step, actor, facts, data) for _time in range(2))
        assert first == again
    available(process, case, actor, facts)
    assert (case, facts, data) == before


@some
@given(situations(), actors)
def test_a_step_leads_where_it_says_and_only_when_all_hands_are_there(situation, actor):
    process, case, facts = situation
    for step in process.all_steps:
        move = outcome(process, case, step, actor, facts, ALL_DATA)
        if isinstance(move, Move):
            wanted = {target.name for target in step.targets} if move.complete else set()
            assert move.to_state in (wanted or {case.state})
            assert 1 <= move.hands <= move.hands_needed
            assert move.complete or step.hands.collective
            assert not move.complete or move.final == process.state_by_name[move.to_state].final


@some
@given(situations(), actors)
def test_deadlines_run_where_they_may_and_stand_still_only_where_the_clock_stands(situation, actor):
    process, case, facts = situation
    for step in process.all_steps:
        move = outcome(process, case, step, actor, facts, ALL_DATA)
        if isinstance(move, Move) and move.complete:
            for due in running_after(case, move):
                deadline, state = process.deadline_by_name[due.name], process.state_by_name[move.to_state]
                assert state in deadline.during
                assert (due.due_on is None) == (due.left is not None)
                assert (due.left is not None) == (state.suspended and deadline.every is None)


def running_after(case: Snapshot, move: Move) -> list[Due]:
    gone = {due.name for due in move.settled}
    kept = [due for due in case.dues if due.name not in gone]
    assert not {due.name for due in kept} & {due.name for due in move.running}
    return kept + list(move.running)


# ------------------------------------------------------------------------- who acts, who sees


@some
@given(situations())
def test_what_waits_in_inboxes_are_awaited_steps_of_the_state_for_those_who_may_take_them(situation):
    process, case, facts = situation
    found = open_hands(process, case.state, case.parts, case.hands, facts.voters)
    here = {step.name: step for step in process.steps_from(case.state) if step.kind is Kind.AWAITED}
    for (name, principal), hand in found.items():
        assert principal in here[name].who.principals(case.parts)
        assert (hand.step, hand.principal) == (name, principal)
        assert principal not in NOT_FOR_INBOXES
    for step in here.values():
        wanted = set(step.who.principals(case.parts)) - NOT_FOR_INBOXES
        assert wanted == {principal for name, principal in found if name == step.name}


@some
@given(situations(), actors)
def test_who_may_act_may_see(situation, actor):
    process, case, facts = situation
    seen = readers(process, case.state, case.parts)
    assert set(process.state_by_name[case.state].seen_by.principals(case.parts)) <= seen
    for offer in available(process, case, actor, facts):
        allowed_by = actor.principals & set(offer.step.who.principals(case.parts))
        if offer.allowed and not allowed_by <= NOT_FOR_INBOXES:
            assert actor.principals & seen
    waiting = open_hands(process, case.state, case.parts, case.hands, facts.voters)
    assert {principal for _step, principal in waiting} <= seen


@some
@given(situations())
def test_nobody_sees_a_case_who_is_neither_named_nor_may_act(situation):
    process, case, _facts = situation
    named = set(process.state_by_name[case.state].seen_by.principals(case.parts))
    acting = {p for step in process.steps_from(case.state) for p in step.who.principals(case.parts)}
    assert readers(process, case.state, case.parts) == named | (acting - NOT_FOR_INBOXES)


# ------------------------------------------------------------------------------------ faults


def with_step(process: Process, index: int, **more) -> Process:
    steps = list(process.steps)
    steps[index] = replace(steps[index], **more)
    return replace(process, steps=tuple(steps))


def with_deadline(process: Process, **more) -> Process:
    fields = {"during": (process.start,), "length": Setting("length", days(3)), **more}
    return replace(process, deadlines=(*process.deadlines, Deadline("impossible", "Impossible", **fields)))


def an_island(process: Process) -> Process:
    island = State("island", "Island", board)
    away = Step("away", "Away", island, process.start, board, "x")
    return replace(process, states=(*process.states, island), steps=(*process.steps, away))


def a_trap(process: Process) -> Process:
    trap = State("trap", "Trap", board)
    into = Step("into", "Into", process.start, trap, board, "x")
    return replace(process, states=(*process.states, trap), steps=(*process.steps, into))


def a_way_out_of_the_end(process: Process) -> Process:
    end = next(state for state in process.states if state.final)
    back = Step("back", "Back", end, process.start, board, "x")
    return replace(process, steps=(*process.steps, back))


def a_branch_into_nowhere(process: Process) -> Process:
    nowhere = State("nowhere", "Nowhere", board, final=True)
    maybe = Step("maybe", "Maybe", process.start, branch((process.start, nowhere)), board, "x")
    return replace(process, steps=(*process.steps, maybe))


def clock_step(process: Process, who=clock_party) -> Process:
    last = process.states[-1]
    strike = Step("strike", "Strike", process.start, last, who, "x")
    return replace(process, steps=(*process.steps, strike))


FAULTS: list[tuple[str, Callable[[Process], Process], str]] = [
    ("an unreachable state", an_island, "state 'island' cannot be reached"),
    ("a dead end", a_trap, "state 'trap' is a dead end"),
    ("a way out of the end", a_way_out_of_the_end, "is final, but step 'back' leaves it"),
    ("a branch into nowhere", a_branch_into_nowhere, "state 'nowhere' is used by a step but missing"),
    ("a missing start", lambda p: replace(p, start=State("birth", "Birth", board)), "start 'birth' is not among"),
    ("a step without a party", lambda p: with_step(p, 0, who=NOBODY), "step 'on1': who is missing"),
    ("a step from nowhere", lambda p: with_step(p, -1, name="lost", source=()), "step 'lost': source is missing"),
    ("a step nobody can tell", lambda p: with_step(p, 0, past=""), "step 'on1': past is missing"),
    ("a name used twice", lambda p: replace(p, steps=(*p.steps, p.steps[0])), "step 'on1' is there 2 times"),
    ("a state listed twice", lambda p: replace(p, states=(*p.states, p.start)), "state 's0' is there 2 times"),
    ("a name with blanks", lambda p: with_step(p, 0, name="go on"), "step 'go on': use small letters"),
    (
        "hands of nobody",
        lambda p: with_step(p, 0, who=everyone, hands=replace(p.steps[0].hands, n=2)),
        "step 'on1' needs",
    ),
    ("a deadline that never runs", lambda p: with_deadline(p, during=()), "deadline 'impossible': during is missing"),
    (
        "a deadline elsewhere",
        lambda p: with_deadline(p, during=(State("moon", "Moon"),)),
        "deadline 'impossible' runs in 'moon'",
    ),
    ("a deadline without length", lambda p: with_deadline(p, length=None), "deadline 'impossible': give a length"),
    (
        "a deadline of no days",
        lambda p: with_deadline(p, length=Setting("none", days(0))),
        "the default of 'none' must be",
    ),
    ("a step the clock has not", lambda p: with_deadline(p, then="fly"), "deadline 'impossible': then='fly'"),
    (
        "a step not for the clock",
        lambda p: with_deadline(clock_step(p, office), then="strike"),
        "the clock takes 'strike'",
    ),
    (
        "a step that is not possible then",
        lambda p: with_deadline(clock_step(p), during=(p.start, p.states[-1]), then="strike"),
        "deadline 'impossible' may end in",
    ),
    ("an extension of nothing", lambda p: with_step(p, 0, form=AnyForm, extends="never"), "step 'on1' extends 'never'"),
]


@pytest.mark.parametrize(("spoil", "told"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
@given(process=processes())
@few
def test_a_fault_in_any_process_is_found_and_told_with_its_place(spoil, told, process):
    with pytest.raises(DefinitionError) as found:
        check(spoil(process))
    assert all(line.startswith("process 'made_up': ") for line in str(found.value).splitlines())
    assert told in str(found.value)


@some
@given(processes(), st.data())
def test_all_faults_are_told_at_once(process, data):
    chosen = data.draw(st.lists(st.sampled_from([an_island, a_trap, a_branch_into_nowhere]), min_size=2, unique=True))
    spoiled = process
    for spoil in chosen:
        spoiled = spoil(spoiled)
    with pytest.raises(DefinitionError) as found:
        check(spoiled)
    expected = {"an_island": "'island'", "a_trap": "'trap'", "a_branch_into_nowhere": "'nowhere'"}
    assert all(expected[spoil.__name__] in str(found.value) for spoil in chosen)
