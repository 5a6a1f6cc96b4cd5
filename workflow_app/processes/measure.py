"""Measure: what a concept wants done, by whom and until when; or one that stands alone.

proposed → taken into the draft → adopted (with the concept, or on its own) → running → proven,
changed → finished or dropped; on the way also returned, merged, withdrawn, kept as an idea. It is
followed up even when its concept has ended. Read on in `measure_states`, `measure_proposal`,
`measure_running`; what must be true and what is written stands in `measure_rules`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import months, weeks
from workflow_app.engine.definition import Deadline, Extension, Field, Notice, Process, Setting
from workflow_app.engine.definition import message as _
from workflow_app.forms.base import ExtensionForm
from workflow_app.forms.measure import KINDS, LIGHTS, STATUSES, SingleMeasureForm

from .measure_proposal import PROPOSING
from .measure_running import CARRYING_OUT
from .measure_states import FOLLOWED, STATES, adopted, changed, insiders, proposed, proven, returned, running
from .parties import lead_department, office, office_head, owner, owner_head, steering_group, working_group_chair

completion_period = Setting("measure_completion_period", weeks(4), _("Time to complete a returned proposal"))

DEADLINES = (
    Deadline(
        "completion",
        _("The returned proposal is handed in again"),
        (returned,),
        completion_period,
        warn=(weeks(1),),
        escalate=working_group_chair,
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "beginning",
        _("The measure begins"),
        (adopted,),
        field="starts_on",
        roll=False,
        warn=(months(1),),
        escalate=owner_head,
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "end",
        _("The measure ends"),
        (running, changed, proven),
        field="ends_on",
        roll=False,
        warn=(months(3), months(1)),
        warns=owner,
        escalate=owner_head,
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "follow_up",
        _("Look at it again"),
        FOLLOWED,
        field="follow_up_on",
        warn=(weeks(1),),
        warns=owner | office,
        escalate=office,
        extension=Extension(owner | office, ExtensionForm, again=office_head),
    ),
)

FIELDS = (
    Field("kind", _("Kind"), kind="choice", choices=KINDS),
    Field("no", _("Number"), kind="number"),
    Field("field_of_action", _("Field of action")),
    Field("guiding_principle", _("Guiding principle of the field")),
    Field("goal", _("Goal")),
    Field("description", _("Description")),
    Field("participants", _("All participants")),
    Field("owner", _("Responsible unit"), kind="organizations"),
    Field("owner_unknown", _("No responsible unit is stated"), kind="yes_no"),
    Field("owner_changes", _("Changes of the responsible unit"), kind="list"),
    Field("resources", _("Resources")),
    Field("starts_on", _("Begins on"), kind="date"),
    Field("ends_on", _("Ends on"), kind="date"),
    Field("duration", _("Duration, in words")),
    Field("funding", _("Funding")),
    Field("needs_resolution", _("The money needs a resolution of its own"), kind="yes_no"),
    Field("resolutions", _("Resolutions on this measure"), kind="list"),
    Field("indicators", _("Indicators"), kind="indicators"),
    Field("series_breaks", _("Breaks in the series of an indicator"), kind="list"),
    Field("series", _("How it stood, year by year"), kind="series"),
    Field("status", _("Status"), kind="choice", choices=STATUSES),
    Field("light", _("Traffic light"), kind="light", choices=LIGHTS),
    Field("follow_up_on", _("Look at it again on"), kind="date"),
    Field("body", _("Adopted by"), kind="organizations"),
    Field("paper", _("Number of the paper")),
    Field("adopted_on", _("Adopted on"), kind="date"),
    Field("decisions", _("Decisions and their reasons"), kind="list"),
    Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
    Field("merged_into", _("Goes on in"), kind="case"),
    Field("released_from", _("Was, before it was released"), seen_by=insiders),
    Field("concept_ended_on", _("Its concept ended on"), kind="date"),
    Field("ended_on", _("Ended on"), kind="date"),
    Field("note", _("Note"), seen_by=insiders),
)

measure = Process(
    "measure",
    _("Measure"),
    _("Measures"),
    version=1,
    purpose=_("What is to be done, for what goal and by whom: from the proposal to what became of it."),
    start=proposed,
    states=STATES,
    steps=PROPOSING + CARRYING_OUT,
    fields=FIELDS,
    deadlines=DEADLINES,
    number_at=("adopt_with_concept", "adopt_alone", "adopt_from_recommendation"),
    number_prefix="MA",
    opened_by=office | lead_department,
    opening_form=SingleMeasureForm,
    opening_parts=("office", "council_office", "owner"),
    opened=_("%(actor)s proposed a measure."),
    tell_at_opening=(Notice("measure_proposed", to=steering_group | office, subject=_("A new proposal: %(title)s")),),
    child_of=("concept", "revision", "recommendation"),
)
