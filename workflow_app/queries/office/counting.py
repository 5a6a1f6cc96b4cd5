"""Counting all open cases: one statement, whatever there is; it takes as long as there are cases.

The database puts cases that are alike together. It hands over lists of principals, steps and days as
text in whatever order it finds them; they are sorted here, so that the same always becomes the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from workflow_app.models import Case, CaseEvent, CaseReader, DueDate, OpenStep

from .spans import NEXT_DAYS
from .tally import Days, Group, Tally, Wait

SLACK = 2
"""Days for which a tally can be read before it must be counted again."""
OVER, STOPPED, FAR = "over", "stopped", "far"
Key = tuple[str, str, frozenset[str], tuple[Wait, ...]]
PRIVATE = "person:"
"""How principals begin that are one person: these see and do something for themselves, not for the town."""


def count(session: Session, today: date) -> Tally:
    """All open cases as they are at this moment; the session should begin with it."""
    far = today + timedelta(days=NEXT_DAYS + SLACK)
    found: dict[Key, _Alike] = defaultdict(_Alike)
    for process, state, whose, whom, days, *numbers in session.execute(_ALIKE, {"today": today, "far": far}):
        found[process, state, _seen(whose), _waits(whom)].add(days or "", *numbers)
    known = {OVER: (today - timedelta(days=1)).toordinal(), FAR: (far + timedelta(days=1)).toordinal()}
    groups = [alike.group(key, known) for key, alike in found.items()]
    return Tally(today, tuple(sorted(groups, key=_place)))


def _place(group: Group) -> tuple[Any, ...]:
    return group.process, group.state, sorted(group.seen), [(step, sorted(whom)) for step, whom in group.waits]


def entered_at() -> ColumnElement[Any]:
    """When a case came into its present state, as a moment in its row's event `CaseEvent`. Nobody knows it
    for a case whose history was imported there; moving to another version of the process is no entry."""
    earlier = aliased(CaseEvent)
    before = select(func.max(earlier.at)).where(
        earlier.case_id == CaseEvent.case_id,
        earlier.seq < CaseEvent.seq,
        earlier.kind.in_(("open", "step")),
        or_(earlier.from_state.is_(None), earlier.from_state != earlier.to_state),
    )
    return case(
        (CaseEvent.kind == "import", None), (CaseEvent.kind == "migrate", before.scalar_subquery()), else_=CaseEvent.at
    )


def _built() -> Select[Any]:
    """Process and state, who may see it, what waits for whom, the days of deadlines, and the numbers."""
    texts = func.aggregate_strings
    seen = (
        select(CaseReader.case_id, texts(CaseReader.principal, ",").label("whose"))
        .where(CaseReader.closed.is_(False), CaseReader.principal.not_like(f"{PRIVATE}%"))
        .group_by(CaseReader.case_id)
        .subquery()
    )
    waits = (
        select(OpenStep.case_id, texts(OpenStep.step + literal(" ") + OpenStep.principal, ",").label("whom"))
        .group_by(OpenStep.case_id)
        .subquery()
    )
    dues = (
        select(DueDate.case_id, texts(_day(), ",").label("days"))
        .where(DueDate.status.in_(("running", "suspended")))
        .group_by(DueDate.case_id)
        .subquery()
    )
    second = cast(extract("epoch", entered_at()), BigInteger)
    each = (
        select(Case.process, Case.state, seen.c.whose, waits.c.whom, dues.c.days, second.label("second"))
        .join(seen, seen.c.case_id == Case.id)
        .outerjoin(waits, waits.c.case_id == Case.id)
        .outerjoin(dues, dues.c.case_id == Case.id)
        .outerjoin(CaseEvent, (CaseEvent.case_id == Case.id) & (CaseEvent.seq == Case.entered_seq))
        .subquery()
    )
    alike = (each.c.process, each.c.state, each.c.whose, each.c.whom, each.c.days)
    second_ = each.c.second
    return select(*alike, func.count(), func.count(second_), func.sum(second_), func.min(second_)).group_by(*alike)


def _day() -> ColumnElement[str]:
    """The day of a deadline as text; days that are over are one, and so are those far away."""
    return case(
        (DueDate.status == "suspended", STOPPED),
        (DueDate.due_on < bindparam("today"), OVER),
        (DueDate.due_on > bindparam("far"), FAR),
        else_=cast(DueDate.due_on, String),
    )


_ALIKE = _built()


@dataclass(slots=True)
class _Alike:
    """A group while it is counted."""

    cases: int = 0
    dated: int = 0
    entered: int = 0
    first: int | None = None
    dues: Counter[str] = field(default_factory=Counter)
    nearest: Counter[str] = field(default_factory=Counter)

    def add(self, days: str, cases: int, dated: int, entered: Any, first: Any) -> None:
        """So many more cases, each with deadlines on these days."""
        self.cases += cases
        self.dated += dated
        self.entered += int(entered or 0)
        self.first = min((int(n) for n in (self.first, first) if n is not None), default=None)
        running = [day for day in days.split(",") if day]
        for day in running:
            self.dues[day] += cases
        if nearest := min((day for day in running if day != STOPPED), key=_rank, default=None):
            self.nearest[nearest] += cases

    def group(self, key: Key, known: dict[str, int]) -> Group:
        """What became of it; `known` are the days that have a name."""
        process, state, seen, waits = key
        suspended = self.dues.pop(STOPPED, 0)
        return Group(
            process, state, seen, waits, self.cases, self.dated, self.entered, self.first,
            _days(self.dues, known), suspended, _days(self.nearest, known),
        )  # fmt: skip


def _rank(day: str) -> tuple[int, str]:
    return ((OVER, "", FAR).index(day if day in (OVER, FAR) else ""), day)


def _days(counted: Counter[str], known: dict[str, int]) -> Days:
    return tuple(sorted((known.get(day) or date.fromisoformat(day).toordinal(), n) for day, n in counted.items()))


def _seen(whose: str) -> frozenset[str]:
    """Who may see it; where everybody may, nobody else needs to be named."""
    principals = frozenset(whose.split(","))
    return frozenset({"public"}) if "public" in principals else principals


def _waits(whom: str | None) -> tuple[Wait, ...]:
    """Which step waits for whom; nobody is named who takes part for themselves."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in _words(whom):
        step, _space, principal = entry.partition(" ")
        found[step] |= set() if principal.startswith(PRIVATE) else {principal}
    return tuple((step, frozenset(principals)) for step, principals in sorted(found.items()))


def _words(text: str | None) -> Iterable[str]:
    return text.split(",") if text else ()
