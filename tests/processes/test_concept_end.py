"""What a concept in force goes through, how it ends, and what goes on after it (domain.md 3.1, 3.4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.processes.paths import OFFICES, drafted, in_council, in_force, measures, outcome, published, requests, start
from tests.processes.town import COUNCIL_OFFICE, LIBRARY, OFFICE, Town
from workflow_app.engine.errors import NotAllowed, NotPossible

TWO_YEARS: dict[str, Any] = {"period_to": "2028-01-04", "afterwards": "ends"}


def expired(town: Town, titles: tuple[str, ...] = ("Certificate", "Reading hour")) -> int:
    """A concept whose two years are over; its measures are running."""
    case = in_force(town, titles, **TWO_YEARS)
    for measure in measures(town, case).values():
        start(town, measure)
    town.wait_until(date(2028, 1, 5))
    assert town.state(case) == "expired"
    return case


def successor(town: Town, *predecessors: int, **decision: Any) -> int:
    """A later concept, adopted, that names the plans it follows."""
    case = in_council(town, name="Later concept")
    for before in predecessors:
        town.do(case, "name_predecessor", "office", predecessor=before)
    outcome(town, case, 1, "adopted", yes=30, no=2, abstained=0, **decision)
    return case


# -------------------------------------------------------------------------- living parts


def test_a_living_part_is_kept_up_to_date_without_a_resolution(town: Town) -> None:
    case = in_force(town, decision={"living_parts": [{"name": "List of contacts"}, {"name": "Appendix"}]})
    town.do(case, "update_living_part", "office", part=0, text="New addresses", note="The library has moved.")
    data = town.data(case)
    assert [(p["name"], p["text"]) for p in data["living_parts"]] == [
        ("List of contacts", "New addresses"), ("Appendix", None)]  # fmt: skip
    assert data["living_updates"][0]["note"] == "The library has moved."
    assert town.state(case) == "in_force"
    with pytest.raises(NotPossible, match="does not leave this part"):
        town.do(case, "update_living_part", "office", part=2, text="x", note="x")


def test_what_is_frozen_by_the_resolution_needs_a_revision(town: Town) -> None:
    case = in_force(town)
    with pytest.raises(NotPossible, match="it needs a revision"):
        town.do(case, "update_living_part", "office", part=0, text="x", note="x")


# ---------------------------------------------------------------------- several versions


def test_base_plan_and_focus_for_a_time_are_in_force_at_once(any_town: Town) -> None:
    base = in_force(any_town, afterwards="until_replaced")
    focus = successor(any_town, base, predecessor_continues=True)
    day = any_town.today
    until = (day + timedelta(days=200)).isoformat()
    period = {"period_to": until, "afterwards": "ends"}
    any_town.do(focus, "publish", "office", published_on=day.isoformat(), **period)
    any_town.wait_until(day + timedelta(days=2))
    assert (any_town.state(base), any_town.state(focus)) == ("in_force", "in_force")
    any_town.wait_until(day + timedelta(days=202))
    assert (any_town.state(base), any_town.state(focus)) == ("in_force", "expired")


def test_a_successor_replaces_the_plan_before_it_and_its_measures_go_on(any_town: Town) -> None:
    base = in_force(any_town)
    measure = measures(any_town, base)["Certificate"]
    start(any_town, measure)
    later = successor(any_town, base)
    assert any_town.links(later) == [("predecessor", base)]
    assert (any_town.state(base), any_town.state(measure)) == ("replaced", "running")
    assert any_town.data(measure)["concept_ended_on"] == any_town.today.isoformat()


def test_two_plans_are_joined_in_one(town: Town) -> None:
    one, two = in_force(town, ("A",), "Sports"), in_force(town, ("B",), "Health")
    successor(town, one, two)
    assert (town.state(one), town.state(two)) == ("replaced", "replaced")


def test_a_plan_cannot_follow_itself_or_lead_in_a_circle(town: Town) -> None:
    base = in_force(town)
    later = in_council(town, name="Later concept")
    town.do(later, "name_predecessor", "office", predecessor=base)
    town.do(later, "name_predecessor", "office", predecessor=base)  # said twice, it is still one link
    third = town.open("concept", "Third", "office", OFFICES)
    town.do(third, "name_predecessor", "office", predecessor=later)
    assert town.links(later) == [("predecessor", base)]
    with pytest.raises(NotPossible, match="another case than this one"):
        town.do(later, "name_predecessor", "office", predecessor=later)
    with pytest.raises(NotPossible, match="round in a circle"):
        town.do(later, "name_predecessor", "office", predecessor=third)


# --------------------------------------------------------------------------------- end


def test_measures_are_followed_up_after_the_end_of_their_concept(any_town: Town) -> None:
    case = expired(any_town)
    for measure in measures(any_town, case).values():
        assert any_town.state(measure) == "running"
        assert any_town.data(measure)["concept_ended_on"] == "2028-01-05"
        assert any_town.due(measure, "follow_up") == date(2028, 4, 5)
        told = dict(any_town.told(measure))
        assert set(told["measure_outlives"]) == {f"member@{LIBRARY}", f"member@{OFFICE}"}
    any_town.wait_until(date(2028, 4, 10))
    told = dict(any_town.told(measure))
    assert set(told["warning:follow_up"]) == {f"member@{LIBRARY}", f"member@{OFFICE}"}
    assert "overdue:follow_up" in told
    looked_at = measures(any_town, case)["Certificate"]
    any_town.do(looked_at, "note_status", "library", status="running", light="green", text="It goes on.")
    assert any_town.due(looked_at, "follow_up") is None


def test_a_planned_day_to_look_again_is_kept_and_one_far_away_comes_nearer(town: Town) -> None:
    case = in_force(town, ("Soon", "Later"), **TWO_YEARS)
    near, far = measures(town, case)["Soon"], measures(town, case)["Later"]
    town.do(near, "plan", "library", follow_up_on="2028-02-01")
    town.do(far, "plan", "library", follow_up_on="2031-01-01")
    town.wait_until(date(2028, 1, 5))
    assert town.due(near, "follow_up") == date(2028, 2, 1)
    assert town.due(far, "follow_up") == date(2028, 4, 5)


def test_the_yearly_report_goes_on_for_measures_of_an_expired_concept_until_none_is_left(town: Town) -> None:
    case = expired(town)
    assert [town.row(r, "title")[0] for r in town.children(case, "implementation_report")] == ["Concept (2026)"]
    report = _next_report(town, case)
    assert town.data(report)["year"] == 2027
    assert set(requests(town, report)) == {"Certificate", "Reading hour"}
    finished, dropped = measures(town, case).values()
    town.do(finished, "finish", "library", note="Done.")
    town.do(dropped, "drop", "office", note="Nobody came.")
    last = _next_report(town, case)  # it tells of what ended in its year
    assert (town.data(last)["year"], set(requests(town, last))) == (2028, {"Certificate", "Reading hour"})
    assert town.data(requests(town, last)["Reading hour"])["measure_state"] == "dropped"
    due = town.due(case, "yearly_report")
    assert due
    town.wait_until(due + timedelta(days=1))
    assert len(town.children(case, "implementation_report")) == 3
    assert (town.due(case, "yearly_report"), town.data(case)["reports_ended_on"]) == (None, town.today.isoformat())


def _next_report(town: Town, case: int) -> int:
    due = town.due(case, "yearly_report")
    assert due
    town.wait_until(due + timedelta(days=1))
    report = town.child(case, "implementation_report")
    town.do(report, "ask", "office", cut_off=town.today.isoformat())
    return report


def test_measures_of_a_replaced_concept_are_reported_on_too(town: Town) -> None:
    base = in_force(town)
    start(town, measures(town, base)["Certificate"])
    successor(town, base)
    report = _next_report(town, base)
    assert set(requests(town, report)) == {"Certificate", "Reading hour"}
    drafted(town, report)
    published(town, report)
    assert town.state(report) == "published"


def test_without_measures_an_ended_concept_is_not_reported_on(town: Town) -> None:
    case = in_force(town, (), **TWO_YEARS)
    town.wait_until(date(2028, 1, 6))
    before = len(town.children(case, "implementation_report"))
    with pytest.raises(NotPossible, match="left to report on"):
        town.do(case, "open_report", "office", year=2027)
    town.wait_until(date(2031, 1, 6))
    assert len(town.children(case, "implementation_report")) == before


def test_it_is_archived_when_nothing_of_it_is_followed_up_any_more(town: Town) -> None:
    case = expired(town, ("Certificate",))
    with pytest.raises(NotPossible, match="still followed up: 1"):
        town.do(case, "archive", "office", note="Over.")
    town.do(measures(town, case)["Certificate"], "finish", "library", note="Done.")
    town.do(case, "archive", "office", note="Over.")
    assert town.state(case) == "archived"


def test_it_continues_until_it_is_replaced(town: Town) -> None:
    case = in_force(town, period_to="2028-01-04", afterwards="until_replaced")
    town.wait_until(date(2028, 1, 6))
    assert (town.state(case), town.data(case)["continued_since"]) == ("in_force", "2028-01-04")
    successor(town, case)
    assert town.state(case) == "replaced"


def test_an_open_period_gets_an_end_by_resolution(town: Town) -> None:
    case = in_force(town, period_to=None)
    assert town.due(case, "period_end") is None
    town.do(case, "prolong", "clerk", period_to="2027-12-31", afterwards="ends", note="Resolution of May")
    told = town.wait_until(date(2028, 1, 1))
    assert town.state(case) == "expired"
    assert all(not rung.refused for rung in told)


def test_those_in_charge_are_warned_long_before_the_end(town: Town) -> None:
    case = in_force(town, **TWO_YEARS)
    town.wait_until(date(2026, 7, 6))
    told = dict(town.told(case))
    assert set(told["warning:period_end"]) == {"member@1", "member@2"}


def test_report_and_revision_come_as_often_as_the_town_wants(town: Town) -> None:
    with town.cases.store.transaction() as tx:
        sql = "INSERT INTO rule_settings (name, valid_from, value) VALUES (?, ?, ?)"
        tx.write([(sql, ("report_cadence", date(2026, 1, 1), '{"n": 3, "unit": "year"}'))])
        tx.write([(sql, ("revision_cadence", date(2026, 1, 1), '{"n": 5, "unit": "year"}'))])
        tx.commit()
    case = in_force(town)
    assert town.due(case, "yearly_report") == date(2029, 1, 5)
    assert town.due(case, "regular_revision") == date(2031, 1, 6)  # 5 January 2031 is a Sunday


def test_a_stranger_learns_nothing_of_a_plan_by_naming_it(town: Town) -> None:
    hidden = town.open("concept", "Secret", "office", {"office": OFFICE, "lead_department": OFFICE})
    case = town.open("concept", "Open", "clerk", {"council_office": COUNCIL_OFFICE, "office": COUNCIL_OFFICE})
    with pytest.raises(NotPossible, match="a case that exists"):
        town.do(case, "name_predecessor", "clerk", predecessor=hidden)
    with pytest.raises(NotAllowed):
        town.do(hidden, "name_predecessor", "clerk", predecessor=case)
