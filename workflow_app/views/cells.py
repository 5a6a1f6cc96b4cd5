"""One row of a list in a case's data as words: decisions, returns, notes and their like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from workflow_app.engine.definition import message
from workflow_app.forms import (
    check_up,
    implementation_report,
    measure,
    motion,
    motion_council,
    recommendation,
    revision,
    statement,
    submission,
)

from .tables import CONSULTATIONS, Known
from .words import day, label

CODES = {
    **statement.RECOMMENDATIONS,
    **CONSULTATIONS,
    **measure.STATUSES,
    **measure.LIGHTS,
    **measure.VERDICTS,
    **implementation_report.VERDICTS,
    **revision.DECISIONS,
    **submission.WEIGHINGS,
    **motion.VERDICTS,
    **motion_council.CARRIED,
    **recommendation.AGREEMENTS,
    "prove": message("It has proved itself"),
    "finish": message("Finish"),
    "merge": message("Merge into another measure"),
    "withdraw": message("Withdraw"),
    "take_up": message("Take up again"),
    "adopt": message("Adopted"),
    "insert": message("Inserted"),
}
NAMES = {
    "why": message("Reason"),
    "minutes": message("Where the minutes are"),
    "present": message("People present"),
    "members": message("Statutory number of members"),
    "mover": message("Moved by"),
    "fate": message("What became of it"),
    "recommendation": message("Recommendation"),
    "finance_note": message("Financial effect"),
    "verdict": message("The motion is"),
    "granted": message("Urgency granted"),
    "percent": message("Done, in percent"),
    "yes": message("Votes for"),
    "no": message("Votes against"),
    "abstained": message("Abstentions"),
    "until": message("New end"),
    "due_before": message("Until then"),
    "dissent": message("Dissenting opinion"),
    "note": message("Reason"),
    "reason": message("Reason"),
    "source": message("Source"),
    "before": message("Before"),
    "goal": message("Goal"),
    "description": message("Description"),
    "participants": message("All participants"),
    "field_of_action": message("Field of action"),
    "guiding_principle": message("Guiding principle of the field"),
    "period_to": message("Period to"),
    "edition": message("Version of the text"),
    "paper": message("Number of the paper"),
    "text": message("Text"),
    "since": message("Since"),
    "was_public": message("The meeting was public"),
    "was_quorate": message("There was a quorum under the body's own rules"),
    "structures": message("Structures"),
    "offers": message("Offers and initiatives"),
    "needs": message("Needs"),
    "gaps": message("Needs that nobody meets, and gaps"),
    "responsible": message("Who is responsible"),
    "sources": message("Where the facts come from"),
    "options": message("What could be done"),
    "late": message("After the group phase"),
    "missing": message("What is still missing"),
    "message": message("In words"),
    "title": message("Title"),
    "next_step": message("Next step"),
    **check_up.STANDINGS,
}
PLACES = {name: place for place, name in enumerate(NAMES)}
ORGANIZATIONS = {
    "organization", "refer_to", "together_with", "body", "working_group", "steering_group", "owner", "before", "group",
    "kept_among",
}  # fmt: skip
# What follows from the rest of a row, or is an inner key.
HIDDEN = {"on", "measure", "measures", "revision"}


def row(item: Mapping[str, Any] | str, known: Known) -> list[tuple[str, str]]:
    """One row as pairs of a name (or nothing) and a value: its day first, and only what is filled in."""
    if not isinstance(item, Mapping):
        return [("", str(item))]
    found = [("", day(item["on"]))] if item.get("on") else []
    return found + [
        (label(NAMES.get(name, "")), cell(name, value, known))
        for name, value in sorted(item.items(), key=_place)
        if value not in (None, "", [], {}, False) and name not in HIDDEN and not name.startswith("_")
    ]


def _place(pair: tuple[str, Any]) -> int:
    """Values in the order of their names above; those without a name come first."""
    return PLACES.get(pair[0], -1)


def cell(name: str, value: Any, known: Known) -> str:
    """One value in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{label(NAMES.get(k, k))}: {v}" for k, v in value.items() if v not in (None, ""))
    if isinstance(value, list):
        return ", ".join(cell(name, one, known) for one in value)
    if value is True:
        return _("Yes")
    if name == "deadline":
        return label(str(value))
    if name in ORGANIZATIONS and isinstance(value, int):
        return known.organization(value)
    text = str(value)
    return label(CODES[text]) if text in CODES else day(text)
