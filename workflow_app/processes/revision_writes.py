"""Revision: what must be true, and what its steps write and set in motion. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason

from . import consultations
from .consultations import Standing, standing_after

OFFICES = ("office", "lead_department", "council_office")
ADOPTED = (Standing.ADOPTED, Standing.ADOPTED_WITH_CHANGES)


@rule(_("The revision changes something"))
def changes_something(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A revision that decides nothing has nothing to be approved."""
    if any(case.data.get(name) for name in ("verdicts", "new_measures", "new_fields")):
        return None
    return Reason(_("Say first which measures are kept, changed, dropped or added."))


@rule(_("A changed measure has its new wording"), asks_data=True)
def change_is_worded(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Otherwise nobody knows what was adopted."""
    if data.get("verdict") == "change" and not data.get("description"):
        return Reason(_("Please give the new wording."))
    return None


@rule(_("At least one field is named"), asks_data=True)
def fields_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A version without fields would be empty."""
    return None if data.get("new_fields") else Reason(_("Please name at least one field."))


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The step says it all."""
    return Changes()


def a_comment(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A comment in the revision's own round, in time or for the late register."""
    received = data.get("received_on") or facts.today.isoformat()
    closed_on = case.data.get("comments_closed_on")
    late = case.state != "public_round" and (not closed_on or received > closed_on)
    known = {name: value for name, value in data.items() if name != "title"}
    parts = {part: case.parts[part] for part in OFFICES if part in case.parts}
    return (Opening(data["title"], {"channel": "online", **known, "received_on": received, "late": late}, parts),)


def round_closed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Comments after this day go to the late register."""
    return Changes(set={"comments_closed_on": facts.today.isoformat()})


def decided_on(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """One decision per measure; a later one takes the place of the earlier."""
    others = [v for v in case.data.get("verdicts") or () if v["measure"] != data["measure"]]
    return Changes(set={"verdicts": [*others, dict(data)]})


def added(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A measure more in the draft."""
    return Changes(add={"new_measures": dict(data)})


def brought(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The paper's list; what bodies said to an earlier version stays in front."""
    return Changes(set={**data, "consultations": consultations.brought_in(case, data["consultations"])})


def recorded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The list after this body, and what follows from the deciding one."""
    items = consultations.record(consultations.listed(case.data), int(data["consultation"]), data)
    standing = standing_after(case, data)
    found: dict[str, object] = {"consultations": items}
    if standing is Standing.POSTPONED:
        found["postponed_to"] = data.get("postponed_to")
    if standing in ADOPTED:
        found |= {"adopted_on": data["on"], "edition": data.get("edition")}
    return Changes(set=found)


def adopts(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome adopts the revision."""
    return standing_after(case, data) in ADOPTED


def new_version(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What the concept is told: since when, and the fields of the new version (an extending
    revision keeps the old ones in front)."""
    new = list(case.data.get("new_fields") or ())
    old = list(case.data.get("fields") or ()) if case.data.get("reach") == "extends" else []
    fields = [{**field, "no": no} for no, field in enumerate([*old, *new], start=1)] if new else None
    return {"adopted_on": data["on"], "revision": case.id, "edition": data.get("edition"), "fields": fields}


def is_decided(verdict: str, case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether the adopted revision says this of a measure; one it does not name is kept silently."""
    return adopts(case, data, kin) and _verdict(case, kin).get("verdict") == verdict


def told(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What a measure keeps of the decision."""
    found = _verdict(case, kin)
    return {"note": found.get("note"), "description": found.get("description"), "source": case.title}


def _verdict(case: Snapshot, kin: Relative) -> Data:
    return next((v for v in case.data.get("verdicts") or () if v["measure"] == kin.id), {})


def new_measures(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The measures that the adopted revision adds, each proposed and ready to be adopted."""
    if standing_after(case, data) not in ADOPTED:
        return ()
    parts: dict[str, tuple[Holder, ...]] = {
        part: case.parts[part] for part in ("office", "lead_department", "steering_group") if part in case.parts
    }
    extra = {"kind": "concept", "needs_resolution": bool(data.get("needs_resolution"))}
    return tuple(
        Opening(str(new["title"]), {**{k: v for k, v in new.items() if k != "title"}, **extra}, parts)
        for new in case.data.get("new_measures") or ()
    )
