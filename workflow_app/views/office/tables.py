"""The lists as tables: their columns, what stands in them on the page and in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY
from workflow_app.queries import CaseRow, office
from workflow_app.views.case_page import due_line
from workflow_app.views.words import local_day
from workflow_app.wording.naming import due_label, process_label, state_label, step_label

from .filters import Filters
from .saying import day_short, days, holders, load_words, units_in, whens

Names = Mapping[int, str]
Rows = Callable[[Filters, Viewer, date, str | None, int], queries.Page[Any]]
Cell = Callable[[Any, Names, date], str]
A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what stands in it on a page, and in a file (dates as 2026-11-24)."""

    heading: Callable[[], str]
    cell: Cell
    in_file: Cell | None = None
    heading_in_file: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a table: how to find its rows, its columns, its title, and the first word of its file's name."""

    rows: Rows
    more: Sequence[Column]
    title: Callable[[Filters, date], str]
    file: Callable[[], str]

    def columns(self) -> list[str]:
        """The headings on a page."""
        return [column.heading() for column in (*ON_PAGE, *self.more)]


def cells(table: Table, rows: Sequence[Any], today: date) -> list[tuple[CaseRow, list[str]]]:
    """What stands on a page, row by row; the first cell is the link to the case."""
    names = names_in(rows)
    return [(row.case, [column.cell(row, names, today) for column in (*ON_PAGE, *table.more)]) for row in rows]


def headings_in_file(table: Table) -> list[str]:
    """The headings in a file."""
    return [(column.heading_in_file or column.heading)() for column in (*ABOUT, *table.more)]


def rows_in_file(table: Table, rows: Sequence[Any], today: date) -> list[list[str]]:
    """What stands in a file, row by row."""
    names = names_in(rows)
    wide = (*ABOUT, *table.more)
    return [[(column.in_file or column.cell)(row, names, today) for column in wide] for row in rows]


def names_in(rows: Iterable[Any]) -> Names:
    """The names of all units that these rows speak of."""
    principals = (principal for row in rows for principal in getattr(row, "waits", ()))
    return office.names_of(db.session, units_in(principals))


# ------------------------------------------------------------------------------- columns


def _plain(text: Callable[[CaseRow], str]) -> Cell:
    return lambda row, names, today: text(row.case)


def _facts(row: Any, names: Names, today: date) -> str:
    return " · ".join(filter(None, (process_label(row.case), row.case.number)))


def _since(row: office.WaitingCase, names: Names, today: date) -> str:
    if row.since is None:
        return _("not known")
    return days((clock.now() - row.since).total_seconds() // A_DAY)


TITLE = Column(lambda: _("Case"), _plain(lambda case: case.title))
ON_PAGE = (TITLE, Column(lambda: _("Process"), _facts))
ABOUT = (
    TITLE,
    Column(lambda: _("Number"), _plain(lambda case: case.number or "")),
    Column(lambda: _("Process"), _plain(process_label)),
)
STATE = Column(lambda: _("State"), _plain(state_label))
WAITS_FOR = Column(lambda: _("Waits for"), lambda row, names, today: holders(row.waits, names))


def _date(value: date | None) -> str:
    return day_short(value) if value else ""


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _left(row: office.DueRow, names: Names, today: date) -> str:
    return due_line(REGISTRY.find(row.case.process, row.case.version), row, today).words


def _hands(row: office.StepRow, names: Names, today: date) -> str:
    done = {"done": row.hands, "needed": row.hands_needed}
    return _("%(done)s of %(needed)s have agreed", **done) if row.hands_needed > 1 else ""


def _urgent(row: office.StepRow, names: Names, today: date) -> str:
    due_on = row.case.due_on
    late = [_("overdue")] if due_on is not None and due_on < today else []
    return " – ".join(filter(None, (_date(due_on), *late)))


DEADLINES = (
    STATE,
    Column(lambda: _("Deadline"), lambda row, names, today: due_label(row.case, row.name)),
    Column(
        lambda: _("Due on"), lambda row, names, today: _date(row.due_on), lambda row, names, today: _iso(row.due_on)
    ),
    Column(lambda: _("Time left"), _left),
    WAITS_FOR,
    Column(
        lambda: _("Times extended"),
        lambda row, names, today: format_decimal(row.extended) if row.extended else "",
        lambda row, names, today: str(row.extended),
    ),
)
CASES = (
    STATE,
    Column(
        lambda: _("In this state for"),
        _since,
        lambda row, names, today: local_day(row.since) if row.since else "",
        lambda: _("In this state since"),
    ),
    WAITS_FOR,
)
STEPS = (
    STATE,
    Column(lambda: _("What is to be done"), lambda row, names, today: step_label(row.case, row.step)),
    Column(lambda: _("Nearest deadline"), _urgent, lambda row, names, today: _iso(row.case.due_on)),
    Column(lambda: _("Agreed"), _hands),
)


# --------------------------------------------------------------------------------- lists


def _deadlines(wanted: Filters, me: Viewer, today: date, after: str | None, limit: int) -> queries.Page[Any]:
    return office.deadlines(
        db.session, me, wanted.when, today, process=wanted.process_name, waits_for=wanted.waits_for,
        after=after, limit=limit,
    )  # fmt: skip


def _cases(wanted: Filters, me: Viewer, today: date, after: str | None, limit: int) -> queries.Page[Any]:
    return office.open_cases(
        db.session, me, process=wanted.process_name, state=wanted.state, waits_for=wanted.waits_for,
        after=after, limit=limit,
    )  # fmt: skip


def _steps(wanted: Filters, me: Viewer, today: date, after: str | None, limit: int) -> queries.Page[Any]:
    whom = frozenset.intersection(*wanted.waits_for)
    return office.waiting_steps(
        db.session, me, whom, today, load=wanted.load, process=wanted.process_name, after=after, limit=limit
    )


def _cases_title(wanted: Filters, today: date) -> str:
    return _("Open cases")


def _steps_title(wanted: Filters, today: date) -> str:
    if wanted.load is None:
        return _("Steps that wait")
    return _("Steps that wait: %(kind)s", kind=load_words()[wanted.load])


TABLES = {
    "deadlines": Table(
        _deadlines, DEADLINES, lambda wanted, today: _("Deadlines: %(when)s", when=whens(today)[wanted.when]),
        lambda: _("deadlines"),
    ),
    "cases": Table(_cases, CASES, _cases_title, lambda: _("open-cases")),
    "steps": Table(_steps, STEPS, _steps_title, lambda: _("waiting-steps")),
}  # fmt: skip
