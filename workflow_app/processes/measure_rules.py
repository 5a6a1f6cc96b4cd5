"""Measure: what must be true before a step, and what steps write. Pure functions."""

from __future__ import annotations

from collections.abc import Callable

from workflow_app.engine.calendar import months
from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Relative, Setting, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import are_numbers, day, entries, numbers, text

from .measure_states import BEFORE_ADOPTION, released, taken_into_draft

PARTS_IN_ORDER = {
    "field_of_action": _("Field of action"),
    "guiding_principle": _("Guiding principle of the field"),
    "goal": _("Goal"),
    "description": _("Description"),
    "participants": _("All participants"),
}
WORDING = ("goal", "description", "participants")
TOLD_STATUS = (
    "status", "light", "text", "obstacles", "next_step", "partial_year", "series_break", "break_note", "supplements",
)  # fmt: skip

follow_up_period = Setting("measure_follow_up", months(3), _("Look at a measure again after the end of its concept"))

# ----------------------------------------------------------------------------- rules


@rule(_("It belongs to a concept"), reads=("relatives",))
def has_concept(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A measure that stands alone is in nobody's draft; it is adopted on its own."""
    return None if facts.related("parent") else Reason(_("It belongs to no concept: it is adopted on its own."))


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
    if resolutions and resolutions[-1].get("verdict") == "adopted":
        return None
    return Reason(_("This measure needs a resolution of its own before it begins."))


@rule(_("It does not end before it begins"), asks_data=True)
def dates_in_order(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Either may be open."""
    starts, ends = day(data.get("starts_on")), day(data.get("ends_on"))
    return Reason(_("The end lies before the beginning.")) if starts and ends and ends < starts else None


# ----------------------------------------------------------------------------- writes


def worded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The proposal with its new words and its new title."""
    words = {name: value for name, value in data.items() if name != "title"}
    return Changes(set=words, title=text(data, "title") or None)


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


def stands_in_draft(state: str, data: Data) -> bool:
    """Adopted with a concept is what stood in its draft, also where that was released and taken up
    again with it; a proposal that was not taken stays an idea."""
    return taken_into_draft.name in (state, data.get("released_from") if state == released.name else None)


def adopted_with_it(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What the concept's adoption means for this measure."""
    needs = bool(data.get("needs_resolution") or case.data.get("needs_resolution"))
    return Changes(set={"adopted_on": data.get("adopted_on"), "needs_resolution": needs, "released_from": None})


def adopted_alone(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The resolution; where it changed the wording, what was proposed stays readable."""
    words = text(data, "description")
    if not words:
        return Changes(set={name: value for name, value in data.items() if name != "description"})
    before = {"description": case.data.get("description")}
    return Changes(set=dict(data), add={"decisions": _decision("adopt", data, facts) | {"before": before}})


def adopted_as_recommended(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who adopted it when; nobody where the administration does it without a resolution."""
    return Changes(set={name: data.get(name) for name in ("body", "paper", "adopted_on")})


def let_go(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """From where it was released, so that it is adopted after all when its concept comes again."""
    return Changes(set={"released_from": case.state})


def concept_gone(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """It goes on without its concept, and somebody looks at it again: on the day that was planned, or
    soon (a setting)."""
    planned, today = day(case.data.get("follow_up_on")), facts.today
    soon = facts.calendar.after(today, facts.value(follow_up_period))
    again = planned if planned and today <= planned <= soon else soon
    return Changes(set={"concept_ended_on": today.isoformat(), "follow_up_on": again.isoformat()})


def planned(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The plan as submitted; an indicator whose definition changed leaves its old one behind."""
    old = {i.get("name"): i for i in entries(case.data.get("indicators"))}
    # What a source says about an indicator beyond the form's fields stays with it.
    new = [{**old.get(i.get("name"), {}), **i} for i in entries(data.get("indicators"))]
    known = [i for i in new if i.get("name") in old]
    breaks = [i["name"] for i in known if old[i["name"]].get("formula") != i.get("formula")]
    noted_breaks = {"on": facts.today.isoformat(), "indicators": breaks}
    return Changes(set={**data, "indicators": new}, add={"series_breaks": noted_breaks} if breaks else {})


def owners_changed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who was responsible before stays known; the unit as the source names it is history now."""
    before = [h.organization for h in case.parts.get("owner", ()) if h.organization]
    change = {"on": facts.today.isoformat(), "before": before, "note": data.get("note")}
    return Changes(set={"owner_unknown": not data.get("owner")}, add={"owner_changes": change})


def status_noted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The newest status on top and the whole series behind it; no value is made up."""
    told = {name: data.get(name) for name in TOLD_STATUS}
    entry = {"year": data.get("year") or facts.today.year, "on": facts.today.isoformat(), **told}
    figures = [dict(row) for row in entries(data.get("indicators"))]
    follow_up = {"follow_up_on": data["follow_up_on"]} if "follow_up_on" in data else {}
    newest = {"status": data.get("status"), "light": data.get("light"), **follow_up}
    return Changes(set=newest, add={"series": entry | {"indicators": figures}})


# ------------------------------------------------------------------------- relatives


def new_owner(case: Snapshot, data: Data, kin: Relative) -> Data:
    """Open questions about the measure go to the new unit."""
    return {"owner": list(data.get("owner") or ()), "note": data.get("note")}


def status_told(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What a recommendation learns of its measure."""
    return {name: data.get(name) for name in ("status", "text", "next_step")}


# ------------------------------------------------------------ several become one


@rule(_("At least two proposals are chosen, and they can still be merged"), asks_data=True, reads=("relatives",))
def can_be_merged(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """For the concept's step that merges them: `measures` names proposals of this concept that are
    not adopted yet."""
    chosen = numbers(data.get("measures"))
    if not are_numbers(data.get("measures")) or len(chosen) < 2:
        return Reason(_("Choose at least two proposals."))
    open_ = {state.name for state in (*BEFORE_ADOPTION, released)}
    known = {kin.id: kin for kin in facts.related("child", "measure")}
    if any(one not in known for one in chosen):
        return Reason(_("Please choose proposals of this concept."))
    over = next((known[one].title for one in chosen if known[one].state not in open_), None)
    return Reason(_("This proposal can no longer be merged: %(measure)s."), {"measure": over}) if over else None


def is_chosen(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether a proposal is one of those that become one."""
    return kin.id in numbers(data.get("measures"))


def merged_opening(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One new measure out of several proposals. Everyone who proposed or would own one of them takes
    part in the new one."""
    sources = [kin for kin in facts.related("child", "measure") if is_chosen(case, data, kin)]
    words = {name: data.get(name) for name in PARTS_IN_ORDER}
    links = tuple(("came_from", kin.id) for kin in sources)
    return (Opening(text(data, "title"), words, _all_parts(sources), links),)


def _all_parts(sources: list[Relative]) -> dict[str, tuple[Holder, ...]]:
    found: dict[str, tuple[Holder, ...]] = {}
    for kin in sources:
        for part, holders in kin.parts.items():
            known = found.get(part, ())
            found[part] = known + tuple(h for h in holders if h not in known)
    return found
