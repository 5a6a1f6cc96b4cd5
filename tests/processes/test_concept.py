"""The life of a concept, played against its definition alone (domain.md 3.1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import CLOCK, Actor, Facts, Holder, Opening, Relative, Snapshot
from workflow_app.engine.errors import NotAllowed, NotPossible
from workflow_app.engine.machine import Move, fire, readers, start_of
from workflow_app.processes.concept import concept
from workflow_app.processes.concept_states import insiders
from workflow_app.processes.submission import submission

OFFICE, LEAD, COUNCIL_OFFICE, STEERING, HOUSING, SCHOOL, COUNCIL, MAIN, BOARD = range(1, 10)
PARTS = {
    "office": (Holder(organization=OFFICE),),
    "lead_department": (Holder(organization=LEAD),),
    "council_office": (Holder(organization=COUNCIL_OFFICE),),
}
office = Actor(1, frozenset({f"member@{OFFICE}"}))
lead = Actor(2, frozenset({f"member@{LEAD}"}))
clerk = Actor(3, frozenset({f"member@{COUNCIL_OFFICE}"}))
chair = Actor(4, frozenset({f"member@{STEERING}", f"chair@{STEERING}"}))
group = Actor(5, frozenset({f"member@{HOUSING}", f"chair@{HOUSING}"}))
resident = Actor(6, frozenset({"account", "public"}))

COMMISSION = {"commissioned_by": MAIN, "commissioned_on": "2026-01-05", "cost": "none", "council": COUNCIL}
KICK_OFF = {
    "kicked_off_on": "2026-01-20",
    "invitation_published_on": "2026-01-06",
    "groups_close_on": "2026-03-31",
    "steering_group": STEERING,
    "working_groups": [HOUSING, SCHOOL],
    "fields": [
        {"no": 1, "name": "Wohnen", "guiding_principle": "Alle wohnen gut.", "group": HOUSING},
        {"no": 2, "name": "Schule", "guiding_principle": "Alle lernen.", "group": SCHOOL},
    ],
}
MEASURE: dict[str, Any] = {
    "title": "Wohnzertifikat",
    "field_of_action": "Wohnen",
    "guiding_principle": "Alle wohnen gut.",
    "goal": "Mehr Wohnungen",
    "description": "Ein Zertifikat",
    "participants": "Genossenschaft",
    "working_group": HOUSING,
}
PATH = [{"organization": BOARD, "role": "hearing"}, {"organization": COUNCIL, "role": "decision"}]
PAPER = {"paper": "RV-17/2026", "consultations": PATH, "no_round_note": "short"}
PUBLISH = {"published_on": "2026-09-01", "period_to": "2032-08-31", "afterwards": "ends", "in_force_on": None}


@dataclass
class Life:
    """A case without a store: what moves say is written into the snapshot."""

    case: Snapshot
    today: date = date(2026, 1, 10)
    relatives: tuple[Relative, ...] = ()
    opened: list[tuple[str, Opening]] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        now = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        return Facts(now, self.today, Calendar(), self.relatives, voters={"approve_draft": 3})

    def do(self, step: str, actor: Actor = office, /, **data: Any) -> Move:
        move = fire(concept, self.case, concept.step_by_name[step], actor, data, self.facts)
        self.opened += move.openings
        settled = {due.name for due in move.settled}
        self.case = replace(
            self.case,
            state=move.to_state,
            data=move.changes.apply(self.case.data),
            parts=move.parts,
            hands=move.collected,
            dues=tuple(d for d in self.case.dues if d.name not in settled) + move.running,
        )
        return move

    def due(self, name: str) -> date | None:
        return next((d.due_on for d in self.case.dues if d.name == name), None)

    def outcome(self, at: int, outcome: str, **more: Any) -> Move:
        return self.do("record_outcome", clerk, consultation=at, outcome=outcome, on=self.today.isoformat(), **more)

    def child(self, process: str, state: str, *, final: bool = False, **data: Any) -> None:
        parts = {"working_group": (Holder(organization=HOUSING),)}
        kin = Relative("child", 100 + len(self.relatives), process, state, "Kind", data, parts, final)
        self.relatives += (kin,)


def at_idea() -> Life:
    case = Snapshot(1, "concept", 1, "idea", 1, 1, {}, PARTS, title="Konzept 2026")
    _, dues = start_of(concept, Opening("Konzept 2026", {}, PARTS), Life(case).facts)
    return Life(replace(case, dues=dues))


def in_groups() -> Life:
    life = at_idea()
    life.do("commission", clerk, **COMMISSION)
    life.do("kick_off", **KICK_OFF)
    life.do("start_groups", group)
    return life


def at_assembling() -> Life:
    life = in_groups()
    life.do("close_groups", CLOCK)
    life.do("assemble", chair, missing_note="Without the schools")
    return life


def at_draft() -> Life:
    life = at_assembling()
    life.do("record_approval", chair, yes=5, no=1, abstained=0, on="2026-04-15", dissent=None)
    return life


def at_comments() -> Life:
    life = at_draft()
    life.today = date(2026, 5, 4)
    life.do("publish_draft", draft_published_on="2026-05-04", access_note="Money is missing")
    return life


def in_council() -> Life:
    life = at_draft()
    life.do("to_council", lead, **PAPER)
    life.outcome(0, "preliminaryDone")
    return life


def in_force(**publish: Any) -> Life:
    life = in_council()
    life.today = date(2026, 6, 11)
    life.outcome(1, "adopted", yes=40, no=3)
    life.do("publish", **PUBLISH | publish)
    life.today = date(2026, 9, 1)
    life.do("come_into_force", CLOCK)
    return life


def refused(life: Life, step: str, actor: Actor, /, **data: Any) -> str:
    before = life.case
    with pytest.raises(NotPossible) as no:
        life.do(step, actor, **data)
    assert life.case == before
    return str(no.value.reason)


# --------------------------------------------------------------- from idea to groups


def test_number_is_given_at_the_commission() -> None:
    assert at_idea().do("commission", clerk, **COMMISSION).number


def test_commission_names_the_cost() -> None:
    assert "money or staff" in refused(at_idea(), "commission", clerk, **COMMISSION | {"cost": "money"})
    life = at_idea()
    life.do("commission", clerk, **COMMISSION | {"cost": "money", "cost_note": "20 000"})
    assert life.case.state == "commissioned"


def test_kick_off_names_groups_closing_date_and_invitation() -> None:
    life = at_idea()
    life.do("commission", clerk, **COMMISSION)
    refused(life, "kick_off", office, **KICK_OFF | {"working_groups": []})
    refused(life, "kick_off", office, **KICK_OFF | {"groups_close_on": "2026-01-20"})
    refused(life, "kick_off", office, **KICK_OFF | {"invitation_published_on": "2026-01-21"})
    life.do("kick_off", **KICK_OFF)
    assert life.due("closing_date") == date(2026, 3, 31)
    assert life.case.parts["working_group"] == (Holder(organization=HOUSING), Holder(organization=SCHOOL))
    assert life.case.parts["steering_group"] == (Holder(organization=STEERING),)


def test_closing_date_may_be_extended_twice_only_by_the_head() -> None:
    life = in_groups()
    life.do("extend_closing_date", until="2026-04-30", note="ill")
    assert life.due("closing_date") == date(2026, 4, 30)
    refused(life, "extend_closing_date", office, until="2026-05-30", note="ill")
    head = Actor(9, frozenset({f"head@{OFFICE}"}))
    life.do("extend_closing_date", head, until="2026-05-30", note="ill")
    assert life.due("closing_date") == date(2026, 5, 30)


def test_clock_closes_the_groups_even_if_they_never_started() -> None:
    life = at_idea()
    life.do("commission", clerk, **COMMISSION)
    life.do("kick_off", **KICK_OFF)
    life.do(concept.deadline_by_name["closing_date"].then, CLOCK)
    assert life.case.state == "proposals_due"


def test_working_group_proposes_a_measure_as_a_child() -> None:
    life = in_groups()
    before = life.case.data
    life.do("propose_measure", group, **MEASURE)
    (process, opening) = life.opened[0]
    assert process == "measure"
    assert opening.title == "Wohnzertifikat"
    assert list(opening.data) == ["field_of_action", "guiding_principle", "goal", "description", "participants"]
    assert opening.parts["working_group"] == (Holder(organization=HOUSING),)
    assert set(opening.parts) == {"office", "lead_department", "steering_group", "working_group"}
    assert life.case.data == before
    with pytest.raises(NotAllowed):
        life.do("propose_measure", resident, **MEASURE)


def test_incomplete_measures_go_back_to_the_group() -> None:
    life = in_groups()
    life.child("measure", "proposed", **MEASURE | {"goal": None})
    assert "not complete" in refused(life, "hand_over", group, working_group=HOUSING)
    life.relatives = ()
    life.child("measure", "proposed", **MEASURE)
    life.do("hand_over", group, working_group=HOUSING)
    life.do("close_groups")
    life.do("reopen_groups", chair, groups_close_on="2026-04-30", note="goals are missing")
    assert life.case.state == "in_groups"
    assert life.due("closing_date") == date(2026, 4, 30)


def test_a_group_that_never_delivers_is_noted_and_holds_nobody_up() -> None:
    life = in_groups()
    life.do("hand_over", group, working_group=HOUSING)
    life.do("close_groups", CLOCK)
    assert "Not every group" in refused(life, "assemble", chair)
    life.do("assemble", chair, missing_note="The schools' field is taken from the old concept")
    assert life.case.data["silent_groups"] == [SCHOOL]


def test_a_field_is_added_in_the_middle_and_the_steering_group_changes() -> None:
    life = in_groups()
    life.do("change_field", no=3, name="Arbeit", guiding_principle="Alle arbeiten.", organization=BOARD, note=None)
    assert [f["no"] for f in life.case.data["fields"]] == [1, 2, 3]
    assert Holder(organization=BOARD) in life.case.parts["working_group"]
    life.do("change_steering_group", on="2026-02-01", steering_group=99, note="A group left")
    assert life.case.parts["steering_group"] == (Holder(organization=99),)
    assert life.case.data["steering_changes"][0]["note"] == "A group left"


# ---------------------------------------------------------------------------- draft


def test_the_majority_of_the_steering_group_approves() -> None:
    life = at_assembling()
    life.do("approve_draft", chair)
    assert life.case.state == "assembling"
    life.do("record_dissent", Actor(7, frozenset({f"member@{STEERING}"})), note="too dear")
    life.do("approve_draft", Actor(7, frozenset({f"member@{STEERING}"})))
    assert life.case.state == "internal_draft"
    assert life.case.data["dissents"][0]["note"] == "too dear"


def test_a_vote_in_a_meeting_needs_a_majority_and_every_field_its_principle() -> None:
    life = at_assembling()
    refused(life, "record_approval", chair, yes=3, no=3, abstained=0)
    life.do("change_field", no=2, name="Schule", guiding_principle=None, organization=None)
    assert "Schule" in refused(life, "record_approval", chair, yes=5, no=0, abstained=0)


def test_comment_period_runs_from_publication_and_the_clock_ends_it() -> None:
    life = at_comments()
    assert life.due("comment_period") == date(2026, 6, 1)
    life.do("comment", resident, title="Mehr Bänke", text="…")
    life.today = date(2026, 6, 2)
    life.do(concept.deadline_by_name["comment_period"].then, CLOCK)
    assert life.case.state == "consideration"
    assert life.case.data["comments_closed_on"] == "2026-06-01"
    assert life.opened[0][1].data["late"] is False
    assert "text" not in life.case.data


def test_late_comment_is_registered_answered_and_not_counted() -> None:
    life = at_comments()
    life.today = date(2026, 6, 2)
    life.do("close_comments", CLOCK)
    life.do("enter_comment", title="Spät", text="…", channel="letter", received_on="2026-06-02")
    life.do("enter_comment", title="Zeitig", text="…", channel="letter", received_on="2026-05-29")
    late, timely = (opening for _, opening in life.opened)
    assert (late.data["late"], timely.data["late"]) == (True, False)
    case = Snapshot(2, "submission", 1, "received", 1, 1, late.data, late.parts)
    answer = {"weighing": "not", "reason": "…"}
    move = fire(submission, case, submission.step_by_name["answer"], office, answer, life.facts)
    assert move.final
    assert move.changes.set["counted"] is False


def test_approval_waits_for_the_answers_but_not_for_late_ones() -> None:
    life = at_comments()
    life.do("close_comments", CLOCK)
    life.child("submission", "received", late=True)
    life.child("submission", "answered", final=True)
    life.child("submission", "received", late=False)
    assert refused(life, "record_approval", chair, yes=5, no=0) == "Comments that still need an answer: 1."
    life.relatives = life.relatives[:2]
    life.do("record_approval", chair, yes=5, no=0)
    assert life.case.state == "internal_draft"


def test_a_comment_has_an_answer_deadline_of_its_own() -> None:
    _, dues = start_of(submission, Opening("x", {"received_on": "2026-06-02"}), at_idea().facts)
    assert [(due.name, due.due_on) for due in dues] == [("answer_duty", date(2026, 7, 14))]


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
    kin = Relative("child", 5, "measure", "in_draft", "M", {}, {})
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
    told = wanted.data(life.case, data, Relative("child", 5, "measure", "in_draft", "M", {}, {}))
    assert told == {"adopted_on": "2026-06-11", "needs_resolution": True}


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


def test_expiry_and_replacement_leave_the_measures_alone() -> None:
    for name in ("expire", "replace", "note_continuation", "archive"):
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
