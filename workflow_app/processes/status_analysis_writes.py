"""Status analysis: what its steps write, and the recommendations it opens. Pure functions."""

from __future__ import annotations

from collections.abc import Callable

from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Snapshot
from workflow_app.engine.submitted import entries, number, text

SHOWN = ("structures", "offers", "needs", "gaps", "responsible", "sources")
CONCERNED = ("office", "consultants", "lead_department", "council_office", "focus_group")


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The case itself stays as it is."""
    return Changes()


def noted(name: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def facts_confirmed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who agrees since when, and what was said with it."""
    told = {"on": facts.today.isoformat(), "organization": data.get("organization"), "message": data.get("note")}
    return Changes(add={"confirmations": told})


def experts_asked(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who agreed with an earlier version is asked again."""
    return Changes(set={"confirmations": [], "missing_note": None})


def released(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A version for everyone; drafts after it stay with the group."""
    version = {"on": facts.today.isoformat(), "edition": data.get("edition"), "missing": data.get("note")}
    return Changes(add={"released": version | _as_it_is(case)})


def _as_it_is(case: Snapshot) -> dict[str, object]:
    gaps = [str(row.get("gap")) for row in entries(case.data.get("gaps"))]
    return {name: case.data.get(name) for name in SHOWN} | {"gaps": gaps}


def handed_over(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What the group has found is public from now on, whether it released it before or not."""
    today = facts.today.isoformat()
    told = {"on": today, "message": data.get("note"), "late": case.state == "silent"}
    options = [str(row.get("option")) for row in entries(case.data.get("options"))]
    return Changes(add={"handed_over": told, "released": {"on": today} | _as_it_is(case) | {"options": options}})


def reopened(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A new closing date; what was missing is kept."""
    told = {"on": facts.today.isoformat(), "note": data.get("note")}
    return Changes(set={"closes_on": data.get("closes_on")}, add={"returns": told})


# ----------------------------------------------------------------------------- merging


def merged(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Where the field goes on."""
    return Changes(set={"merged_into": data.get("into"), "note": data.get("note")})


def brought_along(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What the other field is told: whose groups come, and which gaps they have found."""
    groups = [h.organization for h in case.parts.get("focus_group", ()) if h.organization]
    gaps = [{**row, "source": row.get("source") or case.title} for row in entries(case.data.get("gaps"))]
    return {"focus_groups": groups, "field": case.title, "gaps": gaps, "note": data.get("note")}


def taken_in(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The gaps of the other field stand behind the own ones."""
    told = {"on": facts.today.isoformat(), "field_of_action": data.get("field"), "note": data.get("note")}
    gaps = [*entries(case.data.get("gaps")), *entries(data.get("gaps"))]
    return Changes(set={"gaps": gaps}, add={"taken_in": told})


# ------------------------------------------------------------------ what it recommends


def a_recommendation(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A recommendation of this field's group, linked with the analysis it comes from."""
    at, gaps = number(data.get("gap")), entries(case.data.get("gaps"))
    start = {name: data.get(name) for name in ("description", "taken_from")}
    start |= {"field_of_action": case.title, "gap": gaps[at].get("gap") if at is not None else None}
    parts: dict[str, tuple[Holder, ...]] = {name: case.parts[name] for name in CONCERNED if name in case.parts}
    return (Opening(text(data, "title"), start, parts, (("came_from", case.id),)),)
