"""How the deadlines of a case begin, stand still, go on, move and end. Pure.

Dates are local legal dates; a deadline ends with the end of its day. Only a period that is counted
forwards can stand still while a case waits for somebody else: a fixed date, a date before a
meeting and one that comes again are days in the calendar, and no waiting moves those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from .calendar import CalendarError, Period, Unit, next_occurrence
from .definition import Actor, Anchor, Data, Deadline, Direction, Due, Facts, Process, Snapshot, Step
from .definition import message as _
from .errors import Invalid, Reason
from .submitted import day


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that has just been taken, with what was submitted and the data as they are after it."""

    process: Process
    case: Snapshot
    step: Step
    to_state: str
    entered: bool
    submitted: Data
    data: Data
    facts: Facts

    def after(self, due: Due) -> Due | None:
        """What becomes of a deadline; None if it ends."""
        deadline = self.process.deadline_by_name.get(due.name)
        if deadline is None or not _runs_in(deadline, self.to_state):
            return None
        changed = self._changed(deadline, due)
        return changed and self._as_it_stands(deadline, changed)

    def fresh(self) -> tuple[Due, ...]:
        """The deadlines that begin with the step: those counted from a state by entering it, those
        counted from a date as soon as it is known."""
        known = {due.name for due in self.case.dues}
        found = entering(self.process, self.to_state, self.data, self.facts)
        return tuple(due for due in found if due.name not in known and (self.entered or self._by_date(due)))

    def _by_date(self, due: Due) -> bool:
        return self.process.deadline_by_name[due.name].anchor is Anchor.FIELD

    def _changed(self, deadline: Deadline, due: Due) -> Due | None:
        if self.step.extends == deadline.name:
            return _extended(due, self.submitted, self.facts)
        if self.step.name == deadline.then and deadline.every:
            return begin(deadline, self.data, self.facts, after=due.due_on)
        if deadline.field:
            moved = self.data.get(deadline.field) != self.case.data.get(deadline.field)
            return begin(deadline, self.data, self.facts) if moved else due
        again = self.entered and self.to_state == self.case.state and not deadline.every
        return begin(deadline, self.data, self.facts) if again else due

    def _as_it_stands(self, deadline: Deadline, due: Due) -> Due:
        return _stopped_or_running(self.process, deadline, due, self.to_state, self.facts)


def follow(
    process: Process,
    case: Snapshot,
    step: Step,
    to_state: str,
    entered: bool,
    submitted: Data,
    data: Data,
    facts: Facts,
) -> tuple[tuple[Due, ...], tuple[Due, ...]]:
    """Which deadlines end with a step, and which run afterwards (new or changed). `data` are the
    case's data after the step.

    A row in both answers is replaced: settled under its old key and written anew. Raises Invalid
    where a submitted date cannot be used.
    """
    turn = Turn(process, case, step, to_state, entered, submitted, data, facts)
    become = [(due, turn.after(due)) for due in case.dues]
    settled = tuple(due for due, after in become if after != due)
    running = tuple(after for due, after in become if after and after != due)
    return settled, running + turn.fresh()


def entering(process: Process, state: str, data: Data, facts: Facts) -> tuple[Due, ...]:
    """The deadlines that begin when a case with these data comes into a state; where its clock
    stands, those that can stand still have their whole length left."""
    found = ((d, begin(d, data, facts)) for d in process.deadlines if _runs_in(d, state))
    return tuple(_stopped_or_running(process, deadline, due, state, facts) for deadline, due in found if due)


def carried_over(process: Process, due: Due, state: str, facts: Facts) -> Due:
    """A deadline that goes on under a newer definition of its process: stopped with what is left of it, or
    running on, as the newer one says of the state the case is in."""
    return _stopped_or_running(process, process.deadline_by_name[due.name], due, state, facts)


def with_unit(deadline: Deadline, due: Due, facts: Facts) -> Due:
    """The same deadline; what is left of it is from now on what it is by this definition, if nobody wrote
    down what it was when the clock stopped."""
    return due if due.left is None else replace(due, left_in=_counted_in(deadline, due, facts))


def begin(deadline: Deadline, data: Data, facts: Facts, after: date | None = None) -> Due | None:
    """A deadline from its anchor; None while the date it is counted from is not known.

    A deadline that comes again falls on the first anchor + n periods later than `after` (by
    default the anchor itself), counted from the anchor so that it never drifts. Raises Invalid
    where it would end in a year whose holidays are not known, or where the clock would have to act at
    once because a period that people were to have is over already.
    """
    anchor = _anchor(deadline, data, facts)
    if anchor is None:
        return None
    try:
        due_on = _end(deadline, anchor, facts, after or anchor)
    except CalendarError as error:
        raise Invalid(_("This deadline cannot be counted: the public holidays of that year are not known.")) from error
    if deadline.then and deadline.field and _counts_forwards(deadline) and due_on < facts.today:
        over = _("With this date “%(deadline)s” would have ended on %(day)s already. Please enter a later one.")
        reason = Reason(over, {"deadline": deadline.label, "day": due_on})
        raise Invalid(reason, fields={deadline.field: reason})
    return Due(deadline.name, anchor, due_on)


def _counts_forwards(deadline: Deadline) -> bool:
    """Whether it is a period that is counted from a day on, once."""
    return deadline.length is not None and deadline.direction is Direction.AFTER and not deadline.every


def _end(deadline: Deadline, anchor: date, facts: Facts, after: date) -> date:
    calendar = facts.calendar
    if deadline.every:
        again = next_occurrence(anchor, facts.value(deadline.every), after)
        return calendar.next_working_day(again) if deadline.roll else again
    if deadline.length is None:
        return anchor
    period: Period = facts.value(deadline.length)
    if deadline.direction is Direction.BEFORE:
        return calendar.before(anchor, period, deadline.mode)
    return calendar.after(anchor, period, roll=deadline.roll)


def _anchor(deadline: Deadline, data: Data, facts: Facts) -> date | None:
    """The day it is counted from; a vague date such as "2016-03" is no day to count from."""
    return day(data.get(deadline.field)) if deadline.field else facts.today


def _runs_in(deadline: Deadline, state: str) -> bool:
    return any(s.name == state for s in deadline.during)


# ------------------------------------------------------------------------- standing still


def _stopped_or_running(process: Process, deadline: Deadline, due: Due, state: str, facts: Facts) -> Due:
    """A deadline as it is in a state: stopped with what is left of it, or running on.

    What was left in calendar days runs on in calendar days, also where the town or a newer version of the
    process counts the period in working days by then; and the other way round. Who was late stays as late
    by as many days. What begins on a later day cannot be used up before: such a period is counted from its
    anchor, not from today.
    """
    stands = _counts_forwards(deadline) and process.state_by_name[state].suspended
    now, calendar = max(facts.today, due.anchor_on), facts.calendar
    if stands and due.due_on is not None:
        unit = _counted_in(deadline, due, facts)
        return replace(due, due_on=None, left=calendar.remaining(now, due.due_on, unit), left_in=unit)
    if not stands and due.left is not None:
        on = calendar.resume(now, due.left, _counted_in(deadline, due, facts), roll=deadline.roll)
        return replace(due, due_on=on, left=None, left_in=None)
    return due


def _counted_in(deadline: Deadline, due: Due, facts: Facts) -> Unit:
    """What is left of a period in working days is working days; of all others, calendar days."""
    if due.left_in:
        return due.left_in
    in_working_days = deadline.length and facts.value(deadline.length).unit is Unit.WORKING_DAY
    return Unit.WORKING_DAY if in_working_days else Unit.DAY


# ------------------------------------------------------------------------------ extending


def not_extendable(process: Process, case: Snapshot, step: Step, actor: Actor) -> Reason | None:
    """Why this actor cannot extend the deadline now: it does not run, or it has been extended
    before and a second time needs a higher level (domain.md section 4)."""
    due = next((d for d in case.dues if d.name == step.extends), None)
    if due is None or due.due_on is None:
        return Reason(_("This deadline is not running."))
    extension = process.deadline_by_name[step.extends].extension
    if extension is None:
        return Reason(_("This deadline cannot be extended."))
    again = bool(due.extended and extension.again)
    allowed = extension.again if again else extension.who | extension.again
    if not actor.principals.isdisjoint(allowed.principals(case.parts)):
        return None
    if again:
        return Reason(_("It has been extended before. A second time is for: %(who)s."), {"who": allowed.seats})
    return Reason(_("Only these may do this: %(who)s."), {"who": extension.who.seats})


def _extended(due: Due, data: Data, facts: Facts) -> Due:
    """The deadline with the submitted new end. It is set as a date, so no holiday moves it.

    A period that is over may still be extended (VwVfG 31(7) sentence 2), but never into the past.
    """
    until = day(data.get("until"))
    if until is None:
        raise _refused_date(Reason(_("Please enter a date such as 2026-03-31.")))
    if until < facts.today:
        raise _refused_date(Reason(_("The new date is in the past.")))
    if due.due_on and until <= due.due_on:
        raise _refused_date(Reason(_("The new date must be later than the present one, %(day)s."), {"day": due.due_on}))
    return replace(due, due_on=until, extended=due.extended + 1)


def _refused_date(reason: Reason) -> Invalid:
    return Invalid(reason, fields={"until": reason})
