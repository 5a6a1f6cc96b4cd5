"""A motion from its draft to its admission and the statements on it, in a real store (domain.md 3.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.moving import admitted, asked, draft, filed, resolve, schedule
from tests.processes.town import LEAD, LIBRARY, MAIN, WORKS, Town
from workflow_app.engine.errors import NotAllowed, NotPossible

# ------------------------------------------------------------------------ round table


def test_members_draft_the_board_files_and_the_stamp_is_set(any_town: Town) -> None:
    case = draft(any_town)
    any_town.do(case, "reword", "mover", title="Library open on Sundays", demand="Sundays from ten to six.")
    resolve(any_town, case)
    any_town.wait_until(any_town.today + timedelta(days=3))
    assert any_town.row(case, "number") == (None,)
    any_town.do(case, "file", "board", joint_movers=[])
    assert any_town.row(case, "state, number, title") == ("filed", "AN-2026-0001", "Library open on Sundays")
    assert any_town.data(case)["received_on"] == "2026-01-08"
    any_town.verify()


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"was_public": False}, "public meeting"),
        ({"was_quorate": False}, "quorum"),
        ({"yes": 9, "no": 9}, "not more votes"),
    ],
)
def test_only_a_public_quorate_vote_resolves_and_a_tie_does_not(
    town: Town, lacking: dict[str, object], words: str
) -> None:
    case = draft(town)
    with pytest.raises(NotPossible, match=words):
        resolve(town, case, **lacking)
    assert town.state(case) == "drafted"


def test_nothing_is_filed_without_a_resolution_and_by_nobody_but_the_board(town: Town) -> None:
    case = draft(town)
    with pytest.raises(NotPossible):
        town.do(case, "file", "board", joint_movers=[])
    resolve(town, case)
    with pytest.raises(NotAllowed):
        town.do(case, "file", "mover", joint_movers=[])
    town.do(case, "give_up", "board", note="The library opens anyway.")
    assert town.row(case, "state, number") == ("given_up", None)


# -------------------------------------------------------------------------- formal check


def test_an_incomplete_motion_comes_back_with_a_date_and_is_completed(town: Town) -> None:
    case = filed(town, words={"finance": "cost", "finance_note": None})
    with pytest.raises(NotPossible, match="How much"):
        town.do(case, "admit", "lead")
    town.do(case, "return_incomplete", "lead", note="Please name the cost.")
    ends = town.due(case, "completion")
    assert ends == town.today + timedelta(days=14)
    town.wait_until(ends + timedelta(days=1))
    assert town.state(case) == "incomplete"  # late, and still a motion that is owed an answer
    assert ("overdue:completion", ("member@15", "member@2")) in [
        (name, tuple(sorted(to))) for name, to in town.told(case)
    ]
    words = {"title": "Library on Sundays", "demand": "Open it.", "reasons": "Families.", "signed_by": "The chair"}
    town.do(case, "complete", "board", finance="cost", finance_note="One post.", **words)
    town.do(case, "admit", "lead")
    assert town.state(case) == "admitted"


def test_the_department_proposes_as_inadmissible_and_the_body_decides_otherwise(town: Town) -> None:
    case = filed(town)
    town.do(case, "propose_inadmissible", "lead", ground="not_the_towns_task", ground_note="It is the county's.")
    decision = {"body": MAIN, "on": town.today.isoformat(), "note": "It is ours."}
    with pytest.raises(NotAllowed):
        town.do(case, "decide_admissibility", "lead", verdict="inadmissible", **decision)
    with pytest.raises(NotPossible, match="does not fit"):
        town.do(case, "decide_admissibility", "clerk", verdict="inadmissible", yes=5, no=5, **decision)
    town.do(case, "decide_admissibility", "clerk", verdict="admissible", yes=5, no=5, **decision)
    assert town.state(case) == "admitted"


def test_an_inadmissible_motion_is_answered_with_its_reasons(town: Town) -> None:
    case = filed(town)
    town.do(case, "propose_inadmissible", "lead", ground="decided_before", ground_note="Decided in March.")
    town.do(
        case, "decide_admissibility", "clerk", verdict="inadmissible", body=MAIN, on=town.today.isoformat(),
        yes=8, no=1, note="So it was.",
    )  # fmt: skip
    assert (town.state(case), town.data(case)["outcome"]) == ("inadmissible", "inadmissible")
    assert town.due(case, "communication") == town.today + timedelta(days=14)
    town.do(case, "confirm", "clerk", answer="The council decided in March; the reasons are enclosed.")
    assert town.state(case) == "closed"
    assert "motion_answered" in {name for name, _to in town.told(case)}


def test_the_wrong_department_hands_it_on_and_the_right_one_goes_on(town: Town) -> None:
    case = filed(town)
    with pytest.raises(NotPossible, match="already"):
        town.do(case, "hand_on", "lead", lead_department=LEAD, note="x")
    town.do(case, "hand_on", "lead", lead_department=LIBRARY, note="It is about the library.")
    with pytest.raises(NotAllowed):
        town.do(case, "admit", "lead")
    town.do(case, "admit", "library")
    assert town.data(case)["handed_on"][0]["before"] == [LEAD]


# --------------------------------------------------------------------------- statements


def test_lead_department_and_others_give_statements_that_stand_in_the_motion(town: Town) -> None:
    case = asked(town, LEAD, LIBRARY)
    lead, library = town.children(case, "statement")
    assert town.due(case, "statements") == town.due(library, "statement") == town.today + timedelta(days=28)
    with pytest.raises(NotAllowed):
        town.do(library, "give", "works", recommendation="reject", text="No.")
    town.do(library, "give", "library", recommendation="adopt", text="With one post.", finance_note="60,000")
    with pytest.raises(NotPossible, match="still missing: 1"):
        town.do(case, "statements_complete", "lead")
    town.do(lead, "give", "lead", recommendation="adopt_changed", text="Every other Sunday.")
    town.do(case, "statements_complete", "lead")
    told = [(row["owner"], row["recommendation"]) for row in town.data(case)["statements"]]
    assert (town.state(case), told) == ("statement_ready", [([LIBRARY], "adopt"), ([LEAD], "adopt_changed")])


def test_a_silent_unit_holds_nobody_up_and_may_still_speak(town: Town) -> None:
    case = asked(town, WORKS)
    child = town.child(case, "statement")
    ends = town.due(child, "statement")
    assert ends
    town.wait_until(ends + timedelta(days=1))
    assert town.state(child) == "requested"
    town.do(case, "statements_complete", "lead", missing_note="Public works is short of people.")
    assert (town.state(case), town.state(child)) == ("statement_ready", "missing")
    town.do(child, "give", "works", recommendation="no_recommendation", text="Sorry, late.")
    assert (town.state(child), town.data(child)["late"]) == ("given", True)
    assert len(town.data(case)["statements"]) == 1


def test_a_unit_asked_reads_the_motion_and_a_resident_does_not(town: Town) -> None:
    case = asked(town, WORKS)
    readers = {p for (p,) in town.rows("SELECT principal FROM case_readers WHERE case_id = :case", case=case)}
    assert f"member@{WORKS}" in readers
    assert "public" not in readers


def test_a_statement_deadline_is_extended_once_by_the_department_and_then_by_its_head(town: Town) -> None:
    child = town.child(asked(town), "statement")
    for who, more in (("lead", 42), ("lead_head", 56)):
        until = (town.today + timedelta(days=more)).isoformat()
        town.do(child, "extend_statement", who, until=until, note="Holidays.")
    with pytest.raises(NotPossible, match="second time"):
        town.do(child, "extend_statement", "lead", until=(town.today + timedelta(days=70)).isoformat(), note="x")


def test_while_a_unit_waits_for_an_answer_its_time_stands_still(any_town: Town) -> None:
    town = any_town
    case = asked(town, LIBRARY)
    child = town.child(case, "statement")
    ends = town.due(child, "statement")
    assert ends
    town.do(child, "ask_back", "library", asked_back="Which Sundays?")
    assert (town.state(child), town.due(child, "statement")) == ("asked_back", None)
    with pytest.raises(NotPossible, match="still missing: 1"):
        town.do(case, "statements_complete", "lead")
    town.wait_until(town.today + timedelta(days=60))
    by_the_clock = "SELECT dedupe_key FROM outbox WHERE case_id = :c AND dedupe_key LIKE 'due:%'"
    assert town.rows(by_the_clock, c=child) == []
    with pytest.raises(NotAllowed):
        town.do(child, "answer_back", "library", answered_back="All.")
    town.do(child, "answer_back", "lead", answered_back="The first of each month.")
    assert (town.state(child), town.due(child, "statement")) == ("requested", date(2026, 4, 7))
    assert date(2026, 4, 7) > ends + timedelta(days=60)  # which is Good Friday, so it ends after Easter
    town.do(child, "give", "library", recommendation="adopt", text="With one post.")
    assert town.state(child) == "given"
    town.verify()


def test_an_urgent_motion_goes_on_without_statements(town: Town) -> None:
    case = admitted(town)
    town.do(case, "skip_statements", "lead", note="The vote is tomorrow.")
    town.do(case, "route", "clerk", consultations=[{"organization": MAIN, "role": "decision"}])
    schedule(town, case, 0)
    assert town.state(case) == "scheduled"
