"""Concept: what its steps write, when its relatives follow, and the cases it opens. Pure functions."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow_app.engine.calendar import months
from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Snapshot

from . import consultations
from .concept_rules import MEASURE, revision_runs, silent_groups, year_reported
from .consultations import Standing, standing_after
from .report_rules import asked_measures

Parts = dict[str, tuple[Holder, ...]]

KEPT_PARTS = ("office", "lead_department", "council_office", "council", "steering_group", "working_group")
OFFICES = ("office", "lead_department", "steering_group")


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The case itself stays as it is; what was submitted goes elsewhere."""
    return Changes()


def noted(name: str) -> Any:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def field_changed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A field added in the middle, or an existing one under its number with new words."""
    group, known = data.get("organization"), case.data.get("working_groups") or ()
    new = {name: data.get(name) for name in ("no", "name", "guiding_principle")} | {"group": group}
    fields = [f for f in case.data.get("fields") or () if f["no"] != data["no"]] + [new]
    groups = [*known, group] if group and group not in known else list(known)
    change = {"no": data["no"], "on": facts.today.isoformat(), "note": data.get("note")}
    return Changes(
        set={"fields": sorted(fields, key=lambda f: int(f["no"])), "working_groups": groups},
        add={"field_changes": change},
    )


def groups_reopened(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A new closing date; what was missing is kept, and groups hand over again."""
    note = {"on": facts.today.isoformat(), "note": data["note"]}
    return Changes(set={"groups_close_on": data["groups_close_on"]}, add={"returns": note})


def assembling_begun(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who handed in nothing is named in the case."""
    return Changes(set={"silent_groups": silent_groups(case.data), "missing_note": data.get("missing_note")})


def comments_closed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The last day of the comment period; what comes in later stands in the late register."""
    ends = (due.due_on for due in case.dues if due.name == "comment_period" and due.due_on)
    return Changes(set={"comments_closed_on": next(ends, facts.today).isoformat()})


def brought_to_council(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The paper's new list stands behind what bodies said to an earlier version."""
    return Changes(set={**data, "consultations": consultations.brought_in(case, data["consultations"])})


def resubmitted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Straight to the council: every body comes once more. Otherwise the list waits for a new paper."""
    items = consultations.listed(case.data)
    note = {"on": facts.today.isoformat(), "how": data["how"], "note": data["note"]}
    again = {"consultations": consultations.anew(items)} if data["how"] == "council" else {}
    return Changes(set=again, add={"resubmissions": note})


def resumed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Back before the bodies; the day it was postponed to has done its work."""
    return Changes(set={"postponed_to": None}, add={"resumptions": dict(data)})


def left_off(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Withdrawn: from where, so that it can be taken up again."""
    return Changes(set={"withdrawn_from": case.state, "withdrawal_reason": data["note"]})


def outcome_recorded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The list after this body, and what the deciding body tied to the adoption."""
    items = consultations.record(consultations.listed(case.data), int(data["consultation"]), data)
    standing = standing_after(case, data)
    found: dict[str, object] = {"consultations": items}
    if standing is Standing.POSTPONED:
        found["postponed_to"] = data.get("postponed_to")
    if standing is Standing.WITHDRAWN:
        found |= {"withdrawn_from": case.state, "withdrawal_reason": data.get("note")}
    if is_adoption(standing):
        found |= _adoption(case, data, facts, standing)
    return Changes(set=found)


def _adoption(case: Snapshot, data: Data, facts: Facts, standing: Standing) -> dict[str, object]:
    within = data.get("revise_within_months")
    adopted_on = date.fromisoformat(data["on"])
    owed = facts.calendar.after(adopted_on, months(int(within)), roll=False).isoformat() if within else None
    return {
        "adopted_on": data["on"],
        "changed_by_council": standing is Standing.ADOPTED_WITH_CHANGES,
        "revise_by": owed,
        "revision_owed_by": owed,
        "measures_need_resolutions": bool(data.get("measures_need_resolutions")),
        "predecessor_continues": bool(data.get("predecessor_continues")),
    }


def is_adoption(standing: Standing) -> bool:
    """Adopted, with or without changes."""
    return standing in (Standing.ADOPTED, Standing.ADOPTED_WITH_CHANGES)


def adopts(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome adopts the concept, for the measures in it."""
    return is_adoption(standing_after(case, data))


def adopts_instead(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome puts the concept in the place of the plan before it."""
    return adopts(case, data, kin) and not data.get("predecessor_continues")


def lets_go(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome ends the concept, so that its measures must look for another way."""
    return standing_after(case, data) in (Standing.REJECTED, Standing.WITHDRAWN)


def with_resolution(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What a measure is told on adoption: since when, and whether it needs a resolution of its own."""
    return {"adopted_on": data["on"], "needs_resolution": bool(data.get("measures_need_resolutions"))}


def published(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """In force with the publication where no day is named; the end is a date or it is open."""
    in_force_on = data.get("in_force_on") or data["published_on"]
    known = {name: value for name, value in data.items() if value is not None}
    return Changes(set={**known, "in_force_on": in_force_on, **period(data)})


def in_force_now(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The first version; by hand possibly earlier than the day that was named."""
    on = min(case.data.get("in_force_on") or facts.today.isoformat(), facts.today.isoformat())
    return Changes(set={"in_force_on": on, "version": 1})


def prolonged(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A new period by resolution; the old one stays readable."""
    before = {"period_to": case.data.get("period_to"), "note": data["note"], "on": facts.today.isoformat()}
    return Changes(set=period(data), add={"earlier_periods": before})


def period(data: Data) -> dict[str, object]:
    """One of two dates the clock looks at: the concept ends, or it merely outlives its period."""
    end, ends = data.get("period_to"), data.get("afterwards") != "until_replaced"
    return {
        "period_to": end,
        "afterwards": data.get("afterwards"),
        "ends_on": end if ends else None,
        "continues_after": None if ends else end,
    }


def continues(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The period is over and the concept goes on; said once."""
    return Changes(set={"continued_since": case.data.get("continues_after"), "continues_after": None})


def revision_begun(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The clock has done what the duty to revise asks of it; until when it is owed stays known."""
    return Changes(set={"revision_owed_by": None})


def version_replaced(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A revision was adopted: its version is the text in force now, the earlier ones stay listed."""
    on = data.get("adopted_on") or facts.today.isoformat()
    number = len(case.data.get("versions") or ()) + 2
    version = {"no": number, "on": on, "edition": data.get("edition"), "revision": data.get("revision")}
    kept = {name: data[name] for name in ("fields", "period_to", "edition") if data.get(name)}
    until = period({"afterwards": case.data.get("afterwards"), **kept}) if "period_to" in kept else {}
    settled = {"version": number, "revise_by": None, "revision_owed_by": None}
    return Changes(set={**kept, **until, **settled}, add={"versions": version})


# ------------------------------------------------------------------------- children


def a_measure(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The measure as its group proposes it."""
    parts = _parts(case, OFFICES)
    parts["working_group"] = (Holder(organization=int(data["working_group"])),)
    if data.get("owner"):
        parts["owner"] = (Holder(organization=int(data["owner"])),)
    return (Opening(data["title"], {name: data.get(name) for name in MEASURE}, parts),)


def a_submission(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A comment, in time or for the late register."""
    received = data.get("received_on") or facts.today.isoformat()
    closed_on = case.data.get("comments_closed_on")
    late = case.state != "public_draft" and (not closed_on or received > closed_on)
    known = {name: value for name, value in data.items() if name != "title"}
    opened = {"channel": "online", **known, "received_on": received, "late": late}
    return (Opening(data["title"], opened, _parts(case, OFFICES)),)


def a_report(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The report for the year that is over, unless there is one."""
    year = int(data.get("year") or facts.today.year - 1)
    if year_reported(facts, year):
        return ()
    about = tuple(("about", measure.id) for measure in asked_measures(facts))
    return (Opening(f"{case.title} ({year})", {"year": year}, _parts(case, KEPT_PARTS), about),)


def a_revision(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A revision, unless one is running."""
    if revision_runs(facts):
        return ()
    opened = {name: case.data.get(name) for name in ("fields", "revise_by")} | {"reason": data.get("reason")}
    about = tuple(("about", measure.id) for measure in asked_measures(facts))
    return (Opening(case.title, opened, _parts(case, KEPT_PARTS), about),)


def _parts(case: Snapshot, names: tuple[str, ...]) -> Parts:
    return {name: case.parts[name] for name in names if name in case.parts}
