"""Revision: what its steps write and set in motion. Pure functions."""

from __future__ import annotations

from typing import Any

from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Snapshot
from workflow_app.engine.submitted import numbers, text

from . import consultations
from .concept_writes import living_parts, revise_by
from .consultations import Standing, is_adoption, standing_after
from .measure_rules import PARTS_IN_ORDER, WORDING, stands_in_draft

OFFICES = ("office", "lead_department", "council_office", "steering_group")


def nothing(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The step says it all."""
    return Changes()


def noted(name: str) -> Any:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def decided_on(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """One decision per measure; a later one takes the place of the earlier."""
    title = next((kin.title for kin in facts.related("about", "measure") if kin.id == data["measure"]), "")
    others = [v for v in case.data.get("verdicts") or () if v["measure"] != data["measure"]]
    return Changes(set={"verdicts": [*others, {"title": title, **data}]})


def brought(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The paper's list; what bodies said to an earlier version stays in front."""
    return Changes(set={**data, "consultations": consultations.brought_in(case, data["consultations"])})


def resumed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Back before the bodies; the day it was postponed to has done its work."""
    return Changes(set={"postponed_to": None}, add={"resumptions": dict(data)})


def recorded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The list after this body, and what follows from the deciding one."""
    items = consultations.record(consultations.listed(case.data), int(data["consultation"]), data)
    standing = standing_after(case, data)
    found: dict[str, object] = {"consultations": items}
    if standing is Standing.POSTPONED:
        found["postponed_to"] = data.get("postponed_to")
    if is_adoption(standing):
        found |= {
            "adopted_on": data["on"],
            "edition": data.get("edition"),
            "period_to": data.get("period_to"),
            "next_revision_by": revise_by(data, facts),
            "living_parts": living_parts(data),
        }
    return Changes(set=found)


# ------------------------------------------------------------------ measures and concept


def a_measure(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A measure for the new version: a proposal of the concept like all others, which came from this
    revision and is adopted with it."""
    parts = {part: case.parts[part] for part in OFFICES if part in case.parts}
    for part in ("working_group", "owner"):
        if named := numbers(data.get(part)):
            parts[part] = tuple(Holder(organization=one) for one in named)
    words = {"kind": "concept", **{name: data.get(name) for name in PARTS_IN_ORDER}}
    return (Opening(text(data, "title"), words, parts, (("came_from", case.id),)),)


def adopts(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome adopts the revision."""
    return is_adoption(standing_after(case, data))


def adopts_new(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome adopts a new measure: with the revision, if it stands in its draft."""
    return adopts(case, data, kin) and stands_in_draft(kin.state, kin.data)


def lets_go(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether a new measure must look for another way: the revision has come to nothing, or was
    adopted without it."""
    left_out = adopts(case, data, kin) and not stands_in_draft(kin.state, kin.data)
    return left_out or standing_after(case, data) in (Standing.REJECTED, Standing.WITHDRAWN)


def with_resolution(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What a new measure is told: since when, and whether it needs a resolution of its own."""
    return {"adopted_on": data["on"], "needs_resolution": bool(data.get("measures_need_resolutions"))}


def new_version(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What the concept is told: since when, until when, what is owed next, and the fields of the new
    version (an extending revision keeps the old ones in front)."""
    new = list(case.data.get("new_fields") or ())
    old = list(case.data.get("fields") or ()) if case.data.get("reach") == "extends" else []
    fields = [{**field, "no": no} for no, field in enumerate([*old, *new], start=1)] if new else None
    told = {name: data.get(name) for name in ("edition", "period_to", "revise_within_months")}
    return {
        **told, "adopted_on": data["on"], "revision": case.id, "fields": fields, "living_parts": living_parts(data),
    }  # fmt: skip


def is_decided(verdict: str, case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether the adopted revision says this of a measure; one it does not name is kept silently."""
    return adopts(case, data, kin) and _verdict(case, kin).get("verdict") == verdict


def told(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What a measure keeps of the decision."""
    found = _verdict(case, kin)
    return {"note": found.get("note"), "source": case.title, **{name: found.get(name) for name in WORDING}}


def _verdict(case: Snapshot, kin: Relative) -> Data:
    return next((v for v in case.data.get("verdicts") or () if v["measure"] == kin.id), {})
