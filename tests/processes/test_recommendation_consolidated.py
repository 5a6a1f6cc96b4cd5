"""What office and consultants make of recommendations: merged, split, given an owner (domain.md 3.3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.processes.checking import (
    WORDS,
    adopted,
    agreed,
    begun,
    consolidated,
    drafted,
    field,
    measure_of,
)
from tests.processes.town import (
    DWELLING,
    LEAD,
    LIBRARY,
    REFUGEES,
    SPEECH,
    WORKS,
    Town,
)
from workflow_app.engine.errors import NotPossible

# ----------------------------------------------------------------------- consolidating


def test_duplicates_become_one_and_keep_their_groups_and_their_origin(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    one, two = agreed(town, case), agreed(town, case, "speech", "Language", title="Interpreters")
    town.do(two, "consolidate", "consultant", owner=[LIBRARY], cost="none")
    words = {**WORDS, "title": "Both in one", "note": "They want the same."}
    new = town.do(case, "merge_recommendations", "consultant", recommendations=[one, two], **words).opened[0]
    assert (town.state(one), town.state(two), town.state(new)) == ("merged", "merged", "agreed")
    assert town.links(new) == [("came_from", one), ("came_from", two)]
    assert ("merged_into", new) in town.links(one)
    assert set(town.holders(new, "focus_group")) == {DWELLING, SPEECH}
    assert town.data(new)["field_of_action"] == "Housing, Language"
    assert len(town.data(new)["agreements"]) == 2


@pytest.mark.parametrize("chosen", [None, [], "1", [1], [1, 999_999], ["x", "y"], {"a": 1}, [[1], [2]]])
def test_a_merger_of_what_is_no_recommendation_is_refused_and_changes_nothing(town: Town, chosen: Any) -> None:
    case = begun(town)
    one = agreed(town, case)
    wanted = [one if c == 1 else c for c in chosen] if isinstance(chosen, list) else chosen
    with pytest.raises(NotPossible, match=r"Please choose (at least two )?recommendations"):
        town.do(case, "merge_recommendations", "consultant", recommendations=wanted, **WORDS, note="x")
    assert (town.state(one), len(town.children(case, "recommendation"))) == ("agreed", 1)


def test_what_its_group_has_not_agreed_on_is_merged_by_nobody(town: Town) -> None:
    case = begun(town)
    one, draft = agreed(town, case), drafted(town, case, title="A draft")
    with pytest.raises(NotPossible, match="cannot be merged now: A draft"):
        town.do(case, "merge_recommendations", "consultant", recommendations=[one, draft], **WORDS, note="x")


def test_one_that_two_fields_claim_goes_on_in_the_other_and_its_group_with_it(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    one, two = agreed(town, case), agreed(town, case, "speech", "Language", title="Courses")
    town.do(one, "merge", "consultant", into=two, note="Both fields claim it.")
    assert town.state(one) == "merged"
    assert town.links(one) == [("came_from", field(town, case)), ("merged_into", two)]
    assert set(town.holders(two, "focus_group")) == {SPEECH, DWELLING}
    assert town.data(two)["taken_in"][0]["field_of_action"] == "Housing"
    assert town.data(one)["merged_into"] == two


def test_a_merger_into_itself_in_a_circle_into_another_check_up_or_a_closed_one_is_refused(town: Town) -> None:
    case, other = begun(town), begun(town, title="Another one")
    one, two, gone = (agreed(town, case, title=title) for title in ("One", "Two", "Gone"))
    strange = agreed(town, other, title="Strange")
    hidden = drafted(town, case, "speech", "Language", title="Hidden")
    town.do(gone, "drop", "refugees", note="No.")
    for into, told in (
        (one, "another case than this one"),
        (gone, "has ended"),
        (strange, "belongs to the same case"),
        (case, "of the same kind"),
        (999_999, "a case that exists"),
        (None, "a case that exists"),
        ("two", "a case that exists"),
    ):
        with pytest.raises(NotPossible, match=told):
            town.do(one, "merge", "consultant", into=into, note="x")
    town.do(two, "merge", "consultant", into=one, note="x")
    with pytest.raises(NotPossible, match="circle"):
        town.do(one, "merge", "consultant", into=two, note="x")
    assert (town.state(one), town.links(one)) == ("agreed", [("came_from", field(town, case))])
    assert town.state(hidden) == "drafted"


def test_two_merged_into_each_other_at_the_same_moment_leave_one(any_town: Town) -> None:
    case = begun(any_town)
    pairs = [(agreed(any_town, case, title=f"One {n}"), agreed(any_town, case, title=f"Two {n}")) for n in range(3)]

    def merge(pair: tuple[int, int]) -> str:
        try:
            return any_town.do(pair[0], "merge", "consultant", into=pair[1], note="The same.").state
        except NotPossible:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        for pair in pairs:
            assert sorted(pool.map(merge, (pair, pair[::-1]))) == ["merged", "refused"]
            assert sorted(any_town.state(one) for one in pair) == ["agreed", "merged"]


def test_one_becomes_several_and_each_links_back(any_town: Town) -> None:
    town = any_town
    mine = agreed(town, begun(town))
    rows = [{"title": "Courses", "description": "Ten evenings"}, {"title": "Paper", "description": "A certificate"}]
    for wrong in ([], rows[:1], [rows[0], {"title": "x", "description": None}], "x", None):
        with pytest.raises(NotPossible, match="at least two"):
            town.do(mine, "split_up", "consultant", parts=wrong, note="Two matters.")
    new = town.do(mine, "split_up", "consultant", parts=rows, note="Two matters.").opened
    assert town.state(mine) == "split"
    for one, row in zip(new, rows, strict=True):
        assert town.row(one, "title, state") == (row["title"], "agreed")
        assert town.links(one) == [("came_from", mine)]
        assert town.data(one)["goal"] == WORDS["goal"]
        assert town.holders(one, "focus_group") == [DWELLING]


def test_it_comes_back_to_its_group_with_a_reason(town: Town) -> None:
    mine = agreed(town, begun(town))
    town.do(mine, "return_to_group", "consultant", note="Who pays?")
    assert (town.state(mine), town.data(mine)["returns"][0]["note"]) == ("drafted", "Who pays?")


def test_without_a_responsible_unit_it_is_said_openly_and_somebody_is_named_later(any_town: Town) -> None:
    town = any_town
    mine = consolidated(town, begun(town), owner=())
    assert (town.data(mine)["owner_unknown"], town.holders(mine, "owner")) == (True, [])
    ends = town.due(mine, "owner")
    assert ends is not None
    with pytest.raises(NotPossible, match="choose who is responsible"):
        town.do(mine, "name_owner", "consultant", owner=[])
    town.wait_until(ends + timedelta(days=1))
    assert set(dict(town.told(mine))["overdue:owner"]) >= {f"head@{REFUGEES}", f"member@{LEAD}"}
    town.do(mine, "name_owner", "lead", owner=[WORKS], note="They have the staff.")
    assert (town.data(mine)["owner_unknown"], town.holders(mine, "owner")) == (None, [WORKS])
    assert town.due(mine, "owner") is None


def test_a_measure_that_goes_to_another_unit_takes_its_recommendation_along(town: Town) -> None:
    mine = adopted(town, begun(town))
    measure = measure_of(town, mine)
    town.do(measure, "reassign", "refugees", owner=[WORKS], note="They have the staff.")
    assert (town.holders(measure, "owner"), town.holders(mine, "owner")) == ([WORKS], [WORKS])
    town.do(measure, "reassign", "refugees", owner=[], note="It was dissolved.")
    assert town.data(mine)["owner_unknown"] is True
    assert town.due(mine, "owner") is not None


def test_money_is_named(town: Town) -> None:
    mine = agreed(town, begun(town))
    with pytest.raises(NotPossible, match="money or staff"):
        town.do(mine, "consolidate", "consultant", owner=[LIBRARY], cost="money")
