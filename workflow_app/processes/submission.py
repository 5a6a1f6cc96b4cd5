"""Submission: a comment on a public draft, weighed and answered (Stellungnahme, Abwägung).

Every comment gets an answer. One that comes in after the period stands in the late register: it is
answered too, and not counted.
"""

from __future__ import annotations

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import (
    Changes,
    Data,
    Deadline,
    Extension,
    Facts,
    Field,
    Notice,
    Process,
    Setting,
    Snapshot,
    State,
    Step,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.submission import CHANNELS, WEIGHINGS, SubmissionForm, WeighingForm

from .parties import lead_department, office, office_head, steering_group, submitter

insiders = office | lead_department | steering_group


def _answered(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The answer counts in the weighing only where the comment came in time."""
    return Changes(set={**data, "answered_on": facts.today.isoformat(), "counted": not case.data.get("late")})


# ----------------------------------------------------------------------------- states

received = State("received", _("Received"), seen_by=insiders | submitter)
answered = State(
    "answered",
    _("Answered"),
    seen_by=insiders | submitter,
    final=True,
    explains=_("The comment was weighed, and its sender has the answer with the reason."),
)
withdrawn = State("withdrawn", _("Withdrawn"), seen_by=insiders | submitter, final=True)

# ------------------------------------------------------------------------------ steps

answer = Step(
    "answer",
    _("Answer the comment"),
    received,
    answered,
    who=office | lead_department,
    past=_("%(actor)s answered the comment."),
    form=WeighingForm,
    writes=_answered,
    tell=(Notice("submission_answered", to=submitter, subject=_("Your comment was answered: %(title)s")),),
    explains=_("Taken over, taken over in part or not taken over: always with the reason."),
)
note_advice = Step(
    "note_advice",
    _("Note advice on the answer"),
    received,
    None,
    who=insiders,
    past=_("%(actor)s noted advice on the answer."),
    kind=possible,
    form=NoteForm,
    writes=lambda case, data, facts: Changes(add={"advice": data.get("note")}),
)
withdraw = Step(
    "withdraw",
    _("Withdraw the comment"),
    received,
    withdrawn,
    who=submitter | office,
    past=_("%(actor)s withdrew the comment."),
    kind=possible,
    form=NoteForm,
    writes=lambda case, data, facts: Changes(set={"withdrawal_reason": data.get("note")}),
)

submission = Process(
    "submission",
    _("Comment"),
    _("Comments"),
    version=1,
    purpose=_("What somebody says about a public draft, and the answer to it."),
    start=received,
    states=(received, answered, withdrawn),
    steps=(answer, note_advice, withdraw),
    fields=(
        Field("text", _("Comment")),
        Field("passage", _("Passage of the draft")),
        Field("organization_name", _("On behalf of")),
        Field("public", _("May be published with its answer"), kind="yes_no"),
        Field("channel", _("How it came in"), kind="choice", choices=CHANNELS),
        Field("received_on", _("Received on"), kind="date"),
        Field("late", _("Came in after the period: answered, not counted"), kind="yes_no"),
        Field("counted", _("Counted in the weighing"), kind="yes_no"),
        Field("weighing", _("Weighing"), kind="choice", choices=WEIGHINGS),
        Field("reason", _("Reason")),
        Field("changed_passage", _("Where the draft was changed")),
        Field("answered_on", _("Answered on"), kind="date"),
        Field("advice", _("Advice on the answer"), kind="list", seen_by=insiders),
        Field("withdrawal_reason", _("Reason for the withdrawal")),
    ),
    deadlines=(
        Deadline(
            "answer_duty",
            _("The comment is answered"),
            (received,),
            Setting("submission_answer_period", weeks(6), _("Time to answer a comment")),
            field="received_on",
            warn=(weeks(2), weeks(1)),
            escalate=office_head,
            extension=Extension(office, ExtensionForm, again=office_head),
        ),
    ),
    opening_form=SubmissionForm,
    opened=_("%(actor)s commented on the draft."),
    tell_at_opening=(Notice("submission_received", to=office, subject=_("A comment came in: %(title)s")),),
    child_of=("concept", "revision"),
)
