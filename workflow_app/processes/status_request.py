"""Status request: what one implementation report asks about one measure, and the answer.

asked → reminded → answered → accepted; on the way returned for completion. A report that goes on
without an answer leaves it missing: missing stays missing and is never counted as nought
(domain.md 3.4). A late answer can still be given and is marked as late.
"""

from __future__ import annotations

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import (
    Assign,
    Changes,
    Data,
    Deadline,
    Extension,
    Facts,
    Field,
    Fire,
    Notice,
    Process,
    Relative,
    Setting,
    Snapshot,
    State,
    Step,
    everyone,
    possible,
    rule,
)
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.measure import LIGHTS, STATUSES
from workflow_app.forms.status_request import RequestOwnersForm, StatusForm

from .measure_states import ENDED
from .parties import clock, office, office_head, owner, owner_head

insiders = office | owner

asked = State("asked", _("Asked"), seen_by=insiders)
reminded = State("reminded", _("Reminded"), seen_by=insiders)
returned = State("returned", _("Returned for completion"), seen_by=insiders)
answered = State("answered", _("Answered"), seen_by=insiders)
missing = State("missing", _("Missing"), seen_by=everyone, explains=_("The report went on without an answer."))
accepted = State("accepted", _("Accepted"), seen_by=everyone, final=True)
closed = State("closed", _("Closed without an answer"), seen_by=everyone, final=True)
WAITING = (asked, reminded, returned)


@rule(_("A break in a series is explained"), asks_data=True)
def break_is_explained(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """An indicator that is counted in another way cannot be compared without a word on it."""
    if data.get("series_break") and not data.get("break_note"):
        return Reason(_("Please say what is counted in another way."))
    return None


def _answer(case: Snapshot, data: Data, facts: Facts) -> Changes:
    return Changes(set={**data, "answered_on": facts.today.isoformat(), "late": case.state == missing.name})


def _for_the_measure(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What the measure keeps of the answer, with the year it is about."""
    kept = (
        "status",
        "light",
        "text",
        "obstacles",
        "next_step",
        "indicators",
        "partial_year",
        "series_break",
        "break_note",
        "supplements",
    )
    return {"year": case.data.get("year"), **{name: case.data.get(name) for name in kept}}


answer = Step(
    "answer", _("Answer"), (*WAITING, missing), answered, who=owner | office,
    past=_("%(actor)s answered how the measure stands."), form=StatusForm, when=(break_is_explained,), writes=_answer,
    tell=(Notice("status_answered", to=insiders, subject=_("An answer came in: %(title)s")),),
    explains=_("Where two units are responsible, one of them answers for both; the other may add to it."),
)  # fmt: skip
supplement = Step(
    "supplement", _("Add to the answer"), answered, None, who=owner | office,
    past=_("%(actor)s added to the answer."), kind=possible, form=NoteForm,
    writes=lambda case, data, facts: Changes(add={"supplements": data.get("note")}),
)  # fmt: skip
remind = Step(
    "remind", _("Remind"), asked, reminded, who=clock | office, past=_("A reminder was sent."), kind=possible,
    tell=(Notice("status_reminder", to=owner, subject=_("Please answer: %(title)s")),),
)  # fmt: skip
return_answer = Step(
    "return_answer", _("Return for completion"), answered, returned, who=office,
    past=_("%(actor)s returned the answer for completion."), kind=possible, form=NoteForm,
    writes=lambda case, data, facts: Changes(add={"returns": data.get("note")}),
    tell=(Notice("status_returned", to=owner, subject=_("Please complete: %(title)s")),),
)  # fmt: skip
accept = Step(
    "accept", _("Accept"), answered, accepted, who=office | clock, past=_("The answer was accepted."),
    fires=(Fire("about", "measure", "note_status", _("The measure keeps the answer"), data=_for_the_measure),),
)  # fmt: skip
leave_missing = Step(
    "leave_missing", _("Go on without an answer"), WAITING, missing, who=clock,
    past=_("The report went on without an answer."), kind=possible,
    tell=(Notice("status_missing", to=owner | owner_head, subject=_("The answer is missing: %(title)s")),),
)  # fmt: skip
close = Step(
    "close", _("Close without an answer"), (*WAITING, missing), closed, who=office | clock,
    past=_("The question was closed without an answer."), kind=possible,
)  # fmt: skip
reassign = Step(
    "reassign", _("Ask another unit"), (*WAITING, missing), None, who=office | clock,
    past=_("The question goes to another unit."), kind=possible, form=RequestOwnersForm,
    assigns=(Assign("owner", "owner"),), writes=lambda case, data, facts: Changes(),
    tell=(Notice("status_asked", to=owner, subject=_("How does it stand? %(title)s")),),
)  # fmt: skip
note_measure_ended = Step(
    "note_measure_ended", _("The measure has ended meanwhile"), (*WAITING, answered, missing), None, who=clock,
    past=_("The measure ended while the report was running."), kind=possible,
    writes=lambda case, data, facts: Changes(
        set={"measure_state": data.get("measure_state"), "measure_note": data.get("note")}
    ),
)  # fmt: skip

status_request = Process(
    "status_request",
    _("Status request"),
    _("Status requests"),
    version=1,
    purpose=_("How one measure stands, asked for the yearly report."),
    start=asked,
    states=(asked, reminded, returned, answered, missing, accepted, closed),
    steps=(answer, supplement, accept, remind, return_answer, leave_missing, close, reassign, note_measure_ended),
    fields=(
        Field("year", _("Year"), kind="number"),
        Field("status", _("Status"), kind="choice", choices=STATUSES),
        Field("light", _("Traffic light"), kind="light", choices=LIGHTS),
        Field("text", _("How it stands")),
        Field("obstacles", _("What stands in the way")),
        Field("next_step", _("Next step")),
        Field("indicators", _("Indicators"), kind="indicators"),
        Field("partial_year", _("Covers only a part of the year"), kind="yes_no"),
        Field("series_break", _("An indicator is counted in another way"), kind="yes_no"),
        Field("break_note", _("What is counted in another way")),
        Field("answered_on", _("Answered on"), kind="date"),
        Field("late", _("Came after the report was drafted"), kind="yes_no"),
        Field("supplements", _("Added to the answer"), kind="list"),
        Field("measure_state", _("The measure, meanwhile"), kind="choice",
              choices={state.name: state.label for state in ENDED}),
        Field("measure_note", _("Why it ended")),
        Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
    ),
    deadlines=(
        Deadline(
            "reminder", _("Reminder"), (asked,), Setting("status_reminder", weeks(2), _("Reminder after")),
            then="remind",
        ),
        Deadline(
            "answer", _("The answer is there"), (asked, reminded), field="answers_until", roll=False,
            warn=(weeks(1),), escalate=owner_head, extension=Extension(office, ExtensionForm, again=office_head),
        ),
        Deadline(
            "completion", _("The completed answer is there"), (returned,),
            Setting("status_completion", weeks(2), _("Time to complete an answer")), escalate=owner_head,
        ),
    ),
    opened=_("%(actor)s asked how the measure stands."),
    tell_at_opening=(Notice("status_asked", to=owner, subject=_("How does it stand? %(title)s")),),
    child_of=("implementation_report",),
)  # fmt: skip
