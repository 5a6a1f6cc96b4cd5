"""Check Up: what its steps write, and the fields it opens. Pure functions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from workflow_app.engine.calendar import months
from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Setting, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.submitted import day, entries, number, numbers, text

from . import recommendation_states as stands
from .check_up_rules import silent

Parts = dict[str, tuple[Holder, ...]]

report_period = Setting("check_up_report_period", months(3), _("Time from the closing date to the final report"))

KEPT_PARTS = ("office", "consultants", "lead_department", "council_office")
STANDING: dict[str, str] = {
    **{state.name: "in_group" for state in (*stands.IN_THE_GROUP, stands.agreed)},
    **{state.name: "open" for state in (*stands.BEFORE_ADOPTION[1:], stands.adopted)},
    stands.implementing.name: "in_work",
    stands.implemented.name: "done",
    stands.dropped.name: "dropped",
    stands.withdrawn.name: "in_group",
    stands.merged.name: "elsewhere",
    stands.split.name: "elsewhere",
}
"""How a recommendation stands, said in one word for a report (`workflow_app.forms.check_up.STANDINGS`)."""


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The case itself stays as it is; what was submitted goes elsewhere."""
    return Changes()


def groups_formed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The fields with their groups, and until when: the report by the day named, or by the usual time."""
    closing = day(data.get("closes_on"))
    usual = facts.calendar.after(closing or facts.today, facts.value(report_period), roll=False).isoformat()
    fields = [{name: row.get(name) for name in ("no", "name", "group")} for row in entries(data.get("fields"))]
    known = {name: data.get(name) for name in ("started_on", "closes_on")}
    return Changes(set={**known, "fields": fields, "report_by": data.get("report_by") or usual})


def field_added(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """At the end of the list, with the reason."""
    fields = list(case.data.get("fields") or ())
    fields.append({"no": len(fields) + 1, "name": data.get("name"), "group": data.get("organization")})
    told = {"on": facts.today.isoformat(), "field_of_action": data.get("name"), "note": data.get("note")}
    return Changes(set={"fields": fields}, add={"field_changes": told})


def consultants_changed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who consulted before stays known; where nobody takes over, the office goes on alone."""
    before = [h.organization for h in case.parts.get("consultants", ()) if h.organization]
    told = {"on": facts.today.isoformat(), "before": before, "note": data.get("note")}
    return Changes(add={"consultants_changes": told})


def new_consultants(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What fields and recommendations are told."""
    return {"consultants": list(numbers(data.get("consultants")))}


def groups_closed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Whose fields nothing was handed in from is named in the case."""
    groups = [h.organization for kin in silent(facts) for h in kin.parts.get("focus_group", ()) if h.organization]
    fields = [kin.title for kin in silent(facts)]
    return Changes(set={"silent_groups": list(dict.fromkeys(groups)), "silent_fields": fields,
                        "missing_note": data.get("missing_note")})  # fmt: skip


def report_published(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The report with all recommendations as they stand; the time to the first report on progress runs."""
    told = {"summary": data.get("summary"), "published_on": data.get("published_on")}
    told |= {"not_consolidated_because": data.get("missing_note"), "progress_from": facts.today.isoformat()}
    return Changes(set={**told, **how_they_stand(facts)})


def progress_reported(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """How each recommendation stands now; earlier reports keep their counts."""
    found = how_they_stand(facts)
    counts = {row["standing"]: row["count"] for row in found["standings"]}
    told = {"on": facts.today.isoformat(), "text": data.get("text"), **counts}
    return Changes(set={**found, "progress_from": told["on"]}, add={"progress": told})


def how_they_stand(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """How many stand how, and each that has left its group with its newest word: drafts stay with
    their groups and are only counted."""
    told = [kin for kin in facts.related("child", "recommendation") if kin.state != stands.withdrawn.name]
    counts = Counter(STANDING[kin.state] for kin in told)
    shown = [kin for kin in told if STANDING[kin.state] not in ("in_group", "elsewhere")]
    standings = [{"standing": standing, "count": n} for standing, n in sorted(counts.items())]
    return {"standings": standings, "recommendations": [_line(kin) for kin in shown]}


def _line(kin: Relative) -> dict[str, Any]:
    words = [text(row, "text") for row in entries(kin.data.get("progress"))]
    owner = [h.organization for h in kin.parts.get("owner", ()) if h.organization]
    newest = text(kin.data, "ended_because") or (words[-1] if words else None)
    return {"title": kin.title, "field_of_action": kin.data.get("field_of_action"), "owner": owner,
            "standing": STANDING[kin.state], "text": newest}  # fmt: skip


def was_called_off(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Why nothing comes of it."""
    return Changes(set={"called_off_because": data.get("note")})


# ----------------------------------------------------------------- the cases it opens


def a_field_each(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One status analysis for every field."""
    rows = entries(data.get("fields"))
    return tuple(_field(case, text(row, "name"), number(row.get("group")), data) for row in rows)


def one_field(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One more."""
    return (_field(case, text(data, "name"), number(data.get("organization")), data),)


def _field(case: Snapshot, name: str, group: int | None, data: Data) -> Opening:
    parts: Parts = {part: case.parts[part] for part in KEPT_PARTS if part in case.parts}
    parts["focus_group"] = (Holder(organization=group),)
    return Opening(name, {"closes_on": data.get("closes_on")}, parts)


def a_check_up(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A Check Up of this concept; its office may be another one than the concept's."""
    parts: Parts = {part: case.parts[part] for part in ("lead_department", "council_office") if part in case.parts}
    for part in ("office", "consultants"):
        if held := numbers(data.get(part)):
            parts[part] = tuple(Holder(organization=one) for one in held)
    start = {name: data.get(name) for name in ("guiding_question", "reason")} | {"of_concept": True}
    return (Opening(text(data, "title"), start, parts),)
