"""Status analysis: one field of a Check Up, from how it stands to what its focus group recommends
(domain.md 3.3, D05).

analysing → with the experts → facts agreed → recommending → handed over → in the final report; on the
way also merged into another field. Every field goes at its own pace until its own closing date, so
it is a case of its own: its drafts belong to its group, its released versions to everyone. A group
that hands in nothing is named, and may still hand in late.

What must be true is in `status_analysis_rules`, what steps write in `status_analysis_writes`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import days, weeks
from workflow_app.engine.definition import (
    Assign,
    Child,
    Deadline,
    Extension,
    Field,
    Fire,
    Link,
    Notice,
    Process,
    Setting,
    State,
    Step,
    everyone,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import check_up as forms
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.recommendation import RecommendForm

from . import status_analysis_rules as rules
from . import status_analysis_writes as writes
from .known import takes_part
from .parties import clock, consultants, expert, focus_group, focus_group_speaker, office, office_head

leaders = office | consultants
insiders = focus_group | leaders | expert
readers = everyone | insiders

analysing = State(
    "analysing",
    _("Status is analysed"),
    seen_by=readers,
    explains=_("The focus group gathers structures, offers, needs and gaps. Everyone reads what it has released."),
)
with_experts = State("with_experts", _("With the experts of the field"), seen_by=readers)
agreed = State(
    "agreed", _("Facts are agreed"), seen_by=readers, explains=_("The group now looks for what can be done.")
)
recommending = State("recommending", _("Recommendations are worked out"), seen_by=readers)
handed_over = State("handed_over", _("Handed over"), seen_by=readers)
silent = State(
    "silent",
    _("Handed in nothing"),
    seen_by=readers,
    explains=_("The Check Up went on without this field. Its group may still hand in until the Check Up is closed."),
)
reported = State("reported", _("In the final report"), seen_by=readers, final=True)
merged = State("merged", _("Merged into another field"), seen_by=readers, final=True)
closed = State("closed", _("Closed without a result"), seen_by=readers, final=True)
WORKING = (analysing, with_experts, agreed, recommending)
UNFINISHED = (*WORKING, silent)
OPEN = (*UNFINISHED, handed_over)

describe = Step(
    "describe", _("Write the status analysis"), analysing, None, who=focus_group | leaders,
    past=_("%(actor)s worked on the status analysis."), kind=possible, form=forms.AnalysisForm,
)  # fmt: skip
release_interim = Step(
    "release_interim", _("Release an interim version"), (*WORKING, handed_over), None,
    who=focus_group_speaker | leaders, past=_("%(actor)s released an interim version."), kind=possible,
    form=forms.InterimForm, when=(rules.is_written,), writes=writes.released,
    tell=(Notice("analysis_released", to=insiders, subject=_("An interim version of: %(title)s")),),
    explains=_("Everyone may read the version that is released; the work on it goes on."),
)  # fmt: skip
ask_experts = Step(
    "ask_experts", _("Ask the experts of the field"), analysing, with_experts, who=focus_group_speaker | leaders,
    past=_("%(actor)s asked experts whether the facts are right."), form=forms.ExpertsForm,
    when=(rules.is_written, rules.experts_named), assigns=(Assign("expert", "experts"),),
    writes=writes.experts_asked,
    tell=(Notice("experts_asked", to=expert, subject=_("Are these facts right? %(title)s")),),
)  # fmt: skip
confirm_facts = Step(
    "confirm_facts", _("Agree with the facts"), with_experts, None, who=expert | focus_group_speaker | leaders,
    past=_("%(actor)s noted that an expert agrees with the facts."), kind=possible, form=forms.ConfirmForm,
    when=(takes_part("expert", "organization"), rules.not_confirmed_yet), writes=writes.facts_confirmed,
    tell=(Notice("facts_confirmed", to=focus_group_speaker, subject=_("An expert agrees: %(title)s")),),
    explains=_("Where an expert agreed in a conversation, the speaker notes it."),
)  # fmt: skip
object_to_facts = Step(
    "object_to_facts", _("Something is not right"), with_experts, analysing, who=expert,
    past=_("%(actor)s said what is not right."), kind=possible, form=NoteForm, writes=writes.noted("objections"),
    tell=(Notice("facts_objected", to=focus_group, subject=_("An expert sees it otherwise: %(title)s")),),
)  # fmt: skip
agree_facts = Step(
    "agree_facts", _("The facts are agreed"), with_experts, agreed, who=focus_group_speaker | leaders,
    past=_("%(actor)s noted that the facts are agreed."), form=forms.AgreeFactsForm, when=(rules.experts_agree,),
    tell=(Notice("facts_agreed", to=insiders, subject=_("The facts are agreed: %(title)s")),),
)  # fmt: skip
find_options = Step(
    "find_options", _("Name what could be done"), (agreed, recommending), recommending,
    who=focus_group | leaders, past=_("%(actor)s named what could be done."), form=forms.OptionsForm,
    when=(rules.options_named,),
)  # fmt: skip
recommend = Step(
    "recommend", _("Propose a recommendation"), (*UNFINISHED, handed_over), None, who=focus_group | leaders,
    past=_("%(actor)s proposed a recommendation."), kind=possible, form=RecommendForm,
    when=(rules.gap_is_there,), writes=writes.nothing,
    opens=(Child("recommendation", writes.a_recommendation, _("The recommendation"), beside=True),),
    explains=_("From a gap of the analysis, or taken over from elsewhere."),
)  # fmt: skip
analyse_again = Step(
    "analyse_again", _("Look at the facts again"), (agreed, recommending), analysing,
    who=focus_group_speaker | leaders, past=_("%(actor)s went back to the facts."), kind=possible, form=NoteForm,
    writes=writes.noted("returns"),
)  # fmt: skip
hand_over = Step(
    "hand_over", _("Hand over the field"), (recommending, silent), handed_over, who=focus_group_speaker | office,
    past=_("%(actor)s handed over what the focus group has found."), form=forms.HandOverFieldForm,
    when=(rules.group_has_agreed, rules.something_recommended), writes=writes.handed_over,
    tell=(Notice("field_handed_over", to=leaders, subject=_("Handed over: %(title)s")),),
)  # fmt: skip
reopen = Step(
    "reopen", _("Return to the focus group"), handed_over, recommending, who=leaders,
    past=_("%(actor)s returned the field to its focus group."), kind=possible, form=forms.ReopenFieldForm,
    when=(rules.closing_date_ahead,), writes=writes.reopened,
    tell=(Notice("field_reopened", to=focus_group, subject=_("Something is missing: %(title)s")),),
)  # fmt: skip
merge = Step(
    "merge", _("Merge into another field"), OPEN, merged, who=leaders,
    past=_("%(actor)s merged the field into another one."), kind=possible, form=forms.MergeFieldForm,
    links=(Link("merged_into", "into", beside=True),), writes=writes.merged,
    fires=(Fire("merged_into", "status_analysis", "take_in", _("Its group works in the other field from now on"),
                data=writes.brought_along),),
    tell=(Notice("field_merged", to=insiders, subject=_("Merged into another field: %(title)s")),),
    explains=_("Its recommendations go on with the group that wrote them."),
)  # fmt: skip
take_in = Step(
    "take_in", _("Another field is merged into this one"), OPEN, None, who=clock,
    past=_("Another field was merged into this one."), kind=possible,
    assigns=(Assign("focus_group", "focus_groups", adds=True),), writes=writes.taken_in,
    tell=(Notice("field_taken_in", to=focus_group, subject=_("Another field was merged into: %(title)s")),),
)  # fmt: skip
change_consultants = Step(
    "change_consultants", _("Other consultants"), OPEN, None, who=clock,
    past=_("Other consultants accompany the field now."), kind=possible,
    assigns=(Assign("consultants", "consultants"),), writes=writes.nothing,
)  # fmt: skip
note_silence = Step(
    "note_silence", _("Note that nothing was handed in"), WORKING, silent, who=clock,
    past=_("The Check Up went on without this field."), kind=possible, writes=writes.nothing,
    tell=(Notice("field_silent", to=focus_group, subject=_("It went on without you: %(title)s")),),
)  # fmt: skip
report = Step(
    "report", _("Take into the final report"), handed_over, reported, who=clock,
    past=_("The field stands in the final report."), kind=possible, writes=writes.nothing,
)  # fmt: skip
close = Step(
    "close", _("Close without a result"), OPEN, closed, who=clock,
    past=_("The Check Up ended, and with it the work in this field."), kind=possible, writes=writes.nothing,
    tell=(Notice("field_closed", to=focus_group, subject=_("The work in this field has ended: %(title)s")),),
)  # fmt: skip

DEADLINES = (
    Deadline(
        "closing_date", _("Closing date of the focus group"), WORKING, field="closes_on", roll=False,
        warn=(weeks(2), days(3)), warns=focus_group, escalate=focus_group_speaker | office,
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "experts", _("The experts have answered"), (with_experts,),
        Setting("check_up_expert_period", weeks(3), _("Time for the experts of a field")), warn=(weeks(1),),
        warns=expert, escalate=focus_group_speaker,
        extension=Extension(focus_group_speaker | office, ExtensionForm, again=office_head),
    ),
)  # fmt: skip

status_analysis = Process(
    "status_analysis",
    _("Status analysis"),
    _("Status analyses"),
    version=1,
    purpose=_("How one field of a Check Up stands, and what its focus group makes of it."),
    start=analysing,
    states=(analysing, with_experts, agreed, recommending, handed_over, reported, silent, merged, closed),
    steps=(ask_experts, agree_facts, find_options, hand_over, describe, release_interim, confirm_facts, object_to_facts,
           recommend, analyse_again, reopen, merge, take_in, change_consultants, note_silence, report, close),
    fields=(
        Field("closes_on", _("Closing date of the focus group"), kind="date"),
        Field("structures", _("Structures"), seen_by=insiders),
        Field("offers", _("Offers and initiatives"), seen_by=insiders),
        Field("needs", _("Needs"), seen_by=insiders),
        Field("gaps", _("Needs that nobody meets, and gaps"), kind="gaps", seen_by=insiders),
        Field("responsible", _("Who is responsible"), seen_by=insiders),
        Field("sources", _("Where the facts come from"), seen_by=insiders),
        Field("confirmations", _("Experts who agree with the facts"), kind="list"),
        Field("objections", _("What experts see otherwise"), kind="list", seen_by=insiders),
        Field("missing_note", _("Why it goes on without an expert")),
        Field("options", _("What could be done"), kind="options", seen_by=insiders),
        Field("released", _("Released versions"), kind="list"),
        Field("handed_over", _("Handed over"), kind="list"),
        Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
        Field("merged_into", _("Goes on in"), kind="case"),
        Field("taken_in", _("Fields that were merged into this one"), kind="list"),
        Field("note", _("Reason")),
    ),
    deadlines=DEADLINES,
    opened=_("%(actor)s gave the field to its focus group."),
    tell_at_opening=(Notice("field_given", to=focus_group, subject=_("Your focus group can begin: %(title)s")),),
    child_of=("check_up",),
)  # fmt: skip
