"""The machine: who may do what now and why not, and what a step writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from workflow_app.engine.calendar import Calendar, days, weeks, years
from workflow_app.engine.definition import (
    CLOCK,
    Actor,
    Assign,
    Branch,
    Changes,
    Deadline,
    Due,
    Facts,
    Holder,
    Link,
    Named,
    Notice,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    clock_party,
    everyone,
    hands,
    majority,
    party,
    possible,
    rule,
)
from workflow_app.engine.errors import NotAllowed, NotPossible, Reason
from workflow_app.engine.machine import available, compiled, fire, open_hands, readers, start_of
from workflow_app.engine.steps import Opening

board = party("board", "Board")
office = party("office", "Office")
draft = State("draft", "Draft", seen_by=board)
filed = State("filed", "Filed", seen_by=board | office)
waiting = State("waiting", "Waiting for the movers", seen_by=board | office, suspended=True)
agreed = State("agreed", "Agreed", seen_by=everyone, final=True)
refused = State("refused", "Refused", seen_by=everyone, final=True)


@rule("It has a demand", asks_data=True)
def has_demand(case, data, facts):
    return None if data.get("demand") else Reason("Please say what is demanded.")


@rule("Filed on a working day")
def on_working_day(case, data, facts):
    return None if facts.calendar.is_working_day(facts.today) else Reason("The office is closed today.")


def decide(case, data, facts):
    return agreed if data["yes"] else refused


file = Step(
    "file", "File", draft, filed, who=board, past="%(actor)s filed it.", when=(has_demand, on_working_day),
    tell=(Notice("filed", to=office, subject="Filed"),), assigns=(Assign("office", "department"),),
)  # fmt: skip
ask = Step("ask", "Ask back", filed, waiting, who=office, past="%(actor)s asked.")
answer = Step("answer", "Answer", waiting, filed, who=board, past="%(actor)s answered.")
vote = Step(
    "vote", "Vote", filed, Branch((agreed, refused), decide), who=board, past="%(actor)s voted.", hands=majority
)
note = Step(
    "note", "Note", (draft, filed), None, who=board | office, past="%(actor)s noted.", kind=possible,
    writes=lambda case, data, facts: Changes(add={"notes": data["text"]}),
)  # fmt: skip
lapse = Step("lapse", "Lapse", filed, refused, who=clock_party, past="It lapsed.")
motion = Process(
    "motion", "Motion", "Motions", 1, "For tests.", draft, (draft, filed, waiting, agreed, refused),
    (file, ask, answer, vote, note, lapse), number_at="file", number_prefix="M",
    deadlines=(Deadline("decision", "Decision", (filed, waiting), Setting("decision", weeks(4)), warn=(days(7),)),),
)  # fmt: skip

MONDAY = date(2026, 11, 23)
PARTS = {"board": (Holder(organization=1),), "office": (Holder(organization=2),)}
MEMBER = Actor(7, frozenset({"member@1", "person:7"}))
OTHER = Actor(8, frozenset({"member@1", "person:8"}))
CLERK = Actor(9, frozenset({"member@2", "person:9"}))
THREE = {"vote": {7: 7, 8: 8, 6: 6}}
ALONE = {"vote": {7: 7}}


def facts(today: date = MONDAY, **more) -> Facts:
    return Facts(datetime(today.year, today.month, today.day, 12, tzinfo=UTC), today, Calendar(), **more)


def case(state: State, **more) -> Snapshot:
    given = {"data": {}, "parts": PARTS, **more}
    return Snapshot(1, "motion", 1, state.name, 3, 3, **given)


def test_every_step_is_offered_with_a_reason_why_not():
    offers = {o.step.name: o for o in available(motion, case(draft), MEMBER, facts())}
    assert set(offers) == {"file", "ask", "answer", "vote", "note", "lapse"}
    assert offers["file"].allowed
    assert offers["note"].allowed
    assert not offers["vote"].allowed
    assert "present state" in str(offers["vote"].reason)


def test_who_is_not_among_the_parties_is_told_who_may():
    with pytest.raises(NotAllowed) as no:
        fire(motion, case(draft), file, CLERK, {"demand": "x"}, facts())
    assert [seat.label for seat in no.value.reason.params["who"]] == ["Board"]
    assert no.value.status == 403


def test_rules_speak_before_and_after_the_form_is_filled_in():
    sunday = facts(date(2026, 11, 22))
    offers = {o.step.name: o for o in available(motion, case(draft), MEMBER, sunday)}
    assert str(offers["file"].reason) == "The office is closed today."
    with pytest.raises(NotPossible, match="what is demanded"):
        fire(motion, case(draft), file, MEMBER, {}, facts())


def test_filing_moves_numbers_tells_and_starts_the_deadline():
    move = fire(motion, case(draft), file, MEMBER, {"demand": "A path", "department": 5}, facts())
    assert (move.from_state, move.to_state, move.number) == ("draft", "filed", True)
    assert move.parts["office"] == (Holder(organization=5),)
    assert [(n.name, to) for n, to in move.notices] == [("filed", ("member@5",))]
    assert [(d.name, d.due_on) for d in move.running] == [("decision", date(2026, 12, 21))]
    assert move.changes.apply({"old": 1}) == {"old": 1, "demand": "A path", "department": 5}


def test_a_setting_of_the_town_replaces_the_default_length():
    move = fire(
        motion, case(draft), file, MEMBER, {"demand": "x"}, facts(settings={"decision": {"n": 2, "unit": "week"}})
    )
    assert move.running[0].due_on == date(2026, 12, 7)


def test_a_number_is_given_once():
    move = fire(motion, case(draft, number="M-2026-0001"), file, MEMBER, {"demand": "x"}, facts())
    assert move.number is False


def test_the_first_of_several_numbering_steps_gives_the_number():
    either = replace(motion, number_at=("note", "file"))
    assert fire(either, case(draft), note, CLERK, {"text": "x"}, facts()).number is True
    assert fire(either, case(draft, number="M-2026-0001"), file, MEMBER, {"demand": "x"}, facts()).number is False
    assert fire(motion, case(draft), note, CLERK, {"text": "x"}, facts()).number is False


def test_who_is_named_must_exist():
    nobody = facts(strangers=frozenset({Holder(organization=99)}))
    for named in (99, "x", [1, "x"], 1.0, True, {"id": 1}):
        with pytest.raises(NotPossible, match="no such organization or person"):
            fire(motion, case(draft), file, MEMBER, {"demand": "x", "department": named}, nobody)
    assert fire(motion, case(draft), file, MEMBER, {"demand": "x", "department": None}, nobody).parts["office"] == ()
    assert fire(motion, case(draft), file, MEMBER, {"demand": "x"}, nobody).parts == PARTS


join = Step("join", "Join", draft, agreed, who=board, past="%(actor)s joined.", links=(Link("merged_into", "into"),))
joined = replace(motion, steps=(*motion.steps, join))


def test_a_step_links_with_the_case_that_it_names():
    there = Named("motion", False, frozenset({"member@1"}))
    move = fire(joined, case(draft), join, MEMBER, {"into": 5}, facts(named={("merged_into", 5): there}))
    assert (move.links, move.to_state) == ((("merged_into", 5),), "agreed")


@pytest.mark.parametrize(
    ("into", "there", "told"),
    [
        (1, None, "another case than this one"),
        (5, None, "a case that exists"),
        ("5", None, "a case that exists"),
        (None, None, "a case that exists"),
        (5, Named("motion", False, frozenset({"member@2"})), "a case that exists"),
        (5, Named("task", False, frozenset({"member@1"})), "of the same kind"),
        (5, Named("motion", True, frozenset({"member@1"})), "has ended"),
        (5, Named("motion", False, frozenset({"member@1"}), frozenset({3, 1})), "round in a circle"),
    ],
)
def test_a_case_that_cannot_be_linked_with_is_refused_in_words(into, there, told):
    named = {("merged_into", 5): there} if there else {}
    with pytest.raises(NotPossible, match=told):
        fire(joined, case(draft), join, MEMBER, {"into": into}, facts(named=named))


def test_a_link_may_be_for_what_belongs_to_the_same_case_only():
    beside = replace(join, links=(Link("merged_into", "into", beside=True),))
    process = replace(motion, steps=(*motion.steps, beside))
    for there in (True, False):
        named = {("merged_into", 5): Named("motion", False, frozenset({"member@1"}), beside=there)}
        if there:
            assert fire(process, case(draft), beside, MEMBER, {"into": 5}, facts(named=named)).links
        else:
            with pytest.raises(NotPossible, match="belongs to the same case"):
                fire(process, case(draft), beside, MEMBER, {"into": 5}, facts(named=named))


def test_the_clock_links_without_being_among_the_readers():
    by_clock = replace(join, who=clock_party)
    process = replace(motion, steps=(*motion.steps, by_clock))
    named = {("merged_into", 5): Named("motion", False)}
    assert fire(process, case(draft), by_clock, CLOCK, {"into": 5}, facts(named=named)).links


def test_a_majority_needs_more_than_half_and_nobody_counts_twice():
    first = fire(motion, case(filed), vote, MEMBER, {"yes": True}, facts(voters=THREE))
    assert (first.hands, first.hands_needed, first.to_state) == (1, 2, "filed")
    assert first.collected == {"vote": (7,)}
    again = case(filed, hands=first.collected)
    with pytest.raises(NotPossible, match="already agreed"):
        fire(motion, again, vote, MEMBER, {"yes": True}, facts(voters=THREE))
    second = fire(motion, again, vote, OTHER, {"yes": True}, facts(voters=THREE))
    assert (second.complete, second.to_state, second.final, second.collected) == (True, "agreed", True, {})


def test_a_branch_leads_where_the_data_say():
    move = fire(motion, case(filed), vote, MEMBER, {"yes": False}, facts(voters=ALONE))
    assert move.to_state == "refused"


def test_a_suspended_clock_keeps_what_was_left_and_runs_on_later():
    running = Due("decision", MONDAY, date(2026, 12, 21), row=1)
    asked = fire(motion, case(filed, dues=(running,)), ask, CLERK, {}, facts(date(2026, 12, 1)))
    assert (asked.running[0].due_on, asked.running[0].left) == (None, 20)
    stood = case(waiting, dues=(asked.running[0],))
    answered = fire(motion, stood, answer, MEMBER, {}, facts(date(2027, 1, 4)))
    assert answered.running[0].due_on == date(2027, 1, 25)  # 24 January 2027 is a Sunday
    assert answered.running[0].row == 1


def test_leaving_for_good_settles_the_deadline():
    running = Due("decision", MONDAY, date(2026, 12, 21), row=1)
    move = fire(motion, case(filed, dues=(running,)), vote, MEMBER, {"yes": True}, facts(voters=ALONE))
    assert move.settled == (running,)
    assert move.running == ()


def test_a_step_that_stays_appends_and_leaves_deadlines_and_hands_alone():
    running = Due("decision", MONDAY, date(2026, 12, 21), row=1)
    at = case(filed, dues=(running,), hands={"vote": (8,)}, data={"notes": ["a"]})
    move = fire(motion, at, note, CLERK, {"text": "b"}, facts())
    assert move.changes.apply(at.data) == {"notes": ["a", "b"]}
    assert (move.settled, move.running, dict(move.collected)) == ((), (), {"vote": (8,)})


def test_only_awaited_steps_wait_in_inboxes_and_nothing_waits_for_the_clock():
    waiting_for = open_hands(motion, "filed", PARTS, {"vote": (7,)}, THREE)
    assert {(h.step, h.principal, h.hands, h.hands_needed) for h in waiting_for.values()} == {
        ("ask", "member@2", 0, 1),
        ("vote", "member@1", 1, 2),
    }


def test_who_may_act_may_see_and_a_state_without_readers_shows_nobody_else():
    assert readers(motion, "draft", PARTS) == {"member@1", "member@2"}  # note is for the office too
    assert readers(motion, "agreed", PARTS) == {"public"}


def test_the_clock_counts_as_all_hands():
    together = Step("lapse2", "Lapse", filed, refused, who=clock_party | board, past="x", hands=hands(3))
    process = Process("p", "P", "Ps", 1, "", filed, (filed, refused), (together,))
    assert fire(process, case(filed), together, CLOCK, {}, facts()).to_state == "refused"


def test_the_machine_is_compiled_once_and_refuses_what_is_not_there():
    assert compiled(motion) is compiled(motion)
    with pytest.raises(NotPossible):
        compiled(motion).go("agreed", file)


def test_a_yearly_deadline_never_drifts_and_comes_again_after_its_step():
    report = Step("report", "Report", filed, None, who=clock_party, past="Due.", kind=possible)
    yearly = Deadline("yearly", "Yearly", (filed,), field="since", every=Setting("yearly", years(1)), then="report")
    end = Step("end", "End", filed, refused, who=board, past="x")
    process = Process("p", "P", "Ps", 1, "", filed, (filed, refused), (report, end), deadlines=(yearly,))
    _state, dues = start_of(process, Opening("x", {"since": "2016-02-29"}), facts(date(2016, 3, 1)))
    assert dues[0].due_on == date(2017, 2, 28)
    at = case(filed, dues=(dues[0],), data={"since": "2016-02-29"})
    move = fire(process, at, report, CLOCK, {}, facts(date(2020, 1, 2)))
    assert move.running[0].due_on == date(2018, 2, 28)
