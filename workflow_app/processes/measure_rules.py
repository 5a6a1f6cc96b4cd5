"""Measure: what must be true before a step, and what steps write. Pure functions."""

from __future__ import annotations

from collections.abc import Callable

from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Snapshot, State, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason

from .measure_states import adopted, released, taken_into_draft

PARTS_IN_ORDER = {
    "field_of_action": _("Field of action"),
    "guiding_principle": _("Guiding principle of the field"),
    "goal": _("Goal"),
    "description": _("Description"),
    "participants": _("All participants"),
}
WORDING = ("goal", "description", "participants")
TOLD_STATUS = ("status", "light", "text", "obstacles", "next_step", "partial_year", "series_break", "break_note")

# ----------------------------------------------------------------------------- rules


@rule(_("Field, guiding principle, goal, description and participants are there"))
def is_complete(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """R08, R09; what is missing is named in the order in which it is asked for."""
    first = next((label for name, label in PARTS_IN_ORDER.items() if not case.data.get(name)), None)
    return Reason(_("This is still missing: %(part)s."), {"part": first}) if first else None


@rule(_("A resolution on the money is there where one is needed"))
def money_is_granted(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A concept may be adopted while every measure that costs money needs a resolution of its own."""
    if not case.data.get("needs_resolution"):
        return None
    resolutions = case.data.get("resolutions") or ()
    if resolutions and resolutions[-1]["verdict"] == "adopted":
        return None
    return Reason(_("This measure needs a resolution of its own before it begins."))


@rule(_("It does not end before it begins"), asks_data=True)
def dates_in_order(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """ISO dates compare as text."""
    starts, ends = data.get("starts_on"), data.get("ends_on")
    return Reason(_("The end lies before the beginning.")) if starts and ends and ends < starts else None


# ----------------------------------------------------------------------------- writes


def worded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The proposal with its new words and its new title."""
    words = {name: value for name, value in data.items() if name != "title"}
    return Changes(set=words, title=data.get("title"))


def noted(name: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def decided(what: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """A decision on the measure, with its reason and where it was taken."""
    return lambda case, data, facts: Changes(add={"decisions": _decision(what, data, facts)})


def ended(what: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """A decision that ends the measure; from which day on counts for the report of that year."""
    return lambda case, data, facts: Changes(
        set={"ended_on": facts.today.isoformat()}, add={"decisions": _decision(what, data, facts)}
    )


def reshaped(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """New words where there are any; the old ones stay readable with the reason."""
    new = {name: data[name] for name in WORDING if data.get(name)}
    before = {name: case.data.get(name) for name in new}
    return Changes(set=new, add={"decisions": _decision("change", data, facts) | {"before": before}})


def _decision(what: str, data: Data, facts: Facts) -> dict[str, object]:
    return {"decision": what, "on": facts.today.isoformat(), "note": data.get("note"), "source": data.get("source")}


def goes_where(case: Snapshot, data: Data, facts: Facts) -> State:
    """Adopted is what stood in the draft; a proposal that was not taken stays an idea."""
    in_draft = taken_into_draft.name in (case.state, case.data.get("released_from"))
    return adopted if in_draft else released


def adopted_or_left(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What the concept's adoption means for this measure."""
    if goes_where(case, data, facts) is released:
        return let_go(case, data, facts)
    needs = bool(data.get("needs_resolution") or case.data.get("needs_resolution"))
    return Changes(set={"adopted_on": data.get("adopted_on"), "needs_resolution": needs, "released_from": None})


def let_go(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """From where it was released, so that it is adopted after all when its concept comes again."""
    before = case.data.get("released_from") if case.state == released.name else case.state
    return Changes(set={"released_from": before})


def planned(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The plan as submitted; an indicator whose definition changed leaves its old one behind."""
    old = {i["name"]: i.get("formula") for i in case.data.get("indicators") or ()}
    new = data.get("indicators") or ()
    breaks = [i["name"] for i in new if i["name"] in old and old[i["name"]] != i.get("formula")]
    noted_breaks = {"on": facts.today.isoformat(), "indicators": breaks}
    return Changes(set=dict(data), add={"series_breaks": noted_breaks} if breaks else {})


def owners_changed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who was responsible before stays known; the unit as the source names it is history now."""
    before = [h.organization for h in case.parts.get("owner", ()) if h.organization]
    change = {"on": facts.today.isoformat(), "before": before, "note": data.get("note")}
    return Changes(set={"owner_unknown": not data.get("owner")}, add={"owner_changes": change})


def status_noted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The newest status on top and the whole series behind it; no value is made up."""
    told = {name: data.get(name) for name in TOLD_STATUS}
    entry = {"year": data.get("year") or facts.today.year, "on": facts.today.isoformat(), **told}
    figures = list(data.get("indicators") or ())
    follow_up = {"follow_up_on": data["follow_up_on"]} if "follow_up_on" in data else {}
    newest = {"status": data.get("status"), "light": data.get("light"), **follow_up}
    return Changes(set=newest, add={"series": entry | {"indicators": figures}})


# ------------------------------------------------------------------------- relatives


def new_owner(case: Snapshot, data: Data, kin: Relative) -> Data:
    """Open questions about the measure go to the new unit."""
    return {"owner": list(data.get("owner") or ()), "note": data.get("note")}


def merge_openings(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One new measure out of several proposals (`measures` names them), for the concept's step that merges them.

    Everyone who proposed or would own one of them takes part in the new one.
    """
    chosen = {int(i) for i in data["measures"]}
    sources = [kin for kin in facts.related("child", "measure") if kin.id in chosen]
    words = {name: data.get(name) for name in PARTS_IN_ORDER}
    links = tuple(("came_from", kin.id) for kin in sources)
    return (Opening(data["title"], words, _all_parts(sources), links),)


def _all_parts(sources: list[Relative]) -> dict[str, tuple[Holder, ...]]:
    found: dict[str, tuple[Holder, ...]] = {}
    for kin in sources:
        for part, holders in kin.parts.items():
            known = found.get(part, ())
            found[part] = known + tuple(h for h in holders if h not in known)
    return found
