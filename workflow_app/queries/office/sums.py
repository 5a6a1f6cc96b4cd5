"""From a tally to what one viewer is told, on the day on which they ask. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median

from .spans import DATED, OVERDUE, SUSPENDED, UNDATED, WHENS, span
from .staff import Colleague
from .tally import Days, Group, Tally

A_DAY = 24 * 60 * 60
TOO_MUCH = 2
"""Who has more than so many times as much as the one in the middle has too much."""
ENOUGH_TO_COMPARE = 3
Deadlines = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StateFigure:
    """The open cases in one state: of `dated` of them it is known since when, so many days on average and at most."""

    process: str
    state: str
    cases: int
    dated: int
    average: float | None
    longest: int | None


@dataclass(slots=True)
class Load:
    """How many steps wait for somebody: of cases that are overdue, that have a deadline, that have none."""

    overdue: int = 0
    dated: int = 0
    undated: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.overdue + self.dated + self.undated

    def add(self, split: tuple[int, int, int]) -> None:
        """So many more."""
        self.overdue += split[0]
        self.dated += split[1]
        self.undated += split[2]

    def of(self, kind: str) -> int:
        """One of the three."""
        return {OVERDUE: self.overdue, DATED: self.dated, UNDATED: self.undated}[kind]


@dataclass(frozen=True, slots=True)
class Loads:
    """What waits for whom, by id; `usual` is what the one in the middle has."""

    by_id: Mapping[int, Load]
    usual: float

    def too_much(self, id_: int) -> bool:
        """Whether somebody has much more than others have."""
        return len(self.by_id) >= ENOUGH_TO_COMPARE and self.by_id[id_].total > TOO_MUCH * self.usual


@dataclass(frozen=True, slots=True)
class Sums:
    """All figures of one viewer."""

    deadlines: Deadlines
    states: Sequence[StateFigure]
    organizations: Loads
    people: Loads

    @property
    def cases(self) -> int:
        """All open cases."""
        return sum(state.cases for state in self.states)


@dataclass(slots=True)
class _Waiting:
    cases: int = 0
    dated: int = 0
    entered: int = 0
    first: list[int] = field(default_factory=list)


def sums(
    tally: Tally, mine: Set[str], staff: Iterable[Colleague], now: datetime, today: date, *,
    process: str | None = None, waits_for: Sequence[Set[str]] = (),
) -> Sums:  # fmt: skip
    """What somebody who holds the principals `mine` may know. With `waits_for`, deadlines and states
    are those of cases that wait for somebody in each of these sets of principals; what waits for whom
    is said of everybody all the same."""
    seen = [g for g in tally.groups if not g.seen.isdisjoint(mine) and (process is None or g.process == process)]
    wanted = [g for g in seen if all(not g.waiting.isdisjoint(whom) for whom in waits_for)]
    organizations, people = _loads(seen, staff, today)
    return Sums(_deadlines(wanted, today), _states(wanted, now), organizations, people)


def _deadlines(groups: Iterable[Group], today: date) -> Deadlines:
    found = dict.fromkeys(WHENS, 0)
    spans = {
        when: (first.toordinal(), last.toordinal())
        for when in WHENS
        if when != SUSPENDED
        for first, last in [span(when, today)]
    }
    for group in groups:
        found[SUSPENDED] += group.suspended
        for when, (first, last) in spans.items():
            found[when] += _between(group.dues, first, last)
    return found


def _between(days: Days, first: int, last: int) -> int:
    return sum(n for day, n in days if first <= day <= last)


def _states(groups: Iterable[Group], now: datetime) -> list[StateFigure]:
    found: dict[tuple[str, str], _Waiting] = defaultdict(_Waiting)
    for group in groups:
        one = found[group.process, group.state]
        one.cases += group.cases
        one.dated += group.dated
        one.entered += group.entered
        one.first += [] if group.first is None else [group.first]
    return [_figure(*key, one, now.timestamp()) for key, one in found.items()]


def _figure(process: str, state: str, one: _Waiting, now: float) -> StateFigure:
    average = max(0, now - one.entered / one.dated) / A_DAY if one.dated else None
    longest = max(0, int((now - min(one.first)) // A_DAY)) if one.first else None
    return StateFigure(process, state, one.cases, one.dated, average, longest)


def _loads(groups: Iterable[Group], staff: Iterable[Colleague], today: date) -> tuple[Loads, Loads]:
    holders: dict[str, list[int]] = defaultdict(list)
    for colleague in staff:
        for principal in colleague.principals:
            holders[principal].append(colleague.id)
    organizations: dict[int, Load] = defaultdict(Load)
    people: dict[int, Load] = defaultdict(Load)
    for group in groups:
        split = _split(group, today.toordinal())
        for _step, principals in group.waits:
            for organization in set(_organizations(principals)):
                organizations[organization].add(split)
            for person in {holder for principal in principals for holder in holders.get(principal, ())}:
                people[person].add(split)
    return _compared(organizations), _compared(people)


def _split(group: Group, today: int) -> tuple[int, int, int]:
    overdue = sum(n for day, n in group.nearest if day < today)
    dated = sum(n for day, n in group.nearest if day >= today)
    return overdue, dated, group.cases - overdue - dated


def _organizations(principals: Iterable[str]) -> Iterator[int]:
    for principal in principals:
        _role, _at, organization = principal.partition("@")
        if organization:
            yield int(organization)


def _compared(loads: Mapping[int, Load]) -> Loads:
    return Loads(dict(loads), median(load.total for load in loads.values()) if loads else 0)
