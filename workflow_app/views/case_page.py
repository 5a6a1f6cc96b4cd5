"""From a case to what its page says: what happens next, values with their source, who takes part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from workflow_app import cases, queries
from workflow_app.access import Viewer, takes_part
from workflow_app.cases import looking, rights
from workflow_app.engine import clock
from workflow_app.engine.definition import Process, Step
from workflow_app.engine.machine import Offer
from workflow_app.extensions import db
from workflow_app.models import DueDate
from workflow_app.processes import REGISTRY
from workflow_app.queries.case_page import CasePage
from workflow_app.queries.office import DueRow
from workflow_app.wording.telling import is_for_all

from . import telling, values
from .drawing import way
from .words import label, seats


@dataclass(frozen=True, slots=True)
class Awaited:
    """A step the case waits for: from whom, how many hands are still missing, and whether the viewer may take it."""

    step: Step
    who: str
    hands: str
    mine: bool


@dataclass(frozen=True, slots=True)
class DueLine:
    """A deadline on the page; `words` say how far away it is."""

    label: str
    due_on: date | None
    words: str
    overdue: bool
    extended: int


@dataclass(frozen=True, slots=True)
class Group:
    """Relatives under one heading: the newest, and how many there are in all."""

    title: str
    rows: Sequence[queries.CaseRow]
    total: int


def context(viewer: Viewer, case_id: int, before: int | None = None) -> dict[str, Any]:
    """Everything the template of a case needs. Raises NotFound."""
    page = queries.case_page(db.session, viewer, case_id, before=before)
    case = page.case
    process = REGISTRY.find(case.process, case.version)
    today = cases.current().store.calendar.local_date(clock.now())
    near = [
        offer
        for offer in looking.offers(cases.current(), page.snapshot, viewer.actor)
        if any(state.name == case.state for state in offer.step.sources)
    ]
    fields = values.visible(process, page.snapshot.parts, viewer)
    inside = takes_part(process, page.snapshot.parts, viewer)
    parts = _parts(page, people=inside)
    awaited = _awaited(page, parts, near)
    waiting = {one.step.name for one in awaited}
    return {
        "page": page,
        "case": case,
        "process": process,
        "state": process.state_by_name[case.state],
        "inside": inside,
        "muted": inside and case_id in queries.muted_among(db.session, viewer.person or 0, [case_id]),
        "awaited": awaited,
        "possible": [o for o in near if o.allowed and o.step.name not in waiting],
        "invites": any(is_for_all(offer.step.who) for offer in near),
        "refused": [o for o in near if not o.allowed and _is_for_people(o)],
        "dues": [due_line(process, due, today) for due in page.dues],
        "values": values.of_case(fields, case.data, viewer),
        "issues": case.data.get("_issues", ()),
        "sentences": telling.sentences(process, page.history, fields, viewer, names=inside),
        "adds": rights.may_add(viewer, page.snapshot.parts, closed=case.closed),
        "groups": _groups(page),
        "parties": _parties(process, parts),
        "drawing": way(process, case.state, page.trail),
    }


def _is_for_people(offer: Offer) -> bool:
    return any(seat.name != "clock" for seat in offer.step.who.seats)


def _parts(page: CasePage, *, people: bool) -> dict[str, Sequence[str]]:
    """Who holds which part, by name; parts of people only for those who take part themselves."""
    personal = {part for part, holders in page.snapshot.parts.items() if any(h.person for h in holders)}
    return {part: names for part, names in page.parts.items() if people or part not in personal}


def _awaited(page: CasePage, parts: Mapping[str, Sequence[str]], near: Sequence[Offer]) -> list[Awaited]:
    """What the case waits for; the viewer's own part first."""
    waiting: dict[str, tuple[int, int]] = {step: (done, needed) for step, _p, done, needed in page.waiting}
    found = []
    for offer in near:
        if offer.step.name in waiting:
            done, needed = waiting[offer.step.name]
            hands = _("%(done)s of %(needed)s have agreed", done=done, needed=needed) if needed > 1 else ""
            who = [name for seat in offer.step.who.seats for name in parts.get(seat.part, ())]
            named = seats(offer.step.who)
            said = f"{named} ({', '.join(dict.fromkeys(who))})" if who else named
            found.append(Awaited(offer.step, said, hands, offer.allowed))
    return sorted(found, key=lambda one: not one.mine)


def due_line(process: Process, due: DueDate | DueRow, today: date) -> DueLine:
    """A deadline with its distance from today."""
    deadline = process.deadline_by_name.get(due.name)
    name = label(deadline.label) if deadline else due.name
    if due.due_on is None:
        left = due.remaining or 0
        return DueLine(
            name, None, _left(left, in_working_days=due.remaining_unit == "working_day"), left < 0, due.extended
        )
    days = (due.due_on - today).days
    if days < 0:
        words = ngettext("overdue by %(num)s day", "overdue by %(num)s days", -days)
    else:
        words = ngettext("%(num)s day left", "%(num)s days left", days) if days else _("today")
    return DueLine(name, due.due_on, words, days < 0, due.extended)


def _left(left: int, *, in_working_days: bool) -> str:
    """What is left of a deadline that stands still, in words."""
    if in_working_days and left < 0:
        return _("The clock stands still; it was overdue by %(late)s working days.", late=-left)
    if in_working_days:
        return _("The clock stands still; %(left)s working days are left.", left=left)
    if left < 0:
        return _("The clock stands still; it was overdue by %(late)s days.", late=-left)
    return _("The clock stands still; %(left)s days are left.", left=left)


# ---------------------------------------------------------------------- people, relatives


def relations() -> dict[str, str]:
    """How relatives are called; children are called after their process."""
    return {
        "parent": _("Belongs to"), "predecessor": _("Follows"), "from_predecessor": _("Followed by"),
        "merged_into": _("Merged into"), "from_merged_into": _("Merged with this"), "came_from": _("Came from"),
        "from_came_from": _("Led to"), "about": _("Is about"), "from_about": _("Reported on in"),
    }  # fmt: skip


def _groups(page: CasePage) -> list[Group]:
    named = relations()
    return [
        Group(named.get(one.relation) or label(REGISTRY.find(one.rows[0].process).plural), one.rows, one.total)
        for one in page.relatives
        if one.relation != "parent"
    ]


def _parties(process: Process, parts: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Who takes part, by the label of their part."""
    labels = {
        seat.part: seat.label
        for step in process.all_steps
        for seat in step.who.seats
        if seat.part and seat.role == "member"
    }
    return [(label(labels[part]), ", ".join(names)) for part, names in parts.items() if part in labels]
