"""Concept: the steps from the idea to the draft that the steering group approves."""

from __future__ import annotations

from workflow_app.engine.definition import Assign, Child, Fire, Link, Notice, Step, majority, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import concept as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.measure import MergeProposalsForm

from . import concept_rules as rules
from . import concept_writes as writes
from . import measure_rules
from .comments import comments_answered
from .concept_states import (
    BEFORE_COUNCIL,
    BEFORE_DECISION,
    assembling,
    commissioned,
    consideration,
    given_up,
    idea,
    in_groups,
    internal_draft,
    kicked_off,
    offices,
    proposals_due,
)
from .known import known_organizations
from .parties import (
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
    when=(rules.cost_named, known_organizations("commissioned_by")),
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
merge_proposals = Step(
    "merge_proposals",
    _("Merge proposals"),
    (proposals_due, assembling, consideration),
    None,
    who=steering_group | office,
    past=_("%(actor)s merged several proposals into one."),
    kind=possible,
    form=MergeProposalsForm,
    when=(measure_rules.can_be_merged,),
    writes=writes.nothing,
    opens=(Child("measure", measure_rules.merged_opening, _("The merged proposal"), frozenset({"relatives"})),),
    fires=(
        Fire(
            "child",
            "measure",
            "merge",
            _("The proposals go on in the new one"),
            where=measure_rules.is_chosen,
            data=lambda case, data, kin: {"note": data.get("note")},
            opened="into",
        ),
    ),
    explains=_("A new proposal with its own wording takes the place of the chosen ones; their groups belong to it."),
)
describe = Step(
    "describe",
    _("Write guiding aim and stocktaking"),
    tuple(state for state in BEFORE_COUNCIL if state is not commissioned),
    None,
    who=office | steering_group,
    past=_("%(actor)s wrote down guiding aim or stocktaking."),
    kind=possible,
    form=forms.FrameForm,
)
approve_draft = Step(
    "approve_draft",
    _("Approve the draft"),
    (assembling, consideration),
    internal_draft,
    who=steering_group,
    past=_("%(actor)s approved the draft."),
    hands=majority,
    when=(rules.principles_named, comments_answered),
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
    when=(rules.principles_named, comments_answered, rules.vote_carried),
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

name_predecessor = Step(
    "name_predecessor",
    _("Name the plan it follows"),
    (idea, *BEFORE_DECISION),
    None,
    who=office | lead_department,
    past=_("%(actor)s named a plan that this one follows."),
    kind=possible,
    form=forms.PredecessorForm,
    links=(Link("predecessor", "predecessor"),),
    writes=writes.nothing,
    explains=_("The plan before is replaced when this one is adopted, unless the resolution says that it continues."),
)

BEGINNING = (commission, give_up, kick_off, start_groups)
DRAFTING = (
    assemble,
    merge_proposals,
    describe,
    approve_draft,
    record_approval,
    record_dissent,
    back_to_assembling,
    name_predecessor,
)
