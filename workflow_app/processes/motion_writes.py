"""Motion: what its steps write, where it then stands, and the cases it opens. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from workflow_app.engine.calendar import days, months
from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Setting, Snapshot, State
from workflow_app.engine.definition import message as _
from workflow_app.engine.submitted import day, entries, numbers, text

from . import consultations
from .consultation_rules import settling
from .consultations import Entry, Standing, listed
from .motion_rules import urgency_granted
from .motion_states import decided, in_consultation, postponed, routed, scheduled, statement_ready, withdrawn

agenda_period = Setting("motion_agenda_period", months(2), _("A motion is on an agenda within"))
minutes_period = Setting("minutes_period", days(30), _("The minutes are there within"))
back_period = Setting("motion_back_period", months(3), _("A motion postponed without a date comes back within"))

CONCERNED = ("round_table", "round_table_board", "joint_mover", "lead_department", "council_office", "kept_among")
ENDED = {
    Standing.ADOPTED: decided,
    Standing.ADOPTED_WITH_CHANGES: decided,
    Standing.REJECTED: decided,
    Standing.SETTLED: decided,
    Standing.WITHDRAWN: withdrawn,
}
ADOPTED = frozenset({"adopted", "adoptedWithChanges", "partlyAdopted", "approved", "elected"})


def noted(name: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """What was submitted, with its day, at the end of a list of the case."""
    return lambda case, data, facts: Changes(add={name: {"on": facts.today.isoformat(), **data}})


def worded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The motion with its new words."""
    words = {name: value for name, value in data.items() if name != "title"}
    return Changes(set=words, title=text(data, "title") or None)


def received(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The stamp: a motion is received on the day it is filed, whatever its movers write."""
    return Changes(set={**data, "received_on": facts.today.isoformat()})


def department_changed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who had it before stays known."""
    before = [h.organization for h in case.parts.get("lead_department", ()) if h.organization]
    return Changes(add={"handed_on": {"on": facts.today.isoformat(), "before": before, "note": data.get("note")}})


def admissibility_decided(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What the body decided; an inadmissible motion has its outcome and is owed an answer."""
    if data.get("verdict") != "inadmissible":
        return Changes(add={"admissibility": dict(data)})
    return Changes(set=ended_today("inadmissible", facts), add={"admissibility": dict(data)})


def ended_today(outcome: str, facts: Facts) -> dict[str, Any]:
    """A motion that ends without a meeting: the answer is owed from today."""
    today = facts.today.isoformat()
    return {"outcome": outcome, "decided_on": today, "answer_from": today}


def was_withdrawn(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Why, and that it is over."""
    return Changes(set={**ended_today("withdrawn", facts), "withdrawal_reason": data.get("note")})


def agreed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """One of the movers agrees to the withdrawal."""
    said = {"on": facts.today.isoformat(), "organization": data.get("mover"), "note": data.get("note")}
    return Changes(add={"withdrawal_agreed": said})


def absorbed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """It goes on in another motion."""
    found = {**ended_today("absorbedIntoMainPaper", facts), "merged_into": data.get("into")}
    return Changes(set={**found, "absorbed_note": data.get("note")})


# ------------------------------------------------------------------------ its way


def was_routed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The paper's new list stands behind what bodies have said to it before."""
    items = consultations.brought_in(case, data["consultations"])
    by = day(data.get("agenda_by"))
    return Changes(set={**data, "consultations": items, "agenda_by": _agenda_by(facts, by)})


def _agenda_by(facts: Facts, named: date | None = None) -> str:
    """Until when it must be on an agenda: the day that was named, or counted from today (a setting).
    A motion must be on the agenda of the next meeting but one at the latest (domain.md 2.2)."""
    return (named or facts.calendar.after(facts.today, facts.value(agenda_period), roll=False)).isoformat()


def marked(case: Snapshot, data: Data, **more: Any) -> list[Entry]:
    """The list with something noted about one body."""
    items = listed(case.data)
    items[int(data["consultation"])] |= more
    return items


def was_scheduled(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Day and number of the item stand with the body."""
    items = marked(case, data, scheduled_on=data["on"], planned_on=data["on"], agenda_item=data.get("agenda_item"))
    return Changes(set={"consultations": items})


def was_called(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Who was there and who spoke for the movers (R02)."""
    items = marked(case, data, called=True, present=data.get("present"), speaker=data.get("speaker"))
    return Changes(set={"consultations": items, "voting": None})


def carried_over(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The item waits for the next agenda; what was late comes first there."""
    item = listed(case.data)[int(data["consultation"])]
    first = data.get("why") == "late"
    items = marked(case, data, scheduled_on=None, planned_on=None, agenda_item=None, called=None, first_next=first)
    told = {"on": item.get("scheduled_on"), "organization": item["organization"], "why": data.get("why")}
    return Changes(
        set={"consultations": items, "voting": None, "agenda_by": _agenda_by(facts)},
        add={"carried_over": {**told, "note": data.get("note")}},
    )


def urgency_voted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Granted, the item is on the agenda of that very meeting and is called at once."""
    votes = {name: data.get(name) for name in ("on", "members", "yes", "no")}
    granted = urgency_granted(data, facts)
    items = marked(case, data, scheduled_on=data["on"], planned_on=data["on"], called=True) if granted else None
    found = {"consultations": items} if items else {}
    return Changes(set=found, add={"urgency_votes": {**votes, "granted": granted}})


def place_among(items: consultations.Entries) -> State:
    """On an agenda if a body that has not spoken has set a day; else waiting for one."""
    waiting = any(item.get("scheduled_on") and not item["outcome"] for item in items)
    return scheduled if waiting else routed


def after_urgency(case: Snapshot, data: Data, facts: Facts) -> State:
    """Granted, it is dealt with at once; otherwise it waits for the next meeting."""
    return in_consultation if urgency_granted(data, facts) else routed


def _spoken(case: Snapshot, data: Data, facts: Facts) -> tuple[list[Entry], Standing]:
    at, ends = int(data["consultation"]), settling(facts)
    items = consultations.record(listed(case.data), at, data, ends)
    items[at] |= {"recused": data.get("recused")}
    return items, consultations.standing(items, at, ends)


def after_outcome(case: Snapshot, data: Data, facts: Facts) -> State:
    """Where the motion goes after a body has spoken. What was taken into a main paper is decided."""
    items, standing = _spoken(case, data, facts)
    if data.get("outcome") == "absorbedIntoMainPaper":
        return decided
    if standing is Standing.POSTPONED:
        return postponed
    if standing is Standing.SENT_BACK:
        return statement_ready
    return ENDED.get(standing) or place_among(items)


def outcome_recorded(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """What the body said, and what is owed next: an answer, or a day on an agenda."""
    items, standing = _spoken(case, data, facts)
    found: dict[str, Any] = {"consultations": items, "voting": None, "agenda_by": _agenda_by(facts)}
    if standing in ENDED:
        on = date.fromisoformat(data["on"])
        owed = facts.calendar.after(on, facts.value(minutes_period), roll=False)
        found |= {"outcome": data["outcome"], "decided_on": data["on"], "answer_from": owed.isoformat()}
        found |= {name: data[name] for name in ("changed_text", "main_paper") if data.get(name)}
    elif standing is Standing.POSTPONED:
        back = day(data.get("postponed_to")) or facts.calendar.after(facts.today, facts.value(back_period))
        found |= {"postponed_to": data.get("postponed_to"), "back_by": back.isoformat()}
    return Changes(set=found)


def resumed(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """A new day until which it must be on an agenda."""
    told = {"on": facts.today.isoformat(), "note": data.get("note")}
    return Changes(set={"postponed_to": None, "back_by": None, "agenda_by": _agenda_by(facts)}, add={"resumed": told})


def minutes_noted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """From now on the time for the answer counts from the minutes."""
    on = data["minutes_on"]
    return Changes(set={"minutes_on": on, "minutes": data.get("minutes"), "answer_from": on})


def was_adopted(data: Data) -> bool:
    """Whether something of it must be carried out."""
    return data.get("outcome") in ADOPTED


def answered(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The answer and its day."""
    return Changes(set={"answer": data.get("answer"), "answered_on": facts.today.isoformat()})


def implementing_begun(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The yearly report counts from now; tasks are cases of their own."""
    return Changes(set={"plan_note": data.get("plan_note"), "reported_from": facts.today.isoformat()})


def progress_reported(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The report, and the next one a year later."""
    told = {"on": facts.today.isoformat(), "text": data.get("text"), "next_step": data.get("next_step")}
    return Changes(set={"reported_from": told["on"]}, add={"progress": told})


def given_up_because(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Not implemented is a result too, with its reason (domain.md 3.2)."""
    return Changes(set={"not_implemented_because": data.get("note")})


# ------------------------------------------------------------------ the cases it opens


def statements_asked(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One statement for every unit that is asked."""
    return tuple(
        Opening(case.title, {"question": data.get("question")}, _parts(case, owner))
        for owner in numbers(data.get("asked"))
    )


def tasks_planned(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The tasks of the plan."""
    return tuple(_task(case, row) for row in entries(data.get("tasks")))


def one_task(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One more task."""
    return (_task(case, data),)


def _task(case: Snapshot, row: Data) -> Opening:
    known = {name: row.get(name) for name in ("due_on", "description")}
    return Opening(text(row, "title"), known, _parts(case, int(row["owner"])))


def _parts(case: Snapshot, owner: int) -> dict[str, tuple[Holder, ...]]:
    parts = {name: case.parts[name] for name in CONCERNED if name in case.parts}
    return {**parts, "owner": (Holder(organization=owner),)}
