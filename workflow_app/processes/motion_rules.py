"""Motion: what must be true before a step. Pure functions."""

from __future__ import annotations

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import Data, Facts, Setting, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import day, entries, number, numbers, text

from .consultation_rules import item_of
from .known import NOBODY_THERE

PARTS_IN_ORDER = {
    "demand": _("What is demanded"),
    "reasons": _("Reasons"),
    "finance": _("Financial effect"),
    "signed_by": _("Signed by"),
}

motion_deadline = Setting("motion_deadline", weeks(3), _("A motion is received so long before the meeting"))
urgency_needs_two_thirds = Setting("urgency_needs_two_thirds", True, _("Urgency needs two thirds of all members"))

# ---------------------------------------------------------------- at the round table


@rule(_("It was resolved in a public meeting with a quorum, by more votes for than against"), asks_data=True)
def resolved_in_order(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """R03, R05: the body's own rules say what a quorum is; a tie resolves nothing."""
    if not data.get("was_public"):
        return Reason(_("A motion is resolved in a public meeting."))
    if not data.get("was_quorate"):
        return Reason(_("Without a quorum nothing can be resolved."))
    if (number(data.get("yes")) or 0) > (number(data.get("no")) or 0):
        return None
    return Reason(_("There are not more votes for than against: the motion is not resolved."))


@rule(_("An urgent motion says why it is urgent"), asks_data=True)
def urgency_has_reason(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The body votes on the urgency first and must know the reason."""
    if not data.get("urgent") or text(data, "urgency_reason"):
        return None
    return Reason(_("Say why the motion is urgent."))


# -------------------------------------------------------------------- the formal check


@rule(_("Demand, reasons, financial effect and signature are there"))
def is_complete(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """What is missing is named, so that it can be asked for."""
    missing = next((label for name, label in PARTS_IN_ORDER.items() if not case.data.get(name)), None)
    if missing is None and case.data.get("finance") == "cost" and not case.data.get("finance_note"):
        missing = _("How much, and how it is paid for")
    return Reason(_("This is still missing: %(part)s."), {"part": missing}) if missing else None


@rule(_("The body exists"), asks_data=True, reads=("organizations",))
def body_exists(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A body is named, and it is one of the town's."""
    return None if number(data.get("body")) in facts.organizations else Reason(NOBODY_THERE)


@rule(_("The verdict fits the votes"), asks_data=True)
def verdict_carried(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The vote is on the proposal that it is inadmissible; a tie rejects that."""
    if data.get("verdict") not in ("inadmissible", "admissible"):
        return Reason(_("There is no such outcome."))
    yes, no = number(data.get("yes")), number(data.get("no"))
    if yes is None or no is None or (yes > no) == (data["verdict"] == "inadmissible"):
        return None
    return Reason(_("This outcome does not fit the votes that were counted."))


@rule(_("It is another department than now"), asks_data=True)
def another_department(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Handing it to oneself would only hide it."""
    now = {holder.organization for holder in case.parts.get("lead_department", ())}
    return Reason(_("This department has the motion already.")) if number(data.get("lead_department")) in now else None


# ----------------------------------------------------------------------- statements


@rule(_("Somebody is asked"), asks_data=True)
def somebody_asked(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """One or more units."""
    return None if numbers(data.get("asked")) else Reason(_("Choose at least one unit to ask."))


@rule(_("Every statement is there, or it is said why it goes on without"), asks_data=True, reads=("relatives",))
def statements_there(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A unit that says nothing holds nobody up for ever, but is not passed over in silence."""
    waiting = [kin for kin in facts.related("child", "statement") if kin.state in ("requested", "asked_back")]
    if not waiting or text(data, "missing_note"):
        return None
    return Reason(_("Statements that are still missing: %(number)s. Say why it goes on without."), {
        "number": len(waiting)
    })  # fmt: skip


# --------------------------------------------------------------------- on an agenda


@rule(_("The motion came in before the body's deadline"), asks_data=True)
def came_in_time(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Otherwise it comes in the next meeting, or the body votes on its urgency."""
    meeting, received = day(data.get("on")), day(case.data.get("received_on"))
    if not meeting or not received:
        return None
    if received <= facts.calendar.before(meeting, facts.value(motion_deadline)):
        return None
    return Reason(_("The motion came in too late for this meeting: take a later one, or let the body vote on urgency."))


@rule(_("It stands on the agenda of this body"), asks_data=True)
def is_scheduled(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Only what is on an agenda can be called."""
    on_agenda = item_of(case, data).get("scheduled_on")
    return None if on_agenda else Reason(_("The motion is not on an agenda of this body."))


@rule(_("The item was called"), asks_data=True)
def is_called(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A body decides in its meeting only."""
    return None if item_of(case, data).get("called") else Reason(_("This item has not been called yet."))


@rule(_("There is a quorum"), asks_data=True)
def is_quorate(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Without one the item carries over to the next meeting."""
    return None if data.get("was_quorate") else Reason(_("Without a quorum the item carries over to the next meeting."))


@rule(_("The motion was filed as urgent"))
def is_urgent(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Urgency is asked for by the movers."""
    return None if case.data.get("urgent") else Reason(_("The motion was not filed as urgent."))


def urgency_granted(data: Data, facts: Facts) -> bool:
    """Two thirds of the statutory number of members, or more votes for than against (a setting)."""
    yes, no, members = (number(data.get(name)) or 0 for name in ("yes", "no", "members"))
    if facts.value(urgency_needs_two_thirds):
        return members > 0 and 3 * yes >= 2 * members
    return yes > no


@rule(_("Not more votes than members"), asks_data=True)
def votes_fit_members(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The statutory number is what two thirds are counted from."""
    yes, no, members = (number(data.get(name)) or 0 for name in ("yes", "no", "members"))
    return Reason(_("There are more votes than members.")) if yes + no > members else None


# ------------------------------------------------------------------------- the outcome


@rule(_("What is taken into a main paper names that paper"), asks_data=True)
def main_paper_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The movers must find where their motion goes on."""
    if data.get("outcome") != "absorbedIntoMainPaper" or text(data, "main_paper"):
        return None
    return Reason(_("Name the main paper into which it was taken."))


# -------------------------------------------------------------------------- withdrawal


@rule(_("The vote has not begun"))
def vote_not_begun(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Movers may withdraw until the vote starts (domain.md 3.2)."""
    return Reason(_("The vote has begun: the motion can no longer be withdrawn.")) if case.data.get("voting") else None


@rule(_("All movers agree"))
def movers_agree(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A joint motion needs all of those who moved it."""
    agreed = {row.get("organization") for row in entries(case.data.get("withdrawal_agreed"))}
    open_ = [h for h in case.parts.get("joint_mover", ()) if h.organization not in agreed]
    return Reason(_("Movers who must still agree: %(number)s."), {"number": len(open_)}) if open_ else None


@rule(_("This mover has not agreed yet"), asks_data=True)
def not_agreed_yet(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Once is enough."""
    agreed = {row.get("organization") for row in entries(case.data.get("withdrawal_agreed"))}
    return Reason(_("This mover has agreed already.")) if number(data.get("mover")) in agreed else None


# ---------------------------------------------------------------------- implementation


@rule(_("Every task has an owner that exists, a name and a date"), asks_data=True, reads=("organizations",))
def tasks_are_owned(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """One by one."""
    given = data.get("tasks")
    tasks = entries(given) if given is not None else (data,)
    if given is not None and (not isinstance(given, list | tuple) or len(tasks) < len(given)):
        return Reason(NOBODY_THERE)
    if any(number(task.get("owner")) not in facts.organizations for task in tasks):
        return Reason(NOBODY_THERE)
    complete = all(text(task, "title") and day(task.get("due_on")) for task in tasks)
    return None if complete else Reason(_("Every task needs a name and a date."))


@rule(_("Every task has come to its end"), reads=("relatives",))
def tasks_ended(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Done, or not done for a reason that is written down."""
    waiting = [kin for kin in facts.related("child", "task") if not kin.final]
    return Reason(_("Tasks that are still open: %(number)s."), {"number": len(waiting)}) if waiting else None
