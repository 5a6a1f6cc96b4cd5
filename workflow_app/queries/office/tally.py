"""A tally: open cases that are alike, counted together. Pure, and written as JSON.

Cases are alike when they are in the same state of the same process, the same may see them and the
same steps wait for the same. There are as many such groups as the town has processes, states and
units that take part in them: dozens, or hundreds, however many cases there are. So what anybody may
see, with any filter, is worked out from a tally in a time that does not grow with the cases.

Nothing in it depends on the day on which it is read: deadlines are counted by the day on which they
end, waiting by the moment from which on cases wait. Days that are over when it is counted stay over
and are one; so are those that are farther away than anybody asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

Days = tuple[tuple[int, int], ...]
"""Pairs of a day (as `date.toordinal` counts) and how many."""
Wait = tuple[str, frozenset[str]]
"""A step, and the principals for whom it waits."""


@dataclass(frozen=True, slots=True)
class Group:
    """Open cases that are alike. `seen` are the principals that may see them, `waits` the steps that
    wait, each with the principals that may take it. Of `cases` there are `dated` of which the moment
    is known when they came into their state: `entered` is the sum of these moments, `first` the
    earliest (seconds since 1970). `dues` are running deadlines by day, `suspended` those that stand
    still, `nearest` the cases by the day of their nearest deadline; the others have none.
    """

    process: str
    state: str
    seen: frozenset[str]
    waits: tuple[Wait, ...]
    cases: int
    dated: int
    entered: int
    first: int | None
    dues: Days
    suspended: int
    nearest: Days

    @property
    def waiting(self) -> frozenset[str]:
        """Everybody whom these cases wait for."""
        return frozenset().union(*(principals for _step, principals in self.waits))


@dataclass(frozen=True, slots=True)
class Tally:
    """All open cases on the day on which they were counted."""

    day: date
    groups: tuple[Group, ...]

    def dumps(self) -> str:
        """As JSON text; the same tally always gives the same."""
        rows = [
            [
                g.process, g.state, sorted(g.seen), [[step, sorted(who)] for step, who in g.waits], g.cases, g.dated,
                g.entered, g.first, g.dues, g.suspended, g.nearest,
            ]
            for g in self.groups
        ]  # fmt: skip
        return json.dumps({"day": self.day.isoformat(), "groups": rows}, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str) -> Tally:
        """From JSON text."""
        told = json.loads(text)
        return cls(date.fromisoformat(told["day"]), tuple(_group(row) for row in told["groups"]))


def _group(row: list[Any]) -> Group:
    process, state, seen, waits, cases, dated, entered, first, dues, suspended, nearest = row
    steps = tuple((step, frozenset(who)) for step, who in waits)
    return Group(
        process, state, frozenset(seen), steps, cases, dated, entered, first, _days(dues), suspended, _days(nearest)
    )


def _days(pairs: Iterable[Iterable[int]]) -> Days:
    return tuple((day, n) for day, n in pairs)
