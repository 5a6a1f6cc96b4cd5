"""From a case to what its page says: sentences, values with their source, who acts next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from workflow_app import cases, queries
from workflow_app.access import Viewer
from workflow_app.cases import looking
from workflow_app.engine import clock
from workflow_app.engine.calendar import Period, Unit
from workflow_app.engine.definition import Field, Process, Step
from workflow_app.engine.machine import Offer
from workflow_app.extensions import db
from workflow_app.models import DueDate, Organization
from workflow_app.processes import REGISTRY
from workflow_app.queries.case_page import CasePage, Happened

from . import cells
from .drawing import way
from .words import day, label, seats


def relations() -> dict[str, str]:
    """How relatives are called."""
    return {
        "parent": _("Belongs to"), "child": _("Part of this case"), "predecessor": _("Follows"),
        "from_predecessor": _("Followed by"), "merged_into": _("Merged into"),
        "from_merged_into": _("Merged with this"), "came_from": _("Came from"), "from_came_from": _("Led to"),
        "about": _("Is about"), "from_about": _("Reported on in"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A value on the page: what it is called, how it reads, and where it comes from."""

    label: str
    text: str | None
    rows: Sequence[Sequence[tuple[str, str]]] = ()
    source: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing in the history, as it is told."""

    text: str
    at: Any
    seq: int
    note: str = ""
    dated: str = ""
    wording: str = ""
    source: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DueLine:
    """A deadline on the page."""

    label: str
    due_on: date | None
    left: int | None
    overdue: bool
    days: int
    extended: int


def case_page(viewer: Viewer, case_id: int) -> dict[str, Any]:
    """Everything the template of a case needs."""
    page = queries.case_page(db.session, viewer, case_id)
    process = REGISTRY.find(page.case.process, page.case.version)
    today = cases.current().store.calendar.local_date(clock.now())
    offers = looking.offers(cases.current(), page.snapshot, viewer.actor)
    near = [offer for offer in offers if any(s.name == page.case.state for s in offer.step.sources)]
    trail = tuple((e.from_state, e.to_state) for e in reversed(page.history) if e.from_state)
    return {
        "page": page,
        "case": page.case,
        "process": process,
        "state": process.state_by_name[page.case.state],
        "allowed": [o for o in near if o.allowed],
        "refused": [o for o in near if not o.allowed and _is_for_people(o)],
        "next": _next(process, page, near),
        "dues": [_due(process, due, today) for due in page.dues],
        "values": _values(process, page, viewer),
        "issues": page.case.data.get("_issues", ()),
        "sentences": [_sentence(process, event) for event in page.history],
        "relatives": _relatives(page),
        "parties": _parties(process, page),
        "drawing": way(process, page.case.state, trail),
    }


def _is_for_people(offer: Offer) -> bool:
    return any(seat.name != "clock" for seat in offer.step.who.seats)


def _next(process: Process, page: CasePage, near: Sequence[Offer]) -> list[tuple[Step, str, str]]:
    """What the case waits for, from whom, and how many hands are still missing."""
    waiting: dict[str, tuple[int, int]] = {step: (done, needed) for step, _p, done, needed in page.waiting}
    found = []
    for offer in near:
        if offer.step.name in waiting:
            done, needed = waiting[offer.step.name]
            hands = _("%(done)s of %(needed)s have agreed", done=done, needed=needed) if needed > 1 else ""
            who = [name for seat in offer.step.who.seats for name in page.parts.get(seat.part, ())]
            named = seats(offer.step.who)
            found.append((offer.step, f"{named} ({', '.join(dict.fromkeys(who))})" if who else named, hands))
    return found


def _due(process: Process, due: DueDate, today: date) -> DueLine:
    deadline = process.deadline_by_name.get(due.name)
    days = (due.due_on - today).days if due.due_on else 0
    return DueLine(
        label(deadline.label) if deadline else due.name, due.due_on, due.remaining, days < 0, abs(days), due.extended
    )


def days_words(line: DueLine) -> str:
    """How far away a deadline is."""
    if line.due_on is None:
        return _("The clock stands still; %(left)s days are left.", left=line.left)
    if line.overdue:
        return ngettext("overdue by %(num)s day", "overdue by %(num)s days", line.days)
    return ngettext("%(num)s day left", "%(num)s days left", line.days) if line.days else _("today")


# ------------------------------------------------------------------------------ history


def _sentence(process: Process, event: Happened) -> Sentence:
    actor = event.actor or (_("The clock") if event.by_clock else _("Somebody"))
    note = ""
    if event.erased:
        note = _("What was written with it has been erased.")
    elif event.hands < event.hands_needed:
        note = _("%(done)s of %(needed)s have agreed", done=event.hands, needed=event.hands_needed)
    if event.kind == "import":
        told = event.told
        dated = told.get("dated", {})
        return Sentence(
            _state(process, event.to_state), event.at, event.seq, note,
            dated=str(dated.get("text", "")), wording=str(told.get("wording", "")), source=told.get("source"),
        )  # fmt: skip
    return Sentence(_past(process, event) % {"actor": actor}, event.at, event.seq, note)


def _state(process: Process, name: str) -> str:
    state = process.state_by_name.get(name)
    return label(state.label) if state else name


def _past(process: Process, event: Happened) -> str:
    if event.kind == "open":
        return label(process.opened) or _("%(actor)s opened the case.", actor="%(actor)s")
    if event.kind == "erase":
        return _("%(actor)s erased personal data.", actor="%(actor)s")
    if event.kind == "migrate":
        return _("The case was moved to a newer version of its process.")
    step = process.step_by_name.get(event.step)
    return label(step.past) if step else event.step


# -------------------------------------------------------------------------------- values


def _values(process: Process, page: CasePage, viewer: Viewer) -> list[Value]:
    data = page.case.data
    sources = data.get("_sources", {})
    names = _organization_names(process, data)
    found = []
    for field in process.fields:
        if field.seen_by is not None:
            allowed = field.seen_by.principals(page.snapshot.parts)
            if viewer.principals.isdisjoint(allowed):
                continue
        value = data.get(field.name)
        if value in (None, "", [], {}) and field.name not in sources:
            continue
        found.append(_value(field, value, sources.get(field.name), names))
    return found


def _value(field: Field, value: Any, source: Any, names: Mapping[int, str]) -> Value:
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        rows = [cells.row(item, names) for item in value]
        return Value(label(field.label), "", rows, source)
    return Value(label(field.label), _text(field, value, names), (), source)


def _text(field: Field, value: Any, names: Mapping[int, str]) -> str | None:
    if value in (None, "", [], {}):
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.choices and str(value) in field.choices:
        return label(field.choices[str(value)])
    if isinstance(value, list):
        return ", ".join(filter(None, (_text(field, one, names) for one in value)))
    if field.kind == "organizations" and isinstance(value, int):
        return names.get(value, str(value))
    return day(value) if field.kind == "date" else str(value)


def _organization_names(process: Process, data: Mapping[str, Any]) -> dict[int, str]:
    """The names of the organizations that the data speak of, in one query."""
    ids: set[int] = set()
    for field in process.fields:
        value = data.get(field.name)
        many = value if isinstance(value, list) else [value]
        for one in many:
            if isinstance(one, Mapping) and isinstance(one.get("organization"), int):
                ids.add(one["organization"])
            elif field.kind == "organizations" and isinstance(one, int):
                ids.add(one)
    if not ids:
        return {}
    query = select(Organization.id, Organization.name).where(Organization.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(query)}


# ---------------------------------------------------------------------- people, relatives


def _relatives(page: CasePage) -> list[tuple[str, list[queries.CaseRow]]]:
    named = relations()
    found: dict[str, list[queries.CaseRow]] = {}
    for relation, row in page.relatives:
        found.setdefault(named[relation], []).append(row)
    return list(found.items())


def _parties(process: Process, page: CasePage) -> list[tuple[str, str]]:
    """Who takes part, by the label of their part."""
    labels = {
        seat.part: seat.label
        for step in process.all_steps
        for seat in step.who.seats
        if seat.part and seat.role == "member"
    }
    return [(label(labels[part]), ", ".join(names)) for part, names in page.parts.items() if part in labels]


def openable(viewer: Viewer) -> list[Process]:
    """The processes of which this viewer may open a case for some organization of theirs."""
    if viewer.person is None:
        return []
    roles = {principal.partition("@")[0] for principal in viewer.principals if "@" in principal}
    return [
        process
        for process in REGISTRY.newest()
        if process.opening_form and any(seat.role in roles or not seat.part for seat in process.opened_by.seats)
    ]


def state_label(row: queries.CaseRow) -> str:
    """The state of a case in a list, in words."""
    return _state(REGISTRY.find(row.process, row.version), row.state)


def process_label(row: queries.CaseRow) -> str:
    """The process of a case in a list, in words."""
    return label(REGISTRY.find(row.process, row.version).label)


def step_label(row: queries.CaseRow, step: str) -> str:
    """A step of a case in a list, in words."""
    found = REGISTRY.find(row.process, row.version).step_by_name.get(step)
    return label(found.label) if found else step


def notice_text(row: queries.CaseRow, notice: str) -> str:
    """What a notice says, with the title of its case."""
    kind, _colon, _name = notice.partition(":")
    if kind == "warning":
        return _("A deadline is near: %(title)s", title=row.title)
    if kind == "overdue":
        return _("A deadline is over: %(title)s", title=row.title)
    process = REGISTRY.find(row.process, row.version)
    told = [n for step in process.all_steps for n in step.tell] + list(process.tell_at_opening)
    subject = next((n.subject for n in told if n.name == notice), "%(title)s")
    return label(subject) % {"title": row.title, "number": row.number or "", "actor": ""}


def due_label(row: queries.CaseRow, name: str) -> str:
    """A deadline of a case in a list, in words."""
    found = REGISTRY.find(row.process, row.version).deadline_by_name.get(name)
    return label(found.label) if found else name


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


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    for word in (state_label, process_label, step_label, notice_text, due_label, days_words, period_words):
        app.jinja_env.globals[word.__name__] = word
