"""Recommendation: what must be true before a step. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import are_numbers, entries, number, numbers, text

from .recommendation_states import HANDED_OVER

PARTS_IN_ORDER = {"description": _("What is recommended"), "goal": _("Goal")}


@rule(_("What is recommended and its goal are there"))
def is_written(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """What is missing is named."""
    first = next((label for name, label in PARTS_IN_ORDER.items() if not case.data.get(name)), None)
    return Reason(_("This is still missing: %(part)s."), {"part": first}) if first else None


@rule(_("The group agreed: by consensus nobody is against it, by majority more are for it"), asks_data=True)
def agreement_carried(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A tie carries nothing, and a consensus with a vote against it is none."""
    yes, no = number(data.get("yes")) or 0, number(data.get("no")) or 0
    if data.get("how") == "consensus" and no:
        return Reason(_("Somebody is against it: that is no consensus."))
    return None if yes > no else Reason(_("There are not more votes for than against: the group has not agreed."))


@rule(_("Who voted against it is heard"), asks_data=True)
def dissent_recorded(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Dissent is recorded in words (domain.md 3.3)."""
    if not number(data.get("no")) or text(data, "dissent") or case.data.get("dissents"):
        return None
    return Reason(_("Somebody is against it: please write down why."))


def needs_body(data: Data) -> bool:
    """Whether a body must resolve it: it needs money, staff or a resolution."""
    return data.get("cost") in ("money", "staff") or bool(data.get("needs_resolution"))


@rule(_("It needs money, staff or a resolution"))
def must_be_resolved(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Bodies are not asked about what the administration does anyway."""
    if needs_body(case.data):
        return None
    return Reason(_("It needs neither money nor staff nor a resolution: the administration can do it at once."))


@rule(_("It needs neither money nor staff nor a resolution"))
def needs_no_resolution(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Only that can be done at once."""
    return Reason(_("It needs money, staff or a resolution: a body must adopt it.")) if needs_body(case.data) else None


@rule(_("Somebody is named"), asks_data=True)
def owner_named(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """To leave it open again is said with the cost, not here."""
    return None if numbers(data.get("owner")) else Reason(_("Please choose who is responsible."))


@rule(_("It becomes at least two"), asks_data=True)
def parts_are_written(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Each with a title and its words."""
    rows = entries(data.get("parts"))
    complete = [row for row in rows if text(row, "title") and text(row, "description")]
    if len(complete) >= 2 and len(complete) == len(rows):
        return None
    return Reason(_("Write at least two recommendations, each with a title."))


@rule(_("At least two recommendations are chosen, and they can still be merged"), asks_data=True, reads=("relatives",))
def can_be_merged(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """For the Check Up's step that merges them: all were handed over by their groups, none has gone on."""
    given, chosen = data.get("recommendations"), numbers(data.get("recommendations"))
    if not are_numbers(given) or len(chosen) < 2:
        return Reason(_("Please choose at least two recommendations."))
    known = {kin.id: kin for kin in facts.related("child", "recommendation")}
    if any(one not in known for one in chosen):
        return Reason(_("Please choose recommendations of this Check Up."))
    open_ = {state.name for state in HANDED_OVER}
    over = next((known[one].title for one in chosen if known[one].state not in open_), None)
    return Reason(_("This recommendation cannot be merged now: %(title)s."), {"title": over}) if over else None
