"""What rows of lists are called: processes, states, steps, deadlines, notices and periods in words."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from workflow_app.engine.calendar import Period, Unit
from workflow_app.engine.definition import Process, message
from workflow_app.engine.reaching import FOLLOWED
from workflow_app.models.documents import ADDED, CHANGED, NEW_VERSION
from workflow_app.processes import REGISTRY
from workflow_app.queries import CaseRow

from .words import day, label

NEWS_OF_DOCUMENTS = {
    ADDED: message("New document: %(title)s"),
    NEW_VERSION: message("New version of a document: %(title)s"),
    CHANGED: message("New document: %(title)s"),
}
"""What notices of documents say, with the title of their case; what is for somebody only now is new to them."""


def state_name(process: Process, name: str) -> str:
    """A state in words; one that only an older version had keeps its inner name."""
    state = process.state_by_name.get(name)
    return label(state.label) if state else name


def state_label(row: CaseRow) -> str:
    """The state of a case in a list."""
    return state_name(REGISTRY.find(row.process, row.version), row.state)


def state_is_final(row: CaseRow) -> bool:
    """Whether the case of a row has ended."""
    state = REGISTRY.find(row.process, row.version).state_by_name.get(row.state)
    return state is not None and state.final


def process_label(row: CaseRow) -> str:
    """The process of a case in a list."""
    return label(REGISTRY.find(row.process, row.version).label)


def step_label(row: CaseRow, step: str) -> str:
    """A step of a case in a list."""
    found = REGISTRY.find(row.process, row.version).step_by_name.get(step)
    return label(found.label) if found else step


def due_label(row: CaseRow, name: str) -> str:
    """A deadline of a case in a list."""
    found = REGISTRY.find(row.process, row.version).deadline_by_name.get(name)
    return label(found.label) if found else name


def notice_text(row: CaseRow, notice: str) -> str:
    """What a notice says, with the title of its case."""
    kind, _colon, _name = notice.partition(":")
    if kind == "warning":
        return _("A deadline is near: %(title)s", title=row.title)
    if kind == "overdue":
        return _("A deadline is over: %(title)s", title=row.title)
    if notice in NEWS_OF_DOCUMENTS:
        return label(NEWS_OF_DOCUMENTS[notice]) % {"title": row.title}
    process = REGISTRY.find(row.process, row.version)
    told = [n for step in process.all_steps for n in step.tell] + list(process.tell_at_opening)
    subject = next((n.subject for n in told if n.name == notice), "%(title)s")
    return label(subject) % {"title": row.title, "number": row.number or "", "actor": ""}


def told_text(row: CaseRow, notice: str, topic: str, due_on: date | None) -> str:
    """What a notification says to its reader: who follows a case hears that there is news, a deadline
    is named with its day."""
    if topic == FOLLOWED:
        return _("News in a case you follow: %(title)s", title=row.title)
    kind, is_deadline, name = notice.partition(":")
    if not is_deadline or due_on is None:
        return notice_text(row, notice)
    said = {"day": day(due_on), "deadline": due_label(row, name), "title": row.title}
    if kind == "warning":
        return _("Due on %(day)s: %(deadline)s – %(title)s", **said)
    return _("Was due on %(day)s: %(deadline)s – %(title)s", **said)


def period_words(period: Period) -> str:
    """A period as people say it."""
    n = period.n
    return {
        Unit.DAY: ngettext("%(num)s day", "%(num)s days", n),
        Unit.WEEK: ngettext("%(num)s week", "%(num)s weeks", n),
        Unit.MONTH: ngettext("%(num)s month", "%(num)s months", n),
        Unit.YEAR: ngettext("%(num)s year", "%(num)s years", n),
        Unit.WORKING_DAY: ngettext("%(num)s working day", "%(num)s working days", n),
    }[period.unit]
