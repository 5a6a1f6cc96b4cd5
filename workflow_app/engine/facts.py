"""A case as the engine sees it, what a rule may know, and rules themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from .calendar import Calendar, Period, Unit
from .errors import Reason
from .who import Holder

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that runs in a case. `due_on` is a local date; the deadline ends with that day.

    `left` is set while the clock stands still: working days for a period in working days, else
    calendar days; negative for who was late. `row` is its key in the store. `left_in` is which of the two
    they were when the clock stopped, None where nobody wrote that down: then it is as the period is now.
    """

    name: str
    anchor_on: date
    due_on: date | None
    left: int | None = None
    extended: int = 0
    row: int | None = None
    left_in: Unit | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A case as the engine sees it: a copy, never the database row."""

    id: int
    process: str
    version: int
    state: str
    seq: int
    entered_seq: int
    data: Data
    parts: Mapping[str, tuple[Holder, ...]]
    hands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    dues: tuple[Due, ...] = ()
    number: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Relative:
    """Another case that this one is linked with, seen from this one (``child``, ``parent`` …)."""

    relation: str
    id: int
    process: str
    state: str
    title: str
    data: Data
    parts: Mapping[str, tuple[Holder, ...]]
    final: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A case that is named in what was submitted; `leads_to` are the cases that links of the same
    kind lead to from there, however many lie between; `beside` says that both belong to one case."""

    process: str
    final: bool
    readers: frozenset[str] = frozenset()
    leads_to: frozenset[int] = frozenset()
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may know besides the case and the submitted data; loaded by the case store.

    `voters` are the people who may vote on a collective step today, each with the member whose
    seat they hold: their own, or that of an absent member they stand in for. `named` are the
    cases that submitted data link with, by kind of link and id; `strangers` the named people and
    organizations that do not exist. `due_on` is the last day of the deadline because of which the clock
    takes a step.
    """

    now: datetime
    today: date
    calendar: Calendar
    relatives: tuple[Relative, ...] = ()
    settings: Data = field(default_factory=dict)
    voters: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    organizations: Mapping[int, str] = field(default_factory=dict)
    named: Mapping[tuple[str, int], Named] = field(default_factory=dict)
    strangers: frozenset[Holder] = frozenset()
    due_on: date | None = None

    @property
    def occasion(self) -> date:
        """The day for which something is done: of a step of the clock the day after its deadline, however
        late the clock comes; else today."""
        return self.due_on + timedelta(days=1) if self.due_on else self.today

    def related(self, relation: str, process: str = "") -> tuple[Relative, ...]:
        """The relatives of one relation, and of one process where it is named."""
        return tuple(r for r in self.relatives if r.relation == relation and process in ("", r.process))

    def value(self, setting: Setting) -> Any:
        """The town's value of a setting, or its default."""
        return setting.read(self.settings)


Check = Callable[[Snapshot, Data, Facts], Reason | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition in words with a pure function that says why it is not met, or None.

    `asks_data` rules look at what is being submitted and so cannot speak before the form is sent;
    `reads` names what `Facts` must hold beyond the date and the settings (``relatives``,
    ``organizations``).
    """

    label: str
    check: Check
    asks_data: bool = False
    reads: frozenset[str] = frozenset()


def rule(label: str, *, asks_data: bool = False, reads: tuple[str, ...] = ()) -> Callable[[Check], Rule]:
    """Make a rule of the function below it."""
    return lambda check: Rule(label, check, asks_data, frozenset(reads))


@dataclass(frozen=True, slots=True)
class Setting:
    """A value in which towns differ, with the default that holds until a rule set says otherwise.

    A stored value is ``{"n": 4, "unit": "week"}`` for a period and a plain JSON value otherwise.
    """

    name: str
    default: Any
    label: str = ""

    def read(self, settings: Data) -> Any:
        if self.name not in settings:
            return self.default
        value = settings[self.name]
        if isinstance(self.default, Period) and isinstance(value, Mapping):
            return Period(value["n"], type(self.default.unit)(value["unit"]))
        return value
