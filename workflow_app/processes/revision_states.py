"""Revision: its places, from its opening to the version that replaces the one in force."""

from __future__ import annotations

from workflow_app.engine.definition import State, everyone
from workflow_app.engine.definition import message as _

from .parties import council_office, lead_department, office, steering_group, working_group

insiders = office | lead_department | council_office | steering_group | working_group

opened = State("opened", _("Opened"), seen_by=insiders)
public_round = State("public_round", _("Open for comment"), seen_by=everyone)
drafting = State("drafting", _("Being drafted"), seen_by=insiders)
approved = State("approved", _("Approved by the steering group"), seen_by=insiders)
in_consultation = State("in_consultation", _("In consultation"), seen_by=everyone)
postponed = State("postponed", _("Postponed"), seen_by=everyone)
adopted_with_changes = State(
    "adopted_with_changes",
    _("Adopted with changes"),
    seen_by=everyone,
    explains=_("The new version is in force; the council's changes must still be merged into its text."),
)
adopted = State("adopted", _("Adopted"), seen_by=everyone, final=True)
rejected = State(
    "rejected", _("Rejected"), seen_by=everyone, final=True, explains=_("The version in force stays as it is.")
)
withdrawn = State("withdrawn", _("Withdrawn"), seen_by=everyone, final=True)

STATES = (
    opened,
    public_round,
    drafting,
    approved,
    in_consultation,
    postponed,
    adopted_with_changes,
    adopted,
    rejected,
    withdrawn,
)
BEFORE_DECISION = (opened, public_round, drafting, approved, in_consultation, postponed)
