"""Concept: what must be true before a step. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Holder, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import day, entries, number

from .concept_states import expired, in_force, replaced
from .report_rules import reportable_measures

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
    closing, held = day(data.get("groups_close_on")), day(data.get("kicked_off_on"))
    if closing and closing > max(facts.today, held or facts.today):
        return None
    return Reason(_("The groups must hand in after the kick-off and after today."))


@rule(_("The invitation was published before the kick-off"), asks_data=True)
def invited_before(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The kick-off is public."""
    invited, held = day(data.get("invitation_published_on")), day(data.get("kicked_off_on"))
    if invited and held and invited <= held:
        return None
    return Reason(_("The invitation must be published before the kick-off."))


@rule(_("At least one working group is named"), asks_data=True)
def groups_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Without a group nobody proposes measures."""
    if data.get("working_groups"):
        return None
    return Reason(_("Name at least one working group with its field."))


@rule(_("The field has a number"), asks_data=True)
def field_has_place(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Fields are counted from one."""
    return None if number(data.get("no")) else Reason(_("Fields are counted from 1."))


@rule(_("Every working group has a field"))
def groups_have_fields(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Several groups may share a field, and one group may have several."""
    served = {number(f.get("group")) for f in entries(case.data.get("fields"))}
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
    for one in entries(case.data.get("fields")):
        if not one.get("guiding_principle"):
            return Reason(_("This field has no guiding principle yet: %(field)s."), {"field": one["name"]})
    return None


@rule(_("More votes for than against"), asks_data=True)
def vote_carried(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A tie carries nothing."""
    if (number(data.get("yes")) or 0) > (number(data.get("no")) or 0):
        return None
    return Reason(_("The steering group did not approve: there are not more votes for than against."))


@rule(_("Easy language and translations are ready, or it is said why not"), asks_data=True)
def readable_for_all(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Who cannot read the draft cannot comment on it."""
    if data.get("access_note") or (data.get("easy_language") and data.get("translations")):
        return None
    return Reason(_("Say which versions are missing and why."))


@rule(_("The public was heard, or it is said why not"), asks_data=True)
def public_was_heard(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A short amendment may do without a comment round; nobody should wonder why."""
    if case.data.get("draft_published_on") or data.get("no_round_note"):
        return None
    return Reason(_("Publish the draft for comment first, or say why there is no comment round."))


@rule(_("No other revision is running"), reads=("relatives",))
def no_revision_running(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Two revisions of one text would undo each other."""
    return Reason(_("A revision is running already.")) if revision_runs(facts) else None


@rule(_("There is no report for this year yet"), asks_data=True, reads=("relatives",))
def year_not_reported(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """One report a year, and none on a year to come."""
    year = number(data.get("year"))
    if year is None or year > facts.today.year:
        return Reason(_("There is nothing to report on that year yet."))
    return Reason(_("There is a report for this year already.")) if year_reported(facts, year) else None


@rule(_("There is a measure to report on"), asks_data=True, reads=("relatives",))
def something_to_report(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A concept that has ended is reported on as long as measures of it live on (domain.md 3.4)."""
    if case.state == in_force.name or reportable_measures(facts, number(data.get("year")) or 0):
        return None
    return Reason(_("No measure of this concept is left to report on."))


@rule(_("No measure of it is followed up any more"), reads=("relatives",))
def nothing_left(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """What is archived is not asked about again, so its measures come to their own end first; those
    of a concept that never came into force were never its measures."""
    left = reportable_measures(facts) if case.state in (expired.name, replaced.name) else ()
    return Reason(_("Measures that are still followed up: %(number)s."), {"number": len(left)}) if left else None


@rule(_("The resolution left parts to the administration"))
def has_living_parts(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Without such parts every word of the concept is the council's (domain.md 3.1)."""
    if case.data.get("living_parts"):
        return None
    return Reason(_("The resolution leaves no part of this concept to the administration: it needs a revision."))


@rule(_("The part is one that may be kept up to date"), asks_data=True)
def part_is_living(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Parts are named by their place in the list that came with the resolution."""
    at = number(data.get("part"))
    if at is not None and at < len(case.data.get("living_parts") or ()):
        return None
    return Reason(_("The resolution does not leave this part to the administration."))


# --------------------------------------------------------------------- what they ask


def silent_groups(data: Data) -> list[int]:
    """The working groups that have handed in nothing."""
    delivered = {handed["working_group"] for handed in data.get("handed_over") or ()}
    return [group for group in data.get("working_groups") or () if group not in delivered]


def revision_runs(facts: Facts) -> bool:
    """Whether a revision of this concept is on its way."""
    return any(not r.final and r.state != "adopted_with_changes" for r in facts.related("child", "revision"))


def year_reported(facts: Facts, year: int) -> bool:
    """Whether there is a report for that year."""
    return any(r.data.get("year") == year for r in facts.related("child", "implementation_report"))
