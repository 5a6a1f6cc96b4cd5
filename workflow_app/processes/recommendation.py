"""Recommendation: what a focus group of a Check Up recommends, and what became of it (domain.md 3.3, D06).

collected → drafted → agreed in the focus group → consolidated → proposed to the bodies → adopted →
being implemented as a measure → implemented; what needs no resolution is done by the administration at
once. On the way also postponed, not adopted, merged, split, withdrawn, dropped. A recommendation ends
with a reason or as something done, whether its Check Up has ended or not.

Read on in `recommendation_states`, `recommendation_group`, `recommendation_bodies`; what must be true
is in `recommendation_rules`, what steps write in `recommendation_writes`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import months, weeks
from workflow_app.engine.definition import (
    Branch,
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
from workflow_app.forms import recommendation as forms
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.concept import COSTS
from workflow_app.forms.consultations import OUTCOMES
from workflow_app.forms.measure import STATUSES

from . import recommendation_writes as writes
from .measure_states import ENDED
from .parties import (
    clock,
    council_office,
    council_office_head,
    lead_department,
    lead_department_head,
    office,
    office_head,
    owner,
    owner_head,
)
from .recommendation_bodies import CONSOLIDATING, DECIDING
from .recommendation_group import AGREEING
from .recommendation_states import (
    BEFORE_ADOPTION,
    FOLLOWED,
    LIVE,
    STATES,
    UNDECIDED_ON,
    adopted,
    agreed,
    collected,
    concerned,
    consolidated,
    dropped,
    group,
    implemented,
    implementing,
    insiders,
    leaders,
    not_adopted,
    offices,
    postponed,
    proposed,
)

# ------------------------------------------------------------------ what becomes of it

become_measure = Step(
    "become_measure", _("Make it a measure"), adopted, implementing, who=offices | owner,
    past=_("%(actor)s made a measure of it."), form=forms.BecomeMeasureForm, writes=writes.nothing,
    opens=(Child("measure", writes.a_measure, _("The measure, of the concept where the Check Up belongs to one"),
                 frozenset({"relatives"}), beside_parent=True),),
    fires=(Fire("opened", "measure", "adopt_from_recommendation", _("The measure is adopted with it"),
                data=writes.resolution),),
    tell=(Notice("recommendation_measure", to=concerned | owner, subject=_("It has become a measure: %(title)s")),),
)  # fmt: skip
finish = Step(
    "finish", _("It is done"), adopted, implemented, who=owner | office,
    past=_("%(actor)s noted that it is done."), kind=possible, form=NoteForm,
    writes=writes.because("ended_because"),
    tell=(Notice("recommendation_done", to=group | leaders, subject=_("Done: %(title)s")),),
    explains=_("What can be done at once needs no measure."),
)  # fmt: skip
note_progress = Step(
    "note_progress", _("Note how far it is"), FOLLOWED, None, who=owner | office | clock,
    past=_("%(actor)s noted how far it is."), kind=possible, form=forms.RecommendationProgressForm,
    writes=writes.progress_noted,
    explains=_("What its measure reports is taken over by itself."),
)  # fmt: skip
note_measure_ended = Step(
    "note_measure_ended", _("Its measure has ended"), implementing,
    Branch((implemented, dropped), writes.after_measure), who=clock, past=_("Its measure came to an end."),
    kind=possible, writes=writes.measure_ended,
    tell=(Notice("recommendation_ended", to=group | leaders, subject=_("What became of it: %(title)s")),),
)  # fmt: skip
drop = Step(
    "drop", _("Drop"), (*BEFORE_ADOPTION, adopted), dropped, who=offices,
    past=_("%(actor)s dropped the recommendation and said why."), kind=possible, form=NoteForm,
    writes=writes.because("ended_because"),
    tell=(Notice("recommendation_dropped", to=concerned | owner, subject=_("It was dropped: %(title)s")),),
)  # fmt: skip
note_check_up_ended = Step(
    "note_check_up_ended", _("The Check Up has ended"), LIVE, None, who=clock,
    past=_("The Check Up ended; the recommendation goes on."), kind=possible, writes=writes.check_up_ended,
    tell=(Notice("recommendation_goes_on", to=leaders | owner,
                 subject=_("It goes on without its Check Up: %(title)s")),),
)  # fmt: skip
BECOMING = (become_measure, finish, note_progress, note_measure_ended, drop, note_check_up_ended)

_BY_OFFICE = Extension(office, ExtensionForm, again=office_head)
_BY_DEPARTMENT = Extension(lead_department, ExtensionForm, again=lead_department_head)
_BY_COUNCIL_OFFICE = Extension(council_office, ExtensionForm, again=council_office_head)

DEADLINES = (
    Deadline(
        "consolidation", _("It is said who does it and what it costs"), (agreed,),
        Setting("recommendation_consolidation", weeks(6), _("Time to consolidate a recommendation")),
        warn=(weeks(1),), escalate=office_head, extension=_BY_OFFICE,
    ),
    Deadline(
        "next_step", _("It is proposed, or taken on"), (consolidated,),
        Setting("recommendation_next_step", months(3), _("Time to propose a recommendation")),
        warn=(weeks(2),), escalate=office_head | lead_department_head, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "decision", _("The bodies have decided"), (proposed,),
        Setting("recommendation_decision", months(6), _("Time to decide on a recommendation")),
        warn=(weeks(4),), escalate=council_office_head | lead_department_head, extension=_BY_COUNCIL_OFFICE,
    ),
    Deadline(
        "back_on_agenda", _("What was postponed comes back"), (postponed,), field="back_by", roll=False,
        warn=(weeks(2),), escalate=council_office_head, extension=_BY_COUNCIL_OFFICE,
    ),
    Deadline(
        "another_way", _("It is said what becomes of it"), (not_adopted,),
        Setting("recommendation_another_way", months(2), _("Time to say what becomes of it")),
        warn=(weeks(2),), escalate=office_head, extension=_BY_OFFICE,
    ),
    Deadline(
        "beginning", _("It becomes a measure, or is done"), (adopted,),
        Setting("recommendation_beginning", months(3), _("Time to begin after the adoption")),
        warn=(weeks(2),), escalate=owner_head | lead_department_head, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "owner", _("Somebody is named who is responsible"), (*UNDECIDED_ON, implementing), field="owner_by",
        warn=(weeks(2),), warns=leaders, escalate=office_head | lead_department, extension=_BY_OFFICE,
    ),
    Deadline(
        "progress", _("It is said how far it is"), FOLLOWED,
        Setting("recommendation_progress", months(6), _("It is said how far a recommendation is every")),
        field="progress_from", warn=(weeks(4),), warns=owner | office, escalate=owner_head | office_head,
        extension=_BY_OFFICE,
    ),
)  # fmt: skip

FIELDS = (
    Field("field_of_action", _("Field of action")),
    Field("gap", _("Comes from this gap")),
    Field("taken_from", _("Taken over from elsewhere")),
    Field("description", _("What is recommended")),
    Field("reasons", _("Reasons")),
    Field("goal", _("Goal")),
    Field("participants", _("All participants")),
    Field("agreements", _("How the focus group agreed"), kind="list"),
    Field("dissents", _("Dissenting opinions"), kind="list", seen_by=concerned),
    Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
    Field("owner", _("Responsible unit"), kind="organizations"),
    Field("owner_unknown", _("No responsible unit is named yet"), kind="yes_no"),
    Field("owner_changes", _("Changes of the responsible unit"), kind="list"),
    Field("cost", _("Money and staff"), kind="choice", choices=COSTS),
    Field("cost_note", _("Which money, which staff")),
    Field("needs_resolution", _("A body must resolve it"), kind="yes_no"),
    Field("merged_into", _("Goes on in"), kind="case"),
    Field("merged_because", _("Why it was merged")),
    Field("taken_in", _("Was merged into this one"), kind="list"),
    Field("split_because", _("Why it was split")),
    Field("paper", _("Number of the paper")),
    Field("proposed_resolution", _("Proposed resolution")),
    Field("consultations", _("Consultations"), kind="consultations"),
    Field("postponed_to", _("Postponed to"), kind="date"),
    Field("resumed", _("Taken up again"), kind="list"),
    Field("outcome", _("Outcome"), kind="choice", choices=OUTCOMES),
    Field("decided_on", _("Decided on"), kind="date"),
    Field("adopted_by", _("Adopted by"), kind="organizations"),
    Field("by_administration", _("The administration does it without a resolution"), kind="yes_no"),
    Field("taken_on_note", _("How the administration does it")),
    Field("changed_text", _("What was changed, in the words of the resolution")),
    Field("wordings", _("Wording as it was recommended"), kind="list"),
    Field("status", _("Status"), kind="choice", choices=STATUSES),
    Field("progress", _("How it went"), kind="list"),
    Field("measure_state", _("Its measure"), kind="choice", choices={state.name: state.label for state in ENDED}),
    Field("ended_because", _("How it ended, and why")),
    Field("check_up_ended_on", _("The Check Up ended on"), kind="date"),
)

recommendation = Process(
    "recommendation",
    _("Recommendation"),
    _("Recommendations"),
    version=1,
    purpose=_("What a focus group of a Check Up recommends: from the gap it saw to what became of it."),
    start=collected,
    states=STATES,
    steps=AGREEING + CONSOLIDATING + DECIDING + BECOMING,
    fields=FIELDS,
    deadlines=DEADLINES,
    number_at="consolidate",
    number_prefix="EM",
    opened=_("%(actor)s proposed a recommendation."),
    tell_at_opening=(Notice("recommendation_collected", to=group | leaders,
                            subject=_("A new recommendation: %(title)s")),),
    child_of=("check_up",),
)  # fmt: skip
