"""Task: one thing that must be done to carry a resolution out, with its owner and its date.

open → running → done, or not done for a reason. A task is smaller than a measure: it has no field of
action, no goal and no indicators of its own, those belong to what it carries out.
"""

from __future__ import annotations

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import (
    Assign,
    Changes,
    Deadline,
    Extension,
    Field,
    Notice,
    Process,
    State,
    Step,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms.base import ExtensionForm, NoteForm
from workflow_app.forms.task import TaskOwnerForm, TaskProgressForm

from .known import known_organizations
from .measure_rules import owners_changed
from .parties import (
    clock,
    council_office,
    joint_mover,
    kept_among,
    lead_department,
    lead_department_head,
    owner,
    owner_head,
    public,
    round_table,
    round_table_board,
)

movers = round_table | round_table_board | joint_mover
readers = public | kept_among | owner | lead_department | council_office | movers

waiting = State("waiting", _("Not begun"), seen_by=readers)
running = State("running", _("Running"), seen_by=readers)
done = State("done", _("Done"), seen_by=readers, final=True)
not_done = State("not_done", _("Not done"), seen_by=readers, final=True)
OPEN = (waiting, running)

begin = Step(
    "begin", _("Begin"), waiting, running, who=owner, past=_("%(actor)s began the task."),
)  # fmt: skip
note_progress = Step(
    "note_progress", _("Note how far it is"), OPEN, running, who=owner | lead_department,
    past=_("%(actor)s noted how far the task is."), kind=possible, form=TaskProgressForm,
    writes=lambda case, data, facts: Changes(
        set={"percent": data.get("percent")}, add={"progress": {"on": facts.today.isoformat(), **data}}
    ),
)  # fmt: skip
reassign = Step(
    "reassign", _("Name another responsible unit"), OPEN, None, who=lead_department,
    past=_("%(actor)s named another responsible unit."), kind=possible, form=TaskOwnerForm,
    when=(known_organizations("owner"),), assigns=(Assign("owner", "owner"),), writes=owners_changed,
    tell=(Notice("task_given", to=owner, subject=_("A task for you: %(title)s")),),
)  # fmt: skip
finish = Step(
    "finish", _("It is done"), OPEN, done, who=owner | lead_department,
    past=_("%(actor)s noted that the task is done."), form=NoteForm,
    tell=(Notice("task_done", to=lead_department | movers, subject=_("Done: %(title)s")),),
)  # fmt: skip
give_up = Step(
    "give_up", _("It is not done"), OPEN, not_done, who=owner | lead_department | clock,
    past=_("The task is not done; the reason stands in the case."), kind=possible, form=NoteForm,
    tell=(Notice("task_not_done", to=lead_department | movers, subject=_("Not done: %(title)s")),),
)  # fmt: skip

task = Process(
    "task",
    _("Task"),
    _("Tasks"),
    version=1,
    purpose=_("One thing that must be done to carry a resolution out."),
    start=waiting,
    states=(waiting, running, done, not_done),
    steps=(begin, note_progress, reassign, finish, give_up),
    fields=(
        Field("description", _("Description")),
        Field("due_on", _("To be done by"), kind="date"),
        Field("percent", _("Done, in percent"), kind="number"),
        Field("progress", _("How it went"), kind="list"),
        Field("owner_changes", _("Changes of the responsible unit"), kind="list"),
        Field("note", _("How it ended")),
    ),
    deadlines=(
        Deadline(
            "due", _("The task is done"), OPEN, field="due_on", roll=False, warn=(weeks(2),), warns=owner,
            escalate=owner_head | lead_department,
            extension=Extension(lead_department, ExtensionForm, again=lead_department_head),
        ),
    ),
    opened=_("%(actor)s planned a task."),
    tell_at_opening=(Notice("task_given", to=owner, subject=_("A task for you: %(title)s")),),
    child_of=("motion",),
)  # fmt: skip
