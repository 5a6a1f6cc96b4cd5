"""Revision: the steps from its opening to what the council made of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from workflow_app.engine.definition import (
    Branch,
    Child,
    Data,
    Facts,
    Fire,
    Notice,
    Snapshot,
    State,
    Step,
    majority,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import revision as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.concept import ResumeForm, VoteForm
from workflow_app.forms.concept_standing import MergeForm
from workflow_app.forms.consultations import AddConsultationForm, ConsultationsForm
from workflow_app.forms.submission import EnteredSubmissionForm, SubmissionForm

from . import comments, consultations
from . import revision_rules as rules
from . import revision_writes as writes
from .concept_rules import vote_carried
from .consultation_rules import body_is_known, list_is_known, outcome_rules, somebody_decides
from .consultations import Standing, standing_after
from .known import known_organizations, takes_part
from .parties import (
    clock,
    council_office,
    lead_department,
    office,
    signed_in,
    steering_group,
    steering_group_chair,
    working_group,
)
from .revision_states import (
    BEFORE_DECISION,
    adopted,
    adopted_with_changes,
    approved,
    drafting,
    in_consultation,
    insiders,
    opened,
    postponed,
    public_round,
    rejected,
    withdrawn,
)

STANDS_IN = {
    Standing.OPEN: in_consultation,
    Standing.SENT_BACK: drafting,
    Standing.POSTPONED: postponed,
    Standing.WITHDRAWN: withdrawn,
    Standing.REJECTED: rejected,
    Standing.ADOPTED: adopted,
    Standing.ADOPTED_WITH_CHANGES: adopted_with_changes,
}
VERDICTS = (
    ("keep", _("Measures are kept")),
    ("change", _("Measures are changed")),
    ("drop", _("Measures are dropped")),
)
A_COMMENT = Child("submission", comments.a_comment(public_round), _("Comment"))
NEW_ONES_RELEASED = Fire("led_to", "measure", "release", _("New measures stay ideas"))


def _by_outcome(case: Snapshot, data: Data, facts: Facts) -> State:
    return STANDS_IN[standing_after(case, data)]


# ------------------------------------------------------------------------ comment round

open_round = Step(
    "open_round", _("Open the comment round"), opened, public_round, who=office,
    past=_("%(actor)s opened the comment round."), form=forms.ScopeForm,
    tell=(Notice("revision_round", to=insiders, subject=_("Open for comment: %(title)s")),),
)  # fmt: skip
skip_round = Step(
    "skip_round", _("Go on without a comment round"), opened, drafting, who=office,
    past=_("%(actor)s went on without a comment round."), kind=possible, form=forms.SkipForm,
)  # fmt: skip
comment = Step(
    "comment", _("Comment on the revision"), public_round, None, who=signed_in | office,
    past=_("%(actor)s commented on the revision."), kind=possible, form=SubmissionForm, writes=writes.nothing,
    opens=(A_COMMENT,),
)  # fmt: skip
enter_comment = Step(
    "enter_comment", _("Enter a comment that came in"),
    (public_round, drafting, approved, in_consultation, postponed), None, who=office,
    past=_("%(actor)s entered a comment."), kind=possible, form=EnteredSubmissionForm,
    when=(comments.draft_was_public,), writes=writes.nothing, opens=(A_COMMENT,),
    explains=_("After the period it goes to the late register: answered, but not counted."),
)  # fmt: skip
close_round = Step(
    "close_round", _("Close the comment round"), public_round, drafting, who=clock,
    past=_("The comment round ended."), kind=possible, writes=comments.round_closed("round"),
    tell=(Notice("revision_round_closed", to=office | steering_group,
                 subject=_("The comment round is over: %(title)s")),),
)  # fmt: skip

# --------------------------------------------------------------------------- the draft

decide_measure = Step(
    "decide_measure", _("Keep, change or drop a measure"), drafting, None, who=office | steering_group,
    past=_("%(actor)s decided on a measure for the draft."), kind=possible, form=forms.MeasureDecisionForm,
    when=(rules.measure_is_in_force, rules.change_is_worded), writes=writes.decided_on,
)  # fmt: skip
add_measure = Step(
    "add_measure", _("Add a measure"), (opened, public_round, drafting), None,
    who=office | steering_group | working_group, past=_("%(actor)s proposed a measure for the new version."),
    kind=possible, form=forms.NewMeasureForm,
    when=(takes_part("working_group", "working_group", needed=False), known_organizations("owner")),
    writes=writes.nothing, opens=(Child("measure", writes.a_measure, _("New measure"), beside=True),),
    explains=_("It becomes a proposal of the concept and is adopted with the revision, if it is taken into its draft."),
)  # fmt: skip
set_fields = Step(
    "set_fields", _("Set the fields of action"), drafting, None, who=office | steering_group,
    past=_("%(actor)s set the fields of the new version."), kind=possible, form=forms.FieldsForm,
    when=(rules.fields_named,),
)  # fmt: skip
approve = Step(
    "approve", _("Approve the revision"), drafting, approved, who=steering_group,
    past=_("%(actor)s approved the revision."), hands=majority,
    when=(rules.changes_something, comments.comments_answered), writes=writes.nothing,
    tell=(Notice("revision_approved", to=insiders, subject=_("Approved: %(title)s")),),
)  # fmt: skip
record_approval = Step(
    "record_approval", _("Record the vote of a meeting"), drafting, approved, who=steering_group_chair | office,
    past=_("%(actor)s recorded that the steering group approved the revision."), kind=possible, form=VoteForm,
    when=(rules.changes_something, comments.comments_answered, vote_carried), writes=writes.noted("approvals"),
    tell=(Notice("revision_approved", to=insiders, subject=_("Approved: %(title)s")),),
)  # fmt: skip
back = Step(
    "back", _("Return to drafting"), approved, drafting, who=office | lead_department,
    past=_("%(actor)s returned the revision to drafting."), kind=possible, form=NoteForm,
    writes=writes.noted("returns"),
    tell=(Notice("revision_returned", to=steering_group, subject=_("The draft came back: %(title)s")),),
)  # fmt: skip

# --------------------------------------------------------------------------- the council

to_council = Step(
    "to_council", _("Bring to the council"), approved, in_consultation, who=lead_department,
    past=_("%(actor)s brought the revision to the council."), form=ConsultationsForm,
    when=(comments.comments_answered, list_is_known, somebody_decides), writes=writes.brought,
    tell=(Notice("revision_to_council", to=council_office | insiders,
                 subject=_("On its way to the council: %(title)s")),),
)  # fmt: skip
add_consultation = Step(
    "add_consultation", _("Add a body"), (in_consultation, postponed), None, who=council_office | lead_department,
    past=_("%(actor)s added a body to the consultation list."), kind=possible, form=AddConsultationForm,
    when=(body_is_known,), writes=consultations.added,
)  # fmt: skip
record_outcome = Step(
    "record_outcome", _("Record the outcome of a body"), in_consultation,
    Branch(tuple(STANDS_IN.values()), _by_outcome), who=council_office | lead_department,
    past=_("%(actor)s recorded what a body made of the revision."), form=forms.RevisionOutcomeForm,
    when=outcome_rules, writes=writes.recorded,
    fires=(
        Fire("parent", "concept", "replace_version", _("The new version is in force"),
             where=writes.adopts, data=writes.new_version),
        *(
            Fire("about", "measure", verdict, label, where=partial(writes.is_decided, verdict), data=writes.told)
            for verdict, label in VERDICTS
        ),
        Fire("led_to", "measure", "adopt_with_concept", _("New measures are adopted"),
             where=writes.adopts_new, data=writes.with_resolution),
        replace(NEW_ONES_RELEASED, where=writes.lets_go),
    ),
    tell=(Notice("revision_outcome", to=insiders, subject=_("A body has dealt with: %(title)s")),),
)  # fmt: skip
resume = Step(
    "resume", _("Put on the agenda again"), postponed, in_consultation, who=council_office | lead_department,
    past=_("%(actor)s put the revision on the agenda again."), form=ResumeForm, writes=writes.resumed,
)  # fmt: skip
merge_changes = Step(
    "merge_changes", _("Merge the council's changes into the text"), adopted_with_changes, adopted, who=office,
    past=_("%(actor)s merged the council's changes into the text."), form=MergeForm,
)  # fmt: skip
withdraw = Step(
    "withdraw", _("Withdraw"), BEFORE_DECISION, withdrawn, who=lead_department,
    past=_("%(actor)s withdrew the revision."), kind=possible, form=NoteForm,
    writes=writes.noted("withdrawals"), fires=(NEW_ONES_RELEASED,),
    tell=(Notice("revision_withdrawn", to=insiders, subject=_("Withdrawn: %(title)s")),),
)  # fmt: skip
lapse = Step(
    "lapse", _("Come to nothing with the concept"), BEFORE_DECISION, withdrawn, who=clock,
    past=_("The concept was replaced, and its revision came to nothing."), kind=possible, writes=writes.nothing,
    fires=(NEW_ONES_RELEASED,),
    tell=(Notice("revision_lapsed", to=insiders,
                 subject=_("The concept was replaced, no revision is needed: %(title)s")),),
)  # fmt: skip

STEPS = (
    open_round,
    skip_round,
    comment,
    enter_comment,
    close_round,
    decide_measure,
    add_measure,
    set_fields,
    approve,
    record_approval,
    back,
    to_council,
    add_consultation,
    record_outcome,
    resume,
    merge_changes,
    withdraw,
    lapse,
)
