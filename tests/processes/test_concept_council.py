"""A concept before committees and council, played against its definition alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.processes.life import (
    MAIN,
    PAPER,
    PATH,
    PUBLISH,
    Life,
    at_draft,
    clerk,
    in_council,
    in_groups,
    lead,
    office,
    refused,
)
from workflow_app.engine.definition import Relative
from workflow_app.processes.concept import concept

# -------------------------------------------------------------------------- council


def test_without_comment_round_only_with_a_reason() -> None:
    life = at_draft()
    assert "comment" in refused(life, "to_council", lead, **PAPER | {"no_round_note": None})
    assert "decides" in refused(life, "to_council", lead, **PAPER | {"consultations": PATH[:1]})


def test_the_council_waits_for_the_advisory_board() -> None:
    life = at_draft()
    life.do("to_council", lead, **PAPER)
    assert "speak first" in refused(life, "record_outcome", clerk, consultation=1, outcome="adopted", on="2026-06-11")
    life.outcome(0, "preliminaryDone")
    assert life.case.state == "in_consultation"
    life.outcome(1, "adopted", yes=40, no=3)
    assert life.case.state == "adopted"


def test_the_council_deletes_a_sentence() -> None:
    life = in_council()
    refused(life, "record_outcome", clerk, consultation=1, outcome="adoptedWithChanges", on="2026-06-11")
    life.outcome(1, "adoptedWithChanges", changed_text="Sentence 2 on page 4 is deleted.")
    assert life.case.state == "adopted_with_changes"
    assert life.case.data["consultations"][1]["changed_text"].startswith("Sentence 2")
    refused(life, "publish", office, **PUBLISH)
    life.do("merge_changes", merged_note="page 4")
    assert life.due("publication") == date(2026, 7, 10)
    life.do("publish", **PUBLISH)
    assert life.case.data["changed_by_council"] is True


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("rejected", "rejected"),
        ("withdrawn", "withdrawn"),
        ("postponed", "postponed"),
        ("referredBack", "internal_draft"),
    ],
)
def test_other_outcomes(outcome: str, state: str) -> None:
    life = in_council()
    life.outcome(1, outcome)
    assert life.case.state == state


def test_postponed_to_a_joint_meeting_of_two_committees() -> None:
    life = in_council()
    life.outcome(1, "postponed", postponed_to="2026-08-20", together_with=[MAIN])
    assert life.case.state == "postponed"
    assert life.due("back_on_agenda") == date(2026, 8, 20)
    life.do("resume", clerk, on="2026-08-20", note=None)
    assert life.due("back_on_agenda") is None
    assert life.case.data["consultations"][2]["together_with"] == [MAIN]
    life.outcome(2, "adopted")
    assert life.case.state == "adopted"


def test_withdrawn_because_of_a_new_law_and_brought_in_again() -> None:
    life = in_council()
    life.do("withdraw", lead, note="a new law")
    life.do("resubmit", lead, how="council", note="now with the new law")
    assert life.case.state == "in_consultation"
    assert [i["outcome"] for i in life.case.data["consultations"]] == ["preliminaryDone", None, None]
    life.do("withdraw", lead, note="again")
    life.do("resubmit", lead, how="draft", note="revised")
    assert life.case.state == "internal_draft"


def test_withdrawn_early_goes_back_to_the_commission() -> None:
    life = in_groups()
    life.do("withdraw", lead, note="no staff")
    life.do("resubmit", lead, how="council", note="staff is back")
    assert life.case.state == "commissioned"


def reached(life: Life, data: dict[str, Any]) -> set[str]:
    kin = Relative("child", 5, "measure", "taken_into_draft", "M", {}, {})
    step = concept.step_by_name["record_outcome"]
    return {f.step for f in step.fires if f.where is None or f.where(life.case, data, kin)}


def test_what_follows_for_predecessor_and_measures() -> None:
    life = in_council()
    adopted = {"consultation": 1, "outcome": "adopted", "on": "2026-06-11"}
    assert reached(life, adopted) == {"replace", "adopt_with_concept"}
    assert reached(life, adopted | {"predecessor_continues": True}) == {"adopt_with_concept"}
    assert reached(life, adopted | {"outcome": "rejected"}) == {"release"}
    assert reached(life, adopted | {"outcome": "postponed"}) == set()


def test_money_is_voted_separately() -> None:
    life = in_council()
    data = {"consultation": 1, "outcome": "adopted", "on": "2026-06-11", "measures_need_resolutions": True}
    wanted = next(f for f in concept.step_by_name["record_outcome"].fires if f.step == "adopt_with_concept")
    assert wanted.data
    told = wanted.data(life.case, data, Relative("child", 5, "measure", "taken_into_draft", "M", {}, {}))
    assert told == {"adopted_on": "2026-06-11", "needs_resolution": True}
