"""A motion before committees and council, in a real store: the list, every outcome, urgency, the ways
out (domain.md 2.4, 3.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from tests.processes.moving import (
    WAY,
    before_the_council,
    call,
    filed,
    meet,
    ready,
    routed,
    schedule,
)
from tests.processes.paths import outcome
from tests.processes.town import BOARD, COUNCIL, MAIN, SOCIAL, YOUTH, Town
from workflow_app.engine.errors import NotPossible, Refused
from workflow_app.forms.consultations import OUTCOMES
from workflow_app.models import RuleSetting

ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "adopted": ("decided", {"yes": 20, "no": 3}),
    "adoptedWithChanges": ("decided", {"changed_text": "Every other Sunday."}),
    "partlyAdopted": ("decided", {"changed_text": "Without the staff."}),
    "approved": ("decided", {}),
    "elected": ("decided", {}),
    "rejected": ("decided", {"yes": 3, "no": 20}),
    "rejectedTie": ("decided", {"yes": 10, "no": 10}),
    "takenNote": ("decided", {}),
    "statementTakenNote": ("decided", {}),
    "settled": ("decided", {}),
    "settledByStatement": ("decided", {}),
    "absorbedIntoMainPaper": ("decided", {"main_paper": "RV-99"}),
    "withdrawn": ("withdrawn", {}),
    "referred": ("routed", {"refer_to": MAIN}),
    "sentToWorkingBody": ("routed", {"refer_to": BOARD}),
    "referredBack": ("statement_ready", {}),
    "postponed": ("postponed", {}),
    "deferred": ("postponed", {}),
    "removedFromAgenda": ("postponed", {}),
    "noVote": ("routed", {}),
    "seeDocument": ("routed", {}),
    "none": ("routed", {}),
}
ADVICE_ONLY = {"preliminaryDone", "preliminaryDoneWithChanges"}


def test_no_outcome_is_forgotten() -> None:
    assert set(OUTCOMES) == set(ENDS) | ADVICE_ONLY


@pytest.mark.parametrize("word", ENDS)
def test_where_a_motion_goes_after_each_outcome_of_the_council(town: Town, word: str) -> None:
    case, (state, more) = before_the_council(town), ENDS[word]
    outcome(town, case, 0, word, **more)
    data = town.data(case)
    assert town.state(case) == state
    assert (data.get("outcome") == word) is (state in ("decided", "withdrawn"))
    if state in ("decided", "withdrawn"):
        assert town.due(case, "communication") is not None  # whatever it is, the movers are answered
    else:
        assert any(item["authoritative"] and not item["outcome"] for item in data["consultations"])


DECIDING = {"adopted", "adoptedWithChanges", "partlyAdopted", "approved", "elected", "settled", "settledByStatement"}
ADVISORY = sorted(set(OUTCOMES) - {"referred", "sentToWorkingBody", "withdrawn", "absorbedIntoMainPaper"})


@pytest.mark.parametrize("word", ADVISORY)
def test_an_advisory_body_cannot_decide(town: Town, word: str) -> None:
    case = routed(town)
    town.wait_until(schedule(town, case, 0))
    call(town, case, 0)
    more = {"changed_text": "x"} if "Changes" in word or "partly" in word else {}
    if word in DECIDING:
        with pytest.raises(NotPossible, match="role of this body"):
            outcome(town, case, 0, word, **more)
        assert town.state(case) == "in_consultation"
    else:
        outcome(town, case, 0, word, **more)
        assert town.state(case) in ("routed", "statement_ready")  # sent back: to those who prepared it


@pytest.mark.parametrize(("word", "allowed"), [("takenNote", True), ("rejected", False), ("referred", False)])
def test_who_is_only_informed_takes_note(town: Town, word: str, allowed: bool) -> None:
    case = routed(town, way=[{"organization": YOUTH, "role": "information"}, WAY[1]])
    town.wait_until(schedule(town, case, 0))
    call(town, case, 0)
    if allowed:
        outcome(town, case, 0, word)
        assert town.data(case)["consultations"][0]["outcome"] == word
    else:
        with pytest.raises(NotPossible, match="role of this body"):
            outcome(town, case, 0, word, refer_to=MAIN)


def test_a_deciding_body_does_not_recommend_to_itself(town: Town) -> None:
    case = before_the_council(town)
    with pytest.raises(NotPossible, match="role of this body"):
        outcome(town, case, 0, "preliminaryDone")


def test_the_council_waits_for_the_required_body_but_not_for_one_that_need_not_speak(town: Town) -> None:
    way = [*WAY[:1], {"organization": YOUTH, "role": "hearing", "optional": True}, WAY[1]]
    case = routed(town, way=way)
    on = schedule(town, case, 2)
    schedule(town, case, 0)
    town.wait_until(on)
    call(town, case, 2)
    with pytest.raises(NotPossible, match="speak first: Social committee"):
        outcome(town, case, 2, "adopted")
    town.do(case, "carry_over", "clerk", consultation=2, why="other", note="The committee meets later.")
    meet(town, case, 0, "preliminaryDone")
    meet(town, case, 2, "adopted", yes=20, no=1)
    assert town.state(case) == "decided"


def test_several_bodies_have_it_on_their_agendas_at_a_time(town: Town) -> None:
    way = [{"organization": body, "role": "preliminary"} for body in (SOCIAL, MAIN)]
    case = routed(town, way=[*way, WAY[1]])
    first = schedule(town, case, 0)
    second = schedule(town, case, 1, in_days=35)
    town.wait_until(first)
    call(town, case, 0)
    outcome(town, case, 0, "preliminaryDone")
    assert town.state(case) == "scheduled"
    town.wait_until(second)
    call(town, case, 1)
    outcome(town, case, 1, "rejected")  # advice against; the council may still adopt
    assert town.state(case) == "routed"
    meet(town, case, 2, "adopted")
    assert town.state(case) == "decided"


def test_the_same_body_comes_twice(town: Town) -> None:
    way = [{"organization": SOCIAL, "role": "preliminary"}, {"organization": MAIN, "role": "hearing"}, *WAY]
    case = routed(town, way=way)
    for at in range(3):
        meet(town, case, at, "preliminaryDone")
    assert [item["organization"] for item in town.data(case)["consultations"]] == [SOCIAL, MAIN, SOCIAL, COUNCIL]
    assert town.state(case) == "routed"


def test_a_motion_that_came_too_late_for_a_meeting_comes_in_a_later_one(town: Town) -> None:
    case = routed(town)
    with pytest.raises(NotPossible, match="too late for this meeting"):
        schedule(town, case, 0, in_days=20)
    schedule(town, case, 0, in_days=21)
    assert town.state(case) == "scheduled"


def test_a_motion_must_be_on_the_agenda_of_the_next_meeting_but_one(town: Town) -> None:
    case = ready(town)
    town.do(case, "route", "clerk", consultations=WAY, agenda_by="2026-02-16")
    assert town.due(case, "on_agenda") == date(2026, 2, 16)
    town.wait_until(date(2026, 2, 17))
    assert town.state(case) == "routed"
    assert "overdue:on_agenda" in {name for name, _to in town.told(case)}


def test_what_is_not_on_an_agenda_is_not_called_and_what_is_not_called_has_no_outcome(town: Town) -> None:
    case = routed(town)
    schedule(town, case, 0)
    with pytest.raises(NotPossible, match="not on an agenda"):
        call(town, case, 1)
    with pytest.raises(Refused):
        outcome(town, case, 0, "preliminaryDone")
    call(town, case, 0)
    with pytest.raises(NotPossible, match="not been called"):
        outcome(town, case, 1, "adopted")


def test_without_a_quorum_the_item_carries_over(town: Town) -> None:
    case = routed(town)
    schedule(town, case, 0)
    with pytest.raises(NotPossible, match="carries over"):
        town.do(case, "call_item", "clerk", consultation=0)
    town.do(case, "carry_over", "clerk", consultation=0, why="inquorate", note="Only nine came.")
    assert (town.state(case), town.data(case)["carried_over"][0]["why"]) == ("routed", "inquorate")
    assert town.due(case, "on_agenda") is not None
    meet(town, case, 0, "preliminaryDone")


def test_an_item_that_was_late_in_the_evening_is_the_first_of_the_next_agenda(town: Town) -> None:
    case = routed(town)
    schedule(town, case, 0)
    town.do(case, "carry_over", "clerk", consultation=0, why="late")
    assert town.data(case)["consultations"][0]["first_next"] is True


def test_who_is_biased_leaves_and_is_not_counted(town: Town) -> None:
    case = before_the_council(town)
    outcome(town, case, 0, "adopted", yes=20, no=1, abstained=0, recused=2)
    item = town.data(case)["consultations"][0]
    assert (item["recused"], item["counts"]) == (2, {"yes": 20, "no": 1, "abstained": 0})


def test_a_tie_is_a_rejection(town: Town) -> None:
    case = before_the_council(town)
    with pytest.raises(NotPossible, match="does not fit"):
        outcome(town, case, 0, "adopted", yes=10, no=10)
    outcome(town, case, 0, "rejectedTie", yes=10, no=10)
    assert town.state(case) == "decided"


def test_amendments_are_noted_below_the_motion(town: Town) -> None:
    case = routed(town)
    town.do(case, "note_amendment", "clerk", paper="FA-1/1", mover="A group", text="Every other Sunday", fate=None)
    assert town.data(case)["amendments"][0]["paper"] == "FA-1/1"


def test_taken_note_need_not_be_an_end_where_the_town_says_so(town: Town) -> None:
    with town.engine.begin() as connection:
        own = {"name": "taken_note_settles", "valid_from": date(2026, 1, 1), "value": False}
        connection.execute(insert(RuleSetting), [own])
    case = before_the_council(town)
    outcome(town, case, 0, "takenNote")
    assert town.state(case) == "routed"


# ---------------------------------------------------------------------------- urgency


def urgent(town: Town) -> int:
    case = filed(town, urgent=True, urgency_reason="The lease ends on Friday.")
    town.do(case, "admit", "lead")
    town.do(case, "skip_statements", "lead", note="It is urgent.")
    town.do(case, "route", "clerk", consultations=[WAY[1]])
    return case


def test_an_urgent_motion_is_dealt_with_at_once_when_two_thirds_of_all_members_want_it(town: Town) -> None:
    case = urgent(town)
    vote = {"consultation": 0, "on": town.today.isoformat(), "members": 43}
    with pytest.raises(NotPossible, match="more votes than members"):
        town.do(case, "vote_on_urgency", "clerk", yes=40, no=4, **vote)
    town.do(case, "vote_on_urgency", "clerk", yes=28, no=2, **vote)
    assert town.state(case) == "routed"  # 29 are needed: it waits for the next meeting
    town.do(case, "vote_on_urgency", "clerk", yes=29, no=2, **vote)
    assert town.state(case) == "in_consultation"
    outcome(town, case, 0, "adopted", yes=30, no=1)
    assert town.state(case) == "decided"
    assert [vote["granted"] for vote in town.data(case)["urgency_votes"]] == [False, True]


def test_urgency_needs_a_reason_and_a_motion_that_asks_for_it(town: Town) -> None:
    with pytest.raises(NotPossible, match="why the motion is urgent"):
        filed(town, urgent=True)
    case = routed(town)
    with pytest.raises(NotPossible, match="not filed as urgent"):
        town.do(case, "vote_on_urgency", "clerk", consultation=0, on=town.today.isoformat(), members=43, yes=40, no=0)
