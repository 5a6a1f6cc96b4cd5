"""States, the steps between them, and what a step brings with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .facts import Data, Facts, Relative, Rule, Snapshot
from .who import NOBODY, Holder, Party

LINKS = {"predecessor": "successor", "merged_into": "merged", "came_from": "led_to", "about": "report"}
"""The kinds of link between two cases: what the other is to the one that names it, and the way back."""
OPENED = "opened"
"""The relation of a step to the cases that this very step opens."""
RELATIONS = frozenset({"parent", "child", OPENED, *LINKS, *LINKS.values()})


@dataclass(frozen=True, slots=True)
class State:
    """A place on the way. Absent `seen_by` means nobody; `suspended` lets deadlines stand still."""

    name: str
    label: str
    seen_by: Party = NOBODY
    final: bool = False
    suspended: bool = False
    explains: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a party is told. `subject` may hold %(title)s, %(number)s and %(actor)s."""

    name: str
    to: Party
    subject: str
    template: str = "notice"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step does to the case's data: `set` replaces values, `add` appends to lists."""

    set: Data = field(default_factory=dict)
    add: Data = field(default_factory=dict)
    title: str | None = None

    def apply(self, data: Data) -> dict[str, Any]:
        """The data after these changes; the given data stay as they are."""
        after = {**data, **self.set}
        for name, item in self.add.items():
            after[name] = [*after.get(name, ()), item]
        return after


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be opened: what it is called, what it starts with, who takes part in it."""

    title: str
    data: Data = field(default_factory=dict)
    parts: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    links: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Child:
    """Cases of another process that a step opens below this case, in the same transaction.

    With `beside` they are opened next to it, below the case it belongs to itself; with
    `beside_parent` next to that one, and alone where it belongs to none that goes on.
    """

    process: str
    make: Callable[[Snapshot, Data, Facts], tuple[Opening, ...]]
    label: str
    reads: frozenset[str] = frozenset()
    beside: bool = False
    beside_parent: bool = False


@dataclass(frozen=True, slots=True)
class Fire:
    """A step that is taken on relatives in the same transaction.

    It reaches the relatives of one relation and process for which `where` holds and in whose
    present state the step exists; the others are passed over. The relation ``opened`` means the
    cases that this very step opens; a kind of link reaches the case that it links with, too. `data`
    is what the step is told; `opened` names the field in which it is told the case that this step
    has just opened.
    """

    relation: str
    process: str
    step: str
    label: str
    where: Callable[[Snapshot, Data, Relative], bool] | None = None
    data: Callable[[Snapshot, Data, Relative], Data] | None = None
    opened: str = ""


# -------------------------------------------------------------------------------- steps


class Kind(Enum):
    """Awaited steps reach inboxes; possible ones are offered on the case page only."""

    AWAITED = "awaited"
    POSSIBLE = "possible"


awaited, possible = Kind.AWAITED, Kind.POSSIBLE


class Quota(Enum):
    """How the number of hands is found."""

    FIXED = "fixed"
    MAJORITY = "majority"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Hands:
    """How many different people must take a step before it counts."""

    quota: Quota = Quota.FIXED
    n: int = 1

    def needed(self, voters: int) -> int:
        """Hands needed among so many voters; more than half for a majority, never fewer than one."""
        if self.quota is Quota.FIXED:
            return self.n
        return max(1, voters // 2 + 1 if self.quota is Quota.MAJORITY else voters)

    @property
    def collective(self) -> bool:
        return self.quota is not Quota.FIXED or self.n > 1


one_hand = Hands()
majority = Hands(Quota.MAJORITY)
all_hands = Hands(Quota.ALL)


def hands(n: int) -> Hands:
    """Exactly n different people."""
    return Hands(Quota.FIXED, n)


@dataclass(frozen=True, slots=True)
class Branch:
    """A target that depends on what was submitted: `choose` names one of the states `among`."""

    among: tuple[State, ...]
    choose: Callable[[Snapshot, Data, Facts], State]


@dataclass(frozen=True, slots=True)
class Assign:
    """A submitted field that says who holds a part from now on.

    The field holds ids of organizations (or of people); `adds` keeps those who hold it already.
    """

    part: str
    field: str
    people: bool = False
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A submitted field that names a case with which this one is linked from now on.

    It must be another case of the same process that has not ended, that whoever acts may see, and
    from which no links of this kind lead back; with `beside` it belongs to the same case as this one.
    """

    kind: str
    field: str
    beside: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One thing somebody can do. `target` None means that the case stays where it is.

    `past` tells it afterwards in a sentence with %(actor)s. `form` is a form class; the engine
    never looks inside. `writes` turns what was submitted into changes of the case's data; without
    it every submitted field is kept.
    """

    name: str
    label: str
    source: State | tuple[State, ...]
    target: State | Branch | None
    who: Party
    past: str
    kind: Kind = awaited
    hands: Hands = one_hand
    form: type | None = None
    when: tuple[Rule, ...] = ()
    tell: tuple[Notice, ...] = ()
    opens: tuple[Child, ...] = ()
    fires: tuple[Fire, ...] = ()
    assigns: tuple[Assign, ...] = ()
    links: tuple[Link, ...] = ()
    writes: Callable[[Snapshot, Data, Facts], Changes] | None = None
    extends: str = ""
    explains: str = ""

    @property
    def sources(self) -> tuple[State, ...]:
        return self.source if isinstance(self.source, tuple) else (self.source,)

    @property
    def targets(self) -> tuple[State, ...]:
        """The states it can lead to; empty where the case stays."""
        if isinstance(self.target, Branch):
            return self.target.among
        return (self.target,) if self.target else ()

    @property
    def reads(self) -> frozenset[str]:
        """What `Facts` must hold for this step."""
        wanted = frozenset[str]().union(*(r.reads for r in self.when), *(c.reads for c in self.opens))
        return wanted | {"relatives"} if self.fires else wanted
