"""Made-up open and closed cases, written row by row, and figures counted by hand over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from workflow_app.access import Viewer
from workflow_app.models import Case, CaseEvent, CaseReader, DueDate, OpenStep

TODAY = date(2026, 3, 4)  # a Wednesday
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SEATS = ("member@1", "chair@1", "member@2", "head@2", "member@3")
EVERYBODY = ("public", "person:7", *SEATS)
NAME = "request", "task"
DAYS = (-400, -3, -1, 0, 1, 4, 5, 29, 30, 31, 32, 33, 500)  # 4 days on is Sunday


@dataclass(frozen=True)
class Made:
    """A case as it is made up. `dues` are days from today on, None for one that stands still."""

    process: str
    state: str
    closed: bool
    readers: frozenset[str]
    waits: frozenset[tuple[str, str]]
    dues: tuple[int | None, ...]
    hours: int
    kind: str

    @property
    def nearest(self) -> date | None:
        running = [day for day in self.dues if day is not None]
        return TODAY + timedelta(days=min(running)) if running else None

    @property
    def entered(self) -> datetime | None:
        return None if self.kind == "import" else NOW - timedelta(hours=self.hours)

    def waits_for(self, principals: Iterable[str]) -> set[str]:
        """The steps that somebody may take who holds these."""
        held = set(principals)
        return {step for step, principal in self.waits if principal in held}


def made() -> st.SearchStrategy[Made]:
    return st.builds(
        Made, st.sampled_from(NAME), st.sampled_from(("one", "two")), st.sampled_from((False, False, False, True)),
        st.frozensets(st.sampled_from(EVERYBODY), max_size=4),
        st.frozensets(st.tuples(st.sampled_from(("agree", "back")), st.sampled_from((*SEATS, "person:7"))), max_size=3),
        st.lists(st.none() | st.sampled_from(DAYS), max_size=3).map(tuple), st.integers(0, 5000),
        st.sampled_from(("step", "step", "open", "import", "migrate")),
    )  # fmt: skip


def write(connection: Connection, cases: Iterable[Made]) -> None:
    """The rows that the case store would have written."""
    rows: dict[type, list[dict[str, Any]]] = {kind: [] for kind in (Case, CaseEvent, CaseReader, OpenStep, DueDate)}
    for id_, case in enumerate(cases, 1):
        for kind, row in _rows(id_, case):
            rows[kind].append(row)
    for kind, found in rows.items():
        if found:
            connection.execute(insert(kind), found)


def _rows(id_: int, case: Made) -> Iterator[tuple[type, dict[str, Any]]]:
    at = NOW - timedelta(hours=case.hours)
    last = 3 if case.kind == "migrate" else 2
    yield Case, {
        "id": id_, "process": case.process, "version": 1, "state": case.state, "title": f"Path {id_}", "data": {},
        "hands": {}, "seq": last, "entered_seq": last, "hash": "0" * 64, "opened_at": at, "changed_at": NOW,
        "closed": case.closed,
    }  # fmt: skip
    kinds = ("open", case.kind) if case.kind != "migrate" else ("open", "step", "migrate")
    for seq, kind in enumerate(kinds, 1):
        when = at - timedelta(hours=1) if seq == 1 else NOW if kind == "migrate" else at
        yield CaseEvent, {
            "case_id": id_, "seq": seq, "kind": kind, "step": "x", "from_state": None if seq == 1 else f"s{seq}",
            "to_state": case.state, "version": 1, "at": when, "digest": "0" * 64, "previous_hash": "0" * 64,
            "hash": "0" * 64,
        }  # fmt: skip
    for principal in case.readers:
        yield CaseReader, {
            "principal": principal, "case_id": id_, "process": case.process, "state": case.state, "closed": case.closed,
        }  # fmt: skip
    for step, principal in case.waits:
        yield OpenStep, {"principal": principal, "case_id": id_, "step": step, "due_on": case.nearest}
    for n, day in enumerate(case.dues):
        due_on = None if day is None else TODAY + timedelta(days=day)
        yield DueDate, {
            "case_id": id_, "name": f"d{n}", "anchor_on": TODAY, "due_on": due_on,
            "status": "suspended" if day is None else "running", "remaining": 3 if day is None else None,
        }  # fmt: skip


SPANS = {"overdue": range(-9999, 0), "today": range(1), "week": range(5), "month": range(31)}


def due_count(cases: Iterable[Made], when: str) -> int:
    if when == "suspended":
        return sum(day is None for case in cases for day in case.dues)
    return sum(day is not None and day in SPANS[when] for case in cases for day in case.dues)


def for_viewer(cases: Iterable[Made], viewer: Viewer) -> list[Made]:
    return [case for case in cases if not case.closed and case.readers & viewer.principals]


def everything(page_after: Any) -> list[Any]:
    """All rows of a list, page after page."""
    rows: list[Any] = []
    after = None
    while True:
        page = page_after(after)
        rows += page.rows
        if (after := page.after) is None:
            return rows
