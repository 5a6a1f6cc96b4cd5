"""Check Up: what must be true before a step. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Relative, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import day, entries, number, text

from .known import NOBODY_THERE
from .recommendation_states import IN_THE_GROUP
from .recommendation_states import agreed as agreed_on
from .status_analysis import WORKING, handed_over


@rule(_("Every field has a name of its own and a focus group"), asks_data=True, reads=("organizations",))
def fields_have_groups(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """One group for each field; a group may have several fields."""
    rows = entries(data.get("fields"))
    if any(number(row.get("group")) not in facts.organizations for row in rows):
        return Reason(NOBODY_THERE)
    names = [text(row, "name") for row in rows]
    if not names or not all(names):
        return Reason(_("Name at least one field with its focus group."))
    return Reason(_("Two fields have the same name.")) if len(set(names)) < len(names) else None


@rule(_("The field is a new one, and its group exists"), asks_data=True, reads=("organizations",))
def field_is_new(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Two fields of one name could not be told apart."""
    if number(data.get("organization")) not in facts.organizations:
        return Reason(NOBODY_THERE)
    known = {text(row, "name") for row in entries(case.data.get("fields"))}
    return Reason(_("Two fields have the same name.")) if text(data, "name") in known else None


@rule(_("The closing date lies ahead, and the final report comes after it"), asks_data=True)
def dates_in_order(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The groups need time, and so do those who bring everything together."""
    closing, report = day(data.get("closes_on")), day(data.get("report_by"))
    if closing is None or closing <= facts.today:
        return Reason(_("Please name a closing date after today."))
    late = report is not None and report <= closing
    return Reason(_("The final report comes after the closing date of the groups.")) if late else None


def silent(facts: Facts) -> list[Relative]:
    """The fields from which nothing was handed in."""
    working = {state.name for state in WORKING}
    return [kin for kin in facts.related("child", "status_analysis") if kin.state in working]


@rule(_("Every field was handed over, or it is said how the others are dealt with"), asks_data=True,
      reads=("relatives",))  # fmt: skip
def silence_noted(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A group that never hands in holds nobody up, but it is not passed over in silence."""
    titles = ", ".join(kin.title for kin in silent(facts))
    if not titles or text(data, "missing_note"):
        return None
    return Reason(_("Nothing was handed in from: %(fields)s. Say how these are dealt with."), {"fields": titles})


@rule(_("Every recommendation is consolidated, or it is said why not"), asks_data=True, reads=("relatives",))
def recommendations_consolidated(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The report says of each recommendation who does it and what it costs."""
    waiting = {state.name for state in (*IN_THE_GROUP, agreed_on)}
    left = [kin for kin in facts.related("child", "recommendation") if kin.state in waiting]
    if not left or text(data, "missing_note"):
        return None
    return Reason(_("Recommendations that are not consolidated yet: %(number)s. Say why."), {"number": len(left)})


@rule(_("Something was handed over"), reads=("relatives",))
def something_handed_over(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A report on nothing is none; a Check Up of which nothing comes is called off."""
    found = any(kin.state == handed_over.name for kin in facts.related("child", "status_analysis"))
    return None if found else Reason(_("No focus group has handed over anything."))


@rule(_("It was reported what became of the recommendations"))
def progress_was_reported(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A Check Up does not end with paper (domain.md 3.3)."""
    if case.data.get("progress"):
        return None
    return Reason(_("Report first what became of the recommendations."))
