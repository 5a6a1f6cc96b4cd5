"""Measures from the proposal to what became of them: merged, adopted alone, waiting for money (domain.md 3.1, 3.3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.processes.paths import (
    OFFICES,
    WORDS,
    approve,
    assembling,
    in_force,
    measures,
    outcome,
    propose,
    start,
    to_council,
)
from tests.processes.town import HOUSING, LIBRARY, MAIN, OFFICE, SCHOOLS, WORKS, Town
from workflow_app.cases.erasing import erase
from workflow_app.cases.replay import verify_case
from workflow_app.engine import clock
from workflow_app.engine.errors import NotAllowed, NotPossible
from workflow_app.processes import REGISTRY

MERGED = {"title": "One hall for all", **WORDS, "note": "They want the same."}


def alone(town: Town, title: str = "Swimming", **more: int) -> int:
    """A measure that belongs to no concept."""
    parts = {"office": OFFICE, "council_office": OFFICES["council_office"], "owner": LIBRARY, **more}
    return town.open("measure", title, "office", parts, kind="single_project", **WORDS)


# ------------------------------------------------------------------------------- merging


def test_the_steering_group_merges_several_proposals_into_one(any_town: Town) -> None:
    town = any_town
    case = assembling(town)
    one = propose(town, case, "Hall for sports", owner=LIBRARY)
    two = propose(town, case, "Hall for theatre", "schools", owner=WORKS)
    town.do(two, "return_to_group", "chair", note="For whom?")
    (new,) = town.do(case, "merge_proposals", "chair", measures=[one, two], **MERGED).opened
    assert (town.state(new), town.state(one), town.state(two)) == ("proposed", "merged", "merged")
    assert town.links(new) == [("came_from", one), ("came_from", two)]
    assert (town.links(one), town.links(two)) == ([("merged_into", new)], [("merged_into", new)])
    assert town.data(one)["merged_into"] == new
    assert town.holders(new, "working_group") == [HOUSING, SCHOOLS]
    assert town.holders(new, "owner") == [LIBRARY, WORKS]
    assert set(dict(town.told(two))["measure_merged"]) >= {f"member@{SCHOOLS}"}
    town.do(new, "take_into_draft", "chair")
    approve(town, case)
    to_council(town, case, no_round_note="short")
    outcome(town, case, 1, "adopted")
    assert town.state(new) == "adopted"


@pytest.mark.parametrize("chosen", [None, [], "1", [1], [1, 999_999], ["x", "y"], {"a": 1}, [True, False], [[1], [2]]])
def test_a_merger_of_what_is_no_proposal_is_refused_and_changes_nothing(town: Town, chosen: Any) -> None:
    case = assembling(town)
    one = propose(town, case, "Hall")
    wanted = [one if c == 1 and c is not True else c for c in chosen] if isinstance(chosen, list) else chosen
    with pytest.raises(NotPossible, match=r"Choose at least two|Please choose proposals"):
        town.do(case, "merge_proposals", "chair", measures=wanted, **MERGED)
    assert (town.state(one), len(town.children(case, "measure"))) == ("proposed", 1)


def test_what_has_ended_or_belongs_elsewhere_is_not_merged(town: Town) -> None:
    case, other = assembling(town), assembling(town, "Other")
    one, gone, strange = propose(town, case, "A"), propose(town, case, "B"), propose(town, other, "C")
    town.do(gone, "withdraw", "housing", note="No.")
    with pytest.raises(NotPossible, match="no longer be merged: B"):
        town.do(case, "merge_proposals", "chair", measures=[one, gone], **MERGED)
    with pytest.raises(NotPossible, match="proposals of this concept"):
        town.do(case, "merge_proposals", "chair", measures=[one, strange], **MERGED)


def test_one_proposal_goes_on_in_another(any_town: Town) -> None:
    town = any_town
    case = assembling(town)
    one, two = propose(town, case, "One"), propose(town, case, "Two")
    town.do(one, "merge", "chair", into=two, note="The same.")
    assert (town.state(one), town.state(two), town.links(one)) == ("merged", "proposed", [("merged_into", two)])


def test_two_proposals_merged_into_each_other_at_the_same_moment_leave_one(any_town: Town) -> None:
    case = assembling(any_town)
    pairs = [(propose(any_town, case, f"One {n}"), propose(any_town, case, f"Two {n}")) for n in range(4)]

    def merge(pair: tuple[int, int]) -> str:
        try:
            return any_town.do(pair[0], "merge", "chair", into=pair[1], note="The same.").state
        except NotPossible:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        for pair in pairs:
            assert sorted(pool.map(merge, (pair, pair[::-1]))) == ["merged", "refused"]
            assert sorted(any_town.state(one) for one in pair) == ["merged", "proposed"]


def test_a_proposal_is_merged_into_an_open_measure_that_everybody_there_may_see(town: Town) -> None:
    case = assembling(town)
    one, two, gone = (propose(town, case, title) for title in ("One", "Two", "Gone"))
    hidden = town.open("measure", "Hidden", "lead", {"office": OFFICES["lead_department"]}, **WORDS)
    town.do(gone, "withdraw", "housing", note="No.")
    for into, told in (
        (one, "another case than this one"),
        (gone, "has ended"),
        (case, "of the same kind"),
        (999_999, "a case that exists"),
        (hidden, "a case that exists"),
        (None, "a case that exists"),
        ("two", "a case that exists"),
        ([two], "a case that exists"),
    ):
        with pytest.raises(NotPossible, match=told):
            town.do(one, "merge", "chair", into=into, note="x")
    town.do(two, "merge", "chair", into=one, note="x")
    with pytest.raises(NotPossible, match="circle"):
        town.do(one, "merge", "chair", into=two, note="x")
    assert (town.state(one), town.links(one)) == ("proposed", [])


def test_a_link_that_the_history_does_not_name_is_found_and_an_erased_case_keeps_its_links(town: Town) -> None:
    case = assembling(town)
    one, two, three = (propose(town, case, title) for title in ("One", "Two", "Three"))
    town.do(one, "merge", "chair", into=two, note="The same.")
    with clock.at(town.now):
        erase(town.cases, one, town.who("office"))
    town.verify()
    assert town.links(one) == [("merged_into", two)]
    with town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE case_links SET to_id = {three} WHERE from_id = {one}")
    with town.cases.store.transaction() as tx:
        assert verify_case(REGISTRY, tx, one).faults == ("the links with other cases are not those the history names",)
    with town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE case_links SET to_id = {two} WHERE from_id = {one}")


# --------------------------------------------------------------------------- adopted alone


def test_an_immediate_measure_is_adopted_by_a_committee_and_gets_a_number(any_town: Town) -> None:
    measure = alone(any_town)
    assert any_town.row(measure, "number") == (None,)
    any_town.do(measure, "adopt_alone", "clerk", body=MAIN, adopted_on=any_town.today.isoformat())
    assert any_town.row(measure, "number, state") == ("MA-2026-0001", "adopted")


def test_it_is_adopted_with_another_wording_and_the_proposal_stays_readable(town: Town) -> None:
    measure = alone(town)
    words = {"description": "Half of it", "note": "The committee wished so."}
    town.do(measure, "adopt_alone", "clerk", body=MAIN, adopted_on=town.today.isoformat(), **words)
    data = town.data(measure)
    assert (data["description"], data["goal"]) == ("Half of it", WORDS["goal"])
    assert data["decisions"][0]["before"] == {"description": WORDS["description"]}


def test_what_needs_no_resolution_is_adopted_by_the_administration_itself(town: Town) -> None:
    measure = alone(town)
    town.do(measure, "adopt_alone", "office", adopted_on=town.today.isoformat(), note="It costs nothing.")
    assert town.state(measure) == "adopted"
    with pytest.raises(NotPossible, match="no such organization"):
        town.do(alone(town), "adopt_alone", "office", body=999_999, adopted_on=town.today.isoformat())


def test_a_measure_that_stands_alone_waits_in_no_draft(town: Town) -> None:
    with pytest.raises(NotPossible, match="adopted on its own"):
        town.do(alone(town), "take_into_draft", "office")


def test_an_idea_that_no_concept_carries_is_adopted_alone_with_a_number_of_its_own(town: Town) -> None:
    case = in_force(town, ("Carried",))
    idea = town.do(
        town.do(case, "open_revision", "office", reason="x").opened[0], "add_measure", "housing", title="Idea", **WORDS
    ).opened[0]
    town.do(idea, "release", "office")
    town.do(idea, "adopt_alone", "clerk", body=MAIN, adopted_on=town.today.isoformat())
    assert town.row(idea, "number") == ("MA-2026-0002",)


# ------------------------------------------------------------------------------- money


def waiting_for_money(town: Town) -> int:
    case = in_force(town, ("Certificate",), decision={"measures_need_resolutions": True})
    return measures(town, case)["Certificate"]


def refused(town: Town, measure: int) -> None:
    """It was asked for money, and the committee said no."""
    with pytest.raises(NotPossible, match="resolution of its own"):
        start(town, measure)
    town.do(measure, "record_resolution", "clerk", body=MAIN, on=town.today.isoformat(), verdict="rejected")
    with pytest.raises(NotPossible, match="resolution of its own"):
        start(town, measure)


def test_money_refused_once_is_asked_for_again(town: Town) -> None:
    measure = waiting_for_money(town)
    refused(town, measure)
    town.do(measure, "record_resolution", "clerk", body=MAIN, on=town.today.isoformat(), verdict="adopted")
    start(town, measure)
    assert town.state(measure) == "running"
    assert [r["verdict"] for r in town.data(measure)["resolutions"]] == ["rejected", "adopted"]


def test_without_money_it_is_changed_and_goes_on_when_the_smaller_sum_is_granted(town: Town) -> None:
    measure = waiting_for_money(town)
    refused(town, measure)
    town.do(measure, "change", "library", description="Only half of it", note="The money was refused.")
    with pytest.raises(NotPossible, match="resolution of its own"):
        town.do(measure, "go_on", "library")
    town.do(measure, "record_resolution", "clerk", body=MAIN, on=town.today.isoformat(), verdict="adopted")
    town.do(measure, "go_on", "library")
    assert town.state(measure) == "running"
    assert town.data(measure)["decisions"][0]["before"] == {"description": WORDS["description"]}


def test_without_money_it_is_dropped(town: Town) -> None:
    measure = waiting_for_money(town)
    refused(town, measure)
    town.do(measure, "drop", "clerk", note="There is no money.")
    assert town.state(measure) == "dropped"


# ------------------------------------------------------------------------------ its owners


def test_a_measure_has_two_owners_and_either_may_begin_it(town: Town) -> None:
    measure = measures(town, in_force(town, ("Certificate",)))["Certificate"]
    with pytest.raises(NotAllowed):
        town.do(measure, "start", "works", starts_on="2026-02-01")
    town.do(measure, "reassign", "office", owner=[LIBRARY, WORKS], note="Both are needed.")
    town.do(measure, "start", "works", starts_on="2026-02-01")
    assert (town.state(measure), town.holders(measure, "owner")) == ("running", [LIBRARY, WORKS])


def test_a_measure_without_a_responsible_unit_is_looked_after_by_the_office(town: Town) -> None:
    measure = measures(town, in_force(town, ("Certificate",)))["Certificate"]
    town.do(measure, "reassign", "office", owner=[], note="The unit was dissolved.")
    assert town.data(measure)["owner_unknown"] is True
    start(town, measure)
    assert town.state(measure) == "running"


def test_the_owner_is_warned_before_the_end_and_its_head_hears_of_the_missed_day(town: Town) -> None:
    measure = measures(town, in_force(town, ("Certificate",)))["Certificate"]
    ends = town.today + timedelta(days=120)
    start(town, measure, ends.isoformat())
    town.wait_until(ends + timedelta(days=1))
    told = dict(town.told(measure))
    assert told["warning:end"] == (f"member@{LIBRARY}",)
    assert set(told["overdue:end"]) == {f"member@{LIBRARY}", f"head@{LIBRARY}"}


def test_an_indicator_counted_in_another_way_breaks_its_series_and_a_target_may_have_no_value(town: Town) -> None:
    measure = measures(town, in_force(town, ("Certificate",)))["Certificate"]
    flats = {"name": "Flats", "comparator": None, "value": None, "target": 100, "period": None, "formula": None}
    town.do(measure, "plan", "library", indicators=[flats])
    assert town.data(measure)["indicators"] == [flats]  # a target without a value stays one
    town.do(measure, "plan", "library", indicators=[{**flats, "formula": "without student homes"}])
    assert town.data(measure)["series_breaks"][0]["indicators"] == ["Flats"]
