"""A comment round, as a concept and a revision have it: in time or late, and answered before it goes on."""

from __future__ import annotations

from collections.abc import Callable

from workflow_app.engine.definition import Changes, Data, Facts, Opening, Snapshot, State, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import text

OFFICES = ("office", "lead_department", "steering_group")


@rule(_("Every comment that came in time is answered"), reads=("relatives",))
def comments_answered(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Late ones are answered too, but nothing waits for them."""
    waiting = [r for r in facts.related("child", "submission") if not r.final and not r.data.get("late")]
    return Reason(_("Comments that still need an answer: %(number)s."), {"number": len(waiting)}) if waiting else None


@rule(_("The draft was public"))
def draft_was_public(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Nobody can comment on what nobody could read."""
    return None if case.data.get("draft_published_on") else Reason(_("The draft has not been published yet."))


def a_comment(round_: State) -> Callable[[Snapshot, Data, Facts], tuple[Opening, ...]]:
    """A comment: in time while the round is open or if it came in by its last day, otherwise for the
    late register."""

    def make(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
        received = text(data, "received_on") or facts.today.isoformat()
        closed_on = case.data.get("comments_closed_on")
        late = case.state != round_.name and (not closed_on or received > closed_on)
        known = {name: value for name, value in data.items() if name != "title"}
        opened = {"channel": "online", **known, "received_on": received, "late": late}
        parts = {part: case.parts[part] for part in OFFICES if part in case.parts}
        return (Opening(text(data, "title"), opened, parts),)

    return make


def round_closed(deadline: str) -> Callable[[Snapshot, Data, Facts], Changes]:
    """The last day of the round; what comes in later stands in the late register."""

    def writes(case: Snapshot, data: Data, facts: Facts) -> Changes:
        ends = (due.due_on for due in case.dues if due.name == deadline and due.due_on)
        return Changes(set={"comments_closed_on": next(ends, facts.today).isoformat()})

    return writes
