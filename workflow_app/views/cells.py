"""The rows of a list in a case's data in words: consultations, indicators, decisions and their like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from workflow_app.engine.definition import message
from workflow_app.forms import consultations, implementation_report, measure, submission

from .words import day, label

CODES = {
    **consultations.OUTCOMES,
    **consultations.ROLES,
    **consultations.VOTES,
    **measure.STATUSES,
    **measure.LIGHTS,
    **measure.COMPARATORS,
    **implementation_report.VERDICTS,
    **submission.WEIGHINGS,
}
NAMES = {
    "on": message("on"),
    "yes": message("yes"),
    "no": message("no"),
    "abstained": message("abstained"),
    "until": message("until"),
    "note": message("Reason"),
    "reason": message("Reason"),
    "target": message("Target"),
    "period": message("Period"),
    "formula": message("Formula"),
    "check": message("Checked"),
    "persons": message("Persons"),
    "staff_total": message("All staff"),
    "count": message("Counted"),
    "page": message("Page"),
    "asked": message("Asked"),
    "answered": message("Answered"),
    "missing": message("Missing"),
    "source": message("Source"),
    "before": message("Before"),
    "goal": message("Goal"),
    "description": message("Description"),
    "participants": message("Participants"),
}
# What follows from the rest of a row, or is an inner key.
HIDDEN = {"authoritative", "required", "public", "planned_on", "measure", "group", "revision"}


def row(item: Mapping[str, Any], organizations: Mapping[int, str]) -> list[tuple[str, str]]:
    """One row as pairs of a name (or nothing) and a value: only what is filled in."""
    return [
        (label(NAMES.get(name, "")), _cell(name, value, organizations))
        for name, value in item.items()
        if value not in (None, "", [], {}, False) and name not in HIDDEN and not name.startswith("_")
    ]


def _cell(name: str, value: Any, organizations: Mapping[int, str]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{label(NAMES.get(k, k))} {v}" for k, v in value.items() if v not in (None, ""))
    if isinstance(value, list):
        return ", ".join(_cell(name, one, organizations) for one in value)
    if value is True:
        return _("Yes")
    if name in ("organization", "refer_to", "together_with", "body") and isinstance(value, int):
        return organizations.get(value, str(value))
    if name == "pct":
        return f"{value} %"
    text = str(value)
    return label(CODES[text]) if text in CODES else day(text)
