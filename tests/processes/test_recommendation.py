"""Recommendations from a gap to what became of them, in a real store (domain.md 3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes import paths
from tests.processes.checking import (
    VOTE,
    WAY,
    WORDS,
    adopted,
    begun,
    described,
    drafted,
    measure_of,
    recommended,
    recommending,
)
from tests.processes.paths import outcome
from tests.processes.town import (
    COUNCIL,
    DWELLING,
    LIBRARY,
    Town,
)
from workflow_app.engine.errors import NotAllowed, NotPossible

# --------------------------------------------------------------------- the whole way


def test_a_gap_in_the_status_analysis_becomes_a_running_measure_of_the_concept(any_town: Town) -> None:
    town = any_town
    concept = paths.in_force(town)
    case = begun(town, concept)
    housing = recommending(town, case)
    mine = town.do(housing, "recommend", "dweller", title="Certificate", gap=0).opened[0]
    assert town.data(mine)["gap"] == "Landlords do not know whom to ask"
    assert town.data(mine)["field_of_action"] == "Housing"
    assert town.links(mine) == [("came_from", housing)]
    assert town.row(mine, "parent_id") == (case,)
    town.do(mine, "draft", "dweller", **WORDS)
    for who in ("dwelling", "dweller"):
        town.do(mine, "agree", who)
    assert town.state(mine) == "agreed"
    town.do(mine, "consolidate", "consultant", owner=[LIBRARY], cost="money", cost_note="5,000 euro")
    assert town.row(mine, "number") == ("EM-2026-0001",)
    town.do(mine, "propose", "lead", paper="FA-9", consultations=WAY)
    outcome(town, mine, 0, "preliminaryDone")
    outcome(town, mine, 1, "adopted", yes=30, no=4, abstained=2)
    measure = measure_of(town, mine)
    assert town.row(measure, "state, parent_id") == ("adopted", concept)
    assert town.row(measure, "number")[0].startswith("MA-2026-")
    assert town.links(measure) == [("came_from", mine)]
    data = town.data(measure)
    assert (data["kind"], data["body"], data["goal"]) == ("concept", COUNCIL, WORDS["goal"])
    assert (town.holders(measure, "owner"), town.holders(measure, "working_group")) == ([LIBRARY], [DWELLING])
    town.do(measure, "start", "library", starts_on=town.today.isoformat())
    assert (town.state(measure), town.state(mine)) == ("running", "implementing")
    town.do(measure, "note_status", "library", status="running", light="green", text="Two courses.")
    assert town.data(mine)["progress"][0]["text"] == "Two courses."  # nobody reports twice
    town.do(measure, "finish", "library", note="Sixty people have it.")
    assert (town.state(mine), town.data(mine)["ended_because"]) == ("implemented", "Sixty people have it.")
    assert town.data(mine)["measure_state"] == "finished"


def test_a_measure_that_is_dropped_ends_its_recommendation_with_the_same_reason(town: Town) -> None:
    mine = adopted(town, begun(town))
    measure = measure_of(town, mine)
    assert town.row(measure, "parent_id") == (None,)  # the Check Up belongs to no concept
    assert town.data(measure)["kind"] == "single_project"
    town.do(measure, "drop", "refugees", note="Nobody comes.")
    assert (town.state(mine), town.data(mine)["ended_because"]) == ("dropped", "Nobody comes.")


def test_a_concept_that_has_been_archived_gets_no_new_measure(town: Town) -> None:
    concept = paths.in_force(town)
    mine = adopted(town, begun(town, concept))
    with town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE cases SET closed = true WHERE id = {concept}")
    assert town.row(measure_of(town, mine), "parent_id, state") == (None, "adopted")
    with town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE cases SET closed = false WHERE id = {concept}")


def test_one_taken_over_from_elsewhere_says_so_and_needs_no_gap(town: Town) -> None:
    case = begun(town)
    mine = recommended(town, case, taken_from="Another town's housing certificate")
    assert (town.data(mine)["taken_from"], town.data(mine)["gap"]) == ("Another town's housing certificate", None)
    with pytest.raises(NotPossible, match="choose a gap"):
        recommended(town, case, gap=0)  # nothing is described yet
    described(town, case)
    with pytest.raises(NotPossible, match="choose a gap"):
        recommended(town, case, gap=2)


# --------------------------------------------------------------------------- agreement


def test_more_than_half_of_the_group_agree_and_new_words_are_agreed_on_anew(any_town: Town) -> None:
    town = any_town
    mine = drafted(town, begun(town))
    town.do(mine, "agree", "dweller")
    with pytest.raises(NotPossible, match="already agreed"):
        town.do(mine, "agree", "dweller")
    with pytest.raises(NotAllowed):
        town.do(mine, "agree", "speech")
    assert town.state(mine) == "drafted"
    town.do(mine, "draft", "neighbour", **{**WORDS, "goal": "Another goal"})
    town.do(mine, "agree", "neighbour")
    assert town.state(mine) == "drafted"  # the hand before was for other words
    town.do(mine, "record_dissent", "dwelling", note="Courses do not make flats.")
    town.do(mine, "agree", "dweller")
    data = town.data(mine)
    assert (town.state(mine), data["agreements"][0]["how"]) == ("agreed", "majority")
    assert data["dissents"][0]["note"] == "Courses do not make flats."


@pytest.mark.parametrize(
    ("vote", "told"),
    [
        ({"how": "consensus", "no": 1, "dissent": "x"}, "no consensus"),
        ({"yes": 3, "no": 3, "dissent": "x"}, "has not agreed"),
        ({"no": 1}, "write down why"),
        ({"on": None}, "enter a date"),
    ],
)
def test_an_agreement_must_be_one_and_dissent_is_recorded_in_words(town: Town, vote: dict[str, Any], told: str) -> None:
    mine = drafted(town, begun(town))
    with pytest.raises(NotPossible, match=told):
        town.do(mine, "record_agreement", "dwelling", **{"on": "2026-01-05", **VOTE, **vote})
    town.do(mine, "record_agreement", "dwelling", on="2026-01-05", how="majority", yes=4, no=1, dissent="Too dear.")
    data = town.data(mine)
    assert (data["agreements"][0]["no"], data["dissents"][0]["note"]) == (1, "Too dear.")
    assert "dissent" not in data["agreements"][0]


def test_nothing_is_agreed_on_before_it_is_written(town: Town) -> None:
    mine = drafted(town, begun(town))
    town.do(mine, "draft", "dweller", title="x", description="x", goal=None)
    with pytest.raises(NotPossible, match="still missing: Goal"):
        town.do(mine, "record_agreement", "dwelling", on="2026-01-05", **VOTE)
