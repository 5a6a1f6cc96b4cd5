"""Statement: what one unit of the administration says to a motion (Stellungnahme der Verwaltung).

requested → given; one that does not come in time is noted as missing and can still be given, marked
as late. While the unit waits for an answer to a question of its own, its time stands still. It is no
longer waited for once the motion has its outcome.
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
    Fire,
    Notice,
    Process,
    Relative,
    Setting,
    Snapshot,
    State,
    Step,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms.base import ExtensionForm
from workflow_app.forms.statement import RECOMMENDATIONS, AnswerToUnitForm, QuestionBackForm, StatementForm

from .parties import clock, council_office, lead_department, lead_department_head, owner, owner_head

insiders = owner | lead_department | council_office
statement_period = Setting("statement_period", weeks(4), _("Time for a statement"))

requested = State("requested", _("Requested"), seen_by=insiders)
asked_back = State(
    "asked_back", _("Question open"), seen_by=insiders, suspended=True,
    explains=_("The unit has asked something back. Until the answer is there, its time stands still."),
)  # fmt: skip
missing = State("missing", _("Missing"), seen_by=insiders, explains=_("The motion went on without it."))
given = State(
    "given", _("Given"), seen_by=insiders, final=True, explains=_("The statement stands in the motion it is about.")
)
cancelled = State("cancelled", _("No longer needed"), seen_by=insiders, final=True)


def _given(case: Snapshot, data: Data, facts: Facts) -> Changes:
    return Changes(set={**data, "given_on": facts.today.isoformat(), "late": case.state == missing.name})


def _for_the_motion(case: Snapshot, data: Data, kin: Relative) -> Data:
    units = [holder.organization for holder in case.parts.get("owner", ()) if holder.organization]
    kept = {name: data.get(name) for name in ("recommendation", "text", "finance_note")}
    return {"owner": units, **kept}


give = Step(
    "give", _("Give the statement"), (requested, asked_back, missing), given, who=owner,
    past=_("%(actor)s gave the statement."), form=StatementForm, writes=_given,
    fires=(Fire("parent", "motion", "note_statement", _("The statement stands in the motion"), data=_for_the_motion),),
)  # fmt: skip
ask_back = Step(
    "ask_back", _("Ask something back"), requested, asked_back, who=owner,
    past=_("%(actor)s asked something back."), kind=possible, form=QuestionBackForm,
    tell=(Notice("asked_back", to=lead_department, subject=_("A question about a statement: %(title)s")),),
)  # fmt: skip
answer_back = Step(
    "answer_back", _("Answer the question"), asked_back, requested, who=lead_department,
    past=_("%(actor)s answered the question."), form=AnswerToUnitForm,
    tell=(Notice("answered_back", to=owner, subject=_("Your question is answered: %(title)s")),),
)  # fmt: skip
leave_missing = Step(
    "leave_missing", _("Go on without the statement"), (requested, asked_back), missing, who=clock,
    past=_("The motion went on without the statement."), kind=possible,
    tell=(Notice("statement_missing", to=owner | owner_head, subject=_("The statement is missing: %(title)s")),),
)  # fmt: skip
cancel = Step(
    "cancel", _("No longer wait for it"), (requested, asked_back, missing), cancelled, who=clock | lead_department,
    past=_("The statement is no longer needed."), kind=possible,
    tell=(Notice("statement_cancelled", to=owner, subject=_("No statement is needed any more: %(title)s")),),
)  # fmt: skip

statement = Process(
    "statement",
    _("Expert statement"),
    _("Expert statements"),
    version=1,
    purpose=_("What a unit of the administration says to a motion."),
    start=requested,
    states=(requested, asked_back, missing, given, cancelled),
    steps=(give, ask_back, answer_back, leave_missing, cancel),
    fields=(
        Field("question", _("What is asked")),
        Field("asked_back", _("What the unit asks")),
        Field("answered_back", _("The answer to the unit")),
        Field("recommendation", _("Recommendation"), kind="choice", choices=RECOMMENDATIONS),
        Field("text", _("Statement")),
        Field("finance_note", _("Financial effect")),
        Field("given_on", _("Given on"), kind="date"),
        Field("late", _("Came after the motion had gone on"), kind="yes_no"),
    ),
    deadlines=(
        Deadline(
            "statement", _("The statement is there"), (requested, asked_back), statement_period, warn=(weeks(1),),
            escalate=owner_head, extension=Extension(lead_department, ExtensionForm, again=lead_department_head),
        ),
    ),
    opened=_("%(actor)s asked for a statement."),
    tell_at_opening=(Notice("statement_requested", to=owner, subject=_("Please give a statement: %(title)s")),),
    child_of=("motion",),
)  # fmt: skip
