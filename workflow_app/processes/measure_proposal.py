"""Measure: the steps from the proposal to its adoption."""

from __future__ import annotations

from workflow_app.engine.definition import Changes, Link, Notice, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import measure as forms
from workflow_app.forms.base import NoteForm

from . import measure_rules as rules
from .known import known_organizations
from .measure_states import (
    BEFORE_ADOPTION,
    IN_THE_GROUPS,
    adopted,
    merged,
    proposed,
    proposers,
    released,
    returned,
    taken_into_draft,
    withdrawn,
)
from .parties import clock, council_office, office, owner, steering_group, steering_group_chair, working_group

take_into_draft = Step(
    "take_into_draft",
    _("Take into the draft"),
    proposed,
    taken_into_draft,
    who=steering_group | office,
    past=_("%(actor)s took the proposal into the draft."),
    when=(rules.has_concept, rules.is_complete),
    tell=(Notice("measure_in_draft", to=proposers, subject=_("Taken into the draft: %(title)s")),),
)
return_to_group = Step(
    "return_to_group",
    _("Return to the working group"),
    (proposed, taken_into_draft),
    returned,
    who=steering_group | office,
    past=_("%(actor)s returned the proposal."),
    kind=possible,
    form=NoteForm,
    writes=rules.noted("returns"),
    tell=(Notice("measure_returned", to=proposers, subject=_("Returned, please complete it: %(title)s")),),
)
resubmit = Step(
    "resubmit",
    _("Hand in again"),
    returned,
    proposed,
    who=proposers,
    past=_("%(actor)s handed the proposal in again."),
    form=forms.ProposalForm,
    writes=rules.worded,
    tell=(Notice("measure_resubmitted", to=steering_group | office, subject=_("Handed in again: %(title)s")),),
)
reword = Step(
    "reword",
    _("Change the wording"),
    (proposed, taken_into_draft, released),
    None,
    who=working_group | office,
    past=_("%(actor)s changed the wording of the proposal."),
    kind=possible,
    form=forms.ProposalForm,
    writes=rules.worded,
)
withdraw = Step(
    "withdraw",
    _("Withdraw"),
    (*IN_THE_GROUPS, released),
    withdrawn,
    who=proposers,
    past=_("%(actor)s withdrew the proposal."),
    kind=possible,
    form=NoteForm,
    writes=rules.decided("withdraw"),
    tell=(Notice("measure_withdrawn", to=steering_group | office, subject=_("Withdrawn: %(title)s")),),
)
merge = Step(
    "merge",
    _("Merge into another measure"),
    (*BEFORE_ADOPTION, released),
    merged,
    who=steering_group_chair | office | clock,
    past=_("%(actor)s merged the proposal into another measure."),
    kind=possible,
    form=forms.MergeForm,
    links=(Link("merged_into", "into"),),
    writes=lambda case, data, facts: Changes(
        set={"merged_into": data.get("into")}, add=rules.decided("merge")(case, data, facts).add
    ),
    tell=(Notice("measure_merged", to=proposers, subject=_("Merged into another measure: %(title)s")),),
)
adopt_with_concept = Step(
    "adopt_with_concept",
    _("Adopt with the concept"),
    (taken_into_draft, released),
    adopted,
    who=clock,
    past=_("%(actor)s: the concept was adopted, and with it what stood in its draft."),
    kind=possible,
    writes=rules.adopted_with_it,
    tell=(Notice("measure_decided", to=proposers | owner, subject=_("The concept was adopted: %(title)s")),),
)
release = Step(
    "release",
    _("Release from the concept"),
    BEFORE_ADOPTION,
    released,
    who=clock | office,
    past=_("%(actor)s released the proposal; it stays as an idea."),
    kind=possible,
    writes=rules.let_go,
    tell=(Notice("measure_released", to=proposers, subject=_("Kept as an idea: %(title)s")),),
)
take_up = Step(
    "take_up",
    _("Take up again"),
    released,
    proposed,
    who=proposers | steering_group | office,
    past=_("%(actor)s took the idea up again."),
    kind=possible,
    form=NoteForm,
    writes=rules.decided("take_up"),
    tell=(Notice("measure_taken_up", to=steering_group | office, subject=_("Taken up again: %(title)s")),),
)
adopt_alone = Step(
    "adopt_alone",
    _("Record the adoption on its own"),
    (proposed, released),
    adopted,
    who=office | council_office,
    past=_("%(actor)s recorded that the measure was adopted on its own."),
    kind=possible,
    form=forms.AdoptionForm,
    when=(known_organizations("body"),),
    writes=rules.adopted_alone,
    tell=(Notice("measure_adopted", to=proposers | owner, subject=_("Adopted: %(title)s")),),
    explains=_("For an immediate measure, a single project, or an idea that no concept carries."),
)

adopt_from_recommendation = Step(
    "adopt_from_recommendation",
    _("Adopt as what was recommended"),
    proposed,
    adopted,
    who=clock,
    past=_("A recommendation was adopted and became this measure."),
    kind=possible,
    writes=rules.adopted_as_recommended,
    tell=(
        Notice("measure_from_recommendation", to=proposers | owner, subject=_("Recommended, now a measure: %(title)s")),
    ),
)

PROPOSING = (
    take_into_draft,
    return_to_group,
    resubmit,
    reword,
    withdraw,
    merge,
    adopt_with_concept,
    release,
    take_up,
    adopt_alone,
    adopt_from_recommendation,
)
