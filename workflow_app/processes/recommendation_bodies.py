"""Recommendation: what the office and the consultants make of it, and its way through the bodies."""

from __future__ import annotations

from workflow_app.engine.definition import Assign, Branch, Child, Fire, Link, Notice, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import recommendation as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.consultations import AddConsultationForm

from . import consultations
from . import recommendation_rules as rules
from . import recommendation_writes as writes
from .concept_rules import cost_named
from .consultation_rules import (
    body_is_known,
    is_waiting,
    list_is_known,
    outcome_fits_role,
    outcome_rules,
    somebody_decides,
)
from .parties import clock, council_office, lead_department, owner
from .recommendation_states import (
    HANDED_OVER,
    LIVE,
    UNDECIDED_ON,
    adopted,
    concerned,
    consolidated,
    drafted,
    group,
    implementing,
    leaders,
    merged,
    not_adopted,
    offices,
    postponed,
    proposed,
    split,
)

# ----------------------------------------------------------------------- consolidating

consolidate = Step(
    "consolidate", _("Name who does it and what it costs"), HANDED_OVER, consolidated, who=leaders,
    past=_("%(actor)s noted who does it and what it costs."), form=forms.ConsolidateForm, when=(cost_named,),
    assigns=(Assign("owner", "owner"),), writes=writes.was_consolidated,
    tell=(Notice("recommendation_consolidated", to=group | owner | lead_department,
                 subject=_("Ready for the next step: %(title)s")),),
    explains=_("Where nobody can be named yet, that is said openly."),
)  # fmt: skip
return_to_group = Step(
    "return_to_group", _("Return to the focus group"), (*HANDED_OVER, not_adopted), drafted, who=leaders,
    past=_("%(actor)s returned the recommendation to its focus group."), kind=possible, form=NoteForm,
    writes=writes.noted("returns"),
    tell=(Notice("recommendation_returned", to=group, subject=_("Please look at it again: %(title)s")),),
)  # fmt: skip
name_owner = Step(
    "name_owner", _("Name who is responsible"), UNDECIDED_ON, None,
    who=leaders | lead_department, past=_("%(actor)s named who is responsible."), kind=possible,
    form=forms.NameOwnerForm, when=(rules.owner_named,), assigns=(Assign("owner", "owner"),),
    writes=writes.owner_named,
    tell=(Notice("recommendation_owner", to=owner, subject=_("You are responsible for: %(title)s")),),
)  # fmt: skip
follow_owner = Step(
    "follow_owner", _("Its measure goes to another unit"), implementing, None, who=clock,
    past=_("Its measure has another responsible unit now."), kind=possible, assigns=(Assign("owner", "owner"),),
    writes=writes.owner_named,
)  # fmt: skip
merge = Step(
    "merge", _("Merge into another recommendation"), HANDED_OVER, merged, who=leaders | clock,
    past=_("%(actor)s merged the recommendation into another one."), kind=possible,
    form=forms.MergeRecommendationForm, links=(Link("merged_into", "into", beside=True),), writes=writes.was_merged,
    fires=(Fire("merged_into", "recommendation", "take_in", _("Its groups belong to the other one from now on"),
                data=writes.brought_along),),
    tell=(Notice("recommendation_merged", to=group, subject=_("It goes on in another one: %(title)s")),),
    explains=_("Where two fields claim the same."),
)  # fmt: skip
take_in = Step(
    "take_in", _("Another one is merged into this one"), LIVE, None, who=clock,
    past=_("Another recommendation was merged into this one."), kind=possible,
    assigns=(Assign("focus_group", "focus_groups", adds=True),), writes=writes.taken_in,
)  # fmt: skip
split_up = Step(
    "split_up", _("Split into several"), HANDED_OVER, split, who=leaders,
    past=_("%(actor)s split the recommendation into several."), kind=possible, form=forms.SplitForm,
    when=(rules.parts_are_written,), writes=writes.because("split_because"),
    opens=(Child("recommendation", writes.its_parts, _("The recommendations it becomes"), beside=True),),
    fires=(Fire("opened", "recommendation", "agree_as_before", _("The group has agreed on them already")),),
    tell=(Notice("recommendation_split", to=group, subject=_("It has become several: %(title)s")),),
)  # fmt: skip
change_consultants = Step(
    "change_consultants", _("Other consultants"), LIVE, None, who=clock,
    past=_("Other consultants accompany the recommendation now."), kind=possible,
    assigns=(Assign("consultants", "consultants"),), writes=writes.nothing,
)  # fmt: skip

# ------------------------------------------------------------------------- the bodies

propose = Step(
    "propose", _("Propose to the bodies"), consolidated, proposed, who=offices,
    past=_("%(actor)s proposed it to the bodies."), form=forms.ProposeForm,
    when=(list_is_known, somebody_decides, rules.must_be_resolved), writes=writes.was_proposed,
    tell=(Notice("recommendation_proposed", to=concerned | owner, subject=_("On its way to the bodies: %(title)s")),),
)  # fmt: skip
add_consultation = Step(
    "add_consultation", _("Add a body"), (proposed, postponed), None, who=council_office | lead_department,
    past=_("%(actor)s added a body to the consultation list."), kind=possible, form=AddConsultationForm,
    when=(body_is_known,), writes=consultations.added,
)  # fmt: skip
record_outcome = Step(
    "record_outcome", _("Record the outcome of a body"), proposed,
    Branch((proposed, consolidated, postponed, not_adopted, adopted), writes.after_outcome),
    who=council_office | lead_department, past=_("%(actor)s recorded what a body made of it."),
    form=forms.RecommendationOutcomeForm, when=(is_waiting, outcome_fits_role, *outcome_rules[1:]),
    writes=writes.outcome_recorded,
    tell=(Notice("recommendation_outcome", to=concerned | owner, subject=_("A body has dealt with: %(title)s")),),
)  # fmt: skip
resume = Step(
    "resume", _("Take up again"), postponed, proposed, who=council_office | lead_department,
    past=_("%(actor)s took up again what was postponed."), form=NoteForm, writes=writes.resumed,
)  # fmt: skip
revise = Step(
    "revise", _("Look for another way"), not_adopted, consolidated, who=leaders,
    past=_("%(actor)s looks for another way."), form=NoteForm, writes=writes.noted("returns"),
    tell=(Notice("recommendation_revised", to=group, subject=_("Another way is looked for: %(title)s")),),
)  # fmt: skip
take_on = Step(
    "take_on", _("Do it without a resolution"), consolidated, adopted, who=lead_department | owner,
    past=_("%(actor)s took it on for the administration."), form=NoteForm, when=(rules.needs_no_resolution,),
    writes=writes.taken_on,
    tell=(Notice("recommendation_taken_on", to=concerned | owner, subject=_("The administration does it: %(title)s")),),
    explains=_("What needs neither money nor staff nor a resolution is done at once."),
)  # fmt: skip

CONSOLIDATING = (consolidate, propose, take_on, return_to_group, name_owner, follow_owner, merge, take_in, split_up,
                 change_consultants)  # fmt: skip
DECIDING = (record_outcome, add_consultation, resume, revise)
