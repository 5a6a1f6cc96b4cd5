"""The parties all processes speak of: who acts, who is told, who may see (domain.md 1A).

A party is resolved in each case through its parts: the row that says "the steering group of this
concept is organization 9" makes `steering_group` mean the members of organization 9 there.
"""

from __future__ import annotations

from workflow_app.engine.definition import clock_party as clock
from workflow_app.engine.definition import everyone, everyone_unless, party, signed_in
from workflow_app.engine.definition import message as _

__all__ = [
    "asked_unit",
    "clock",
    "consultants",
    "council",
    "council_office",
    "council_office_head",
    "everyone",
    "expert",
    "focus_group",
    "focus_group_speaker",
    "joint_mover",
    "kept_among",
    "lead_department",
    "lead_department_head",
    "office",
    "office_head",
    "owner",
    "owner_head",
    "public",
    "round_table",
    "round_table_board",
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
council_office_head = party("council_office_head", _("Head of the council office"), part="council_office", role="head")
steering_group = party("steering_group", _("Steering group"))
steering_group_chair = party(
    "steering_group_chair", _("Chair of the steering group"), part="steering_group", role="chair"
)
working_group = party("working_group", _("Working group"))
working_group_chair = party("working_group_chair", _("Chair of the working group"), part="working_group", role="chair")
focus_group = party("focus_group", _("Focus group"))
focus_group_speaker = party("focus_group_speaker", _("Speaker of the focus group"), part="focus_group", role="chair")
expert = party("expert", _("Expert of the field"))
consultants = party("consultants", _("Unpaid consultants"))
round_table = party("round_table", _("Round table"))
round_table_board = party("round_table_board", _("Board of the round table"))
joint_mover = party("joint_mover", _("Joint mover"))
asked_unit = party("asked_unit", _("Asked for a statement"))
kept_among = party("kept_among", _("Those among whom it is kept"))
public = everyone_unless("kept_among", _("Everyone, unless the matter is not public"))
owner = party("owner", _("Responsible unit"))
owner_head = party("owner_head", _("Head of the responsible unit"), part="owner", role="head")
submitter = party("submitter", _("Submitter"))
