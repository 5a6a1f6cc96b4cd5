"""Deadlines of a case: how they begin, come again and end (domain.md section 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

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
)
from workflow_app.engine.calendar import days, months
from workflow_app.engine.deadlines import begin
from workflow_app.engine.definition import CLOCK, Due
from workflow_app.engine.errors import Invalid
from workflow_app.engine.machine import fire, start_of
from workflow_app.engine.steps import Opening


def test_it_begins_with_entering_its_state_and_ends_with_leaving_it():
    process = motion(counted())
    filed_now = take(process, case(draft), "file", TUESDAY)
    assert filed_now.running == (Due("reply", TUESDAY, date(2026, 3, 31)),)
    finished = take(process, case(filed, RUNNING), "finish", date(2026, 3, 9))
    assert (finished.settled, finished.running) == ((RUNNING,), ())


def test_a_step_that_stays_neither_begins_nor_moves_what_is_counted_from_the_state():
    process = motion(counted())
    assert take(process, case(filed, RUNNING), "note", date(2026, 3, 9)).settled == ()
    imported = take(process, case(filed), "note", date(2026, 3, 9))
    assert imported.running == ()


def test_entering_the_same_state_anew_lets_it_begin_anew():
    extended = replace(RUNNING, extended=1)
    move = take(motion(counted()), case(filed, extended), "refile", date(2026, 3, 10))
    assert move.settled == (extended,)
    assert move.running == (Due("reply", date(2026, 3, 10), date(2026, 4, 7)),)


def test_the_end_moves_off_easter_monday_only_where_the_rule_set_says_so():
    thursday = date(2026, 3, 26)
    rolled = take(motion(counted(days(11))), case(draft), "file", thursday)
    fixed = take(motion(counted(days(11), roll=False)), case(draft), "file", thursday)
    assert rolled.running[0].due_on == date(2026, 4, 7)
    assert fixed.running[0].due_on == date(2026, 4, 6)


def test_the_town_sets_the_length_in_whatever_unit_it_counts():
    process = motion(counted())
    facts = on(TUESDAY, reply={"n": 10, "unit": "working_day"})
    move = fire(process, case(draft), process.step_by_name["file"], MEMBER, {}, facts)
    assert move.running[0].due_on == date(2026, 3, 17)


def test_a_deadline_of_a_process_that_no_longer_knows_it_ends():
    forgotten = Due("old", TUESDAY, date(2026, 4, 1), row=9)
    assert take(motion(), case(filed, forgotten), "note", TUESDAY).settled == (forgotten,)


# ------------------------------------------------------------------------ counted from a date


def test_a_date_in_the_data_is_what_it_is_counted_from():
    process = motion(CLOSING)
    sunday = take(process, case(draft), "file", TUESDAY, closes_on="2026-03-29")
    assert sunday.running == (Due("closing", date(2026, 3, 29), date(2026, 3, 29)),)
    known_later = take(process, case(filed), "note", TUESDAY, closes_on="2026-04-30")
    assert known_later.running[0].due_on == date(2026, 4, 30)


@pytest.mark.parametrize("vague", [None, "", "2016-03", "mid 2015", 2016])
def test_a_vague_date_is_no_day_to_count_from(vague):
    assert take(motion(CLOSING), case(draft), "file", TUESDAY, closes_on=vague).running == ()


def test_another_date_moves_it_and_no_date_ends_it():
    process, due = motion(CLOSING), Due("closing", date(2026, 3, 29), date(2026, 3, 29), extended=1, row=5)
    at = case(filed, due, closes_on="2026-03-29")
    moved = take(process, at, "note", TUESDAY, closes_on="2026-04-02")
    assert (moved.settled, moved.running) == ((due,), (Due("closing", date(2026, 4, 2), date(2026, 4, 2)),))
    ended = take(process, at, "note", TUESDAY, closes_on=None)
    assert (ended.settled, ended.running) == ((due,), ())
    same = take(process, at, "note", TUESDAY, closes_on="2026-03-29")
    assert (same.settled, same.running) == ((), ())


def test_before_a_meeting_it_is_counted_backwards_and_never_moves_towards_it():
    _state, dues = start_of(motion(MEETING), Opening("x", {"meeting_on": "2026-06-24"}), on(TUESDAY))
    assert dues == (Due("invitation", date(2026, 6, 24), date(2026, 6, 13)),)  # a Saturday


def test_a_deadline_in_a_year_whose_holidays_nobody_knows_is_refused_in_words():
    process = motion(counted(months(6), field="adopted_on"))
    with pytest.raises(Invalid, match="holidays of that year are not known"):
        take(process, case(draft), "file", TUESDAY, adopted_on="2100-12-31")


# ----------------------------------------------------------------------------- coming again


def test_what_was_missed_comes_one_by_one_and_never_drifts():
    process = motion(YEARLY)
    at = case(draft, since="2016-02-29")
    at = after(at, take(process, at, "file", date(2016, 3, 1)))
    ends = [at.dues[0].due_on]
    for _missed in range(5):
        at = after(at, take(process, at, "note", date(2021, 6, 1), CLOCK))
        ends.append(at.dues[0].due_on)
    assert [end.isoformat() for end in ends if end] == [
        "2017-02-28", "2018-02-28", "2019-02-28", "2020-02-29", "2021-02-28", "2022-02-28",
    ]  # fmt: skip


def test_a_return_that_was_moved_off_a_sunday_does_not_move_those_after_it():
    process = motion(replace(YEARLY, roll=True))
    _state, dues = start_of(replace(process, start=filed), Opening("x", {"since": "2019-03-01"}), on(TUESDAY))
    assert dues[0].due_on == date(2020, 3, 2)
    move = take(process, case(filed, dues[0], since="2019-03-01"), "note", date(2020, 3, 3), CLOCK)
    assert move.running[0].due_on == date(2021, 3, 1)


def test_what_comes_again_does_not_begin_anew_with_its_state():
    due = Due("yearly", date(2016, 3, 1), date(2027, 3, 1), row=5)
    assert take(motion(YEARLY), case(filed, due, since="2016-03-01"), "refile", TUESDAY).settled == ()


def test_the_end_of_a_period_is_the_one_the_calendar_counts():
    deadline = counted(months(1))
    assert begin(deadline, {}, on(date(2026, 1, 31))) == Due("reply", date(2026, 1, 31), date(2026, 3, 2))
