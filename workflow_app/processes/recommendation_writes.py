"""Recommendation: what its steps write, where it then stands, and the cases it opens. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflow_app.engine.calendar import months
from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Setting, Snapshot, State
from workflow_app.engine.definition import message as _
from workflow_app.engine.submitted import day, entries, numbers, text

from . import consultations
from .consultation_rules import settling
from .consultations import Entry, Standing, is_adoption, listed
from .measure_states import finished
from .recommendation_states import adopted, consolidated, dropped, implemented, not_adopted, postponed, proposed

Parts = dict[str, tuple[Holder, ...]]

owner_period = Setting("recommendation_owner_period", months(3), _("Time to name who is responsible"))
back_period = Setting("recommendation_back_period", months(3), _("What was postponed without a date comes back within"))
look_again = Setting("recommendation_look_again", months(6), _("Look at the measure of a recommendation after"))

WORDS = ("description", "reasons", "goal", "participants", "taken_from")
MEASURE = ("field_of_action", "guiding_principle", "goal", "description", "participants")
STANDS_IN = {
    Standing.OPEN: proposed,
    Standing.SENT_BACK: consolidated,
    Standing.POSTPONED: postponed,
    Standing.ADOPTED: adopted,
    Standing.ADOPTED_WITH_CHANGES: adopted,
    Standing.REJECTED: not_adopted,
    Standing.SETTLED: not_adopted,
    Standing.WITHDRAWN: not_adopted,
}


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The case itself stays as it is; what was submitted goes elsewhere."""
    return Changes()


def noted(name: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def because(name: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """The reason that was given, kept under this name."""
    return lambda case, data, facts: Changes(set={name: data.get("note")})


# ------------------------------------------------------------------------ in the group


def worded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The recommendation with its new words."""
    return Changes(set={name: data.get(name) for name in WORDS}, title=text(data, "title") or None)


def agreed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """More than half of the group have agreed, one by one."""
    return Changes(add={"agreements": {"on": facts.today.isoformat(), "how": "majority"}})


def agreed_in_meeting(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """How they agreed; who sees it otherwise is kept apart, for those who take part."""
    told = {name: data.get(name) for name in ("on", "how", "yes", "no", "abstained")}
    dissent = {"dissents": {"on": data.get("on"), "note": data["dissent"]}} if data.get("dissent") else {}
    return Changes(add={"agreements": told, **dissent})


# --------------------------------------------------------------------- consolidating


def was_consolidated(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who does it and what it costs. Where nobody can be named, that is said openly and asked again."""
    told = {name: data.get(name) for name in ("cost", "cost_note", "needs_resolution")}
    return Changes(set={**told, **_responsible(data, facts)})


def owner_named(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who is responsible now, or that nobody is any more; who was before stays known."""
    before = [h.organization for h in case.parts.get("owner", ()) if h.organization]
    change = {"on": facts.today.isoformat(), "before": before, "note": data.get("note")}
    return Changes(set=_responsible(data, facts), add={"owner_changes": change})


def _responsible(data: Data, facts: Facts) -> dict[str, Any]:
    owner = list(numbers(data.get("owner")))
    by = None if owner else facts.calendar.after(facts.today, facts.value(owner_period)).isoformat()
    return {"owner": owner, "owner_unknown": None if owner else True, "owner_by": by}


def was_merged(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Where it goes on, and why."""
    return Changes(set={"merged_into": data.get("into"), "merged_because": data.get("note")})


def brought_along(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What the other recommendation is told: whose groups come, from which field."""
    groups = [h.organization for h in case.parts.get("focus_group", ()) if h.organization]
    return {"focus_groups": groups, "title": case.title, "field_of_action": case.data.get("field_of_action")}


def taken_in(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What came in: its title and its field."""
    told = {name: data.get(name) for name in ("title", "field_of_action")}
    return Changes(add={"taken_in": {"on": facts.today.isoformat(), **told}})


def its_parts(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The recommendations that one becomes; all else they have from it."""
    kept = ("reasons", "goal", "participants", "taken_from", "field_of_action", "gap", "agreements", "dissents")
    start = {name: case.data[name] for name in kept if name in case.data}
    return tuple(
        Opening(text(row, "title"), {**start, "description": row.get("description")}, dict(case.parts), _from(case.id))
        for row in entries(data.get("parts"))
    )


def _from(*ids: int) -> tuple[tuple[str, int], ...]:
    return tuple(("came_from", one) for one in ids)


# ---------------------------------------------------------------------------- council


def was_proposed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The paper's new list stands behind what bodies have said to it before."""
    items = consultations.brought_in(case, data["consultations"])
    return Changes(set={**data, "consultations": items})


def _spoken(case: Snapshot, data: Data, facts: Facts) -> tuple[list[Entry], Standing]:
    at, ends = int(data["consultation"]), settling(facts)
    items = consultations.record(listed(case.data), at, data, ends)
    return items, consultations.standing(items, at, ends)


def after_outcome(case: Snapshot, data: Data, facts: Facts) -> State:
    """Where it goes after a body has spoken."""
    return STANDS_IN[_spoken(case, data, facts)[1]]


def outcome_recorded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What the body said, and what follows: an adoption, a day on which it comes back, or nothing yet."""
    items, standing = _spoken(case, data, facts)
    found: dict[str, Any] = {"consultations": items}
    if standing is Standing.POSTPONED:
        back = day(data.get("postponed_to")) or facts.calendar.after(facts.today, facts.value(back_period))
        return Changes(set={**found, "postponed_to": data.get("postponed_to"), "back_by": back.isoformat()})
    if STANDS_IN[standing] in (adopted, not_adopted):
        found |= {"outcome": data.get("outcome"), "decided_on": data.get("on")}
    return _adoption(case, data, found) if is_adoption(standing) else Changes(set=found)


def _adoption(case: Snapshot, data: Data, found: dict[str, Any]) -> Changes:
    """By whom, and in which words; what was recommended stays readable."""
    body = listed(case.data)[int(data["consultation"])]["organization"]
    found |= {"adopted_by": body, "progress_from": data.get("on"), "changed_text": data.get("changed_text")}
    if not text(data, "description"):
        return Changes(set=found)
    before = {"on": data.get("on"), "description": case.data.get("description")}
    return Changes(set={**found, "description": data["description"]}, add={"wordings": before})


def resumed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Before the bodies again; the day it was postponed to has done its work."""
    told = {"on": facts.today.isoformat(), "note": data.get("note")}
    return Changes(set={"postponed_to": None, "back_by": None}, add={"resumed": told})


def taken_on(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The administration does it without being told to."""
    today = facts.today.isoformat()
    return Changes(set={"by_administration": True, "decided_on": today, "progress_from": today,
                        "taken_on_note": data.get("note")})  # fmt: skip


# ------------------------------------------------------------------- what becomes of it


def a_measure(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The measure that it becomes: of the concept where its Check Up belongs to one."""
    of_concept = any(kin.data.get("of_concept") for kin in facts.related("parent", "check_up"))
    words = {name: data.get(name) for name in MEASURE}
    words |= {"kind": "concept" if of_concept else "single_project", "owner": case.data.get("owner")}
    words |= {"owner_unknown": not case.parts.get("owner")}
    words |= {"follow_up_on": facts.calendar.after(facts.today, facts.value(look_again)).isoformat()}
    parts: Parts = {name: case.parts[name] for name in ("office", "council_office", "owner") if name in case.parts}
    parts["working_group"] = case.parts.get("focus_group", ())
    return (Opening(text(data, "title"), words, parts, _from(case.id)),)


def resolution(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What the measure is told: who adopted it when."""
    return {"body": case.data.get("adopted_by"), "paper": case.data.get("paper"),
            "adopted_on": case.data.get("decided_on")}  # fmt: skip


def after_measure(case: Snapshot, data: Data, facts: Facts) -> State:
    """With its measure a recommendation comes to its end."""
    return implemented if data.get("measure_state") == finished.name else dropped


def measure_ended(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What became of the measure is what became of it."""
    return Changes(set={"measure_state": data.get("measure_state"), "ended_because": data.get("note")})


def progress_noted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The newest word; the next one is asked for when the time is over again."""
    told = {"on": facts.today.isoformat()} | {name: data.get(name) for name in ("status", "text", "next_step")}
    return Changes(set={"status": data.get("status"), "progress_from": told["on"]}, add={"progress": told})


def check_up_ended(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """It goes on by itself."""
    return Changes(set={"check_up_ended_on": facts.today.isoformat()})


# ------------------------------------------------------------------- several become one


def is_chosen(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether a recommendation is one of those that become one."""
    return kin.id in numbers(data.get("recommendations"))


def merged_opening(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One new recommendation out of several; the groups and offices of all of them belong to it."""
    sources = [kin for kin in facts.related("child", "recommendation") if is_chosen(case, data, kin)]
    start: dict[str, Any] = {name: data.get(name) for name in WORDS}
    fields = [str(kin.data["field_of_action"]) for kin in sources if kin.data.get("field_of_action")]
    start["field_of_action"] = ", ".join(dict.fromkeys(fields)) or None
    for name in ("agreements", "dissents"):
        start[name] = [row for kin in sources for row in entries(kin.data.get(name))]
    return (Opening(text(data, "title"), start, _all_parts(sources), _from(*(kin.id for kin in sources))),)


def _all_parts(sources: list[Relative]) -> Parts:
    found: Parts = {}
    for kin in sources:
        for part, holders in kin.parts.items():
            known = found.get(part, ())
            found[part] = known + tuple(h for h in holders if h not in known)
    return found
