"""The reports of a Check Up, and how it ends, in a real store (domain.md 3.3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.checking import (
    PARTS,
    adopted,
    agreed,
    begun,
    drafted,
    field,
    handed_over,
    measure_of,
    recommended,
    reported,
)
from tests.processes.town import CONSULTANTS, LIBRARY, REFUGEES, Town
from workflow_app.engine.errors import NotAllowed, NotPossible

# ------------------------------------------------------------------- reports and the end


def test_the_final_report_says_how_many_stand_how_and_drafts_are_only_counted(any_town: Town) -> None:
    town = any_town
    case = begun(town)
    handed_over(town, case)
    adopted(town, case)
    drafted(town, case, title="A secret draft")
    with pytest.raises(NotPossible):
        town.do(case, "publish_report", "refugees", summary="x", published_on=town.today.isoformat())
    town.do(case, "close_groups", "consultant", missing_note="It is late.")
    with pytest.raises(NotPossible, match="not consolidated yet: 2"):
        town.do(case, "publish_report", "refugees", summary="x", published_on=town.today.isoformat())
    town.do(case, "publish_report", "refugees", summary="Much is there.", published_on=town.today.isoformat(),
            missing_note="Two groups need time.")  # fmt: skip
    data = town.data(case)
    assert {row["standing"]: row["count"] for row in data["standings"]} == {"in_group": 2, "open": 1}
    (told,) = data["recommendations"]
    assert (told["title"], told["owner"], told["standing"]) == ("Housing certificate", [LIBRARY], "open")
    assert "A secret draft" not in str(data)
    assert town.state(field(town, case)) == "reported"


def test_nothing_is_reported_where_nothing_was_handed_over(town: Town) -> None:
    case = begun(town)
    town.do(case, "close_groups", "refugees", missing_note="Nobody came.")
    with pytest.raises(NotPossible, match="No focus group has handed over"):
        town.do(case, "publish_report", "refugees", summary="x", published_on=town.today.isoformat())
    town.do(case, "call_off", "refugees", note="Nobody came.")
    assert (town.state(case), set(town.states(case, "status_analysis"))) == ("called_off", {"closed"})


def test_the_final_report_is_warned_about_and_escalated_when_it_is_late(town: Town) -> None:
    case = begun(town)
    ends = town.due(case, "final_report")
    assert ends is not None
    town.wait_until(ends + timedelta(days=1))
    told = dict(town.told(case))
    assert set(told["warning:final_report"]) >= {f"member@{REFUGEES}", f"member@{CONSULTANTS}"}
    assert f"head@{REFUGEES}" in told["overdue:final_report"]


def test_after_six_months_it_is_reported_what_became_of_each(any_town: Town) -> None:
    town = any_town
    case = reported(town)
    assert town.due(case, "progress") == date(2026, 7, 6)  # six months from 5 January end on a Sunday
    with pytest.raises(NotPossible, match="Report first"):
        town.do(case, "close", "refugees")
    mine = town.child(case, "recommendation")
    town.do(mine, "consolidate", "consultant", owner=[], cost="none")
    town.wait_until(town.today + timedelta(days=200))
    assert f"head@{REFUGEES}" in dict(town.told(case))["overdue:progress"]
    town.do(mine, "take_on", "lead", note="We begin.")
    town.do(mine, "note_progress", "refugees", status="running", text="A first course was held.")
    town.do(case, "report_progress", "consultant", text="It goes well.")
    data = town.data(case)
    assert data["progress"][0] == {"on": town.today.isoformat(), "text": "It goes well.", "open": 1}
    assert data["recommendations"][0]["text"] == "A first course was held."
    assert data["recommendations"][0]["owner"] == []  # said openly


def test_a_check_up_ends_and_open_recommendations_go_on_by_themselves(any_town: Town) -> None:
    town = any_town
    case = reported(town)
    mine, idea = town.child(case, "recommendation"), recommended(town, case, "speech", "Language")
    town.do(case, "report_progress", "refugees", text="One is open.")
    town.do(case, "close", "refugees")
    assert (town.state(case), town.state(field(town, case, "Language"))) == ("closed", "closed")
    for one in (mine, idea):
        assert town.data(one)["check_up_ended_on"] == town.today.isoformat()
    assert (town.state(mine), town.state(idea)) == ("agreed", "collected")
    assert town.due(mine, "consolidation") is not None
    town.do(mine, "consolidate", "refugees", owner=[LIBRARY], cost="none")
    town.do(mine, "take_on", "library", note="It costs nothing.")
    assert town.state(measure_of(town, mine)) == "adopted"


def test_a_check_up_may_be_opened_alone_and_only_by_its_office(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.open("check_up", "Mine", "resident", PARTS, guiding_question="?")
    assert agreed(town, begun(town)) > 0
