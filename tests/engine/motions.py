"""One small motion, in all the ways in which deadlines can go: what the tests of deadlines share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from workflow_app.engine.calendar import Calendar, Mode, Period, days, weeks, years
from workflow_app.engine.checks import check
from workflow_app.engine.definition import (
    Actor,
    Deadline,
    Direction,
    Due,
    Facts,
    Holder,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    clock_party,
    party,
    possible,
)
from workflow_app.engine.machine import Move, fire

board, office, head = party("board", "Board"), party("office", "Office"), party("head", "Head", "office", "chair")
draft = State("draft", "Draft", seen_by=board)
filed = State("filed", "Filed", seen_by=board)
waiting = State("waiting", "Waiting for the movers", seen_by=board, suspended=True)
done = State("done", "Done", seen_by=board, final=True)


class ExtensionForm:
    """Stands for a form: the engine never looks inside."""


def step(name: str, source: State | tuple[State, ...], target: State | None, **more) -> Step:
    return Step(name, name, source, target, **{"who": board | office | head | clock_party, "past": name, **more})


STEPS = (
    step("file", draft, filed),
    step("ask", (draft, filed), waiting),
    step("answer", waiting, filed),
    step("ask_again", waiting, waiting),
    step("refile", filed, filed),
    step("note", (draft, filed, waiting), None, kind=possible),
    step("finish", (draft, filed, waiting), done),
)


def motion(*deadlines: Deadline) -> Process:
    states = (draft, filed, waiting, done)
    return check(Process("motion", "Motion", "Motions", 1, "", draft, states, STEPS, deadlines=deadlines))


FOUR_WEEKS = weeks(4)


def counted(length: Period = FOUR_WEEKS, **more) -> Deadline:
    return Deadline("reply", "Reply", (filed, waiting), Setting("reply", length), **more)


PARTS = {"board": (Holder(organization=1),), "office": (Holder(organization=2),)}
MEMBER = Actor(7, frozenset({"member@1"}))
CLERK = Actor(8, frozenset({"member@2"}))
HEAD = Actor(9, frozenset({"chair@2"}))


def on(today: date, **settings) -> Facts:
    return Facts(datetime.combine(today, time(12), UTC), today, Calendar(), settings=settings)


def case(state: State, *dues: Due, **data) -> Snapshot:
    return Snapshot(1, "motion", 1, state.name, 3, 3, data=data, parts=PARTS, dues=dues)


def take(process: Process, at: Snapshot, name: str, today: date, actor: Actor = MEMBER, **data) -> Move:
    return fire(process, at, process.step_by_name[name], actor, data, on(today))


def after(at: Snapshot, move: Move) -> Snapshot:
    """The case as the store writes it: replaced rows keep their key."""
    gone = {due.name: due.row for due in move.settled}
    kept = tuple(due for due in at.dues if due.name not in gone)
    running = tuple(replace(due, row=gone.get(due.name)) for due in move.running)
    return replace(at, state=move.to_state, dues=kept + running, data=move.changes.apply(at.data))


TUESDAY = date(2026, 3, 3)
RUNNING = Due("reply", TUESDAY, date(2026, 3, 31), row=5)
MEETING = Deadline(
    "invitation", "Invitation", (draft, filed), Setting("summons", days(10)), field="meeting_on",
    direction=Direction.BEFORE, mode=Mode.DAYS_BETWEEN,
)  # fmt: skip
CLOSING = Deadline("closing", "Closing date", (filed, waiting), field="closes_on", roll=False)
YEARLY = Deadline(
    "yearly", "Yearly report", (filed,), field="since", every=Setting("cadence", years(1)), then="note", roll=False
)
