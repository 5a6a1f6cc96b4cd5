"""Motion: its places, from the draft to what became of it, and who sees it there (domain.md 3.2)."""

from __future__ import annotations

from workflow_app.engine.definition import State
from workflow_app.engine.definition import message as _

from .parties import (
    asked_unit,
    council_office,
    everyone,
    joint_mover,
    kept_among,
    lead_department,
    public,
    round_table,
    round_table_board,
)

body = round_table | round_table_board
movers = body | joint_mover
offices = lead_department | council_office
insiders = movers | offices | asked_unit | kept_among
readers = public | insiders
"""Everyone, once it is on its way to a meeting; of a matter that is not public, those concerned."""

drafted = State("drafted", _("Drafted"), seen_by=body)
resolved = State("resolved", _("Resolved by the round table"), seen_by=body)
given_up = State("given_up", _("Not filed"), seen_by=body, final=True)
filed = State("filed", _("Filed"), seen_by=insiders, explains=_("The department checks whether it is complete."))
incomplete = State(
    "incomplete",
    _("Returned for completion"),
    seen_by=insiders,
    explains=_("Something is missing; the movers complete it until the date that is set."),
)
inadmissibility_proposed = State(
    "inadmissibility_proposed",
    _("Proposed as inadmissible"),
    seen_by=insiders,
    explains=_("The department has given its reasons; a committee or the council decides."),
)
inadmissible = State("inadmissible", _("Inadmissible"), seen_by=readers)
admitted = State("admitted", _("Admitted"), seen_by=insiders)
statement_requested = State(
    "statement_requested",
    _("Statements requested"),
    seen_by=insiders,
    explains=_("The lead department and others say what they think of it; each statement is a case of its own."),
)
statement_ready = State("statement_ready", _("Statements ready"), seen_by=insiders)
routed = State(
    "routed",
    _("Waiting for an agenda"),
    seen_by=readers,
    explains=_("The consultation list is set; the chair of the next body puts the motion on an agenda."),
)
scheduled = State("scheduled", _("On an agenda"), seen_by=readers)
in_consultation = State(
    "in_consultation", _("In consultation"), seen_by=readers, explains=_("A body is dealing with the motion.")
)
postponed = State("postponed", _("Postponed"), seen_by=readers)
withdrawn = State(
    "withdrawn", _("Withdrawn"), seen_by=readers, explains=_("The movers get a confirmation before it is closed.")
)
decided = State(
    "decided",
    _("Decided"),
    seen_by=everyone | insiders,
    explains=_("The outcome stands in the case; the movers must be told."),
)
communicated = State("communicated", _("Communicated"), seen_by=everyone | insiders)
implementing = State(
    "implementing",
    _("Being implemented"),
    seen_by=everyone | insiders,
    explains=_("Every task has an owner and a date; once a year it is reported how it stands."),
)
implemented = State("implemented", _("Implemented"), seen_by=everyone | insiders)
not_implemented = State("not_implemented", _("Not implemented"), seen_by=everyone | insiders)
closed = State("closed", _("Closed"), seen_by=readers, final=True)

STATES = (
    drafted,
    resolved,
    given_up,
    filed,
    incomplete,
    inadmissibility_proposed,
    inadmissible,
    admitted,
    statement_requested,
    statement_ready,
    routed,
    scheduled,
    in_consultation,
    postponed,
    withdrawn,
    decided,
    communicated,
    implementing,
    implemented,
    not_implemented,
    closed,
)
CHECKED = (filed, incomplete, inadmissibility_proposed)
PREPARED = (admitted, statement_requested, statement_ready)
BEFORE_BODIES = (routed, scheduled, in_consultation, postponed)
BEFORE_DECISION = (*CHECKED, *PREPARED, *BEFORE_BODIES)
UNANSWERED = (inadmissible, withdrawn, decided)
