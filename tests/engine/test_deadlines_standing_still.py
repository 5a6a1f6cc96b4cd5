"""While a case waits for somebody else its periods stand still, and who was late stays as late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.motions import (
    CLOSING,
    MEETING,
    MEMBER,
    RUNNING,
    TUESDAY,
    YEARLY,
    after,
    case,
    counted,
    draft,
    filed,
    motion,
    on,
    take,
    waiting,
)
from workflow_app.engine.calendar import Calendar, Period, Unit, weeks, working_days
from workflow_app.engine.definition import Due
from workflow_app.engine.machine import fire, start_of
from workflow_app.engine.steps import Opening


def test_while_the_case_waits_it_stands_still_with_what_is_left():
    process = motion(counted())
    asked = take(process, case(filed, RUNNING), "ask", date(2026, 3, 10))
    assert asked.running == (replace(RUNNING, due_on=None, left=21, left_in=Unit.DAY),)
    answered = take(process, after(case(filed, RUNNING), asked), "answer", date(2026, 5, 4))
    assert answered.running == (replace(RUNNING, due_on=date(2026, 5, 26)),)  # the 25th is Whit Monday


def test_steps_while_it_stands_still_change_nothing():
    stopped = replace(RUNNING, due_on=None, left=21, left_in=Unit.DAY)
    move = take(motion(counted()), case(waiting, stopped), "note", date(2026, 5, 1))
    assert (move.settled, move.running) == ((), ())


def test_who_was_late_stays_as_late():
    process = motion(counted())
    asked = take(process, case(filed, RUNNING), "ask", date(2026, 4, 10))
    assert asked.running[0].left == -10
    answered = take(process, after(case(filed, RUNNING), asked), "answer", date(2026, 5, 4))
    assert answered.running[0].due_on == date(2026, 4, 24)


def test_what_is_left_of_working_days_is_working_days():
    process = motion(counted(working_days(10)))
    due = Due("reply", date(2026, 3, 30), date(2026, 4, 15), row=5)  # Easter lies in between
    asked = take(process, case(filed, due), "ask", date(2026, 4, 2))
    assert (asked.running[0].left, asked.running[0].left_in) == (7, Unit.WORKING_DAY)
    answered = take(process, after(case(filed, due), asked), "answer", date(2026, 6, 1))
    assert answered.running[0].due_on == date(2026, 6, 10)


@pytest.mark.parametrize(
    ("length", "later", "until"),
    [
        (weeks(4), working_days(20), date(2026, 5, 26)),  # 21 calendar days; the 25th is Whit Monday
        (working_days(20), weeks(4), date(2026, 5, 27)),  # 15 working days, without Ascension Day and Whit Monday
    ],
)
def test_what_is_left_stays_what_it_was_when_the_town_counts_otherwise_meanwhile(length, later, until):
    process = motion(counted(length))
    asked = take(process, case(filed, RUNNING), "ask", date(2026, 3, 10))
    at = after(case(filed, RUNNING), asked)
    facts = on(date(2026, 5, 4), reply={"n": later.n, "unit": later.unit.value})
    answered = fire(process, at, process.step_by_name["answer"], MEMBER, {}, facts)
    assert answered.running == (replace(RUNNING, due_on=until),)


def test_what_was_left_before_its_unit_was_written_down_is_what_the_period_is_counted_in():
    process = motion(counted(working_days(10)))
    stopped = Due("reply", TUESDAY, None, left=7, row=5)
    answered = take(process, case(waiting, stopped), "answer", date(2026, 6, 1))
    assert answered.running[0].due_on == date(2026, 6, 10)


def test_what_begins_while_the_case_waits_has_its_whole_length_left():
    process = motion(counted())
    asked = take(process, case(draft), "ask", TUESDAY)
    assert asked.running == (Due("reply", TUESDAY, None, left=28, left_in=Unit.DAY),)
    answered = take(process, after(case(draft), asked), "answer", date(2026, 6, 1))
    assert answered.running[0].due_on == date(2026, 6, 29)
    again = take(process, after(case(draft), asked), "ask_again", date(2026, 3, 10))
    assert again.running == (Due("reply", date(2026, 3, 10), None, left=28, left_in=Unit.DAY),)


def test_a_period_that_has_not_begun_loses_nothing_by_waiting():
    process = motion(counted(weeks(2), field="published_on"))
    due = Due("reply", date(2026, 5, 4), date(2026, 5, 18), row=5)
    at = case(filed, due, published_on="2026-05-04")
    asked = take(process, at, "ask", TUESDAY)
    assert asked.running[0].left == 14
    in_time = take(process, after(at, asked), "answer", date(2026, 4, 1))
    assert in_time.running[0].due_on == date(2026, 5, 18)
    later = take(process, after(at, asked), "answer", date(2026, 6, 1))
    assert later.running[0].due_on == date(2026, 6, 15)


def test_no_waiting_moves_a_fixed_date_a_meeting_or_what_comes_every_year():
    process = motion(
        replace(CLOSING, during=(filed, waiting)),
        replace(MEETING, during=(filed, waiting)),
        replace(YEARLY, during=(filed, waiting)),
    )
    dates = {"closes_on": "2026-03-29", "meeting_on": "2026-06-24", "since": "2016-03-01"}
    _state, dues = start_of(replace(process, start=filed), Opening("x", dates), on(TUESDAY))
    assert [due.due_on for due in dues] == [date(2026, 3, 29), date(2026, 6, 13), date(2017, 3, 1)]
    asked = take(process, case(filed, *dues, **dates), "ask", date(2026, 3, 10))
    assert (asked.settled, asked.running) == ((), ())


@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.builds(Period, st.integers(1, 60), st.sampled_from([Unit.DAY, Unit.WORKING_DAY, Unit.WEEK])),
    st.integers(0, 500),
    st.integers(0, 500),
)
def test_waiting_costs_nobody_a_day_and_gives_nobody_one(start, length, worked, waited):
    process, calendar = motion(counted(length)), Calendar()
    first = take(process, case(draft), "file", start)
    at = after(case(draft), first)
    stop = start + timedelta(days=worked)
    at = after(at, take(process, at, "ask", stop))
    again = after(at, take(process, at, "answer", stop + timedelta(days=waited)))
    due, began = again.dues[0].due_on, first.running[0].due_on
    assert due is not None
    assert began is not None
    if began < stop:  # late before, late after, by as much
        unit = Unit.WORKING_DAY if length.unit is Unit.WORKING_DAY else Unit.DAY
        late = calendar.remaining(stop, began, unit)
        assert calendar.remaining(stop + timedelta(days=waited), due, unit) == late
    else:
        assert due >= began
        assert calendar.is_working_day(due)
        assert waited or due == began
