"""Concept: the steps from the idea to the draft that the steering group approves."""

from __future__ import annotations

from workflow_app.engine.definition import Assign, Child, Notice, Step, majority, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import concept as forms
from workflow_app.forms.base import NoteForm

from . import concept_rules as rules
from . import concept_writes as writes
from .concept_states import (
    GROUPS_WORK,
    assembling,
    commissioned,
    consideration,
    given_up,
    idea,
    in_consultation,
    in_groups,
    internal_draft,
    kicked_off,
    offices,
    proposals_due,
    public_draft,
)
from .parties import (
    clock,
    council_office,
    lead_department,
    office,
    steering_group,
    steering_group_chair,
    working_group,
    working_group_chair,
)

# ------------------------------------------------------------ commission and kick-off

commission = Step(
    "commission",
    _("Record the commission"),
    idea,
    commissioned,
    who=council_office | office,
    past=_("%(actor)s recorded the resolution that commissions the concept."),
    form=forms.CommissionForm,
    when=(rules.cost_named,),
    assigns=(Assign("council", "council"),),
    tell=(Notice("concept_commissioned", to=offices, subject=_("Commissioned: %(title)s")),),
)
give_up = Step(
    "give_up",
    _("Do not pursue"),
    idea,
    given_up,
    who=office | lead_department,
    past=_("%(actor)s did not pursue the idea."),
    kind=possible,
    form=NoteForm,
)
kick_off = Step(
    "kick_off",
    _("Kick off"),
    commissioned,
    kicked_off,
    who=office,
    past=_("%(actor)s kicked off the work in groups."),
    form=forms.KickOffForm,
    when=(rules.groups_named, rules.invited_before, rules.closing_date_ahead),
    assigns=(Assign("working_group", "working_groups"), Assign("steering_group", "steering_group")),
    tell=(Notice("concept_kicked_off", to=working_group | steering_group, subject=_("Kick-off: %(title)s")),),
)
start_groups = Step(
    "start_groups",
    _("Start the working groups"),
    kicked_off,
    in_groups,
    who=working_group_chair | office,
    past=_("%(actor)s started the working groups."),
    when=(rules.groups_have_fields,),
)

# ------------------------------------------------------------------- working groups

propose_measure = Step(
    "propose_measure",
    _("Propose a measure"),
    (*GROUPS_WORK, kicked_off, assembling),
    None,
    who=working_group,
    past=_("%(actor)s proposed a measure."),
    kind=possible,
    form=forms.MeasureForm,
    writes=writes.nothing,
    opens=(Child("measure", writes.a_measure, _("Measure")),),
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
    when=(rules.measures_complete,),
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
    (*GROUPS_WORK, kicked_off, assembling, internal_draft),
    None,
    who=office,
    past=_("%(actor)s changed the fields of action."),
    kind=possible,
    form=forms.FieldForm,
    assigns=(Assign("working_group", "organization", adds=True),),
    writes=writes.field_changed,
)
change_steering_group = Step(
    "change_steering_group",
    _("Note a change in the steering group"),
    (*GROUPS_WORK, kicked_off, assembling, internal_draft, public_draft, consideration, in_consultation),
    None,
    who=office,
    past=_("%(actor)s noted a change in the steering group."),
    kind=possible,
    form=forms.SteeringForm,
    assigns=(Assign("steering_group", "steering_group"),),
    writes=writes.noted("steering_changes"),
)

# ------------------------------------------------------------------------ the draft

assemble = Step(
    "assemble",
    _("Start to assemble the draft"),
    proposals_due,
    assembling,
    who=steering_group_chair | office,
    past=_("%(actor)s started to assemble the draft."),
    form=forms.AssembleForm,
    when=(rules.silence_noted,),
    writes=writes.assembling_begun,
    tell=(Notice("draft_assembled", to=steering_group, subject=_("The draft is being assembled: %(title)s")),),
)
approve_draft = Step(
    "approve_draft",
    _("Approve the draft"),
    (assembling, consideration),
    internal_draft,
    who=steering_group,
    past=_("%(actor)s approved the draft."),
    hands=majority,
    when=(rules.principles_named, rules.comments_answered),
    tell=(Notice("draft_approved", to=offices, subject=_("The steering group approved: %(title)s")),),
)
record_approval = Step(
    "record_approval",
    _("Record the vote of a meeting"),
    (assembling, consideration),
    internal_draft,
    who=steering_group_chair | office,
    past=_("%(actor)s recorded that the steering group approved the draft."),
    kind=possible,
    form=forms.VoteForm,
    when=(rules.principles_named, rules.comments_answered, rules.vote_carried),
    writes=writes.noted("approvals"),
    tell=(Notice("draft_approved", to=offices, subject=_("The steering group approved: %(title)s")),),
)
record_dissent = Step(
    "record_dissent",
    _("Record a dissenting opinion"),
    (assembling, consideration, internal_draft),
    None,
    who=steering_group,
    past=_("%(actor)s recorded a dissenting opinion."),
    kind=possible,
    form=forms.DissentForm,
    writes=writes.noted("dissents"),
)
back_to_assembling = Step(
    "back_to_assembling",
    _("Return to the steering group"),
    internal_draft,
    assembling,
    who=office | lead_department | steering_group_chair,
    past=_("%(actor)s returned the draft to the steering group."),
    kind=possible,
    form=NoteForm,
    writes=writes.noted("returns"),
    tell=(Notice("draft_returned", to=steering_group, subject=_("The draft came back: %(title)s")),),
)

DRAFTING = (
    commission,
    give_up,
    kick_off,
    start_groups,
    propose_measure,
    hand_over,
    close_groups,
    reopen_groups,
    change_field,
    change_steering_group,
    assemble,
    approve_draft,
    record_approval,
    record_dissent,
    back_to_assembling,
)
