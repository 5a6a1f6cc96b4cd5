"""The process that is measured: three states in a circle, so that a step can always be taken.

Each step is what a step of this house usually is: it ends one deadline and begins another that
warns once, moves the case from one inbox to the next, changes who may see it, tells two parties
and writes a text that can be searched for.
"""

from __future__ import annotations

from workflow_app.engine.calendar import days, weeks
from workflow_app.engine.definition import (
    Actor,
    Deadline,
    Field,
    Holder,
    Notice,
    Opening,
    Process,
    Setting,
    State,
    Step,
    everyone,
    party,
)
from workflow_app.engine.machine import Registry

author = party("author", "Author")
office = party("office", "Office")

drafted = State("drafted", "Drafted", seen_by=author)
checked = State("checked", "Checked", seen_by=author | office)
tabled = State("tabled", "Tabled", seen_by=author | office | everyone)


def _step(name: str, source: State, target: State, who: str) -> Step:
    tell = (Notice(f"{name}_author", author, "%(title)s"), Notice(f"{name}_office", author | office, "%(title)s"))
    return Step(name, name, source, target, who=office if who == "office" else author, past="", tell=tell)


def _deadline(state: State) -> Deadline:
    name = f"{state.name}_term"
    return Deadline(name, name, (state,), length=Setting(name, weeks(4)), warn=(days(7),))


cycle = Process(
    "cycle",
    "Cycle",
    "Cycles",
    version=1,
    purpose="",
    start=drafted,
    states=(drafted, checked, tabled),
    steps=(
        _step("submit", drafted, checked, "author"),
        _step("table", checked, tabled, "office"),
        _step("return", tabled, drafted, "author"),
    ),
    fields=tuple(Field(name, name) for name in ("field", "goal", "reason", "remark")),
    deadlines=tuple(_deadline(state) for state in (drafted, checked, tabled)),
    opened_by=author | office,
)
REGISTRY = Registry((cycle,))

PERSON, AUTHOR, OFFICE = 1, 1, 2
ACTOR = Actor(PERSON, frozenset({"account", "person:1", f"member@{AUTHOR}", f"member@{OFFICE}"}))
OPENING = Opening(
    "Ramp at the town hall",
    {"field": "mobility", "goal": "Everybody gets in at the front door."},
    {"author": (Holder(organization=AUTHOR),), "office": (Holder(organization=OFFICE),)},
)


def submitted(step: str) -> dict[str, str]:
    """What is handed in with a step; it stays the same each time round."""
    return {"reason": f"Discussed and found good on the way to {step}.", "remark": "With thanks to the working group."}
