"""Revisions: the comment round, and a concept that ends while its revision is on its way (domain.md 3.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.paths import approve, in_council, in_force, measures, outcome, start
from tests.processes.revising import add, decided, drafting, opened
from tests.processes.town import Town
from workflow_app.engine.errors import NotPossible

# ------------------------------------------------------------------------- comment round


def test_comments_that_came_in_time_are_answered_before_the_revision_goes_on(any_town: Town) -> None:
    town = any_town
    case = in_force(town)
    revision = opened(town, case)
    new = add(town, revision, "New")
    town.do(new, "take_into_draft", "chair")
    town.do(revision, "open_round", "office", reach="extends", draft_published_on=town.today.isoformat())
    timely = town.do(revision, "comment", "resident", title="Benches", text="More of them").opened[0]
    ends = town.due(revision, "round")
    assert ends
    town.wait_until(ends + timedelta(days=2))
    assert (town.state(revision), town.data(revision)["comments_closed_on"]) == ("drafting", ends.isoformat())
    entered = {"title": "Trees", "text": "x", "channel": "letter"}
    late = town.do(revision, "enter_comment", "office", received_on=town.today.isoformat(), **entered).opened[0]
    with pytest.raises(NotPossible, match="still need an answer: 1"):
        approve(town, revision)
    with pytest.raises(NotPossible, match="still need an answer: 1"):
        town.do(revision, "approve", "chair")
    town.do(timely, "answer", "office", weighing="not", reason="There are enough.")
    approve(town, revision)
    assert (town.state(revision), town.data(late)["late"]) == ("approved", True)


def test_nobody_comments_on_what_nobody_could_read(town: Town) -> None:
    revision = drafting(town, in_force(town))
    entered = {"title": "Trees", "text": "x", "channel": "letter", "received_on": town.today.isoformat()}
    with pytest.raises(NotPossible, match="not been published"):
        town.do(revision, "enter_comment", "office", **entered)


# ------------------------------------------------------------- the concept ends meanwhile


def test_a_concept_that_expired_meanwhile_is_in_force_again_with_the_new_version(any_town: Town) -> None:
    town = any_town
    case = in_force(town, period_to="2027-06-30", afterwards="ends")
    measure = measures(town, case)["Certificate"]
    start(town, measure)
    town.wait_until(date(2027, 5, 1))
    revision = drafting(town, case)
    town.do(add(town, revision, "New"), "take_into_draft", "chair")
    town.wait_until(date(2027, 7, 1))
    assert (town.state(case), town.state(revision)) == ("expired", "drafting")
    assert town.data(measure)["concept_ended_on"] == "2027-07-01"
    decided(town, revision, period_to="2031-06-30", revise_within_months=12)
    assert (town.state(case), town.data(case)["version"]) == ("in_force", 2)
    assert (town.due(case, "period_end"), town.due(case, "owed_revision")) == (date(2031, 6, 30), date(2028, 7, 1))
    assert town.data(measure)["concept_ended_on"] is None
    told = town.wait_until(date(2027, 7, 20))
    assert [r for r in told if r.refused] == []


def test_a_revived_concept_begins_its_rhythm_anew_and_catches_up_with_nothing(town: Town) -> None:
    case = in_force(town, period_to="2027-06-30", afterwards="ends")
    town.wait_until(date(2027, 6, 1))
    revision = drafting(town, case)
    town.do(add(town, revision, "New"), "take_into_draft", "chair")
    town.wait_until(date(2031, 3, 3))
    decided(town, revision)
    assert town.due(case, "regular_revision") == date(2033, 3, 3)
    town.wait_until(date(2031, 3, 5))
    assert town.states(case, "revision") == ["adopted"]


def test_without_a_new_end_a_revived_concept_continues(town: Town) -> None:
    case = in_force(town, period_to="2027-06-30", afterwards="ends")
    town.wait_until(date(2027, 6, 1))
    revision = drafting(town, case)
    town.do(add(town, revision, "New"), "take_into_draft", "chair")
    town.wait_until(date(2027, 7, 1))
    decided(town, revision)
    assert (town.state(case), town.due(case, "period_end")) == ("in_force", None)


def test_a_revision_comes_to_nothing_when_its_concept_is_replaced(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    new = add(town, revision, "New")
    later = in_council(town, name="Later concept")
    town.do(later, "name_predecessor", "office", predecessor=case)
    outcome(town, later, 1, "adopted")
    assert (town.state(case), town.state(revision), town.state(new)) == ("replaced", "withdrawn", "released")


def test_the_resolution_on_a_revision_may_leave_parts_to_the_administration(town: Town) -> None:
    case = in_force(town, decision={"living_parts": [{"name": "Contacts"}]})
    revision = drafting(town, case)
    town.do(add(town, revision, "New"), "take_into_draft", "chair")
    decided(town, revision, living_parts=[{"name": "Appendix"}])
    town.do(case, "update_living_part", "office", part=0, text="x", note="y")
    assert [p["name"] for p in town.data(case)["living_parts"]] == ["Appendix"]
