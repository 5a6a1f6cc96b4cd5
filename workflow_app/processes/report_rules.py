"""Implementation report: what must be true, and what its steps write. Pure functions."""

from __future__ import annotations

from collections import Counter

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import Changes, Data, Facts, Opening, Relative, Setting, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import day, number

from .measure_states import ENDED, FOLLOWED, changed, proven

answer_period = Setting("report_answer_period", weeks(4), _("Time to answer a report's question"))
OPEN = ("asked", "reminded", "returned")


def reportable_measures(facts: Facts, year: int | None = None, relation: str = "child") -> tuple[Relative, ...]:
    """The measures there is something to report on: all that are followed up, of a concept that has
    ended too; for the report of a year also those that ended in it or later."""
    followed, ended = {s.name for s in FOLLOWED}, {s.name for s in ENDED}
    begins = f"{year}-01-01" if year else "9999"

    def told(kin: Relative) -> bool:
        return kin.state in followed or (kin.state in ended and str(kin.data.get("ended_on") or "") >= begins)

    return tuple(kin for kin in facts.related(relation, "measure") if told(kin))


# ----------------------------------------------------------------------------- rules


@rule(_("All have answered, or their time is over"), reads=("relatives",))
def answers_are_in(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Nobody is passed over before the day that was named."""
    until = day(case.data.get("answers_until"))
    waiting = [kin for kin in facts.related("child", "status_request") if kin.state in OPEN]
    if not waiting or (until and facts.today > until):
        return None
    return Reason(
        _("%(n)s answers are still missing, and there is time until %(day)s."), {"n": len(waiting), "day": until}
    )


@rule(_("The cut-off date is not in the future"), asks_data=True)
def cut_off_is_past(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Figures of days to come do not exist."""
    cut_off, until = day(data.get("cut_off")), day(data.get("answers_until"))
    if cut_off is None or cut_off > facts.today:
        return Reason(_("The cut-off date lies in the future."))
    if until and until <= facts.today:
        return Reason(_("The answers need time: please name a later day."))
    return None


@rule(_("Every red measure has a decision"))
def reds_are_decided(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Keep, change or drop: no red light goes unanswered (domain.md 3.4)."""
    left = undecided(case.data)
    return (
        Reason(_("Still to be decided: %(titles)s."), {"titles": ", ".join(str(r["title"]) for r in left)})
        if left
        else None
    )


@rule(_("The measure is one of the red ones"), asks_data=True)
def is_red(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Decisions here are about red measures; the others go their own way."""
    if number(data.get("measure")) in [red["measure"] for red in undecided(case.data)]:
        return None
    return Reason(_("This measure has no red light, or it is decided already."))


@rule(_("The concept is in force"), reads=("relatives",))
def concept_in_force(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """What is no longer in force is not revised."""
    concepts = facts.related("parent", "concept")
    return None if any(kin.state == "in_force" for kin in concepts) else Reason(_("The concept is not in force."))


def undecided(data: Data) -> list[dict[str, object]]:
    """The red measures without a decision."""
    decided = {d["measure"] for d in data.get("red_decisions") or ()}
    return [red for red in data.get("reds") or () if red["measure"] not in decided]


# ---------------------------------------------------------------------------- writes


def asked(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """Until when the answers are wanted: the day named, or the usual time."""
    return Changes(set={"cut_off": data["cut_off"], "answers_until": _until(data, facts)})


def _until(data: Data, facts: Facts) -> str:
    usual = facts.calendar.after(facts.today, facts.value(answer_period)).isoformat()
    return data.get("answers_until") or usual


def requests(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """One question per measure, to its owner; without an owner the office answers itself. The
    question says where the measure has ended meanwhile."""
    found = []
    for measure in reportable_measures(facts, case.data.get("year"), "about"):
        parts = {part: case.parts[part] for part in ("office",) if part in case.parts}
        parts |= {part: measure.parts[part] for part in ("owner",) if part in measure.parts}
        start = {"year": case.data.get("year"), "measure": measure.id, "answers_until": _until(data, facts)}
        start |= {"measure_state": measure.state} if measure.final else {}
        found.append(Opening(measure.title, start, parts, (("about", measure.id),)))
    return tuple(found)


def drafted(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The report's table: how many of each status, what is red, who did not answer, which measures
    proved themselves, were changed or have ended meanwhile (D03)."""
    children = facts.related("child", "status_request")
    told = [kin for kin in children if kin.state in ("answered", "accepted")]
    counts = Counter(str(kin.data.get("status")) for kin in told)
    reds = [{"measure": kin.data.get("measure"), "title": kin.title} for kin in told if kin.data.get("light") == "red"]
    missing = [kin.title for kin in children if kin.state in (*OPEN, "missing")]
    figures = {"asked": len(children), "answered": len(told), "missing": len(missing)}
    statuses = [{"status": status, "count": n} for status, n in counts.items()]
    found = {"figures": [figures], "statuses": statuses, "reds": reds, "unanswered": missing}
    return Changes(set={**data, **found, **_what_became(facts, told)})


def _what_became(facts: Facts, told: list[Relative]) -> dict[str, list[str]]:
    measures = facts.related("about", "measure")
    said = {kin.data.get("measure"): kin.data.get("status") for kin in told}
    return {
        "proven": [m.title for m in measures if m.state == proven.name],
        "changed": [m.title for m in measures if m.state == changed.name or said.get(m.id) == "changed"],
        "not_useful": [m.title for m in measures if said.get(m.id) == "not_useful"],
        "ended": [m.title for m in measures if m.final],
    }


def red_decided(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The decision with its day, in the report; the measure is told in the same moment."""
    title = next((red["title"] for red in case.data.get("reds") or () if red["measure"] == data["measure"]), "")
    return Changes(add={"red_decisions": {"on": facts.today.isoformat(), "title": title, **data}})


def is_chosen(verdict: str, case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this is the measure and the decision that was submitted."""
    return data["verdict"] == verdict and kin.id == data["measure"]
