"""The beginning of a concept, played against its definition alone (domain.md 3.1)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.processes.life import (
    BOARD,
    COMMISSION,
    HOUSING,
    KICK_OFF,
    MEASURE,
    OFFICE,
    SCHOOL,
    STEERING,
    at_assembling,
    at_comments,
    at_idea,
    chair,
    clerk,
    group,
    in_groups,
    office,
    refused,
    resident,
)
from workflow_app.engine.definition import CLOCK, Actor, Holder, Opening, Snapshot
from workflow_app.engine.errors import NotAllowed
from workflow_app.engine.machine import fire, start_of
from workflow_app.processes.concept import concept
from workflow_app.processes.submission import submission

# --------------------------------------------------------------- from idea to groups


def test_number_is_given_at_the_commission() -> None:
    assert at_idea().do("commission", clerk, **COMMISSION).number


def test_commission_names_the_cost() -> None:
    assert "money or staff" in refused(at_idea(), "commission", clerk, **COMMISSION | {"cost": "money"})
    life = at_idea()
    life.do("commission", clerk, **COMMISSION | {"cost": "money", "cost_note": "20 000"})
    assert life.case.state == "commissioned"


def test_kick_off_names_groups_closing_date_and_invitation() -> None:
    life = at_idea()
    life.do("commission", clerk, **COMMISSION)
    refused(life, "kick_off", office, **KICK_OFF | {"working_groups": []})
    refused(life, "kick_off", office, **KICK_OFF | {"groups_close_on": "2026-01-20"})
    refused(life, "kick_off", office, **KICK_OFF | {"invitation_published_on": "2026-01-21"})
    life.do("kick_off", **KICK_OFF)
    assert life.due("closing_date") == date(2026, 3, 31)
    assert life.case.parts["working_group"] == (Holder(organization=HOUSING), Holder(organization=SCHOOL))
    assert life.case.parts["steering_group"] == (Holder(organization=STEERING),)


def test_closing_date_may_be_extended_twice_only_by_the_head() -> None:
    life = in_groups()
    life.do("extend_closing_date", until="2026-04-30", note="ill")
    assert life.due("closing_date") == date(2026, 4, 30)
    refused(life, "extend_closing_date", office, until="2026-05-30", note="ill")
    head = Actor(9, frozenset({f"head@{OFFICE}"}))
    life.do("extend_closing_date", head, until="2026-05-30", note="ill")
    assert life.due("closing_date") == date(2026, 5, 30)


def test_clock_closes_the_groups_even_if_they_never_started() -> None:
    life = at_idea()
    life.do("commission", clerk, **COMMISSION)
    life.do("kick_off", **KICK_OFF)
    life.do(concept.deadline_by_name["closing_date"].then, CLOCK)
    assert life.case.state == "proposals_due"


def test_working_group_proposes_a_measure_as_a_child() -> None:
    life = in_groups()
    before = life.case.data
    life.do("propose_measure", group, **MEASURE)
    (process, opening) = life.opened[0]
    assert process == "measure"
    assert opening.title == "Wohnzertifikat"
    assert list(opening.data) == ["field_of_action", "guiding_principle", "goal", "description", "participants"]
    assert opening.parts["working_group"] == (Holder(organization=HOUSING),)
    assert set(opening.parts) == {"office", "lead_department", "council_office", "steering_group", "working_group"}
    assert life.case.data == before
    with pytest.raises(NotAllowed):
        life.do("propose_measure", resident, **MEASURE)


def test_incomplete_measures_go_back_to_the_group() -> None:
    life = in_groups()
    life.child("measure", "proposed", **MEASURE | {"goal": None})
    assert "not complete" in refused(life, "hand_over", group, working_group=HOUSING)
    life.relatives = ()
    life.child("measure", "proposed", **MEASURE)
    life.do("hand_over", group, working_group=HOUSING)
    life.do("close_groups")
    life.do("reopen_groups", chair, groups_close_on="2026-04-30", note="goals are missing")
    assert life.case.state == "in_groups"
    assert life.due("closing_date") == date(2026, 4, 30)


def test_a_group_that_never_delivers_is_noted_and_holds_nobody_up() -> None:
    life = in_groups()
    life.do("hand_over", group, working_group=HOUSING)
    life.do("close_groups", CLOCK)
    assert "Not every group" in refused(life, "assemble", chair)
    life.do("assemble", chair, missing_note="The schools' field is taken from the old concept")
    assert life.case.data["silent_groups"] == [SCHOOL]


def test_a_field_is_added_in_the_middle_and_the_steering_group_changes() -> None:
    life = in_groups()
    life.do("change_field", no=3, name="Arbeit", guiding_principle="Alle arbeiten.", organization=BOARD, note=None)
    assert [f["no"] for f in life.case.data["fields"]] == [1, 2, 3]
    assert Holder(organization=BOARD) in life.case.parts["working_group"]
    life.do("change_steering_group", on="2026-02-01", steering_group=99, note="A group left")
    assert life.case.parts["steering_group"] == (Holder(organization=99),)
    assert life.case.data["steering_changes"][0]["note"] == "A group left"


# ---------------------------------------------------------------------------- draft


def test_the_majority_of_the_steering_group_approves() -> None:
    life = at_assembling()
    life.do("approve_draft", chair)
    assert life.case.state == "assembling"
    life.do("record_dissent", Actor(7, frozenset({f"member@{STEERING}"})), note="too dear")
    life.do("approve_draft", Actor(7, frozenset({f"member@{STEERING}"})))
    assert life.case.state == "internal_draft"
    assert life.case.data["dissents"][0]["note"] == "too dear"


def test_a_vote_in_a_meeting_needs_a_majority_and_every_field_its_principle() -> None:
    life = at_assembling()
    refused(life, "record_approval", chair, yes=3, no=3, abstained=0)
    life.do("change_field", no=2, name="Schule", guiding_principle=None, organization=None)
    assert "Schule" in refused(life, "record_approval", chair, yes=5, no=0, abstained=0)


def test_comment_period_runs_from_publication_and_the_clock_ends_it() -> None:
    life = at_comments()
    assert life.due("comment_period") == date(2026, 6, 1)
    life.do("comment", resident, title="Mehr Bänke", text="…")
    life.today = date(2026, 6, 2)
    life.do(concept.deadline_by_name["comment_period"].then, CLOCK)
    assert life.case.state == "consideration"
    assert life.case.data["comments_closed_on"] == "2026-06-01"
    assert life.opened[0][1].data["late"] is False
    assert "text" not in life.case.data


def test_late_comment_is_registered_answered_and_not_counted() -> None:
    life = at_comments()
    life.today = date(2026, 6, 2)
    life.do("close_comments", CLOCK)
    life.do("enter_comment", title="Spät", text="…", channel="letter", received_on="2026-06-02")
    life.do("enter_comment", title="Zeitig", text="…", channel="letter", received_on="2026-05-29")
    late, timely = (opening for _, opening in life.opened)
    assert (late.data["late"], timely.data["late"]) == (True, False)
    case = Snapshot(2, "submission", 1, "received", 1, 1, late.data, late.parts)
    answer = {"weighing": "not", "reason": "…"}
    move = fire(submission, case, submission.step_by_name["answer"], office, answer, life.facts)
    assert move.final
    assert move.changes.set["counted"] is False


def test_approval_waits_for_the_answers_but_not_for_late_ones() -> None:
    life = at_comments()
    life.do("close_comments", CLOCK)
    life.child("submission", "received", late=True)
    life.child("submission", "answered", final=True)
    life.child("submission", "received", late=False)
    assert refused(life, "record_approval", chair, yes=5, no=0) == "Comments that still need an answer: 1."
    life.relatives = life.relatives[:2]
    life.do("record_approval", chair, yes=5, no=0)
    assert life.case.state == "internal_draft"


def test_a_comment_has_an_answer_deadline_of_its_own() -> None:
    _, dues = start_of(submission, Opening("x", {"received_on": "2026-06-02"}), at_idea().facts)
    assert [(due.name, due.due_on) for due in dues] == [("answer_duty", date(2026, 7, 14))]
