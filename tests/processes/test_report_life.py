"""Yearly implementation reports: who is asked, who is late, what becomes of red lights (domain.md 3.4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.processes.paths import a_report, answer, drafted, in_force, measures, published, requests, start
from tests.processes.town import LIBRARY, MAIN, WORKS, Town
from workflow_app.engine.errors import NotAllowed, NotPossible


def running(town: Town, *titles: str) -> int:
    """A concept in force whose measures are under way."""
    case = in_force(town, titles or ("Certificate", "Reading hour"))
    for measure in measures(town, case).values():
        start(town, measure)
    return case


def test_the_clock_opens_the_report_and_a_late_owner_is_reminded_then_the_head(any_town: Town) -> None:
    town = any_town
    report = a_report(town, running(town))
    prompt, late = requests(town, report).values()
    answer(town, prompt)
    asked = town.today
    town.wait_until(asked + timedelta(days=15))
    assert (town.state(prompt), town.state(late)) == ("answered", "reminded")
    town.wait_until(asked + timedelta(days=29))
    told = dict(town.told(late))
    assert told["status_reminder"] == (f"member@{LIBRARY}",)
    assert set(told["overdue:answer"]) >= {f"head@{LIBRARY}"}


def test_a_missing_answer_stays_missing_and_is_never_nought(any_town: Town) -> None:
    town = any_town
    case = running(town)
    report = a_report(town, case)
    first, second = requests(town, report)
    answer(town, requests(town, report)[first])
    with pytest.raises(NotPossible, match="1 answers are still missing"):
        town.do(report, "draft", "office", summary="x")
    drafted(town, report)
    data = town.data(report)
    assert data["figures"] == [{"asked": 2, "answered": 1, "missing": 1}]
    assert (data["statuses"], data["unanswered"]) == ([{"status": "running", "count": 1}], [second])
    assert (town.state(requests(town, report)[second]), "status" in town.data(measures(town, case)[second])) == (
        "missing", False)  # fmt: skip


def test_a_late_answer_is_taken_in_and_marked(town: Town) -> None:
    case = running(town, "Certificate")
    report = a_report(town, case)
    drafted(town, report)
    request = requests(town, report)["Certificate"]
    answer(town, request, light="yellow")
    town.do(report, "revise_draft", "office", summary="With the late answer.")
    assert (town.state(request), town.data(request)["late"]) == ("accepted", True)
    assert town.data(report)["figures"] == [{"asked": 1, "answered": 1, "missing": 0}]
    assert town.data(measures(town, case)["Certificate"])["light"] == "yellow"


def test_what_is_never_answered_is_closed_with_the_report_and_waits_in_nobodys_inbox(town: Town) -> None:
    report = a_report(town, running(town))
    late, never = requests(town, report).values()
    drafted(town, report)
    published(town, report)
    answer(town, late)  # after the publication: the measure keeps it, the report stays as it is
    town.do(report, "finish", "office")
    assert (town.state(report), town.state(late), town.state(never)) == ("done", "accepted", "closed")
    assert town.rows("SELECT count(*) FROM open_steps WHERE case_id IN (:a, :b)", a=late, b=never) == [(0,)]


def test_an_answer_is_returned_for_completion(town: Town) -> None:
    report = a_report(town, running(town, "Certificate"))
    request = requests(town, report)["Certificate"]
    answer(town, request, text="ok")
    town.do(request, "return_answer", "office", note="Please name the figures.")
    assert town.due(request, "completion") == town.today + timedelta(days=14)
    answer(town, request, indicators=[{"name": "Flats", "value": 12}])
    drafted(town, report)
    assert town.data(request)["indicators"] == [{"name": "Flats", "value": 12}]


# ----------------------------------------------------------------------- owners and measures


def test_two_owners_are_asked_and_one_answers_for_both(town: Town) -> None:
    case = running(town, "Certificate")
    town.do(measures(town, case)["Certificate"], "reassign", "office", owner=[LIBRARY, WORKS], note="Both.")
    request = requests(town, a_report(town, case))["Certificate"]
    assert town.holders(request, "owner") == [LIBRARY, WORKS]
    answer(town, request, "works")
    with pytest.raises(NotPossible):
        answer(town, request, "library")
    assert f"member@{LIBRARY}" in dict(town.told(request))["status_answered"]
    town.do(request, "supplement", "library", note="We add the reading hours.")
    town.do(request, "accept", "office")
    series = town.data(measures(town, case)["Certificate"])["series"]
    assert series[0]["supplements"] == ["We add the reading hours."]


def test_a_unit_is_renamed_while_the_report_runs_and_its_people_answer_all_the_same(town: Town) -> None:
    report = a_report(town, running(town, "Certificate"))
    with town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE organizations SET name = 'House of books' WHERE id = {LIBRARY}")
    request = requests(town, report)["Certificate"]
    answer(town, request)
    assert (town.state(request), town.holders(request, "owner")) == ("answered", [LIBRARY])


def test_a_measure_changes_hands_while_the_report_runs_and_the_question_goes_with_it(any_town: Town) -> None:
    town = any_town
    case = running(town, "Certificate")
    request = requests(town, a_report(town, case))["Certificate"]
    town.do(measures(town, case)["Certificate"], "reassign", "office", owner=[WORKS], note="The unit is new.")
    with pytest.raises(NotAllowed):
        answer(town, request, "library")
    answer(town, request, "works")
    assert dict(town.told(request))["status_asked"] == (f"member@{WORKS}",)


def test_a_measure_loses_its_owner_while_the_report_runs_and_the_office_answers(town: Town) -> None:
    case = running(town, "Certificate")
    request = requests(town, a_report(town, case))["Certificate"]
    town.do(measures(town, case)["Certificate"], "reassign", "office", owner=[], note="Dissolved.")
    assert town.holders(request, "owner") == []
    answer(town, request, "office")
    assert town.state(request) == "answered"


def test_a_measure_stops_while_its_report_runs_and_the_answer_shows_it(any_town: Town) -> None:
    town = any_town
    case = running(town)
    report = a_report(town, case)
    town.do(measures(town, case)["Certificate"], "drop", "office", note="Nobody came.")
    request = requests(town, report)["Certificate"]
    assert town.data(request)["measure_state"] == "dropped"
    assert town.data(request)["measure_note"] == "Nobody came."
    answer(town, request, status="stopped", light="red", text="It was stopped in May.")
    drafted(town, report)
    data = town.data(report)
    assert (data["ended"], data["statuses"]) == (["Certificate"], [{"status": "stopped", "count": 1}])
    assert town.data(measures(town, case)["Certificate"])["series"][0]["status"] == "stopped"


def test_a_measure_that_ends_between_opening_and_asking_is_still_asked_about(town: Town) -> None:
    case = running(town)
    day = town.due(case, "yearly_report")
    assert day
    town.wait_until(day + timedelta(days=1))
    report = town.child(case, "implementation_report")
    town.do(measures(town, case)["Certificate"], "finish", "library", note="Done.")
    town.do(report, "ask", "office", cut_off=town.today.isoformat())
    assert town.data(requests(town, report)["Certificate"])["measure_state"] == "finished"


def test_two_measures_of_the_same_name_are_not_taken_for_each_other(town: Town) -> None:
    case = running(town, "Certificate", "Certificate")
    first, second = town.children(case, "measure")
    report = a_report(town, case)
    for request in town.children(report, "status_request"):
        red = ("about", second) in town.links(request)
        answer(town, request, light="red" if red else "green")
    drafted(town, report)
    assert [red["measure"] for red in town.data(report)["reds"]] == [second]
    assert first != second


# ------------------------------------------------------------------------------- figures


def test_a_broken_series_is_explained_and_marked_at_the_measure(town: Town) -> None:
    case = running(town, "Certificate")
    request = requests(town, a_report(town, case))["Certificate"]
    with pytest.raises(NotPossible, match="counted in another way"):
        answer(town, request, series_break=True)
    answer(town, request, series_break=True, break_note="Without student homes")
    town.do(request, "accept", "office")
    series = town.data(measures(town, case)["Certificate"])["series"]
    assert (series[0]["series_break"], series[0]["break_note"]) == (True, "Without student homes")


def test_a_target_without_a_value_and_a_part_of_a_year_stay_what_they_are(town: Town) -> None:
    case = running(town, "Certificate")
    request = requests(town, a_report(town, case))["Certificate"]
    answer(town, request, partial_year=True, indicators=[{"name": "Flats", "value": None, "target": 100}])
    town.do(request, "accept", "office")
    (entry,) = town.data(measures(town, case)["Certificate"])["series"]
    assert (entry["partial_year"], entry["indicators"][0]["value"], entry["year"]) == (True, None, 2026)


def test_the_report_says_which_measures_proved_themselves_and_which_were_changed(town: Town) -> None:
    case = running(town, "Proven", "Changed", "Useless", "Running")
    known = measures(town, case)
    town.do(known["Proven"], "prove", "library", note="It works.")
    town.do(known["Changed"], "change", "library", goal="Another", note="Too big.")
    report = a_report(town, case)
    for title, request in requests(town, report).items():
        answer(town, request, status="not_useful" if title == "Useless" else "running")
    drafted(town, report)
    data = town.data(report)
    assert (data["proven"], data["changed"], data["not_useful"], data["ended"]) == (
        ["Proven"], ["Changed"], ["Useless"], [])  # fmt: skip


# ------------------------------------------------------------------------ before the body


def test_a_report_is_referred_back_improved_and_tabled_again_under_its_number(any_town: Town) -> None:
    town = any_town
    report = a_report(town, running(town, "Certificate"))
    drafted(town, report)
    town.do(report, "check", "office", check_note="x")
    town.do(report, "redraft", "lead", note="A sum is wrong.")
    town.do(report, "check", "office", check_note="x")
    town.do(report, "table", "lead", body=MAIN, paper="HA-3")
    number = town.row(report, "number")
    town.do(report, "refer_back", "clerk", note="The costs are missing.")
    assert (town.state(report), town.data(report)["returns"]) == (
        "drafted", ["A sum is wrong.", "The costs are missing."])  # fmt: skip
    town.do(report, "revise_draft", "office", summary="With costs.")
    published(town, report)
    assert (town.state(report), town.row(report, "number")) == ("published", number)


@pytest.mark.parametrize(("verdict", "state"), [("keep", "running"), ("change", "changed"), ("drop", "dropped")])
def test_every_red_measure_gets_a_decision_and_hears_of_it_at_once(town: Town, verdict: str, state: str) -> None:
    case = running(town)
    red, green = measures(town, case).values()
    report = a_report(town, case)
    for request in town.children(report, "status_request"):
        answer(town, request, light="red" if ("about", red) in town.links(request) else "green")
    drafted(town, report)
    published(town, report)
    with pytest.raises(NotPossible, match="Still to be decided"):
        town.do(report, "finish", "office")
    for wrong in (green, 999_999, None, "x", [red]):
        with pytest.raises(NotPossible, match="no red light"):
            town.do(report, "decide_red", "chair", measure=wrong, verdict="drop", note="x")
    town.do(report, "decide_red", "chair", measure=red, verdict=verdict, note="Because.")
    assert town.state(red) == state
    assert town.data(red)["decisions"][-1]["source"] == "Concept (2026)"
    town.do(report, "finish", "office")
    assert town.state(report) == "done"


def test_a_red_measure_that_has_ended_meanwhile_needs_no_more_than_the_word(town: Town) -> None:
    case = running(town, "Certificate")
    measure = measures(town, case)["Certificate"]
    report = a_report(town, case)
    answer(town, requests(town, report)["Certificate"], light="red")
    drafted(town, report)
    published(town, report)
    town.do(measure, "drop", "office", note="Over.")
    town.do(report, "decide_red", "chair", measure=measure, verdict="drop", note="It is dropped already.")
    town.do(report, "finish", "office")
    assert town.data(report)["red_decisions"][0]["title"] == "Certificate"


def test_a_report_calls_for_a_revision_before_the_regular_one(town: Town) -> None:
    case = running(town, "Certificate")
    report = a_report(town, case)
    drafted(town, report)
    published(town, report)
    town.do(report, "call_for_revision", "chair", note="Two fields are missing.")
    revision = town.child(case, "revision")
    assert town.data(revision)["reason"] == "Two fields are missing."
    town.do(report, "call_for_revision", "chair", note="Again.")
    assert town.children(case, "revision") == [revision]


def test_one_report_a_year_and_none_on_a_year_to_come(town: Town) -> None:
    case = running(town, "Certificate")
    town.do(case, "open_report", "office", year=2025)
    for year, told in ((2025, "already"), (2027, "yet"), (None, "yet"), ("x", "yet")):
        with pytest.raises(NotPossible, match=told):
            town.do(case, "open_report", "office", year=year)
    assert len(town.children(case, "implementation_report")) == 1
    assert town.due(case, "yearly_report") == date(2027, 1, 5)
