"""Status analysis: what must be true before a step. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Relative, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import day, entries, number, numbers, text

PARTS_IN_ORDER = {
    "structures": _("Structures"),
    "offers": _("Offers and initiatives"),
    "needs": _("Needs"),
    "responsible": _("Who is responsible"),
    "sources": _("Where the facts come from"),
}
WITH_ITS_GROUP = ("collected", "drafted")
"""Where a recommendation waits for its focus group."""


@rule(_("Structures, offers, needs, responsible units and sources are there"))
def is_written(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """What is missing is named in the order in which it is asked for."""
    first = next((label for name, label in PARTS_IN_ORDER.items() if not case.data.get(name)), None)
    return Reason(_("This is still missing: %(part)s."), {"part": first}) if first else None


@rule(_("At least one expert is named"), asks_data=True)
def experts_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Facts are agreed with those who know the field (domain.md 3.3)."""
    return None if numbers(data.get("experts")) else Reason(_("Please choose at least one expert."))


def confirmed(case: Snapshot) -> set[int | None]:
    """The experts that agree with the facts as they are now."""
    return {number(row.get("organization")) for row in entries(case.data.get("confirmations"))}


@rule(_("This expert has not agreed yet"), asks_data=True)
def not_confirmed_yet(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Once is enough."""
    known = number(data.get("organization")) in confirmed(case)
    return Reason(_("This expert has agreed already.")) if known else None


@rule(_("Every expert agrees, or it is said why it goes on without"), asks_data=True, reads=("organizations",))
def experts_agree(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Who is still missing is named."""
    asked = [h.organization for h in case.parts.get("expert", ()) if h.organization]
    open_ = [one for one in asked if one not in confirmed(case)]
    if not open_ or text(data, "missing_note"):
        return None
    names = ", ".join(facts.organizations.get(one, str(one)) for one in open_)
    return Reason(_("These have not agreed yet: %(experts)s. Say why it goes on without."), {"experts": names})


@rule(_("At least one option is named"), asks_data=True)
def options_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Something can always be done."""
    named = any(text(row, "option") for row in entries(data.get("options")))
    return None if named else Reason(_("Name at least one option."))


@rule(_("The gap stands in the analysis"), asks_data=True)
def gap_is_there(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Gaps are named by their place; a recommendation need not come from one."""
    at = number(data.get("gap"))
    if data.get("gap") is None or (at is not None and at < len(entries(case.data.get("gaps")))):
        return None
    return Reason(_("Please choose a gap of this analysis."))


def its_recommendations(facts: Facts) -> tuple[Relative, ...]:
    """What was recommended from this field."""
    return facts.related("led_to", "recommendation")


@rule(_("The group has agreed on its recommendations"), reads=("relatives",))
def group_has_agreed(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """None is handed over by accident, and none is left lying."""
    waiting = [kin.title for kin in its_recommendations(facts) if kin.state in WITH_ITS_GROUP]
    titles = ", ".join(waiting)
    return Reason(_("The group has not agreed yet on: %(titles)s."), {"titles": titles}) if waiting else None


@rule(_("Something is recommended, or it is said why not"), asks_data=True, reads=("relatives",))
def something_recommended(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A group may find that nothing has to be done; then it says so."""
    if text(data, "note") or any(kin.state != "withdrawn" for kin in its_recommendations(facts)):
        return None
    return Reason(_("Nothing is recommended. Please say why."))


@rule(_("The closing date lies ahead"), asks_data=True)
def closing_date_ahead(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A group needs time."""
    closing = day(data.get("closes_on"))
    return None if closing and closing > facts.today else Reason(_("Please name a closing date after today."))
