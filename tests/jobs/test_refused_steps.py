"""A step of the clock that a rule refuses: what another try does, and what it means to let it be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cases.test_acting import clean
from tests.cases.world import ADA, PARTS, filed, request, task
from tests.jobs.lapsing import BROKEN, OVER, breaks, incidents, is_not_broken, overdue, state, swept_at, with_lapse
from tests.jobs.town import BEN, DORA, Town
from workflow_app.cases import Cases, ringing_again
from workflow_app.engine import clock
from workflow_app.engine.calendar import days, years
from workflow_app.engine.definition import Deadline, Opening, Setting, Step, clock_party
from workflow_app.engine.errors import Invalid, Reason
from workflow_app.engine.machine import Registry
from workflow_app.incidents.deciding import Decided
from workflow_app.jobs import again, deadlines

WHY = "The board has agreed on the telephone."


def refused(town: Town) -> int:
    """A case the clock should have let lapse, and a rule did not want it to."""
    with_lapse(town, when=(is_not_broken,))
    case = town.filed("Broken")
    BROKEN.add("Broken")
    swept_at(OVER)
    return case


def asked(moment: datetime, decide: Callable[[], Decided]) -> Decided:
    """What somebody decides then, and the next tick of the clock."""
    with clock.at(moment):
        decided = decide()
    swept_at(moment + timedelta(seconds=20))
    return decided


def retried(moment: datetime) -> Decided:
    return asked(moment, lambda: again.retry(DORA, [1]))


def discarded(moment: datetime) -> Decided:
    return asked(moment, lambda: again.discard(BEN, [1], WHY))


def test_another_try_takes_the_step_at_the_next_tick(town):
    case = refused(town)
    BROKEN.clear()
    assert retried(OVER + timedelta(days=2)).done == [1]
    assert (state(town, case), overdue(town), incidents(town)[0][2]) == ("gone", 1, "solved")
    clean(town.cases)


def test_another_try_that_is_refused_again_is_the_same_incident_and_can_be_asked_for_again(town):
    case = refused(town)
    for days_ in (1, 2):
        assert retried(OVER + timedelta(days=days_)).done == [1]
    swept_at(OVER + timedelta(days=3))
    assert (state(town, case), overdue(town)) == ("filed", 1)
    assert [row[1:] for row in incidents(town)] == [("refused", "open", 3)]


def test_another_try_that_fails_goes_on_by_itself_and_can_be_asked_for_again(town):
    case = refused(town)
    with_lapse(town, writes=breaks)
    assert retried(OVER + timedelta(days=1)).done == [1]
    assert [row[1:] for row in incidents(town)] == [("KeyError", "open", 2)]
    BROKEN.clear()
    assert retried(OVER + timedelta(days=1, seconds=30)).done == [1]
    assert (state(town, case), incidents(town)[0][2]) == ("gone", "solved")


@pytest.mark.parametrize("is_asked_for", [False, True], ids=["at once", "when another try has been asked for"])
def test_who_lets_it_be_says_why_and_the_clock_leaves_the_step_out(town, is_asked_for):
    case = refused(town)
    BROKEN.clear()
    if is_asked_for:
        with clock.at(OVER + timedelta(hours=1)):
            again.retry(DORA, [1])
    assert discarded(OVER + timedelta(hours=1)).done == [1]
    swept_at(OVER + timedelta(days=400))
    assert town.rows("SELECT state, settled_by_id, reason FROM incidents") == [("discarded", BEN, WHY)]
    assert (state(town, case), town.rows("SELECT status, fire_at FROM due_dates")) == ("filed", [("running", None)])


def test_a_step_that_was_taken_though_nobody_has_said_so_is_not_taken_again(town, monkeypatch):
    with_lapse(town, target=None, when=(is_not_broken,))
    case = town.filed("Broken")
    BROKEN.add("Broken")
    swept_at(OVER)
    BROKEN.clear()
    with monkeypatch.context() as patch:
        patch.setattr(deadlines, "_solve", lambda rows: None)  # the scheduler was killed just before
        assert retried(OVER + timedelta(days=1)).done == [1]
    assert incidents(town)[0][2] == "retrying"
    assert [one.why for one in discarded(OVER + timedelta(days=2)).left] == ["solved"]
    steps = "SELECT count(*) FROM case_events WHERE step = 'lapse' AND case_id = :c"
    assert town.rows(steps, c=case) == [(1,)]


# ------------------------------------------------------------------------ what comes again


def after(year: int) -> datetime:
    """2 March of this year is over in Flensburg."""
    return datetime(year, 3, 2, 23, tzinfo=UTC)


def with_report(town: Town, **changes: Any) -> int:
    """A case with a report every year, on 2 March, the first of which the clock could not begin."""
    tick = Step("tick", "Tick", filed, None, who=clock_party, past="Tick.", **changes)
    every = Setting("yearly", years(1))
    yearly = Deadline("yearly", "Yearly", (filed,), field="since", every=every, roll=False, then="tick")
    process = replace(request, steps=(*request.steps, tick), deadlines=(replace(yearly, warn=(days(7),)),))
    town.app.extensions["cases"] = town.cases = Cases(town.cases.store, Registry((process, task)))
    case = town.cases.open_case("request", Opening("Broken", {"since": "2026-03-02"}, PARTS), ADA).case_id
    town.cases.act(case, "file", ADA)
    BROKEN.add("Broken")
    swept_at(after(2027))
    return case


def reports(town: Town) -> list[str]:
    """The days for which the clock began a report, in order."""
    query = "SELECT body FROM case_event_payloads p JOIN case_events e USING (case_id, seq) WHERE step = 'tick'"
    return [json.loads(body)["due"]["on"] for (body,) in town.rows(f"{query} ORDER BY seq")]


def next_report(town: Town) -> tuple[str, int]:
    (found,) = town.rows("SELECT due_on, warned FROM due_dates WHERE status = 'running'")
    return str(found[0]), int(found[1])


REFUSED: dict[str, Any] = {"when": (is_not_broken,)}
FAILS: dict[str, Any] = {"writes": breaks}


@pytest.mark.parametrize("change", [REFUSED, FAILS], ids=["refused", "fails"])
def test_another_try_begins_the_report_that_was_missed_and_the_next_one_comes(town, change):
    with_report(town, **change)
    BROKEN.clear()
    assert retried(after(2027) + timedelta(hours=1)).done == [1]
    assert (reports(town), next_report(town)) == (["2027-03-02"], ("2028-03-02", 0))
    swept_at(after(2028))
    assert reports(town) == ["2027-03-02", "2028-03-02"]
    assert incidents(town)[0][2] == "solved"
    clean(town.cases)


@pytest.mark.parametrize("change", [REFUSED, FAILS], ids=["refused", "fails"])
def test_who_lets_a_report_be_leaves_out_this_one_and_the_next_one_comes(town, change):
    with_report(town, **change)
    BROKEN.clear()
    assert discarded(after(2027) + timedelta(hours=1)).done == [1]
    assert (reports(town), next_report(town)) == ([], ("2028-03-02", 0))
    clean(town.cases)  # also the day that stands beside the open steps
    swept_at(after(2028) - timedelta(days=7))
    assert next_report(town) == ("2028-03-02", 1)
    swept_at(after(2028))
    assert reports(town) == ["2028-03-02"]
    assert town.rows("SELECT state, reason FROM incidents") == [("discarded", WHY)]


def test_a_report_that_was_refused_waits_for_a_person_and_is_made_up_for_on_the_next_of_its_days(town):
    with_report(town, **REFUSED)
    swept_at(after(2027) + timedelta(days=100))
    assert [row[1:] for row in incidents(town)] == [("refused", "open", 1)]
    swept_at(after(2028))
    assert [row[1:] for row in incidents(town)] == [("refused", "open", 2)]
    BROKEN.clear()
    swept_at(after(2029) - timedelta(hours=1))
    assert reports(town) == []
    swept_at(after(2029))
    assert reports(town) == ["2027-03-02", "2028-03-02", "2029-03-02"]
    assert (incidents(town)[0][2], next_report(town)) == ("solved", ("2030-03-02", 0))
    clean(town.cases)


def test_of_a_report_whose_next_day_cannot_be_counted_yet_nothing_is_lost(town, monkeypatch):
    with_report(town, **REFUSED)

    def unknown(*_args: object, **_more: object) -> None:
        raise Invalid(Reason("The public holidays of that year are not known."))

    with monkeypatch.context() as patch:
        patch.setattr(ringing_again, "begin", unknown)
        assert discarded(after(2027) + timedelta(hours=1)).done == [1]
    BROKEN.clear()
    swept_at(after(2028))
    assert reports(town) == ["2027-03-02", "2028-03-02"]
