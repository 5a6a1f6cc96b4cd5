"""Concept: what must be true before a step. Pure functions."""

from __future__ import annotations

from datetime import date

from workflow_app.engine.definition import Data, Facts, Holder, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason

MEASURE = ("field_of_action", "guiding_principle", "goal", "description", "participants")

# ----------------------------------------------------------------------------- rules


@rule(_("Money or staff is named, or that there is no cost"), asks_data=True)
def cost_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A concept nobody pays for is an idea."""
    if data.get("cost") == "none" or (data.get("cost") in ("money", "staff") and data.get("cost_note")):
        return None
    return Reason(_("Say which money or staff there is, or that there is no cost."))


@rule(_("The closing date lies ahead"), asks_data=True)
def closing_date_ahead(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The groups need time; and the clock would close them at once."""
    closing = data.get("groups_close_on")
    held = str(data.get("kicked_off_on") or "")
    if closing and date.fromisoformat(closing) > facts.today and closing > held:
        return None
    return Reason(_("The groups must hand in after the kick-off and after today."))


@rule(_("The invitation was published before the kick-off"), asks_data=True)
def invited_before(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The kick-off is public."""
    invited, held = data.get("invitation_published_on"), data.get("kicked_off_on")
    if invited and held and invited <= held:
        return None
    return Reason(_("The invitation must be published before the kick-off."))


@rule(_("At least one working group is named"), asks_data=True)
def groups_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Without a group nobody proposes measures."""
    if data.get("working_groups"):
        return None
    return Reason(_("Name at least one working group with its field."))


@rule(_("Every working group has a field"))
def groups_have_fields(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Several groups may share a field, and one group may have several."""
    served = {f.get("group") for f in case.data.get("fields") or ()}
    if all(group in served for group in case.data.get("working_groups") or ()):
        return None
    return Reason(_("Give every working group a field of action first."))


@rule(_("Every measure of the group is complete"), asks_data=True, reads=("relatives",))
def measures_complete(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Field, guiding principle, goal, description and participants, or back to the group (R08, R09)."""
    group = Holder(organization=data.get("working_group"))
    for kin in facts.related("child", "measure"):
        if group in kin.parts.get("working_group", ()) and any(not kin.data.get(part) for part in MEASURE):
            return Reason(_("This measure is not complete: %(measure)s."), {"measure": kin.title})
    return None


@rule(_("What becomes of silent groups is written down"), asks_data=True)
def silence_noted(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A group that never hands in holds nobody up, but it is not passed over in silence."""
    if data.get("missing_note") or not silent_groups(case.data):
        return None
    return Reason(_("Not every group has handed in. Say how their fields are dealt with."))


@rule(_("Every field of action has a guiding principle"))
def principles_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """R09."""
    for one in case.data.get("fields") or ():
        if not one.get("guiding_principle"):
            return Reason(_("This field has no guiding principle yet: %(field)s."), {"field": one["name"]})
    return None


@rule(_("More votes for than against"), asks_data=True)
def vote_carried(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A tie carries nothing."""
    if int(data.get("yes") or 0) > int(data.get("no") or 0):
        return None
    return Reason(_("The steering group did not approve: there are not more votes for than against."))


@rule(_("Easy language and translations are ready, or it is said why not"), asks_data=True)
def readable_for_all(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Who cannot read the draft cannot comment on it."""
    if data.get("access_note") or (data.get("easy_language") and data.get("translations")):
        return None
    return Reason(_("Say which versions are missing and why."))


@rule(_("Every comment that came in time is answered"), reads=("relatives",))
def comments_answered(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Late ones are answered too, but nothing waits for them."""
    waiting = [r for r in facts.related("child", "submission") if not r.final and not r.data.get("late")]
    if case.state != "consideration" or not waiting:
        return None
    return Reason(_("Comments that still need an answer: %(number)s."), {"number": len(waiting)})


@rule(_("The public was heard, or it is said why not"), asks_data=True)
def public_was_heard(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A short amendment may do without a comment round; nobody should wonder why."""
    if case.data.get("draft_published_on") or data.get("no_round_note"):
        return None
    return Reason(_("Publish the draft for comment first, or say why there is no comment round."))


@rule(_("The draft was public"))
def draft_was_public(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Nobody can comment on what nobody could read."""
    return None if case.data.get("draft_published_on") else Reason(_("The draft has not been published yet."))


@rule(_("No other revision is running"), reads=("relatives",))
def no_revision_running(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Two revisions of one text would undo each other."""
    return Reason(_("A revision is running already.")) if revision_runs(facts) else None


@rule(_("There is no report for this year yet"), asks_data=True, reads=("relatives",))
def year_not_reported(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """One report a year."""
    reported = year_reported(facts, int(data.get("year") or 0))
    return Reason(_("There is a report for this year already.")) if reported else None


# --------------------------------------------------------------------- what they ask


def silent_groups(data: Data) -> list[int]:
    """The working groups that have handed in nothing."""
    delivered = {handed["working_group"] for handed in data.get("handed_over") or ()}
    return [group for group in data.get("working_groups") or () if group not in delivered]


def revision_runs(facts: Facts) -> bool:
    """Whether a revision of this concept is on its way."""
    return any(not r.final and r.state != "published" for r in facts.related("child", "revision"))


def year_reported(facts: Facts, year: int) -> bool:
    """Whether there is a report for that year."""
    return any(r.data.get("year") == year for r in facts.related("child", "implementation_report"))
