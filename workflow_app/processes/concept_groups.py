"""Concept: what working groups do, and who belongs to them and to the steering group."""

from __future__ import annotations

from workflow_app.engine.definition import Assign, Child, Notice, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import concept as forms

from . import concept_children as children
from . import concept_rules as rules
from . import concept_writes as writes
from .concept_states import (
    BEFORE_DECISION,
    GROUPS_WORK,
    assembling,
    commissioned,
    consideration,
    in_groups,
    internal_draft,
    kicked_off,
    proposals_due,
)
from .known import known_organizations, takes_part
from .parties import clock, office, steering_group, steering_group_chair, working_group, working_group_chair

propose_measure = Step(
    "propose_measure",
    _("Propose a measure"),
    (*GROUPS_WORK, kicked_off, assembling),
    None,
    who=working_group,
    past=_("%(actor)s proposed a measure."),
    kind=possible,
    form=forms.MeasureForm,
    when=(takes_part("working_group", "working_group"), known_organizations("owner")),
    writes=writes.nothing,
    opens=(Child("measure", children.a_measure, _("Measure")),),
    explains=_("First the goal, then the description, then everyone who takes part."),
)
hand_over = Step(
    "hand_over",
    _("Hand over the proposals"),
    GROUPS_WORK,
    None,
    who=working_group_chair,
    past=_("%(actor)s handed over the proposals of a working group."),
    form=forms.HandOverForm,
    when=(takes_part("working_group", "working_group"), rules.measures_complete),
    writes=writes.noted("handed_over"),
    tell=(Notice("proposals_handed_over", to=office, subject=_("Proposals were handed over: %(title)s")),),
)
close_groups = Step(
    "close_groups",
    _("Close the group phase"),
    (kicked_off, in_groups),
    proposals_due,
    who=clock | office,
    past=_("The group phase was closed by %(actor)s."),
    kind=possible,
    writes=writes.nothing,
    tell=(
        Notice("proposals_due", to=working_group_chair, subject=_("Please hand over the proposals: %(title)s")),
        Notice("group_phase_closed", to=steering_group, subject=_("The group phase is closed: %(title)s")),
    ),
)
reopen_groups = Step(
    "reopen_groups",
    _("Return to the groups"),
    proposals_due,
    in_groups,
    who=office | steering_group_chair,
    past=_("%(actor)s returned the proposals to the working groups."),
    kind=possible,
    form=forms.ReopenForm,
    when=(rules.closing_date_ahead,),
    writes=writes.groups_reopened,
    tell=(Notice("groups_reopened", to=working_group, subject=_("Something is missing: %(title)s")),),
)
change_field = Step(
    "change_field",
    _("Add or change a field of action"),
    (*GROUPS_WORK, kicked_off, assembling, consideration, internal_draft),
    None,
    who=office,
    past=_("%(actor)s changed the fields of action."),
    kind=possible,
    form=forms.FieldForm,
    when=(rules.field_has_place,),
    assigns=(Assign("working_group", "organization", adds=True),),
    writes=writes.field_changed,
)
change_steering_group = Step(
    "change_steering_group",
    _("Note a change in the steering group"),
    tuple(state for state in BEFORE_DECISION if state is not commissioned),
    None,
    who=office,
    past=_("%(actor)s noted a change in the steering group."),
    kind=possible,
    form=forms.SteeringForm,
    assigns=(Assign("steering_group", "steering_group"),),
    writes=writes.noted("steering_changes"),
)

GROUPS = (propose_measure, hand_over, close_groups, reopen_groups, change_field, change_steering_group)
