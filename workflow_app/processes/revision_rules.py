"""Revision: what must be true before a step. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import number

from .measure_rules import WORDING
from .measure_states import taken_into_draft


@rule(_("The revision changes something"), reads=("relatives",))
def changes_something(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A revision that decides nothing has nothing to be approved. New measures count as soon as they
    are taken into its draft."""
    taken = any(kin.state == taken_into_draft.name for kin in facts.related("led_to", "measure"))
    if taken or case.data.get("verdicts") or case.data.get("new_fields"):
        return None
    return Reason(_("Say first which measures are kept, changed, dropped or added."))


@rule(_("The measure belongs to the version in force"), asks_data=True, reads=("relatives",))
def measure_is_in_force(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A revision decides on measures that were followed up when it was opened and still are."""
    known = {kin.id: kin for kin in facts.related("about", "measure")}
    chosen = known.get(number(data.get("measure")) or 0)
    if chosen is None:
        return Reason(_("Please choose a measure of the version in force."))
    if chosen.final:
        return Reason(_("This measure has ended meanwhile: %(measure)s."), {"measure": chosen.title})
    return None


@rule(_("A changed measure has its new wording"), asks_data=True)
def change_is_worded(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Otherwise nobody knows what was adopted."""
    if data.get("verdict") == "change" and not any(data.get(name) for name in WORDING):
        return Reason(_("Please give the new wording."))
    return None


@rule(_("At least one field is named"), asks_data=True)
def fields_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A version without fields would be empty."""
    return None if data.get("new_fields") else Reason(_("Please name at least one field."))
