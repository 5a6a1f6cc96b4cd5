"""Check Up: how integration succeeds in each field, looked at by focus groups, and what they recommend
(domain.md 3.3, P05).

prepared → focus groups at work → recommendations are brought together → final report published →
closed; or called off with a reason. What happens in a field is a case of its own (`status_analysis`),
because every field goes at its own pace; every recommendation is one, too (`recommendation`), because
it outlives the Check Up. What must be true is in `check_up_rules`, what steps write in
`check_up_writes`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import months, weeks
from workflow_app.engine.definition import (
    Assign,
    Child,
    Deadline,
    Extension,
    Field,
    Fire,
    Notice,
    Process,
    Setting,
    Step,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import check_up as forms
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.recommendation import MergeRecommendationsForm

from . import check_up_rules as rules
from . import check_up_writes as writes
from . import recommendation_rules, recommendation_writes
from .check_up_states import (
    BEFORE_REPORT,
    RUNNING,
    STATES,
    called_off,
    closed,
    consolidating,
    in_groups,
    insiders,
    leaders,
    offices,
    prepared,
    reported,
)
from .known import dated
from .parties import lead_department, lead_department_head, office, office_head

THEY_GO_ON = Fire("child", "recommendation", "note_check_up_ended", _("Its recommendations go on by themselves"))

form_groups = Step(
    "form_groups", _("Form the focus groups"), prepared, in_groups, who=office,
    past=_("%(actor)s formed the focus groups."), form=forms.GroupsForm,
    when=(rules.fields_have_groups, rules.dates_in_order), assigns=(Assign("focus_group", "focus_groups"),),
    writes=writes.groups_formed, opens=(Child("status_analysis", writes.a_field_each, _("A case for every field")),),
    tell=(Notice("check_up_begun", to=insiders, subject=_("The focus groups begin: %(title)s")),),
)  # fmt: skip
add_field = Step(
    "add_field", _("Add a field"), in_groups, None, who=leaders, past=_("%(actor)s added a field."), kind=possible,
    form=forms.AddFieldForm, when=(rules.field_is_new, rules.dates_in_order),
    assigns=(Assign("focus_group", "organization", adds=True),), writes=writes.field_added,
    opens=(Child("status_analysis", writes.one_field, _("The new field")),),
)  # fmt: skip
change_consultants = Step(
    "change_consultants", _("Other consultants"), RUNNING, None, who=office,
    past=_("%(actor)s noted who consults from now on."), kind=possible, form=forms.ConsultantsForm,
    assigns=(Assign("consultants", "consultants"),), writes=writes.consultants_changed,
    fires=(
        Fire("child", "status_analysis", "change_consultants", _("The same in every field"),
             data=writes.new_consultants),
        Fire("child", "recommendation", "change_consultants", _("The same in every recommendation"),
             data=writes.new_consultants),
    ),
    tell=(Notice("consultants_changed", to=insiders, subject=_("Who consults from now on: %(title)s")),),
    explains=_("Who leaves sees drafts no longer; where nobody takes over, the office goes on alone."),
)  # fmt: skip
close_groups = Step(
    "close_groups", _("Close the group phase"), in_groups, consolidating, who=leaders,
    past=_("%(actor)s closed the group phase."), form=forms.CloseGroupsForm, when=(rules.silence_noted,),
    writes=writes.groups_closed,
    fires=(Fire("child", "status_analysis", "note_silence", _("It is noted from which field nothing came")),),
    tell=(Notice("check_up_consolidating", to=insiders, subject=_("The group phase is closed: %(title)s")),),
)  # fmt: skip
merge_recommendations = Step(
    "merge_recommendations", _("Merge recommendations"), (in_groups, consolidating, reported), None, who=leaders,
    past=_("%(actor)s merged several recommendations into one."), kind=possible, form=MergeRecommendationsForm,
    when=(recommendation_rules.can_be_merged,), writes=writes.nothing,
    opens=(Child("recommendation", recommendation_writes.merged_opening, _("The merged recommendation"),
                 frozenset({"relatives"})),),
    fires=(
        Fire("opened", "recommendation", "agree_as_before", _("The groups have agreed on it already")),
        Fire("child", "recommendation", "merge", _("The recommendations go on in the new one"),
             where=recommendation_writes.is_chosen, data=lambda case, data, kin: {"note": data.get("note")},
             opened="into"),
    ),
    explains=_("A new recommendation takes the place of the chosen ones; their groups belong to it."),
)  # fmt: skip
publish_report = Step(
    "publish_report", _("Publish the final report"), consolidating, reported, who=leaders,
    past=_("%(actor)s published the final report."), form=forms.FinalReportForm,
    when=(dated("published_on"), rules.something_handed_over, rules.recommendations_consolidated),
    writes=writes.report_published,
    fires=(Fire("child", "status_analysis", "report", _("The fields stand in the report")),),
    tell=(Notice("check_up_reported", to=insiders, subject=_("The final report: %(title)s")),),
)  # fmt: skip
report_progress = Step(
    "report_progress", _("Report what became of the recommendations"), reported, None, who=leaders,
    past=_("%(actor)s reported what became of the recommendations."), kind=possible, form=forms.ProgressReportForm,
    writes=writes.progress_reported, fires=(
        Fire("child", "status_analysis", "report", _("Fields handed in late stand in the report as well")),
    ),
    tell=(Notice("check_up_progress", to=insiders, subject=_("What became of it: %(title)s")),),
)  # fmt: skip
close = Step(
    "close", _("Close the Check Up"), reported, closed, who=office, past=_("%(actor)s closed the Check Up."),
    when=(rules.progress_was_reported,), writes=writes.nothing,
    fires=(
        Fire("child", "status_analysis", "report", _("Fields handed in late stand in the report as well")),
        Fire("child", "status_analysis", "close", _("The others are closed without a result")),
        THEY_GO_ON,
    ),
    tell=(Notice("check_up_closed", to=insiders, subject=_("Closed: %(title)s")),),
)  # fmt: skip
call_off = Step(
    "call_off", _("Call off"), BEFORE_REPORT, called_off, who=offices, past=_("%(actor)s called the Check Up off."),
    kind=possible, form=NoteForm, writes=writes.was_called_off,
    fires=(Fire("child", "status_analysis", "close", _("The work in its fields ends")), THEY_GO_ON),
    tell=(Notice("check_up_called_off", to=insiders, subject=_("Called off: %(title)s")),),
)  # fmt: skip

DEADLINES = (
    Deadline(
        "forming", _("The focus groups are formed"), (prepared,),
        Setting("check_up_forming", months(2), _("Time to form the focus groups")), warn=(weeks(2),),
        escalate=office_head, extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "final_report", _("The final report is there"), (in_groups, consolidating), field="report_by", roll=False,
        warn=(months(1), weeks(1)), warns=leaders, escalate=office_head | lead_department_head,
        extension=Extension(office, ExtensionForm, again=lead_department_head),
    ),
    Deadline(
        "progress", _("It is reported what became of the recommendations"), (reported,),
        Setting("check_up_progress", months(6), _("It is reported what became of the recommendations every")),
        field="progress_from", warn=(weeks(4),), warns=leaders, escalate=office_head | lead_department,
        extension=Extension(office, ExtensionForm, again=lead_department_head),
    ),
)  # fmt: skip

check_up = Process(
    "check_up",
    _("Check Up"),
    _("Check Ups"),
    version=1,
    purpose=_("How integration succeeds, looked at field by field, and what should be done about it."),
    start=prepared,
    states=STATES,
    steps=(form_groups, close_groups, publish_report, close, add_field, merge_recommendations, report_progress,
           change_consultants, call_off),
    fields=(
        Field("guiding_question", _("Guiding question")),
        Field("reason", _("What gave rise to it")),
        Field("taken_from", _("Taken over from elsewhere")),
        Field("phases", _("Phases"), kind="list"),
        Field("started_on", _("The focus groups began on"), kind="date"),
        Field("closes_on", _("The groups hand in by"), kind="date"),
        Field("report_by", _("The final report is there by"), kind="date"),
        Field("fields", _("Fields of action"), kind="fields"),
        Field("field_changes", _("Changes of the fields of action"), kind="list"),
        Field("partners", _("Partners in the focus groups"), kind="list"),
        Field("consultants_changes", _("Changes of the consultants"), kind="list"),
        Field("silent_groups", _("Groups that handed in nothing"), kind="organizations"),
        Field("silent_fields", _("Fields from which nothing was handed in"), kind="list"),
        Field("missing_note", _("How the fields of silent groups are dealt with")),
        Field("summary", _("What the Check Up found")),
        Field("published_on", _("Published on"), kind="date"),
        Field("not_consolidated_because", _("Why recommendations were still with their groups")),
        Field("recommendations_total", _("Recommendations in all"), kind="number"),
        Field("standings", _("How the recommendations stand"), kind="standings"),
        Field("recommendations", _("What became of each recommendation"), kind="recommendations"),
        Field("progress", _("Reports on progress"), kind="list"),
        Field("called_off_because", _("Why it was called off")),
    ),
    deadlines=DEADLINES,
    number_at="form_groups",
    number_prefix="CU",
    opened_by=office | lead_department,
    opening_form=forms.CheckUpForm,
    opening_parts=("office", "consultants", "lead_department", "council_office"),
    opened=_("%(actor)s prepared a Check Up."),
    tell_at_opening=(Notice("check_up_prepared", to=offices, subject=_("A Check Up is prepared: %(title)s")),),
    child_of=("concept",),
)  # fmt: skip
