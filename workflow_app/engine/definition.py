"""The words a process is written in: frozen data, no behaviour.

A process (see `workflow_app/processes/`) is one `Process` made of `State`, `Step`, `Deadline` and
`Notice`, with `Party` saying who may act, who is told and who may see. Labels are English
message ids; pages translate them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from .calendar import Mode, Period
from .facts import Data, Due, Facts, Named, Relative, Rule, Setting, Snapshot, rule
from .steps import (
    Assign,
    Branch,
    Changes,
    Child,
    Fire,
    Hands,
    Kind,
    Link,
    Notice,
    Opening,
    Quota,
    State,
    Step,
    all_hands,
    awaited,
    hands,
    majority,
    one_hand,
    possible,
)
from .who import (
    CLOCK,
    NOBODY,
    Actor,
    Holder,
    Party,
    Seat,
    clock_party,
    everyone,
    everyone_unless,
    message,
    party,
    signed_in,
)

__all__ = [
    "CLOCK",
    "NOBODY",
    "Actor",
    "Anchor",
    "Assign",
    "Branch",
    "Changes",
    "Child",
    "Data",
    "Deadline",
    "Direction",
    "Due",
    "Extension",
    "Facts",
    "Field",
    "Fire",
    "Hands",
    "Holder",
    "Kind",
    "Link",
    "Named",
    "Notice",
    "Opening",
    "Party",
    "Process",
    "Quota",
    "Relative",
    "Rule",
    "Seat",
    "Setting",
    "Snapshot",
    "State",
    "Step",
    "all_hands",
    "awaited",
    "clock_party",
    "everyone",
    "everyone_unless",
    "hands",
    "majority",
    "message",
    "one_hand",
    "party",
    "possible",
    "rule",
    "signed_in",
]

# ---------------------------------------------------------------------------- deadlines


class Anchor(Enum):
    """From what a deadline is counted."""

    STATE = "state"
    FIELD = "field"


class Direction(Enum):
    """Counted forwards from its anchor, or backwards from a meeting."""

    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Extension:
    """Who may move a deadline, and who may do so from the second time on (a higher level)."""

    who: Party
    form: type
    again: Party = NOBODY


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when something must have happened.

    It runs while the case is in one of the states `during` and is settled by leaving them. It is
    counted from entering them, or from the date in the data field `field`; `length` is a Setting
    with a Period as default (None: the date itself). `every` lets it come again (anchor + n
    times); `mode` is how a deadline before a meeting is counted back. `warn` are periods before
    the end: those for whom the case waits are warned, and `warns` besides. `then` is the step the
    clock takes when it is over, without it the deadline shows as overdue and changes nothing
    (domain.md section 4). `roll` moves an end on a Saturday, Sunday or public holiday to the next
    working day (BGB 193).
    """

    name: str
    label: str
    during: tuple[State, ...]
    length: Setting | None = None
    field: str = ""
    direction: Direction = Direction.AFTER
    mode: Mode = Mode.DAYS_BEFORE
    roll: bool = True
    every: Setting | None = None
    warn: tuple[Period, ...] = ()
    warns: Party = NOBODY
    escalate: Party = NOBODY
    then: str = ""
    extension: Extension | None = None

    @property
    def anchor(self) -> Anchor:
        return Anchor.FIELD if self.field else Anchor.STATE


# ------------------------------------------------------------------------------ process


@dataclass(frozen=True, slots=True)
class Field:
    """A value in a case's data: what it is called, and who may see it if not everyone who sees
    the case. `kind` tells the page how to show it: text, date, organizations, choice …"""

    name: str
    label: str
    kind: str = "text"
    seen_by: Party | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Process:
    """A kind of matter from its first idea to what became of it.

    `number_at` names the step, or the steps, of which the first one taken gives the case its
    reference number; ``open`` stands for the opening.
    """

    name: str
    label: str
    plural: str
    version: int
    purpose: str
    start: State
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    fields: tuple[Field, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    number_at: str | tuple[str, ...] = ()
    number_prefix: str = ""
    opened_by: Party = NOBODY
    opening_form: type | None = None
    opening_parts: tuple[str, ...] = ()
    opened: str = ""
    tell_at_opening: tuple[Notice, ...] = ()
    child_of: tuple[str, ...] = ()
    from_version: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def state_by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def numbering(self) -> frozenset[str]:
        """The steps that give a case its number."""
        named = self.number_at
        return frozenset(filter(None, (named,) if isinstance(named, str) else named))

    @cached_property
    def all_steps(self) -> tuple[Step, ...]:
        """The declared steps and one for every deadline that may be extended."""
        return self.steps + tuple(
            _extension_step(deadline, deadline.extension) for deadline in self.deadlines if deadline.extension
        )

    @cached_property
    def step_by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.all_steps}

    @cached_property
    def deadline_by_name(self) -> dict[str, Deadline]:
        return {deadline.name: deadline for deadline in self.deadlines}

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """The declared fields, and the list of extensions where a deadline may be extended."""
        extendable = any(deadline.extension for deadline in self.deadlines)
        return (*self.fields, EXTENSIONS) if extendable else self.fields

    @cached_property
    def field_by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.all_fields}

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        found = {s.name: s for d in self.deadlines for s in (d.length, d.every) if s}
        return tuple(found.values())

    @cached_property
    def parts(self) -> frozenset[str]:
        """The parts that its parties speak of."""
        parties = [s.who for s in self.all_steps] + [s.seen_by for s in self.states]
        parties += [notice.to for s in self.all_steps for notice in s.tell] + [self.opened_by]
        seats = [seat for party in parties for seat in party.seats]
        return frozenset(part for seat in seats for part in (seat.part, seat.unless) if part)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        return self._steps_from.get(state, ())

    @cached_property
    def _steps_from(self) -> dict[str, tuple[Step, ...]]:
        return {s.name: tuple(t for t in self.all_steps if s in t.sources) for s in self.states}

    def at_version(self, version: int) -> Process:
        """The same words under another version number; for tests and migrations."""
        return replace(self, version=version)


EXTENSIONS = Field("extensions", message("Extended deadlines"), kind="list")


def _extension_step(deadline: Deadline, extension: Extension) -> Step:
    """The step that moves a deadline; what was before, and why, stays in the case."""

    def noted(case: Snapshot, data: Data, facts: Facts) -> Changes:
        before = next((due.due_on for due in case.dues if due.name == deadline.name), None)
        told = {"on": facts.today.isoformat(), "deadline": deadline.label, "until": data.get("until")}
        told |= {"due_before": before.isoformat() if before else None, "note": data.get("note")}
        return Changes(add={EXTENSIONS.name: told})

    return Step(
        f"extend_{deadline.name}",
        message("Extend deadline"),
        deadline.during,
        None,
        who=extension.who | extension.again,
        past=message("%(actor)s extended a deadline."),
        kind=possible,
        form=extension.form,
        writes=noted,
        extends=deadline.name,
    )
