"""Measure: the steps from its adoption to its end."""

from __future__ import annotations

from workflow_app.engine.definition import Assign, Changes, Data, Fire, Notice, Relative, Snapshot, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import measure as forms
from workflow_app.forms.base import NoteForm

from . import measure_rules as rules
from .known import known_organizations
from .measure_states import ENDED, FOLLOWED, adopted, changed, dropped, finished, proven, running
from .parties import clock, council_office, lead_department, office, owner, steering_group

deciders = office | steering_group | lead_department
concerned = owner | office | steering_group


def _ends_with(word: str) -> tuple[Fire, ...]:
    def told(case: Snapshot, data: Data, kin: Relative) -> Data:
        return {"measure_state": word, "note": data.get("note")}

    return (
        Fire("report", "status_request", "note_measure_ended", _("Open questions about it are told"), data=told),
        Fire("came_from", "recommendation", "note_measure_ended", _("The recommendation ends with it"), data=told),
    )


start = Step(
    "start",
    _("Begin"),
    adopted,
    running,
    who=owner | office,
    past=_("%(actor)s began the measure."),
    form=forms.StartForm,
    when=(rules.money_is_granted, rules.dates_in_order),
    tell=(Notice("measure_started", to=concerned, subject=_("It begins: %(title)s")),),
)
record_resolution = Step(
    "record_resolution",
    _("Record a resolution of its own"),
    FOLLOWED,
    None,
    who=office | council_office,
    past=_("%(actor)s recorded a resolution on this measure."),
    kind=possible,
    form=forms.OwnResolutionForm,
    when=(known_organizations("body"),),
    writes=lambda case, data, facts: Changes(add={"resolutions": dict(data)}),
    tell=(Notice("measure_resolution", to=concerned, subject=_("A resolution on: %(title)s")),),
    explains=_(
        "Where the money was voted on separately. After a refusal it can be changed, dropped or asked for again."
    ),
)
plan = Step(
    "plan",
    _("Plan resources, dates and indicators"),
    FOLLOWED,
    None,
    who=owner | office,
    past=_("%(actor)s changed resources, dates or indicators."),
    kind=possible,
    form=forms.PlanForm,
    when=(rules.dates_in_order,),
    writes=rules.planned,
)
note_status = Step(
    "note_status",
    _("Note how it stands"),
    (*FOLLOWED, *ENDED),
    None,
    who=owner | office | clock,
    past=_("%(actor)s noted how the measure stands."),
    kind=possible,
    form=forms.NoteStatusForm,
    writes=rules.status_noted,
    fires=(
        Fire(
            "came_from", "recommendation", "note_progress", _("The recommendation learns of it"), data=rules.status_told
        ),
    ),
)
reassign = Step(
    "reassign",
    _("Change the responsible unit"),
    FOLLOWED,
    None,
    who=office | lead_department,
    past=_("%(actor)s changed the responsible unit."),
    kind=possible,
    form=forms.OwnersForm,
    assigns=(Assign("owner", "owner"),),
    writes=rules.owners_changed,
    fires=(
        Fire(
            "report",
            "status_request",
            "reassign",
            _("Open questions go to the new unit"),
            data=rules.new_owner,
        ),
        Fire(
            "came_from",
            "recommendation",
            "follow_owner",
            _("The recommendation names the same unit"),
            data=rules.new_owner,
        ),
    ),
    tell=(Notice("measure_reassigned", to=owner, subject=_("You are responsible for: %(title)s")),),
)
keep = Step(
    "keep",
    _("Keep as it is"),
    FOLLOWED,
    None,
    who=deciders | clock,
    past=_("%(actor)s: the measure is kept as it is."),
    kind=possible,
    form=NoteForm,
    writes=rules.decided("keep"),
    tell=(Notice("measure_kept", to=owner, subject=_("It is kept: %(title)s")),),
)
change = Step(
    "change",
    _("Change"),
    FOLLOWED,
    changed,
    who=deciders | owner | clock,
    past=_("%(actor)s changed the measure."),
    kind=possible,
    form=forms.ChangeForm,
    writes=rules.reshaped,
    tell=(Notice("measure_changed", to=concerned, subject=_("It was changed: %(title)s")),),
)
go_on = Step(
    "go_on",
    _("Go on as changed"),
    changed,
    running,
    who=owner | office,
    past=_("%(actor)s goes on with the changed measure."),
    when=(rules.money_is_granted,),
)
prove = Step(
    "prove",
    _("It has proved itself"),
    (running, changed),
    proven,
    who=deciders | owner,
    past=_("%(actor)s noted that the measure has proved itself."),
    kind=possible,
    form=NoteForm,
    writes=rules.decided("prove"),
    tell=(Notice("measure_proven", to=concerned, subject=_("It has proved itself: %(title)s")),),
)
drop = Step(
    "drop",
    _("Drop"),
    FOLLOWED,
    dropped,
    who=deciders | council_office | clock,
    past=_("%(actor)s dropped the measure."),
    kind=possible,
    form=NoteForm,
    writes=rules.ended("drop"),
    fires=_ends_with("dropped"),
    tell=(Notice("measure_dropped", to=concerned, subject=_("It was dropped: %(title)s")),),
)
finish = Step(
    "finish",
    _("Finish"),
    FOLLOWED,
    finished,
    who=owner | office,
    past=_("%(actor)s finished the measure."),
    kind=possible,
    form=NoteForm,
    writes=rules.ended("finish"),
    fires=_ends_with("finished"),
    tell=(Notice("measure_finished", to=concerned, subject=_("It is finished: %(title)s")),),
)
note_concept_ended = Step(
    "note_concept_ended",
    _("Its concept has ended"),
    FOLLOWED,
    None,
    who=clock,
    past=_("%(actor)s: its concept has ended; the measure goes on."),
    kind=possible,
    writes=rules.concept_gone,
    tell=(Notice("measure_outlives", to=owner | office, subject=_("It goes on without its concept: %(title)s")),),
)

note_concept_back = Step(
    "note_concept_back",
    _("Its concept is in force again"),
    FOLLOWED,
    None,
    who=clock,
    past=_("%(actor)s: its concept is in force again with a new version."),
    kind=possible,
    writes=lambda case, data, facts: Changes(set={"concept_ended_on": None}),
)

CARRYING_OUT = (
    start,
    record_resolution,
    plan,
    note_status,
    reassign,
    keep,
    change,
    go_on,
    prove,
    drop,
    finish,
    note_concept_ended,
    note_concept_back,
)
