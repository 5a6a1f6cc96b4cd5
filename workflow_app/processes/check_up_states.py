"""Check Up: its places, and who sees it there (domain.md 3.3, P05)."""

from __future__ import annotations

from workflow_app.engine.definition import State
from workflow_app.engine.definition import message as _

from .parties import consultants, everyone, focus_group, lead_department, office

leaders = office | consultants
offices = office | lead_department
insiders = offices | consultants | focus_group

prepared = State("prepared", _("Prepared"), seen_by=insiders)
in_groups = State(
    "in_groups",
    _("Focus groups at work"),
    seen_by=everyone,
    explains=_("Each field goes at its own pace: status analysis, options, recommendations, until its closing date."),
)
consolidating = State(
    "consolidating",
    _("Recommendations are brought together"),
    seen_by=everyone,
    explains=_("What is there twice is merged; it is said who does what, and what it costs."),
)
reported = State(
    "reported",
    _("Final report published"),
    seen_by=everyone,
    explains=_("Every recommendation goes its own way now; it is reported what became of each."),
)
closed = State("closed", _("Closed"), seen_by=everyone, final=True)
called_off = State("called_off", _("Called off"), seen_by=everyone, final=True)

STATES = (prepared, in_groups, consolidating, reported, closed, called_off)
BEFORE_REPORT = (prepared, in_groups, consolidating)
RUNNING = (*BEFORE_REPORT, reported)
