"""A motion from the decision to its end: the answer duty, tasks, reports; and the whole walk
(domain.md 3.2, issue 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.processes.moving import (
    WAY,
    asked,
    communicated,
    decided,
    draft,
    implementing,
    meet,
    resolve,
    schedule,
)
from tests.processes.paths import outcome
from tests.processes.town import COUNCIL, LEAD, LIBRARY, MAIN, ROUND_TABLE, SOCIAL, TABLE_BOARD, WORKS, Town
from workflow_app.engine.errors import NotAllowed, NotPossible
from workflow_app.processes.motion import motion
from workflow_app.processes.motion_states import filed

ANSWERS = {step for step in motion.all_steps if any(n.name == "motion_answered" for n in step.tell)}

# ------------------------------------------------------------------------- answer duty


def test_no_way_leads_from_filing_to_an_end_past_the_answer() -> None:
    reached, new = {filed.name}, [filed.name]
    while new:
        for step in motion.steps_from(new.pop()):
            for target in step.targets if step not in ANSWERS else ():
                if target.name not in reached:
                    reached.add(target.name)
                    new.append(target.name)
    assert {step.name for step in ANSWERS} == {"communicate", "confirm"}
    assert "decided" in reached
    assert not [name for name in reached if motion.state_by_name[name].final]


def test_the_answer_reaches_everybody_who_moved_it(town: Town) -> None:
    case = communicated(town)
    to = next(set(to) for name, to in town.told(case) if name == "motion_answered")
    assert to == {f"member@{ROUND_TABLE}", f"member@{TABLE_BOARD}"}


def test_the_answer_is_owed_two_weeks_after_the_minutes(town: Town) -> None:
    case = decided(town)
    meeting = town.today
    # Nobody waits for minutes that never come: they are owed within 30 days, and the answer after them.
    before = town.due(case, "communication")
    assert before is not None
    assert before >= meeting + timedelta(days=44)
    minutes = meeting + timedelta(days=7)
    town.wait_until(minutes)
    town.do(case, "note_minutes", "clerk", minutes_on=minutes.isoformat(), minutes="RV 5/2026")
    assert town.due(case, "communication") == minutes + timedelta(days=14)
    town.wait_until(minutes + timedelta(days=15))
    overdue = next(set(to) for name, to in town.told(case) if name == "overdue:communication")
    assert "head@2" in overdue
    assert town.state(case) == "decided"


@pytest.mark.parametrize("word", ["rejected", "takenNote", "settledByStatement"])
def test_what_was_not_adopted_is_closed_with_the_answer(town: Town, word: str) -> None:
    case = decided(town, word)
    town.do(case, "communicate", "lead", answer="This is what became of it.")
    assert (town.state(case), town.data(case)["outcome"]) == ("closed", word)


def test_statements_that_never_came_are_not_waited_for_after_the_answer(town: Town) -> None:
    case = asked(town, LIBRARY)
    town.do(case, "statements_complete", "lead", missing_note="It is plain.")
    town.do(case, "route", "clerk", consultations=WAY)
    decided(town, "rejected", case)
    assert town.states(case, "statement") == ["missing"]
    town.do(case, "communicate", "clerk", answer="No.")
    assert town.states(case, "statement") == ["cancelled"]


# ---------------------------------------------------------------------- implementation


def test_tasks_have_an_owner_and_a_date_and_the_motion_waits_for_them(town: Town) -> None:
    case = communicated(town)
    with pytest.raises(NotPossible, match="name and a date"):
        town.do(case, "plan", "lead", tasks=[{"title": "Post", "owner": LIBRARY, "due_on": None}])
    with pytest.raises(NotPossible, match="no such organization"):
        town.do(case, "plan", "lead", tasks=[{"title": "Post", "owner": 999, "due_on": "2026-12-01"}])
    assert town.children(case, "task") == []
    due = town.today + timedelta(days=60)
    town.do(case, "plan", "lead", tasks=[{"title": "Post", "owner": LIBRARY, "due_on": due.isoformat()}])
    town.do(case, "add_task", "lead", title="Heating", owner=WORKS, due_on=due.isoformat())
    post, heating = town.children(case, "task")
    assert town.due(post, "due") == due
    town.do(post, "begin", "library")
    town.do(post, "note_progress", "library", percent=50, text="Advertised")
    with pytest.raises(NotAllowed):
        town.do(post, "finish", "works", note="x")
    town.do(post, "finish", "library", note="Begun in May.")
    with pytest.raises(NotPossible, match="still open: 1"):
        town.do(case, "finish", "lead", note="Done.")
    town.do(heating, "give_up", "works", note="It is warm enough.")
    town.do(case, "finish", "lead", note="Open on Sundays.")
    assert (town.state(case), town.states(case, "task")) == ("implemented", ["done", "not_done"])
    town.do(case, "close", "lead")
    assert town.state(case) == "closed"


def test_a_late_task_is_overdue_reassigned_and_extended(town: Town) -> None:
    case = implementing(town, "Post")
    task = town.child(case, "task")
    due = town.due(task, "due")
    assert due
    town.wait_until(due + timedelta(days=1))
    told = {name: set(to) for name, to in town.told(task)}
    assert {f"member@{LIBRARY}", f"member@{LEAD}"} <= told["overdue:due"]
    town.do(task, "reassign", "lead", owner=WORKS, note="The library is closed.")
    until = town.today + timedelta(days=30)
    town.do(task, "extend_due", "lead", until=until.isoformat(), note="New owner.")
    assert (town.holders(task, "owner"), town.due(task, "due")) == ([WORKS], until)


def test_the_implementation_is_reported_every_year(town: Town) -> None:
    case = implementing(town, "Post")
    begun = town.today
    due = town.due(case, "implementation_report")
    assert due
    assert timedelta(days=365) <= due - begun <= timedelta(days=370)
    town.wait_until(due)
    town.do(case, "report_progress", "lead", text="The post is advertised.")
    again = town.due(case, "implementation_report")
    assert again
    assert again > due + timedelta(days=360)
    assert town.data(case)["progress"][0]["text"] == "The post is advertised."
    assert "motion_progress" in {name for name, _to in town.told(case)}


def test_not_implemented_needs_a_reason_that_reaches_movers_and_ends_the_tasks(town: Town) -> None:
    case = implementing(town, "Post", "Heating")
    town.do(case, "do_not_implement", "lead", note="There is no money this year.")
    assert town.states(case, "task") == ["not_done", "not_done"]
    assert town.data(town.child(case, "task"))["note"] == "There is no money this year."
    assert town.data(case)["not_implemented_because"] == "There is no money this year."
    assert "motion_not_implemented" in {name for name, _to in town.told(case)}
    town.do(case, "take_up_again", "lead", note="A foundation pays.")
    assert town.state(case) == "implementing"
    town.do(case, "do_not_implement", "lead", note="It did not.")
    town.do(case, "close", "lead")
    assert town.state(case) == "closed"


def test_an_adopted_motion_without_a_plan_is_overdue(town: Town) -> None:
    case = communicated(town)
    due = town.due(case, "planning")
    assert due
    town.wait_until(due + timedelta(days=1))
    assert "overdue:planning" in {name for name, _to in town.told(case)}


# ------------------------------------------------------------------------ the whole walk


def on_its_way(town: Town) -> int:
    """A motion with statements of two units, routed to the bodies on its way."""
    case = draft(town)
    resolve(town, case)
    town.do(case, "file", "board", joint_movers=[])
    town.do(case, "admit", "lead")
    town.do(case, "request_statements", "lead", asked=[LEAD, LIBRARY], question="Is there staff?")
    for child, who in zip(town.children(case, "statement"), ("lead", "library"), strict=True):
        town.do(child, "give", who, recommendation="adopt", text="Yes.")
    town.do(case, "statements_complete", "lead")
    town.do(case, "route", "clerk", paper="FA-1", consultations=WAY, proposed_resolution="It opens on Sundays.")
    return case


def test_from_the_draft_to_implemented_with_referral_a_second_consultation_and_postponement(any_town: Town) -> None:
    town = any_town
    case = on_its_way(town)
    meet(town, case, 0, "referred", refer_to=MAIN)  # the committee asks another one …
    meet(town, case, 1, "preliminaryDoneWithChanges", changed_text="Every other Sunday.")
    town.do(case, "add_consultation", "clerk", organization=SOCIAL, role="preliminary", note="They wanted it back.")
    meet(town, case, 2, "preliminaryDone", yes=7, no=2)  # … and gets it a second time
    later = town.today + timedelta(days=70)
    meet(town, case, 3, "postponed", postponed_to=later.isoformat())
    town.wait_until(later - timedelta(days=30))
    town.do(case, "resume", "clerk", note="It fits the next agenda.")
    meet(town, case, 4, "adoptedWithChanges", yes=30, no=8, changed_text="Every other Sunday.")
    bodies = [(item["organization"], item["outcome"]) for item in town.data(case)["consultations"]]
    assert bodies == [
        (SOCIAL, "referred"),
        (MAIN, "preliminaryDoneWithChanges"),
        (SOCIAL, "preliminaryDone"),
        (COUNCIL, "postponed"),
        (COUNCIL, "adoptedWithChanges"),
    ]
    town.do(case, "note_minutes", "clerk", minutes_on=town.today.isoformat())
    town.do(case, "communicate", "clerk", answer="The library opens every other Sunday.")
    due = (town.today + timedelta(days=90)).isoformat()
    town.do(case, "plan", "lead", tasks=[{"title": "Post", "owner": LIBRARY, "due_on": due}])
    town.do(town.child(case, "task"), "finish", "library", note="Since May.")
    town.do(case, "finish", "lead", note="Every other Sunday from ten to six.")
    assert town.state(case) == "implemented"
    town.do(case, "close", "lead")
    assert town.row(case, "state, number, closed") == ("closed", "AN-2026-0001", True)
    with pytest.raises(NotPossible):
        schedule(town, case, 4)
    with pytest.raises(NotPossible):
        outcome(town, case, 4, "adopted")
    town.verify()
