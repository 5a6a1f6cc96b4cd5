"""A Check Up with its fields, from the focus groups to its last report, in a real store (domain.md 3.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.processes.checking import (
    FACTS,
    FIELDS,
    begun,
    described,
    drafted,
    field,
    handed_over,
    prepared,
    recommended,
    recommending,
)
from tests.processes.town import CONSULTANTS, DWELLING, LIBRARY, OTHERS, REFUGEES, SPEECH, TRADE, Town
from workflow_app.engine.errors import NotAllowed, NotPossible

# ------------------------------------------------------------------------- forming groups


def test_groups_are_formed_and_each_field_gets_a_case_with_the_closing_date(any_town: Town) -> None:
    case = begun(any_town)
    assert any_town.row(case, "state, number") == ("in_groups", "CU-2026-0001")
    closing = any_town.today + timedelta(days=60)
    for name, group in (("Housing", DWELLING), ("Language", SPEECH)):
        mine = field(any_town, case, name)
        assert any_town.holders(mine, "focus_group") == [group]
        assert any_town.due(mine, "closing_date") == closing
    assert any_town.due(case, "final_report") == closing.replace(month=closing.month + 3)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"fields": []}, "at least one field"),
        ({"fields": [{"no": 1, "name": "Work", "group": 999_999}]}, "no such organization"),
        ({"fields": [FIELDS[0], FIELDS[0]]}, "same name"),
        ({"fields": [{"no": 1, "name": None, "group": DWELLING}]}, "at least one field"),
        ({"closes_on": "2026-01-05"}, "after today"),
        ({"closes_on": None}, "after today"),
        ({"report_by": "2026-02-02"}, "comes after"),
    ],
)
def test_groups_without_a_field_a_name_or_time_are_refused(town: Town, wrong: dict[str, Any], told: str) -> None:
    case = prepared(town)
    right = {"started_on": "2026-01-05", "closes_on": "2026-03-02", "fields": FIELDS, "focus_groups": [DWELLING]}
    with pytest.raises(NotPossible, match=told):
        town.do(case, "form_groups", "refugees", **{**right, **wrong})
    assert town.state(case) == "prepared"


# ---------------------------------------------------------------------- the status analysis


def test_a_field_goes_from_its_facts_to_what_its_group_hands_over(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    housing = handed_over(town, case)
    assert town.steps(housing) == [
        "open", "describe", "ask_experts", "confirm_facts", "agree_facts", "find_options", "recommend", "hand_over",
    ]  # fmt: skip
    assert town.state(housing) == "handed_over"
    (final,) = town.data(housing)["released"]
    assert final["gaps"] == ["Landlords do not know whom to ask", "No interpreters on site"]
    assert final["options"] == ["Courses"]
    assert town.state(field(town, case, "Language")) == "analysing"  # each field at its own pace


def test_what_is_missing_in_an_analysis_is_named_before_experts_are_asked(town: Town) -> None:
    housing = field(town, begun(town))
    town.do(housing, "describe", "dweller", **{**FACTS, "needs": None})
    with pytest.raises(NotPossible, match="still missing: Needs"):
        town.do(housing, "ask_experts", "dwelling", experts=[LIBRARY])
    town.do(housing, "describe", "dweller", **FACTS)
    with pytest.raises(NotPossible, match="at least one expert"):
        town.do(housing, "ask_experts", "dwelling", experts=[])


def test_facts_are_agreed_with_every_expert_or_it_is_said_why_not(town: Town) -> None:
    housing = described(town, begun(town))
    town.do(housing, "ask_experts", "dwelling", experts=[LIBRARY, TRADE])
    town.do(housing, "confirm_facts", "library", organization=LIBRARY)
    with pytest.raises(NotPossible, match="agreed already"):
        town.do(housing, "confirm_facts", "library", organization=LIBRARY)
    with pytest.raises(NotPossible, match="group that takes part"):
        town.do(housing, "confirm_facts", "library", organization=SPEECH)
    with pytest.raises(NotPossible, match="not agreed yet: Chamber of trade"):
        town.do(housing, "agree_facts", "dwelling")
    town.do(housing, "agree_facts", "dwelling", missing_note="They have no time before summer.")
    assert town.state(housing) == "agreed"


def test_an_expert_who_sees_it_otherwise_sends_it_back_and_all_are_asked_anew(town: Town) -> None:
    housing = described(town, begun(town))
    town.do(housing, "ask_experts", "dwelling", experts=[LIBRARY, TRADE])
    town.do(housing, "confirm_facts", "library", organization=LIBRARY)
    town.do(housing, "object_to_facts", "trade", note="There are four associations.")
    assert (town.state(housing), town.data(housing)["objections"][0]["note"]) == (
        "analysing", "There are four associations.",
    )  # fmt: skip
    town.do(housing, "ask_experts", "dwelling", experts=[LIBRARY, TRADE])
    with pytest.raises(NotPossible, match="not agreed yet: Library, Chamber of trade"):
        town.do(housing, "agree_facts", "dwelling")


def test_a_version_is_released_as_an_interim_stage_and_later_drafts_stay_with_the_group(town: Town) -> None:
    housing = described(town, begun(town))
    town.do(housing, "release_interim", "dwelling", edition="Version 1", note="The needs are not complete.")
    town.do(housing, "describe", "dweller", **{**FACTS, "needs": "Small and large flats"})
    data = town.data(housing)
    assert (data["released"][0]["edition"], data["released"][0]["needs"]) == ("Version 1", "Small flats")
    assert data["needs"] == "Small and large flats"


def test_the_closing_date_warns_escalates_and_is_extended_the_second_time_by_the_head(any_town: Town) -> None:
    town = any_town
    housing = field(town, begun(town))
    first = town.due(housing, "closing_date")
    assert first is not None
    later, last = first + timedelta(days=14), first + timedelta(days=28)
    town.do(housing, "extend_closing_date", "refugees", until=later.isoformat(), note="Holidays.")
    with pytest.raises(NotPossible):
        town.do(housing, "extend_closing_date", "refugees", until=last.isoformat(), note="Once more.")
    town.do(housing, "extend_closing_date", "refugees_head", until=last.isoformat(), note="Once more.")
    assert [row["note"] for row in town.data(housing)["extensions"]] == ["Holidays.", "Once more."]
    town.wait_until(last + timedelta(days=1))
    told = [(name, set(to)) for name, to in town.told(housing) if name.endswith(":closing_date")]
    assert [name for name, _to in told] == ["warning:closing_date"] * 2 + ["overdue:closing_date"]
    assert all(f"member@{DWELLING}" in to for _name, to in told)
    assert told[-1][1] >= {f"chair@{DWELLING}", f"member@{REFUGEES}"}
    assert town.state(housing) == "analysing"  # late is not lost


# -------------------------------------------------------------------------- silent groups


def test_a_group_that_hands_in_nothing_is_named_for_everyone_and_may_still_hand_in_late(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    handed_over(town, case)
    with pytest.raises(NotPossible, match="Nothing was handed in from: Language"):
        town.do(case, "close_groups", "consultant")
    town.do(case, "close_groups", "consultant", missing_note="The office looks at it.")
    data, language = town.data(case), field(town, case, "Language")
    assert (data["silent_groups"], data["silent_fields"]) == ([SPEECH], ["Language"])
    assert town.state(language) == "silent"
    assert town.may_see(None, language)
    with pytest.raises(NotPossible, match="Nothing is recommended"):
        town.do(language, "hand_over", "speech")
    town.do(language, "hand_over", "speech", note="We found no gap.")
    assert (town.state(language), town.data(language)["handed_over"][0]["late"]) == ("handed_over", True)


def test_a_field_is_not_handed_over_while_its_group_has_not_agreed(town: Town) -> None:
    case = begun(town)
    housing = recommending(town, case)
    open_ = drafted(town, case)
    with pytest.raises(NotPossible, match="not agreed yet on: Housing certificate"):
        town.do(housing, "hand_over", "dwelling")
    town.do(open_, "withdraw", "dwelling", note="It is there already.")
    with pytest.raises(NotPossible, match="Nothing is recommended"):
        town.do(housing, "hand_over", "dwelling")
    town.do(housing, "hand_over", "dwelling", note="It is there already.")
    town.do(housing, "reopen", "consultant", closes_on=(town.today + timedelta(days=9)).isoformat(), note="Look again.")
    assert (town.state(housing), town.due(housing, "closing_date")) == ("recommending", town.today + timedelta(days=9))


# ---------------------------------------------------------------- fields added and merged


def test_a_field_is_added_while_the_others_are_at_work(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    more = {"closes_on": (town.today + timedelta(days=90)).isoformat(), "note": "It was forgotten."}
    with pytest.raises(NotPossible, match="same name"):
        town.do(case, "add_field", "consultant", name="Housing", organization=SPEECH, **more)
    done = town.do(case, "add_field", "consultant", name="Work", organization=OTHERS, **more)
    assert town.holders(done.opened[0], "focus_group") == [OTHERS]
    assert set(town.holders(case, "focus_group")) == {OTHERS, SPEECH, DWELLING}
    assert [f["name"] for f in town.data(case)["fields"]] == ["Housing", "Language", "Work"]


def test_a_field_merged_into_another_brings_its_group_and_its_gaps_and_keeps_its_recommendations(
    any_town: Town,
) -> None:
    town = any_town
    case = begun(town)
    housing, language = described(town, case), field(town, case, "Language")
    mine = recommended(town, case)
    town.do(housing, "merge", "consultant", into=language, note="Both speak of interpreters.")
    assert (town.state(housing), town.links(housing)) == ("merged", [("merged_into", language)])
    assert set(town.holders(language, "focus_group")) == {SPEECH, DWELLING}
    assert [row["source"] for row in town.data(language)["gaps"]] == ["Survey", "Housing"]
    town.do(mine, "draft", "dweller", title="Certificate", description="Courses", goal="Flats")
    assert town.state(mine) == "drafted"


def test_a_field_is_merged_into_an_open_one_of_its_own_check_up_only(town: Town) -> None:
    case, other = begun(town), begun(town, title="Another one")
    housing, language = field(town, case), field(town, case, "Language")
    strange, silent = field(town, other), field(town, other, "Language")
    for into, told in (
        (housing, "another case than this one"),
        (strange, "belongs to the same case"),
        (case, "of the same kind"),
        (999_999, "a case that exists"),
    ):
        with pytest.raises(NotPossible, match=told):
            town.do(housing, "merge", "consultant", into=into, note="x")
    town.do(language, "merge", "consultant", into=housing, note="x")
    with pytest.raises(NotPossible, match="circle"):
        town.do(housing, "merge", "consultant", into=language, note="x")
    town.do(silent, "merge", "consultant", into=strange, note="x")
    with pytest.raises(NotPossible, match="has ended"):
        town.do(housing, "merge", "consultant", into=silent, note="x")


# --------------------------------------------------------------------------- who may see


def test_who_takes_no_part_does_not_see_the_drafts_of_a_focus_group(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    mine = drafted(town, case)
    for name in ("dwelling", "dweller", "refugees", "consultant"):
        assert town.may_see(name, mine), name
    for stranger in (None, "resident", "speech", "lead", "clerk", "library"):
        assert not town.may_see(stranger, mine), stranger
    with pytest.raises(NotAllowed):
        town.do(field(town, case), "describe", "speech", **FACTS)


def test_consultants_who_leave_see_drafts_no_longer_and_somebody_else_takes_over(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    mine = drafted(town, case)
    town.do(case, "change_consultants", "refugees", consultants=[OTHERS], note="They moved away.")
    assert not town.may_see("consultant", mine)
    assert town.may_see("successor", mine)
    with pytest.raises(NotAllowed):
        town.do(field(town, case), "recommend", "consultant", title="x")
    town.do(field(town, case), "recommend", "successor", title="Something new")
    assert town.data(case)["consultants_changes"][0]["before"] == [CONSULTANTS]
    town.do(case, "change_consultants", "refugees", consultants=[], note="Nobody was found.")
    assert not town.may_see("successor", mine)
    assert town.may_see("refugees", mine)  # the office goes on alone
