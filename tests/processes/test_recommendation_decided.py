"""Recommendations before the bodies, and what becomes of them (domain.md 3.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.processes.checking import (
    WAY,
    WORDS,
    adopted,
    begun,
    consolidated,
    proposed,
)
from tests.processes.paths import outcome
from tests.processes.town import (
    COUNCIL,
    DWELLING,
    LIBRARY,
    MAIN,
    REFUGEES,
    SOCIAL,
    Town,
)
from workflow_app.engine.errors import NotAllowed, NotPossible

# ---------------------------------------------------------------------------- decided


def test_only_what_needs_money_staff_or_a_resolution_goes_to_a_body(town: Town) -> None:
    case = begun(town)
    free, dear = consolidated(town, case, cost="none"), consolidated(town, case, cost="staff")
    with pytest.raises(NotPossible, match="at once"):
        town.do(free, "propose", "lead", consultations=WAY)
    with pytest.raises(NotPossible, match="a body must adopt it"):
        town.do(dear, "take_on", "lead", note="x")
    town.do(free, "take_on", "lead", note="It only needs a form.")
    assert (town.state(free), town.data(free)["by_administration"]) == ("adopted", True)
    town.do(free, "finish", "library", note="The form is there.")
    assert (town.state(free), town.data(free)["ended_because"]) == ("implemented", "The form is there.")
    again = consolidated(town, case, cost="none")
    town.do(again, "consolidate", "consultant", owner=[LIBRARY], cost="none", needs_resolution=True)
    town.do(again, "propose", "lead", consultations=WAY)
    assert town.state(again) == "proposed"


def test_adopted_with_another_wording_the_recommendation_stays_readable(any_town: Town) -> None:
    town = any_town
    mine = proposed(town, begun(town))
    with pytest.raises(NotPossible, match="Say what was changed"):
        outcome(town, mine, 1, "adoptedWithChanges")
    outcome(town, mine, 1, "adoptedWithChanges", changed_text="Only in the north.", description="Courses in the north")
    data = town.data(mine)
    assert (town.state(mine), data["adopted_by"], data["description"]) == ("adopted", COUNCIL, "Courses in the north")
    assert data["wordings"][0]["description"] == WORDS["description"]
    assert data["changed_text"] == "Only in the north."


@pytest.mark.parametrize(
    ("at", "word", "more"),
    [(0, "adopted", {}), (0, "approved", {}), (0, "settled", {}), (1, "preliminaryDone", {}),
     (0, "adoptedWithChanges", {"changed_text": "x"})],
)  # fmt: skip
def test_an_outcome_that_the_role_does_not_allow_is_refused(town: Town, at: int, word: str, more: Any) -> None:
    mine = consolidated(town, begun(town))
    town.do(mine, "propose", "lead", consultations=WAY)
    with pytest.raises(NotPossible, match="role of this body"):
        outcome(town, mine, at, word, **more)
    assert town.state(mine) == "proposed"


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ([{"organization": 999_999, "role": "decision"}], "no such organization"),
        ([{"organization": COUNCIL, "role": "queen"}], "no such organization"),
        ([{"organization": MAIN, "role": "hearing"}], "Name the body that decides"),
        ([], "Name the body that decides"),
        ("x", "no such organization"),
    ],
)
def test_a_body_that_is_not_known_is_not_consulted(town: Town, way: Any, told: str) -> None:
    mine = consolidated(town, begun(town))
    with pytest.raises(NotPossible, match=told):
        town.do(mine, "propose", "lead", consultations=way)


def test_the_council_waits_for_the_committee(town: Town) -> None:
    mine = consolidated(town, begun(town))
    town.do(mine, "propose", "lead", consultations=WAY)
    with pytest.raises(NotPossible, match="must speak first: Social committee"):
        outcome(town, mine, 1, "adopted")


def test_it_is_referred_sent_back_and_postponed_and_comes_again(any_town: Town) -> None:
    town = any_town
    mine = proposed(town, begun(town))
    outcome(town, mine, 1, "referred", refer_to=MAIN)
    assert [i["organization"] for i in town.data(mine)["consultations"]] == [SOCIAL, COUNCIL, MAIN, COUNCIL]
    outcome(town, mine, 2, "preliminaryDone")
    outcome(town, mine, 3, "postponed")
    assert (town.state(mine), town.due(mine, "back_on_agenda") is not None) == ("postponed", True)
    town.do(mine, "resume", "clerk", note="It is time.")
    outcome(town, mine, 4, "referredBack")
    assert town.state(mine) == "consolidated"  # without a body it comes back to those who wrote it
    town.do(mine, "propose", "lead", consultations=WAY)
    assert [i["outcome"] for i in town.data(mine)["consultations"]][:2] == ["preliminaryDone", "referred"]


@pytest.mark.parametrize(
    ("word", "more"),
    [("rejected", {"yes": 3, "no": 30, "abstained": 0}), ("rejectedTie", {"yes": 9, "no": 9, "abstained": 0}),
     ("takenNote", {}), ("settled", {}), ("withdrawn", {})],
)  # fmt: skip
def test_what_is_not_adopted_waits_until_it_is_said_what_becomes_of_it(
    town: Town, word: str, more: dict[str, int]
) -> None:
    mine = proposed(town, begun(town))
    outcome(town, mine, 1, word, **more)
    assert (town.state(mine), town.data(mine)["outcome"]) == ("not_adopted", word)
    ends = town.due(mine, "another_way")
    assert ends is not None
    town.wait_until(ends + timedelta(days=1))
    assert f"head@{REFUGEES}" in dict(town.told(mine))["overdue:another_way"]
    with pytest.raises(NotAllowed):
        town.do(mine, "drop", "dweller", note="x")
    town.do(mine, "revise", "consultant", note="Smaller, without money.")
    town.do(mine, "consolidate", "consultant", owner=[LIBRARY], cost="none")
    town.do(mine, "take_on", "library", note="We do it with what we have.")
    assert town.state(mine) == "adopted"


def test_it_is_dropped_with_a_reason_that_everyone_is_told(town: Town) -> None:
    mine = consolidated(town, begun(town))
    town.do(mine, "drop", "lead", note="The county does it already.")
    assert (town.state(mine), town.data(mine)["ended_because"]) == ("dropped", "The county does it already.")
    assert f"member@{DWELLING}" in dict(town.told(mine))["recommendation_dropped"]


def test_an_adopted_one_without_a_word_for_six_months_is_asked_about(any_town: Town) -> None:
    town = any_town
    mine = adopted(town, begun(town))
    ends = town.due(mine, "progress")
    assert ends is not None
    town.wait_until(ends + timedelta(days=1))
    assert set(dict(town.told(mine))["overdue:progress"]) >= {f"head@{LIBRARY}", f"head@{REFUGEES}"}
    assert f"member@{LIBRARY}" in dict(town.told(mine))["warning:progress"]
    town.do(mine, "note_progress", "library", status="not_started", text="The money came late.")
    assert town.due(mine, "progress") != ends
