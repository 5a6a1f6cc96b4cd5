"""A deadline is moved by those who may, to a later date; a second time takes a higher level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.engine.motions import (
    CLERK,
    HEAD,
    MEMBER,
    RUNNING,
    STEPS,
    TUESDAY,
    ExtensionForm,
    after,
    case,
    counted,
    filed,
    head,
    motion,
    office,
    on,
    step,
    take,
    waiting,
)
from workflow_app.engine.calendar import Unit
from workflow_app.engine.definition import Actor, Due, Extension
from workflow_app.engine.errors import Invalid, NotAllowed, NotPossible
from workflow_app.engine.machine import Move, available, fire

EXTENDABLE = counted(extension=Extension(office, ExtensionForm, again=head))


def extend(until: str | None, actor: Actor = CLERK, due: Due = RUNNING, today: date = TUESDAY) -> Move:
    return take(motion(EXTENDABLE), case(filed, due), "extend_reply", today, actor, until=until, note="ill")


def test_it_is_extended_to_a_date_that_no_holiday_moves_and_the_times_are_counted():
    move = extend("2026-05-25")  # Whit Monday
    assert move.settled == (RUNNING,)
    assert move.running == (replace(RUNNING, due_on=date(2026, 5, 25), extended=1),)
    assert move.to_state == "filed"


def test_the_case_keeps_from_when_to_when_and_why_and_nothing_else_of_it_changes():
    move = extend("2026-05-25")
    assert move.changes.set == {}
    kept = move.changes.add["extensions"]
    assert kept == {
        "on": TUESDAY.isoformat(), "deadline": EXTENDABLE.label, "until": "2026-05-25",
        "due_before": RUNNING.due_on and RUNNING.due_on.isoformat(), "note": "ill",
    }  # fmt: skip
    assert "extensions" in motion(EXTENDABLE).field_by_name


def test_a_second_time_is_for_the_higher_level():
    once = replace(RUNNING, extended=1)
    with pytest.raises(NotPossible, match="second time") as no:
        extend("2026-05-29", CLERK, once)
    assert [seat.label for seat in no.value.reason.params["who"]] == ["Head"]
    assert extend("2026-05-29", HEAD, once).running[0].extended == 2
    assert extend("2026-05-29", HEAD).running[0].extended == 1


def test_nobody_else_may_extend_it_not_even_by_a_step_that_is_open_to_all():
    with pytest.raises(NotAllowed):
        extend("2026-05-29", MEMBER)
    for_all = step("more_time", filed, None, extends="reply")
    process = replace(motion(EXTENDABLE), steps=(*STEPS, for_all))
    with pytest.raises(NotPossible) as no:
        fire(process, case(filed, RUNNING), for_all, MEMBER, {"until": "2026-05-29"}, on(TUESDAY))
    assert [seat.label for seat in no.value.reason.params["who"]] == ["Office"]
    assert fire(process, case(filed, RUNNING), for_all, CLERK, {"until": "2026-05-29"}, on(TUESDAY)).running


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("2026-03-31", "later than the present one, 2026-03-31"),
        ("2026-03-20", "later than the present one"),
        ("2026-03-02", "in the past"),
        ("soon", "enter a date"),
        ("", "enter a date"),
        (None, "enter a date"),
    ],
)
def test_a_date_that_extends_nothing_is_refused_beside_its_field(until, why):
    with pytest.raises(Invalid, match=why) as no:
        extend(until)
    assert set(no.value.fields) == {"until"}
    assert no.value.status == 422


def test_what_is_over_may_be_extended_but_not_into_the_past():
    late = date(2026, 4, 20)
    assert extend("2026-04-20", today=late).running[0].due_on == late
    with pytest.raises(Invalid, match="in the past"):
        extend("2026-04-10", today=late)


def test_what_does_not_run_or_may_not_be_extended_is_not():
    process = motion(EXTENDABLE)
    stopped = replace(RUNNING, due_on=None, left=21)
    for at in (case(filed), case(waiting, stopped)):
        offers = {offer.step.name: offer for offer in available(process, at, CLERK, on(TUESDAY))}
        assert "not running" in str(offers["extend_reply"].reason)
    by_hand = step("more_time", filed, None, extends="reply")
    plain = replace(motion(counted()), steps=(*STEPS, by_hand))
    with pytest.raises(NotPossible, match="cannot be extended"):
        fire(plain, case(filed, RUNNING), by_hand, CLERK, {"until": "2026-05-01"}, on(TUESDAY))


def test_without_a_higher_level_it_may_be_extended_again():
    process = motion(counted(extension=Extension(office, ExtensionForm)))
    twice = replace(RUNNING, extended=2)
    move = take(process, case(filed, twice), "extend_reply", TUESDAY, CLERK, until="2026-05-29")
    assert move.running[0].extended == 3


def test_an_extended_deadline_stands_still_like_any_other():
    process = motion(EXTENDABLE)
    at = after(case(filed, RUNNING), extend("2026-04-30"))
    asked = take(process, at, "ask", date(2026, 4, 20))
    assert asked.running == (replace(RUNNING, due_on=None, left=10, extended=1, left_in=Unit.DAY),)
