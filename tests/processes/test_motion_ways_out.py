"""The ways out of a motion: withdrawn, joint, absorbed; not public; postponed (domain.md 3.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.moving import (
    WAY,
    admitted,
    asked,
    before_the_council,
    decided,
    filed,
    meet,
    ready,
    routed,
)
from tests.processes.paths import outcome
from tests.processes.town import BOARD, COUNCIL, LIBRARY, SOCIAL, YOUTH, Town
from workflow_app.engine.errors import NotAllowed, NotPossible

# ------------------------------------------------------------------- the ways out of it


def test_withdrawn_until_the_vote_begins_and_not_after(town: Town) -> None:
    case = before_the_council(town)
    town.do(case, "open_vote", "clerk")
    with pytest.raises(NotPossible, match="vote has begun"):
        town.do(case, "withdraw", "board", note="We changed our minds.")
    outcome(town, case, 0, "noVote")
    town.do(case, "withdraw", "board", note="We changed our minds.")
    assert town.state(case) == "withdrawn"


def test_a_withdrawn_motion_is_confirmed_and_its_statements_are_not_waited_for(town: Town) -> None:
    case = asked(town, LIBRARY)
    with pytest.raises(NotAllowed):
        town.do(case, "withdraw", "lead", note="x")
    town.do(case, "withdraw", "board", note="It is done already.")
    assert town.states(case, "statement") == ["cancelled"]
    town.do(case, "confirm", "clerk", answer="We confirm that you withdrew it.")
    assert town.state(case) == "closed"


def test_a_joint_motion_is_withdrawn_by_all_of_its_movers(town: Town) -> None:
    case = filed(town, joint_movers=[YOUTH])
    with pytest.raises(NotPossible, match="still agree: 1"):
        town.do(case, "withdraw", "board", note="x")
    with pytest.raises(NotPossible, match="takes part"):
        town.do(case, "agree_to_withdraw", "youth", mover=BOARD)
    town.do(case, "agree_to_withdraw", "youth", mover=YOUTH)
    with pytest.raises(NotPossible, match="agreed already"):
        town.do(case, "agree_to_withdraw", "youth", mover=YOUTH)
    town.do(case, "withdraw", "board", note="Together.")
    assert town.state(case) == "withdrawn"
    assert any(f"member@{YOUTH}" in to for name, to in town.told(case) if name == "motion_withdrawn")


def test_a_motion_is_taken_into_another_one_and_its_movers_are_answered(town: Town) -> None:
    main, case = routed(town, title="Main"), admitted(town, title="Absorbed")
    town.do(case, "absorb", "lead", into=main, note="Its second point.")
    assert (town.state(case), town.links(case)) == ("decided", [("merged_into", main)])
    town.do(case, "communicate", "clerk", answer="It goes on in the main motion.")
    assert town.state(case) == "closed"


def test_a_motion_is_not_taken_into_itself_and_not_in_a_circle(town: Town) -> None:
    one, two = admitted(town, title="One"), admitted(town, title="Two")
    with pytest.raises(NotPossible, match="another case"):
        town.do(one, "absorb", "lead", into=one, note="x")
    town.do(one, "absorb", "lead", into=two, note="x")
    with pytest.raises(NotPossible, match="circle"):
        town.do(two, "absorb", "lead", into=one, note="x")
    with pytest.raises(NotPossible, match="exists"):
        town.do(two, "absorb", "lead", into=999, note="x")


def test_a_consultation_of_an_unknown_body_is_refused(town: Town) -> None:
    case = ready(town)
    with pytest.raises(NotPossible, match="no such organization"):
        town.do(case, "route", "clerk", consultations=[{"organization": 999, "role": "decision"}])
    with pytest.raises(NotPossible, match="decides"):
        town.do(case, "route", "clerk", consultations=WAY[:1])
    assert town.state(case) == "statement_ready"


# --------------------------------------------------------------------- not for everyone


def test_a_matter_that_is_not_public_is_seen_by_those_concerned_and_later_by_its_outcome(town: Town) -> None:
    case = routed(town)
    assert "public" in readers(town, case)
    town.do(case, "set_audience", "clerk", kept_among=[SOCIAL, COUNCIL], note="It names a person.")
    assert "public" not in readers(town, case)
    assert {f"member@{SOCIAL}", f"member@{COUNCIL}", "member@14"} <= readers(town, case)
    decided(town, case=case)
    assert "public" in readers(town, case)
    assert "demand" not in shown_to_everyone(town, case)
    assert "outcome" in shown_to_everyone(town, case)
    town.do(case, "set_audience", "clerk", kept_among=[], note="The name is taken out.")
    assert "demand" in shown_to_everyone(town, case)


def readers(town: Town, case: int) -> set[str]:
    return {p for (p,) in town.rows("SELECT principal FROM case_readers WHERE case_id = :case", case=case)}


def shown_to_everyone(town: Town, case: int) -> set[str]:
    with town.cases.store.reading() as tx:
        snapshot = tx.take(case).snapshot
    fields = town.registry.find("motion").fields
    return {f.name for f in fields if f.seen_by is None or "public" in f.seen_by.principals(snapshot.parts)}


def test_a_single_consultation_may_be_not_public(town: Town) -> None:
    case = routed(town, way=[WAY[0] | {"closed": True}, WAY[1]])
    assert [item["public"] for item in town.data(case)["consultations"]] == [False, True]


# ----------------------------------------------------------------------- postponement


def test_a_postponed_motion_comes_back_on_its_day_and_one_without_a_day_is_not_forgotten(town: Town) -> None:
    case = before_the_council(town)
    later = (town.today + timedelta(days=60)).isoformat()
    outcome(town, case, 0, "postponed", postponed_to=later)
    assert town.due(case, "back_on_agenda") == date.fromisoformat(later)
    town.do(case, "resume", "clerk", note="It is time.")
    assert town.due(case, "back_on_agenda") is None
    meet(town, case, 1, "deferred")
    back = town.due(case, "back_on_agenda")
    assert back
    town.wait_until(back + timedelta(days=1))
    assert "overdue:back_on_agenda" in {name for name, _to in town.told(case)}
