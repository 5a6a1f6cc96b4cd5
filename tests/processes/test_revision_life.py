"""Revisions: a new version beside the one in force, and every way it can end (domain.md 3.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.paths import WORDS, approve, in_force, measures, outcome, requests, start
from tests.processes.revising import add, decided, drafting, opened
from tests.processes.town import BOARD, COUNCIL, LIBRARY, MAIN, SOCIAL, WORKS, Town
from workflow_app.engine.errors import NotPossible


def test_a_revision_keeps_changes_adds_and_drops_measures_while_the_concept_stays_in_force(any_town: Town) -> None:
    town = any_town
    case = in_force(town, ("Keep", "Change", "Drop", "Silent"))
    old = measures(town, case)
    for measure in old.values():
        start(town, measure)
    revision = drafting(town, case)
    new = add(town, revision, "New")
    town.do(new, "take_into_draft", "chair")
    reasons = {"note": "As agreed."}
    town.do(revision, "decide_measure", "chair", measure=old["Keep"], verdict="keep", **reasons)
    town.do(revision, "decide_measure", "chair", measure=old["Change"], verdict="change", goal="A new goal", **reasons)
    town.do(revision, "decide_measure", "chair", measure=old["Drop"], verdict="drop", **reasons)
    decided(town, revision, edition="Edition 2")
    assert (town.state(case), town.state(revision)) == ("in_force", "adopted")
    assert {title: town.state(m) for title, m in measures(town, case).items()} == {
        "Keep": "running", "Change": "changed", "Drop": "dropped", "Silent": "running", "New": "adopted"}  # fmt: skip
    assert town.data(old["Change"])["goal"] == "A new goal"
    assert town.data(old["Keep"])["decisions"][0]["source"] == "Concept"
    data = town.data(case)
    assert (data["version"], data["edition"], data["versions"][0]["revision"]) == (2, "Edition 2", revision)
    assert town.row(new, "number") == ("MA-2026-0005",)
    town.verify()


def test_a_new_measure_belongs_to_the_concept_and_is_asked_about_by_the_next_report(town: Town) -> None:
    case = in_force(town, ("Old",))
    revision = drafting(town, case)
    new = add(town, revision, "New")
    assert town.row(new, "parent_id, state") == (case, "proposed")
    assert town.links(new) == [("came_from", revision)]
    assert town.holders(new, "owner") == [WORKS]
    town.do(new, "take_into_draft", "chair")
    decided(town, revision)
    due = town.due(case, "yearly_report")
    assert due
    town.wait_until(due + timedelta(days=1))
    report = town.child(case, "implementation_report")
    town.do(report, "ask", "office", cut_off=town.today.isoformat())
    assert set(requests(town, report)) == {"Old", "New"}
    assert town.holders(requests(town, report)["New"], "owner") == [WORKS]


def test_new_measures_that_were_not_taken_into_the_draft_stay_ideas(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    taken, left = add(town, revision, "Taken"), add(town, revision, "Left", "chair", working_group=None, owner=None)
    town.do(taken, "take_into_draft", "chair")
    decided(town, revision)
    assert (town.state(taken), town.state(left)) == ("adopted", "released")


def test_proposals_of_a_revision_are_returned_reworded_and_merged_like_all_others(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    one, two = add(town, revision, "One"), add(town, revision, "Two")
    town.do(one, "return_to_group", "chair", note="Say more.")
    town.do(one, "resubmit", "housing", title="One and all", **WORDS)
    town.do(two, "merge", "chair", into=one, note="They are the same.")
    town.do(one, "take_into_draft", "chair")
    decided(town, revision)
    assert (town.state(one), town.state(two)) == ("adopted", "merged")


def test_a_rejected_revision_leaves_the_old_version_and_the_next_regular_one_comes(town: Town) -> None:
    case = in_force(town, ("Old",))
    revision = drafting(town, case)
    new = add(town, revision, "New")
    town.do(new, "take_into_draft", "chair")
    town.do(revision, "decide_measure", "chair", measure=measures(town, case)["Old"], verdict="drop", note="Why not")
    decided(town, revision, "rejected", yes=3, no=30, abstained=0)
    assert (town.state(revision), town.data(case)["version"]) == ("rejected", 1)
    assert (town.state(measures(town, case)["Old"]), town.state(new)) == ("adopted", "released")
    due = town.due(case, "regular_revision")
    assert due
    town.wait_until(due + timedelta(days=1))
    assert town.states(case, "revision") == ["rejected", "opened"]


def test_a_postponed_revision_comes_back_on_its_day(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    town.do(revision, "set_fields", "chair", new_fields=[{"no": 1, "name": "Work", "guiding_principle": "All work."}])
    later = (town.today + timedelta(days=40)).isoformat()
    decided(town, revision, "postponed", postponed_to=later, together_with=[SOCIAL])
    assert (town.state(revision), town.due(revision, "back_on_agenda")) == ("postponed", date.fromisoformat(later))
    town.do(revision, "add_consultation", "clerk", organization=MAIN, role="preliminary")
    town.do(revision, "resume", "clerk", on=later)
    assert town.data(revision)["postponed_to"] is None
    outcome(town, revision, 2, "preliminaryDone")
    outcome(town, revision, 3, "adopted")
    assert town.state(revision) == "adopted"
    assert town.data(case)["version"] == 2


def test_a_withdrawn_revision_makes_room_for_another(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    new = add(town, revision, "New")
    with pytest.raises(NotPossible, match="running already"):
        town.do(case, "open_revision", "office", reason="again")
    town.do(revision, "withdraw", "lead", note="There is a new law.")
    assert (town.state(revision), town.state(new)) == ("withdrawn", "released")
    assert town.state(opened(town, case)) == "opened"


def test_referred_back_to_those_who_wrote_it_and_brought_in_again(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    town.do(revision, "set_fields", "chair", new_fields=[{"no": 1, "name": "Work", "guiding_principle": "All work."}])
    decided(town, revision, "referredBack", note="Say who pays.")
    assert town.state(revision) == "drafting"
    approve(town, revision)
    town.do(revision, "back", "lead", note="A page is missing.")
    approve(town, revision)
    town.do(revision, "to_council", "lead", consultations=[{"organization": COUNCIL, "role": "decision"}])
    said = [(i["organization"], i["outcome"]) for i in town.data(revision)["consultations"]]
    assert said == [(BOARD, "preliminaryDone"), (COUNCIL, "referredBack"), (COUNCIL, None)]
    outcome(town, revision, 2, "adopted")
    assert town.state(revision) == "adopted"


def test_the_council_deletes_a_sentence_of_a_revision_and_it_is_in_force_at_once(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    town.do(revision, "set_fields", "chair", new_fields=[{"no": 1, "name": "Work", "guiding_principle": "All work."}])
    decided(town, revision, "adoptedWithChanges", changed_text="Sentence 2 is deleted.")
    assert (town.state(revision), town.data(case)["version"]) == ("adopted_with_changes", 2)
    town.do(revision, "merge_changes", "office", edition="Edition 2", merged_note="Page 4")
    assert town.state(revision) == "adopted"


@pytest.mark.parametrize(
    ("reach", "fields"),
    [("extends", ["Housing", "Schools", "Work"]), ("replaces", ["Work"])],
    ids=["extends", "replaces"],
)
def test_a_revision_extends_the_fields_or_replaces_them(town: Town, reach: str, fields: list[str]) -> None:
    case = in_force(town)
    revision = drafting(town, case, reach)
    town.do(revision, "set_fields", "chair", new_fields=[{"no": 1, "name": "Work", "guiding_principle": "All work."}])
    decided(town, revision)
    assert [(f["no"], f["name"]) for f in town.data(case)["fields"]] == list(enumerate(fields, start=1))


# ---------------------------------------------------------------------------- what is decided


def test_money_of_a_revision_is_voted_on_separately(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    new = add(town, revision, "New")
    town.do(new, "take_into_draft", "chair")
    decided(town, revision, measures_need_resolutions=True)
    with pytest.raises(NotPossible, match="resolution of its own"):
        start(town, new)
    town.do(new, "record_resolution", "clerk", body=MAIN, on=town.today.isoformat(), verdict="adopted")
    start(town, new)
    assert town.state(new) == "running"


def test_a_revision_decides_only_on_measures_of_the_version_in_force(town: Town) -> None:
    case = in_force(town, ("Old",))
    other = measures(town, in_force(town, ("Elsewhere",), "Another"))["Elsewhere"]
    revision = drafting(town, case)
    old = measures(town, case)["Old"]
    for wrong in (other, 999_999, "x", None, [old], True):
        with pytest.raises(NotPossible, match="of the version in force"):
            town.do(revision, "decide_measure", "chair", measure=wrong, verdict="keep", note="x")
    town.do(old, "drop", "office", note="Too dear.")
    with pytest.raises(NotPossible, match="has ended meanwhile: Old"):
        town.do(revision, "decide_measure", "chair", measure=old, verdict="keep", note="x")


def test_a_revision_that_changes_nothing_is_not_approved(town: Town) -> None:
    revision = drafting(town, in_force(town))
    add(town, revision, "Only proposed")
    with pytest.raises(NotPossible, match="kept, changed, dropped or added"):
        approve(town, revision)


def test_two_owners_hear_of_a_new_measure(town: Town) -> None:
    case = in_force(town)
    revision = drafting(town, case)
    new = add(town, revision, "New")
    town.do(new, "take_into_draft", "chair")
    decided(town, revision)
    town.do(new, "reassign", "office", owner=[LIBRARY, WORKS], note="Both.")
    assert dict(town.told(new))["measure_reassigned"] == (f"member@{LIBRARY}", f"member@{WORKS}")
