"""Motion: the answer to its movers, and what becomes of what was adopted."""

from __future__ import annotations

from workflow_app.engine.definition import (
    Branch,
    Changes,
    Child,
    Data,
    Facts,
    Fire,
    Notice,
    Snapshot,
    State,
    Step,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import motion_council as forms
from workflow_app.forms.base import NoteForm

from . import motion_rules as rules
from . import motion_writes as writes
from .known import dated
from .motion_filing import NO_MORE_STATEMENTS
from .motion_states import (
    closed,
    communicated,
    decided,
    implemented,
    implementing,
    inadmissible,
    movers,
    not_implemented,
    offices,
    withdrawn,
)
from .parties import council_office, lead_department


def _after_answer(case: Snapshot, data: Data, facts: Facts) -> State:
    return communicated if writes.was_adopted(case.data) else closed


note_minutes = Step(
    "note_minutes", _("Note the minutes"), decided, None, who=council_office,
    past=_("%(actor)s noted the minutes."), kind=possible, form=forms.MinutesForm, when=(dated("minutes_on"),),
    writes=writes.minutes_noted,
)  # fmt: skip
communicate = Step(
    "communicate", _("Write to the movers"), decided, Branch((communicated, closed), _after_answer), who=offices,
    past=_("%(actor)s wrote to the movers what became of their motion."), form=forms.AnswerForm,
    writes=writes.answered, fires=(NO_MORE_STATEMENTS,),
    tell=(Notice("motion_answered", to=movers, subject=_("The answer to your motion: %(title)s")),),
    explains=_("What was adopted is carried out; everything else ends with this answer."),
)  # fmt: skip
confirm = Step(
    "confirm", _("Answer and close"), (withdrawn, inadmissible), closed, who=offices,
    past=_("%(actor)s wrote to the movers and closed the motion."), form=forms.AnswerForm, writes=writes.answered,
    tell=(Notice("motion_answered", to=movers, subject=_("The answer to your motion: %(title)s")),),
    explains=_("No motion that was filed ends without an answer, not even one that was withdrawn."),
)  # fmt: skip
plan = Step(
    "plan", _("Plan the implementation"), communicated, implementing, who=lead_department,
    past=_("%(actor)s planned the implementation."), form=forms.PlanForm, when=(rules.tasks_are_owned,),
    opens=(Child("task", writes.tasks_planned, _("The tasks of the plan")),), writes=writes.implementing_begun,
    tell=(Notice("motion_planned", to=movers, subject=_("It is being implemented: %(title)s")),),
)  # fmt: skip
add_task = Step(
    "add_task", _("Add a task"), implementing, None, who=lead_department, past=_("%(actor)s added a task."),
    kind=possible, form=forms.TaskForm, when=(rules.tasks_are_owned,),
    opens=(Child("task", writes.one_task, _("The new task")),), writes=lambda case, data, facts: Changes(),
)  # fmt: skip
report_progress = Step(
    "report_progress", _("Report how it stands"), implementing, None, who=lead_department,
    past=_("%(actor)s reported how the implementation stands."), kind=possible, form=forms.ProgressForm,
    writes=writes.progress_reported,
    tell=(Notice("motion_progress", to=movers, subject=_("How it stands: %(title)s")),),
)  # fmt: skip
finish = Step(
    "finish", _("It is implemented"), implementing, implemented, who=lead_department,
    past=_("%(actor)s noted that the motion is implemented."), form=NoteForm, when=(rules.tasks_ended,),
    writes=lambda case, data, facts: Changes(set={"implemented_note": data.get("note")}),
    tell=(Notice("motion_implemented", to=movers, subject=_("Implemented: %(title)s")),),
)  # fmt: skip
do_not_implement = Step(
    "do_not_implement", _("It is not implemented"), (communicated, implementing), not_implemented,
    who=lead_department, past=_("%(actor)s noted that the motion is not implemented."), kind=possible, form=NoteForm,
    writes=writes.given_up_because,
    fires=(
        Fire(
            "child", "task", "give_up", _("Its tasks end"), data=lambda case, data, kin: {"note": data.get("note")}
        ),
    ),
    tell=(Notice("motion_not_implemented", to=movers, subject=_("Not implemented: %(title)s")),),
)  # fmt: skip
take_up_again = Step(
    "take_up_again", _("Implement it after all"), not_implemented, implementing, who=lead_department,
    past=_("%(actor)s took the implementation up again."), kind=possible, form=NoteForm,
    writes=lambda case, data, facts: Changes(set={"reported_from": facts.today.isoformat()}),
    tell=(Notice("motion_taken_up", to=movers, subject=_("It is implemented after all: %(title)s")),),
)  # fmt: skip
close = Step(
    "close", _("Close"), (implemented, not_implemented), closed, who=lead_department,
    past=_("%(actor)s closed the motion."),
    tell=(Notice("motion_closed", to=movers | council_office, subject=_("Closed: %(title)s")),),
)  # fmt: skip

ANSWERING = (note_minutes, communicate, confirm)
IMPLEMENTING = (plan, add_task, report_progress, finish, do_not_implement, take_up_again, close)
