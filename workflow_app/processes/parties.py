"""The parties all processes speak of: who acts, who is told, who may see (domain.md 1A).

A party is resolved in each case through its parts: the row that says "the steering group of this
concept is organization 9" makes `steering_group` mean the members of organization 9 there.
"""

from __future__ import annotations

from workflow_app.engine.definition import clock_party as clock
from workflow_app.engine.definition import everyone, party, signed_in
from workflow_app.engine.definition import message as _

__all__ = [
    "clock",
    "council",
    "council_office",
    "everyone",
    "focus_group",
    "lead_department",
    "lead_department_head",
    "office",
    "office_head",
    "owner",
    "owner_head",
    "round_table",
    "signed_in",
    "steering_group",
    "steering_group_chair",
    "submitter",
    "working_group",
    "working_group_chair",
]

office = party("office", _("Coordination office"))
office_head = party("office_head", _("Head of the coordination office"), part="office", role="head")
lead_department = party("lead_department", _("Lead department"))
lead_department_head = party(
    "lead_department_head", _("Head of the lead department"), part="lead_department", role="head"
)
council = party("council", _("Council"))
council_office = party("council_office", _("Council office"))
steering_group = party("steering_group", _("Steering group"))
steering_group_chair = party(
    "steering_group_chair", _("Chair of the steering group"), part="steering_group", role="chair"
)
working_group = party("working_group", _("Working group"))
working_group_chair = party("working_group_chair", _("Chair of the working group"), part="working_group", role="chair")
focus_group = party("focus_group", _("Focus group"))
round_table = party("round_table", _("Round table"))
owner = party("owner", _("Responsible unit"))
owner_head = party("owner_head", _("Head of the responsible unit"), part="owner", role="head")
submitter = party("submitter", _("Submitter"))
