"""Concept: what its steps write. Pure functions."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow_app.engine.calendar import months
from workflow_app.engine.definition import Changes, Data, Facts, Snapshot
from workflow_app.engine.submitted import entries

from . import consultations
from .concept_rules import silent_groups
from .concept_states import expired, in_force
from .consultations import Standing, is_adoption, standing_after
from .report_rules import reportable_measures


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The case itself stays as it is; what was submitted goes elsewhere."""
    return Changes()


def noted(name: str) -> Any:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def field_changed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A field with new words under its number, or a new one: at the end, or put in between, and then
    those behind it move on by one."""
    group, known = data.get("organization"), case.data.get("working_groups") or ()
    new = {name: data.get(name) for name in ("no", "name", "guiding_principle")} | {"group": group}
    before = [f for f in case.data.get("fields") or () if int(f["no"]) < data["no"]]
    behind = [f for f in case.data.get("fields") or () if int(f["no"]) >= data["no"]]
    if data.get("how") == "insert":
        fields = [{**f, "no": no} for no, f in enumerate([*before, new, *behind], start=1)]
    else:
        fields = [*before, new, *(f for f in behind if f["no"] != data["no"])]
    groups = [*known, group] if group and group not in known else list(known)
    change = {"no": data["no"], "on": facts.today.isoformat(), "how": data.get("how"), "note": data.get("note")}
    return Changes(set={"fields": fields, "working_groups": groups}, add={"field_changes": change})


def groups_reopened(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A new closing date; what was missing is kept, and groups hand over again."""
    note = {"on": facts.today.isoformat(), "note": data.get("note")}
    return Changes(set={"groups_close_on": data["groups_close_on"]}, add={"returns": note})


def assembling_begun(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who handed in nothing is named in the case."""
    return Changes(set={"silent_groups": silent_groups(case.data), "missing_note": data.get("missing_note")})


def brought_to_council(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The paper's new list stands behind what bodies said to an earlier version."""
    return Changes(set={**data, "consultations": consultations.brought_in(case, data["consultations"])})


def resubmitted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Straight to the council: every body comes once more. Otherwise the list waits for a new paper."""
    items = consultations.listed(case.data)
    note = {"on": facts.today.isoformat(), "how": data.get("how"), "note": data.get("note")}
    again = {"consultations": consultations.anew(items)} if data.get("how") == "council" else {}
    return Changes(set=again, add={"resubmissions": note})


def resumed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Back before the bodies; the day it was postponed to has done its work."""
    return Changes(set={"postponed_to": None}, add={"resumptions": dict(data)})


def left_off(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Withdrawn: from where, so that it can be taken up again."""
    return Changes(set={"withdrawn_from": case.state, "withdrawal_reason": data.get("note")})


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
    owed = revise_by(data, facts)
    return {
        "adopted_on": data["on"],
        "changed_by_council": standing is Standing.ADOPTED_WITH_CHANGES,
        "revise_by": owed,
        "revision_owed_by": owed,
        "measures_need_resolutions": bool(data.get("measures_need_resolutions")),
        "predecessor_continues": bool(data.get("predecessor_continues")),
        "living_parts": living_parts(data),
    }


def revise_by(data: Data, facts: Facts) -> str | None:
    """Until when the deciding body wants the next revision; None where it said nothing about it."""
    within = data.get("revise_within_months")
    adopted_on = date.fromisoformat(data["on"])
    return facts.calendar.after(adopted_on, months(int(within)), roll=False).isoformat() if within else None


def living_parts(data: Data) -> list[dict[str, Any]]:
    """The parts that the resolution leaves to the administration; all others are frozen by it."""
    return [{"name": row.get("name"), "text": None, "since": None} for row in entries(data.get("living_parts"))]


def part_updated(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A living part with its new text; what was changed when and why stays readable."""
    parts = [dict(part) for part in case.data["living_parts"]]
    part = parts[data["part"]] = {
        "name": parts[data["part"]]["name"], "text": data.get("text"), "since": facts.today.isoformat(),
    }  # fmt: skip
    update = {"on": part["since"], "name": part["name"], "text": part["text"], "note": data.get("note")}
    return Changes(set={"living_parts": parts}, add={"living_updates": update})


def published(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """In force with the publication where no day is named; the end is a date or it is open."""
    in_force_on = data.get("in_force_on") or data["published_on"]
    known = {name: value for name, value in data.items() if value is not None}
    return Changes(set={**known, "in_force_on": in_force_on, **period(data)})


def in_force_now(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The first version; by hand possibly earlier than the day that was named."""
    on = min(case.data.get("in_force_on") or facts.today.isoformat(), facts.today.isoformat())
    return Changes(set={"in_force_on": on, "version": 1, "reports_from": on, "revisions_from": on})


def prolonged(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A new period by resolution; the old one stays readable."""
    before = {"period_to": case.data.get("period_to"), "note": data.get("note"), "on": facts.today.isoformat()}
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


def report_fallen_due(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The yearly rhythm ends when the concept has ended and no measure is left to be asked about."""
    if case.state == in_force.name or reportable_measures(facts, facts.occasion.year - 1):
        return Changes()
    return Changes(set={"reports_from": None, "reports_ended_on": facts.today.isoformat()})


def revision_begun(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The clock has done what the duty to revise asks of it; until when it is owed stays known."""
    return Changes(set={"revision_owed_by": None})


def version_replaced(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A revision was adopted: its version is the text in force now, the earlier ones stay listed. A
    concept that had expired meanwhile is in force again, until the day the revision names."""
    on = data.get("adopted_on") or facts.today.isoformat()
    number = len(case.data.get("versions") or ()) + 2
    version = {"no": number, "on": on, "edition": data.get("edition"), "revision": data.get("revision")}
    kept = {name: data[name] for name in ("fields", "edition", "living_parts") if data.get(name)}
    owed_by = revise_by({**data, "on": on}, facts)
    owed = {"revise_by": owed_by, "revision_owed_by": owed_by}
    found = {**kept, "version": number, **owed, **_lasts(case, data, on)}
    return Changes(set=found, add={"versions": version})


def _lasts(case: Snapshot, data: Data, on: str) -> dict[str, object]:
    """Until when the new version lasts: as before, unless the revision says otherwise or must."""
    back = case.state == expired.name
    if not (data.get("period_to") or back):
        return {}
    until = period({"afterwards": case.data.get("afterwards"), "period_to": data.get("period_to")})
    return {**until, "reports_from": on, "revisions_from": on} if back else until
