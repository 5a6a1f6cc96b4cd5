"""The edge cases of a concept's way to the council, lived through in a real store (domain.md 3.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.paths import (
    FIELDS,
    PATH,
    approve,
    assembling,
    in_council,
    in_force,
    in_groups,
    measures,
    outcome,
    propose,
    to_council,
)
from tests.processes.town import BOARD, COUNCIL, COUNTY, HOUSING, MAIN, SCHOOLS, SOCIAL, STEERING, Town
from workflow_app.engine.errors import NotAllowed, NotPossible


def test_from_the_idea_to_the_day_it_comes_into_force(any_town: Town) -> None:
    case = in_force(any_town)
    assert any_town.row(case, "number") == ("IK-2026-0001",)
    assert [any_town.state(m) for m in measures(any_town, case).values()] == ["adopted", "adopted"]
    numbers = [any_town.row(m, "number")[0] for m in measures(any_town, case).values()]
    assert numbers == ["MA-2026-0001", "MA-2026-0002"]
    any_town.verify()


def test_sources_disagree_on_a_date_and_both_are_shown(town: Town) -> None:
    case = in_force(town)
    town.do(case, "state_date", "office", what="adopted_on", value="2010-07", source="calculated")
    town.do(case, "state_date", "office", what="adopted_on", value="autumn 2010", source="the press")
    assert [s["value"] for s in town.data(case)["date_statements"]] == ["2010-07", "autumn 2010"]


def test_a_group_never_delivers_and_the_draft_is_assembled_without_it(town: Town) -> None:
    case = in_groups(town)
    propose(town, case, "Certificate")
    town.do(case, "hand_over", "housing", working_group=HOUSING)
    closing = town.due(case, "closing_date")
    assert closing
    town.wait_until(closing + timedelta(days=1))
    assert town.state(case) == "proposals_due"
    with pytest.raises(NotPossible, match="Not every group"):
        town.do(case, "assemble", "chair")
    town.do(case, "assemble", "chair", missing_note="The old concept's words on schools are kept.")
    assert (town.state(case), town.data(case)["silent_groups"]) == ("assembling", [SCHOOLS])


def test_missing_parts_go_back_to_the_group_and_it_hands_over_again(town: Town) -> None:
    case = in_groups(town)
    measure = propose(town, case, "Certificate", goal=None)
    with pytest.raises(NotPossible, match="Certificate"):
        town.do(case, "hand_over", "housing", working_group=HOUSING)
    town.do(measure, "return_to_group", "office", note="The goal is missing.")
    assert town.due(measure, "completion") == date(2026, 2, 2)
    words = {"title": "Certificate", "field_of_action": "Housing", "guiding_principle": "Everybody lives well."}
    town.do(measure, "resubmit", "housing", goal="More flats", description="x", participants="y", **words)
    town.do(case, "hand_over", "housing", working_group=HOUSING)
    assert [h["working_group"] for h in town.data(case)["handed_over"]] == [HOUSING]


def test_a_member_of_the_steering_group_changes_and_the_new_one_votes(town: Town) -> None:
    case = assembling(town)
    with town.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE memberships SET end_date = '2026-01-04' WHERE person_id = 7")
        connection.exec_driver_sql(
            "INSERT INTO memberships (person_id, organization_id, role, voting_right)"
            f" VALUES (13, {STEERING}, 'member', 1)"
        )
    town.do(case, "change_steering_group", "office", on="2026-01-05", steering_group=STEERING, note="One left.")
    with pytest.raises(NotAllowed):
        town.do(case, "approve_draft", "third")
    town.do(case, "approve_draft", "chair")
    town.do(case, "approve_draft", "resident")
    assert town.state(case) == "internal_draft"
    assert town.data(case)["steering_changes"][0]["note"] == "One left."


def in_comment_round(town: Town) -> int:
    case = assembling(town)
    approve(town, case)
    today = town.today.isoformat()
    town.do(case, "publish_draft", "office", draft_published_on=today, access_note="Easy language follows.")
    return case


def test_a_comment_after_the_period_is_answered_and_not_counted(town: Town) -> None:
    case = in_comment_round(town)
    timely = town.do(case, "comment", "resident", title="Benches", text="More of them").opened[0]
    ends = town.due(case, "comment_period")
    assert ends
    town.wait_until(ends + timedelta(days=2))
    assert town.state(case) == "consideration"
    entered = {"title": "Trees", "text": "x", "channel": "letter"}
    late = town.do(case, "enter_comment", "office", received_on=town.today.isoformat(), **entered).opened[0]
    with pytest.raises(NotPossible, match="still need an answer: 1"):
        approve(town, case)
    town.do(timely, "answer", "office", weighing="takenOver", reason="Gladly.")
    approve(town, case)  # the late one is still open, and nothing waits for it
    town.do(late, "answer", "office", weighing="not", reason="There are trees.")
    assert (town.data(late)["late"], town.data(late)["counted"]) == (True, False)
    assert town.data(timely)["counted"] is True
    assert ("submission_answered", ("person:13",)) in town.told(timely)


def test_a_letter_that_came_in_time_is_answered_before_the_council_although_it_was_entered_late(town: Town) -> None:
    case = in_comment_round(town)
    received = town.today.isoformat()
    ends = town.due(case, "comment_period")
    assert ends
    town.wait_until(ends + timedelta(days=2))
    approve(town, case)
    entered = {"title": "Trees", "text": "x", "channel": "letter", "received_on": received}
    comment = town.do(case, "enter_comment", "office", **entered).opened[0]
    assert town.data(comment)["late"] is False
    with pytest.raises(NotPossible, match="still need an answer"):
        to_council(town, case)
    town.do(comment, "answer", "office", weighing="partly", reason="Some.")
    to_council(town, case)
    assert town.state(case) == "in_consultation"


def test_the_council_deletes_one_sentence_and_the_text_follows(town: Town) -> None:
    case = in_council(town, ("Certificate",))
    outcome(town, case, 1, "adoptedWithChanges", changed_text="Sentence 2 on page 4 is deleted.")
    assert town.state(case) == "adopted_with_changes"
    assert [town.state(m) for m in town.children(case, "measure")] == ["adopted"]
    town.do(case, "merge_changes", "office", edition="Edition 2", merged_note="Page 4")
    assert (town.state(case), town.data(case)["changed_by_council"]) == ("adopted", True)


def test_adopted_with_the_duty_to_revise_in_one_year(town: Town) -> None:
    case = in_force(town, decision={"revise_within_months": 12})
    owed = town.due(case, "owed_revision")
    assert owed
    town.wait_until(owed - timedelta(days=150))
    assert town.states(case, "revision") == ["opened"]
    revision = town.child(case, "revision")
    assert town.due(revision, "owed") == owed
    town.wait_until(owed + timedelta(days=1))
    assert town.state(case) == "in_force"  # a missed duty is overdue and ends nothing
    told = {name: set(to) for name, to in town.told(case)}
    assert told["warning:owed_revision"] == {"member@1", "member@2"}
    assert told["overdue:owed_revision"] == {"member@1", "member@2", "head@2"}


def test_postponed_to_a_joint_meeting_of_two_committees(town: Town) -> None:
    path = [{"organization": SOCIAL, "role": "preliminary"}, {"organization": MAIN, "role": "decision"}]
    case = in_council(town, path=path)
    later = (town.today + timedelta(days=60)).isoformat()
    outcome(town, case, 1, "postponed", postponed_to=later, together_with=[SOCIAL])
    assert (town.state(case), town.due(case, "back_on_agenda")) == ("postponed", date.fromisoformat(later))
    town.do(case, "add_consultation", "clerk", organization=BOARD, role="hearing", note="It was forgotten.")
    town.do(case, "resume", "clerk", on=later)
    waiting = [(i["organization"], i["together_with"]) for i in town.data(case)["consultations"] if not i["outcome"]]
    assert waiting == [(BOARD, []), (MAIN, [SOCIAL])]
    outcome(town, case, 2, "preliminaryDone")
    outcome(town, case, 3, "adopted")
    assert town.state(case) == "adopted"


def test_withdrawn_because_of_a_new_law_and_brought_in_again_with_its_measures(town: Town) -> None:
    case = in_council(town, ("Certificate",))
    (measure,) = town.children(case, "measure")
    town.do(case, "withdraw", "lead", note="There is a new law.")
    assert (town.state(case), town.state(measure)) == ("withdrawn", "released")
    town.do(case, "resubmit", "lead", how="council", note="The law is taken in.")
    items = town.data(case)["consultations"]
    assert [(i["organization"], i["outcome"]) for i in items] == [
        (BOARD, "preliminaryDone"), (BOARD, None), (COUNCIL, None)]  # fmt: skip
    outcome(town, case, 1, "preliminaryDone")
    outcome(town, case, 2, "adopted")
    assert (town.state(case), town.state(measure)) == ("adopted", "adopted")


def test_a_proposal_that_was_not_taken_into_the_draft_stays_an_idea_without_a_number(town: Town) -> None:
    case = assembling(town)
    taken, left = propose(town, case, "Certificate"), propose(town, case, "Swimming hall")
    town.do(taken, "take_into_draft", "chair")
    approve(town, case)
    to_council(town, case, no_round_note="short")
    outcome(town, case, 1, "adopted")
    assert (town.state(taken), town.row(taken, "number")) == ("adopted", ("MA-2026-0001",))
    assert (town.state(left), town.row(left, "number")) == ("released", (None,))


@pytest.mark.parametrize("body", [COUNCIL, COUNTY, MAIN], ids=["council", "county", "committee"])
def test_it_is_adopted_by_council_county_or_committee(town: Town, body: int) -> None:
    case = in_council(town, path=[PATH[0], {"organization": body, "role": "decision"}])
    outcome(town, case, 1, "adopted", yes=7, no=0, abstained=0)
    assert town.state(case) == "adopted"


@pytest.mark.parametrize("count", [1, 2, 9])
def test_concepts_have_different_numbers_of_fields(town: Town, count: int) -> None:
    fields = [
        {"no": no, "name": f"Field {no}", "guiding_principle": "Well done.", "group": (SCHOOLS, HOUSING)[no % 2]}
        for no in range(1, count + 1)
    ]
    case = assembling(town, fields=fields)
    approve(town, case)
    assert len(town.data(case)["fields"]) == count


def test_a_field_is_added_in_the_middle_of_the_work_and_in_the_middle_of_the_list(town: Town) -> None:
    case = in_groups(town)
    new = {"name": "Work", "guiding_principle": "Everybody works.", "organization": BOARD, "note": "Asked for."}
    town.do(case, "change_field", "office", how="insert", no=2, **new)
    assert [(f["no"], f["name"]) for f in town.data(case)["fields"]] == [(1, "Housing"), (2, "Work"), (3, "Schools")]
    assert town.holders(case, "working_group") == [HOUSING, SCHOOLS, BOARD]
    town.do(case, "change_field", "office", how="change", no=3, name="Learning", guiding_principle="All life long.")
    assert [f["name"] for f in town.data(case)["fields"]] == ["Housing", "Work", "Learning"]
    assert len(FIELDS) == 2


def test_guiding_aim_and_stocktaking_are_part_of_the_draft(town: Town) -> None:
    case = assembling(town)
    town.do(case, "describe", "chair", guiding_aim="A town for all", stocktaking="149 nations")
    assert town.data(case)["guiding_aim"] == "A town for all"
