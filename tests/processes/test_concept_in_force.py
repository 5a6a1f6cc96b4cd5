"""A concept in force and its end, played against its definition alone."""

from __future__ import annotations

from datetime import date

from tests.processes.life import PUBLISH, at_draft, at_idea, clerk, in_council, in_force, office, refused
from workflow_app.engine.definition import CLOCK, Opening
from workflow_app.engine.machine import readers
from workflow_app.processes.concept import concept
from workflow_app.processes.concept_states import insiders
from workflow_app.processes.submission import submission

# -------------------------------------------------------------------------- in force


def test_in_force_by_publication_with_report_revision_and_end() -> None:
    life = in_force()
    assert life.case.state == "in_force"
    assert life.due("yearly_report") == date(2027, 9, 1)
    assert life.due("regular_revision") == date(2028, 9, 1)
    assert life.due("period_end") == date(2032, 8, 31)
    assert life.due("period_over") is None


def test_the_yearly_report_opens_every_year_and_never_twice() -> None:
    life = in_force()
    life.today = date(2027, 9, 2)
    life.do("report_due", CLOCK)
    report = Opening("Konzept 2026 (2026)", {"year": 2026}, life.case.parts)
    assert life.opened == [("implementation_report", report)]
    assert life.due("yearly_report") == date(2028, 9, 1)
    life.child("implementation_report", "collecting", year=2026)
    life.do("report_due", CLOCK)
    assert len(life.opened) == 1
    assert "already" in refused(life, "open_report", office, year=2026)
    life.do("open_report", year=2025)
    assert "year" not in life.case.data


def test_the_revision_runs_beside_the_concept_in_force() -> None:
    life = in_force()
    life.do("open_revision", reason="new law")
    assert life.opened[0][0] == "revision"
    life.child("revision", "drafting")
    assert "running" in refused(life, "open_revision", office, reason="again")
    life.today = date(2028, 9, 2)
    life.do("revision_due", CLOCK)
    assert len(life.opened) == 1
    assert life.due("regular_revision") == date(2030, 9, 2)
    life.do("replace_version", CLOCK, adopted_on="2028-12-01", revision=77, period_to="2034-08-31")
    assert life.case.state == "in_force"
    assert life.case.data["versions"] == [{"no": 2, "on": "2028-12-01", "edition": None, "revision": 77}]
    assert life.due("period_end") == date(2034, 8, 31)


def test_adopted_with_the_duty_to_revise_in_a_year() -> None:
    life = in_council()
    life.today = date(2026, 6, 11)
    life.outcome(1, "adopted", revise_within_months=12)
    assert life.case.data["revise_by"] == "2027-06-11"
    life.do("publish", **PUBLISH)
    life.do("come_into_force")
    assert life.due("owed_revision") == date(2027, 6, 11)
    assert life.due("owed_revision_begins") == date(2026, 12, 11)
    life.do("begin_owed_revision", CLOCK)
    assert life.opened[0][1].data["revise_by"] == "2027-06-11"
    assert life.due("owed_revision_begins") is None
    assert life.due("owed_revision") == date(2027, 6, 11)
    life.do("replace_version", CLOCK, adopted_on="2027-05-01")
    assert life.due("owed_revision") is None


def test_it_expires_or_continues_until_replaced() -> None:
    ends = in_force()
    ends.do("expire", CLOCK)
    assert ends.case.state == "expired"
    goes_on = in_force(afterwards="until_replaced")
    assert goes_on.due("period_end") is None
    assert goes_on.due("period_over") == date(2032, 8, 31)
    goes_on.do("note_continuation", CLOCK)
    assert goes_on.case.state == "in_force"
    assert goes_on.case.data["continued_since"] == "2032-08-31"
    assert goes_on.due("period_over") is None
    goes_on.do("replace", CLOCK)
    assert goes_on.case.state == "replaced"


def test_the_period_is_open_or_changed_by_resolution() -> None:
    life = in_force(period_to=None)
    assert life.due("period_end") is None
    life.do("prolong", clerk, period_to="2034-12-31", afterwards="ends", note="resolution of May")
    assert life.due("period_end") == date(2034, 12, 31)
    assert life.case.data["earlier_periods"][0]["period_to"] is None


def test_measures_are_told_when_their_concept_ends_and_nothing_else_touches_them() -> None:
    for name in ("expire", "replace"):
        fired = {(f.relation, f.process, f.step) for f in concept.step_by_name[name].fires}
        assert ("child", "measure", "note_concept_ended") in fired
    for name in ("note_continuation", "archive"):
        assert concept.step_by_name[name].fires == ()


def test_sources_that_disagree_stand_side_by_side() -> None:
    life = in_force()
    life.do("state_date", what="adopted_on", value="2010-07", source="derived", note=None)
    life.do("state_date", what="adopted_on", value="autumn 2010", source="press", note=None)
    assert [s["value"] for s in life.case.data["date_statements"]] == ["2010-07", "autumn 2010"]


# ---------------------------------------------------------------------- definition


def test_every_state_is_reached_and_all_but_the_last_are_left() -> None:
    targets = {s.name for step in concept.steps for s in step.targets}
    sources = {s.name for step in concept.steps if step.targets for s in step.sources}
    assert {s.name for s in concept.states} - targets == {"idea"}
    assert {s.name for s in concept.states if not s.final} <= sources


def test_every_step_that_the_clock_takes_admits_it_and_fires_in_the_same_states() -> None:
    for process in (concept, submission):
        for deadline in (d for d in process.deadlines if d.then):
            step = process.step_by_name[deadline.then]
            assert "clock" in step.who.principals({})
            assert set(deadline.during) <= set(step.sources)


def test_names_are_unique_and_data_have_a_label() -> None:
    assert len(concept.step_by_name) == len(concept.all_steps)
    written = set(in_force().case.data)
    hidden = {"ends_on", "continues_after", "revision_owed_by", "withdrawn_from", "council"}
    hidden |= {"reports_from", "revisions_from"}
    assert written - hidden <= set(concept.field_by_name)


def test_drafts_are_for_insiders_and_what_is_public_is_for_everyone() -> None:
    for state in concept.states:
        public = "public" in readers(concept, state.name, {})
        assert public == (state.name not in INTERNAL), state.name
    assert "public" not in insiders.principals({})


INTERNAL = {"idea", "given_up", "commissioned", "kicked_off", "in_groups", "proposals_due", "assembling"}
INTERNAL |= {"internal_draft", "consideration"}


def test_due_dates_of_a_new_case_are_none() -> None:
    assert at_idea().case.dues == ()
    assert not [due for due in at_draft().case.dues if due.name == "closing_date"]
