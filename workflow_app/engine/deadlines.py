"""How the deadlines of a case begin, stand still, go on, move and end. Pure.

Dates are local legal dates; a deadline ends with the end of its day.
"""

from __future__ import annotations

from datetime import date, timedelta

from .calendar import Period, next_occurrence
from .definition import Actor, Data, Deadline, Direction, Due, Facts, Process, Snapshot, Step
from .definition import message as _
from .errors import Reason


def follow(
    process: Process, case: Snapshot, step: Step, to_state: str, entered: bool, data: Data, facts: Facts
) -> tuple[tuple[Due, ...], tuple[Due, ...]]:
    """Which deadlines end with a step, and which run afterwards (new or changed).

    A row in both answers is replaced: settled under its old key and written anew.
    """
    settled: list[Due] = []
    running: list[Due] = []
    for due in case.dues:
        deadline = process.deadline_by_name.get(due.name)
        if deadline is None or not _runs_in(deadline, to_state):
            settled.append(due)
        elif (after := _changed(process, deadline, due, case, step, to_state, entered, data, facts)) != due:
            settled.append(due)
            if after:
                running.append(after)
    known = {due.name for due in case.dues}
    fresh = entering(process, to_state, data, facts)
    running += [due for due in fresh if due.name not in known]
    return tuple(settled), tuple(running)


def _changed(
    process: Process,
    deadline: Deadline,
    due: Due,
    case: Snapshot,
    step: Step,
    to_state: str,
    entered: bool,
    data: Data,
    facts: Facts,
) -> Due | None:
    if step.extends == deadline.name:
        return _extended(due, data)
    if step.name == deadline.then and deadline.every:
        return begin(deadline, data, facts, after=due.due_on or facts.today)
    if deadline.field and data.get(deadline.field) != case.data.get(deadline.field):
        return begin(deadline, data, facts)
    if entered and not deadline.field and to_state == case.state and not deadline.every:
        return begin(deadline, data, facts)
    stood = process.state_by_name[case.state].suspended
    stands = process.state_by_name[to_state].suspended
    if stands and not stood and due.due_on:
        return Due(due.name, due.anchor_on, None, max(0, (due.due_on - facts.today).days), due.extended, due.row)
    if stood and not stands and due.left is not None:
        on = facts.today + timedelta(days=due.left)
        return Due(due.name, due.anchor_on, _rolled(deadline, on, facts), None, due.extended, due.row)
    return due


def entering(process: Process, state: str, data: Data, facts: Facts) -> tuple[Due, ...]:
    """The deadlines that begin when a case with these data comes into a state."""
    found = (begin(d, data, facts) for d in process.deadlines if _runs_in(d, state))
    return tuple(due for due in found if due)


def begin(deadline: Deadline, data: Data, facts: Facts, after: date | None = None) -> Due | None:
    """A deadline from its anchor; None while the date it is counted from is not known.

    A deadline that comes again falls on the first anchor + n periods later than `after` (by
    default the anchor itself), counted from the anchor so that it never drifts.
    """
    anchor = _anchor(deadline, data, facts)
    if anchor is None:
        return None
    if deadline.every:
        again = next_occurrence(anchor, facts.value(deadline.every), after or anchor)
        return Due(deadline.name, anchor, _rolled(deadline, again, facts))
    if deadline.length is None:
        return Due(deadline.name, anchor, anchor)
    period: Period = facts.value(deadline.length)
    if deadline.direction is Direction.BEFORE:
        return Due(deadline.name, anchor, facts.calendar.before(anchor, period, deadline.mode))
    return Due(deadline.name, anchor, facts.calendar.after(anchor, period, roll=deadline.roll))


def not_extendable(process: Process, case: Snapshot, step: Step, actor: Actor) -> Reason | None:
    """Why this actor cannot extend the deadline now: it does not run, or it has been extended
    before and a second time needs a higher level (domain.md section 4)."""
    due = next((d for d in case.dues if d.name == step.extends), None)
    if due is None or due.due_on is None:
        return Reason(_("This deadline is not running."))
    extension = process.deadline_by_name[step.extends].extension
    if extension is None:
        return Reason(_("This deadline cannot be extended."))
    higher = extension.again.principals(case.parts)
    if due.extended and extension.again and actor.principals.isdisjoint(higher):
        return Reason(_("It has been extended before. A second time is for: %(who)s."), {"who": extension.again.seats})
    if not due.extended and actor.principals.isdisjoint((extension.who | extension.again).principals(case.parts)):
        return Reason(_("Only these may do this: %(who)s."), {"who": extension.who.seats})
    return None


def _extended(due: Due, data: Data) -> Due:
    return Due(due.name, due.anchor_on, date.fromisoformat(data["until"]), None, due.extended + 1, due.row)


def _anchor(deadline: Deadline, data: Data, facts: Facts) -> date | None:
    if not deadline.field:
        return facts.today
    try:
        return date.fromisoformat(data.get(deadline.field) or "")
    except ValueError:  # nothing set, or a vague date such as "2016-03": that is no day to count from
        return None


def _rolled(deadline: Deadline, on: date, facts: Facts) -> date:
    return facts.calendar.next_working_day(on) if deadline.roll else on


def _runs_in(deadline: Deadline, state: str) -> bool:
    return any(s.name == state for s in deadline.during)
