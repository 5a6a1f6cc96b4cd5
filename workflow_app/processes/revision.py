"""Revision (Fortschreibung): a concept in force gets a new version (domain.md 3.1, P04).

opened → comment round → drafting → approved → in consultation → adopted, rejected, postponed or
withdrawn. The concept stays in force all the time; adoption puts the new version in its place and
tells every measure whether it is kept, changed or dropped. After a rejection the old version stays
and the next regular revision comes when it is due.
"""

from __future__ import annotations

from functools import partial

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import (
    Branch,
    Child,
    Data,
    Deadline,
    Extension,
    Facts,
    Field,
    Fire,
    Notice,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    everyone,
    majority,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import revision as forms
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.consultations import ConsultationsForm
from workflow_app.forms.submission import EnteredSubmissionForm, SubmissionForm

from . import revision_writes as writes
from .consultation_rules import outcome_rules, somebody_decides
from .consultations import Standing, standing_after
from .parties import (
    clock,
    council_office,
    lead_department,
    lead_department_head,
    office,
    office_head,
    signed_in,
    steering_group,
    working_group,
)

offices = office | lead_department | council_office
insiders = offices | steering_group | working_group

opened = State("opened", _("Opened"), seen_by=insiders)
public_round = State("public_round", _("Open for comment"), seen_by=everyone)
drafting = State("drafting", _("Being drafted"), seen_by=insiders)
approved = State("approved", _("Approved by the steering group"), seen_by=insiders)
in_consultation = State("in_consultation", _("In consultation"), seen_by=everyone)
postponed = State("postponed", _("Postponed"), seen_by=everyone)
adopted = State("adopted", _("Adopted"), seen_by=everyone, final=True)
rejected = State("rejected", _("Rejected"), seen_by=everyone, final=True,
                 explains=_("The version in force stays as it is."))  # fmt: skip
withdrawn = State("withdrawn", _("Withdrawn"), seen_by=everyone, final=True)

STANDS_IN = {
    Standing.OPEN: in_consultation,
    Standing.SENT_BACK: drafting,
    Standing.POSTPONED: postponed,
    Standing.WITHDRAWN: withdrawn,
    Standing.REJECTED: rejected,
    Standing.ADOPTED: adopted,
    Standing.ADOPTED_WITH_CHANGES: adopted,
}


def _by_outcome(case: Snapshot, data: Data, facts: Facts) -> State:
    return STANDS_IN[standing_after(case, data)]


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
    opens=(Child("submission", writes.a_comment, _("Comment")),),
)  # fmt: skip
enter_comment = Step(
    "enter_comment", _("Enter a comment that came in"), (public_round, drafting, approved), None, who=office,
    past=_("%(actor)s entered a comment."), kind=possible, form=EnteredSubmissionForm, writes=writes.nothing,
    opens=(Child("submission", writes.a_comment, _("Comment")),),
)  # fmt: skip
close_round = Step(
    "close_round", _("Close the comment round"), public_round, drafting, who=clock,
    past=_("The comment round ended."), kind=possible, writes=writes.round_closed,
    tell=(Notice("revision_round_closed", to=office, subject=_("The comment round is over: %(title)s")),),
)  # fmt: skip
decide_measure = Step(
    "decide_measure", _("Keep, change or drop a measure"), drafting, None, who=office | steering_group,
    past=_("%(actor)s decided on a measure for the draft."), kind=possible, form=forms.MeasureDecisionForm,
    when=(writes.change_is_worded,), writes=writes.decided_on,
)  # fmt: skip
add_measure = Step(
    "add_measure", _("Add a measure"), drafting, None, who=office | steering_group | working_group,
    past=_("%(actor)s added a measure to the draft."), kind=possible, form=forms.NewMeasureForm, writes=writes.added,
)  # fmt: skip
set_fields = Step(
    "set_fields", _("Set the fields of action"), drafting, None, who=office | steering_group,
    past=_("%(actor)s set the fields of the new version."), kind=possible, form=forms.FieldsForm,
    when=(writes.fields_named,),
)  # fmt: skip
approve = Step(
    "approve", _("Approve the revision"), drafting, approved, who=steering_group,
    past=_("%(actor)s approved the revision."), hands=majority, when=(writes.changes_something,), writes=writes.nothing,
    tell=(Notice("revision_approved", to=insiders, subject=_("Approved: %(title)s")),),
)  # fmt: skip
back = Step(
    "back", _("Return to drafting"), approved, drafting, who=office | lead_department,
    past=_("%(actor)s returned the revision to drafting."), kind=possible, form=NoteForm,
)  # fmt: skip
to_council = Step(
    "to_council", _("Bring to the council"), approved, in_consultation, who=lead_department,
    past=_("%(actor)s brought the revision to the council."), form=ConsultationsForm, when=(somebody_decides,),
    writes=writes.brought,
    tell=(Notice("revision_to_council", to=insiders, subject=_("On its way to the council: %(title)s")),),
)  # fmt: skip
record_outcome = Step(
    "record_outcome", _("Record the outcome of a body"), in_consultation,
    Branch(tuple(dict.fromkeys(STANDS_IN.values())), _by_outcome), who=council_office | lead_department,
    past=_("%(actor)s recorded what a body made of the revision."), form=forms.RevisionOutcomeForm,
    when=outcome_rules, writes=writes.recorded,
    opens=(Child("measure", writes.new_measures, _("New measures")),),
    fires=(
        Fire("parent", "concept", "replace_version", _("The new version is in force"),
             where=writes.adopts, data=writes.new_version),
        *(
            Fire("about", "measure", verdict, label, where=partial(writes.is_decided, verdict), data=writes.told)
            for verdict, label in (("keep", _("Measures are kept")), ("change", _("Measures are changed")),
                                   ("drop", _("Measures are dropped")))
        ),
    ),
    tell=(Notice("revision_outcome", to=insiders, subject=_("A body has dealt with: %(title)s")),),
)  # fmt: skip
resume = Step(
    "resume", _("Put on the agenda again"), postponed, in_consultation, who=council_office | lead_department,
    past=_("%(actor)s put the revision on the agenda again."), writes=writes.nothing,
)  # fmt: skip
withdraw = Step(
    "withdraw", _("Withdraw"), (opened, public_round, drafting, approved, in_consultation, postponed), withdrawn,
    who=lead_department, past=_("%(actor)s withdrew the revision."), kind=possible, form=NoteForm,
    tell=(Notice("revision_withdrawn", to=insiders, subject=_("Withdrawn: %(title)s")),),
)  # fmt: skip

revision = Process(
    "revision",
    _("Revision"),
    _("Revisions"),
    version=1,
    purpose=_("A concept in force is kept up to date: measures are kept, changed, dropped and added."),
    start=opened,
    states=(opened, public_round, drafting, approved, in_consultation, postponed, adopted, rejected, withdrawn),
    steps=(open_round, skip_round, comment, enter_comment, close_round, decide_measure, add_measure, set_fields,
           approve, back, to_council, record_outcome, resume, withdraw),
    fields=(
        Field("reason", _("Reason")),
        Field("reach", _("What the revision does"), kind="choice", choices=forms.REACHES),
        Field("revise_by", _("To be revised by"), kind="date"),
        Field("fields", _("Fields of the version in force"), kind="fields"),
        Field("new_fields", _("Fields of the new version"), kind="fields"),
        Field("verdicts", _("Decisions on measures"), kind="list"),
        Field("new_measures", _("New measures"), kind="list"),
        Field("no_round_note", _("Why there is no comment round")),
        Field("comments_closed_on", _("Comment round ended on"), kind="date"),
        Field("paper", _("Number of the paper")),
        Field("consultations", _("Consultations"), kind="consultations"),
        Field("postponed_to", _("Postponed to"), kind="date"),
        Field("adopted_on", _("Adopted on"), kind="date"),
        Field("edition", _("Version of the text")),
    ),
    deadlines=(
        Deadline("beginning", _("The revision begins"), (opened,),
                 Setting("revision_beginning", weeks(8), _("Time to begin a revision")), warn=(weeks(2),),
                 escalate=office_head),
        Deadline("round", _("Comment round"), (public_round,),
                 Setting("revision_round", weeks(4), _("Comment round of a revision")), field="draft_published_on",
                 warn=(weeks(1),), then="close_round", extension=Extension(office, ExtensionForm, again=office_head)),
        Deadline("owed", _("The revision is adopted"), (opened, public_round, drafting, approved, in_consultation),
                 field="revise_by", roll=False, warn=(weeks(8), weeks(2)), escalate=lead_department_head),
    ),
    number_at="to_council",
    number_prefix="FS",
    opened=_("The revision was opened."),
    tell_at_opening=(Notice("revision_opened", to=office, subject=_("A revision begins: %(title)s")),),
    child_of=("concept",),
)  # fmt: skip
