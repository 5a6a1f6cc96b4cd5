"""Motion: the steps from the draft to its admission, and the statements on it."""

from __future__ import annotations

from workflow_app.engine.definition import (
    Assign,
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
from workflow_app.forms import motion as forms
from workflow_app.forms.base import NoteForm

from . import motion_rules as rules
from . import motion_writes as writes
from .known import dated, known_organizations
from .motion_states import (
    BEFORE_BODIES,
    PREPARED,
    admitted,
    body,
    drafted,
    filed,
    given_up,
    inadmissibility_proposed,
    inadmissible,
    incomplete,
    movers,
    offices,
    resolved,
    statement_ready,
    statement_requested,
)
from .parties import clock, council_office, lead_department, lead_department_head, round_table, round_table_board


def _by_verdict(case: Snapshot, data: Data, facts: Facts) -> State:
    return inadmissible if data.get("verdict") == "inadmissible" else admitted


A_STATEMENT = Child("statement", writes.statements_asked, _("A statement of each unit that is asked"))
NO_MORE_STATEMENTS = Fire("child", "statement", "cancel", _("Statements that are missing are no longer waited for"))

# ---------------------------------------------------------------- at the round table

reword = Step(
    "reword", _("Change the wording"), drafted, None, who=body,
    past=_("%(actor)s changed the wording of the motion."), kind=possible, form=forms.WordingForm,
    writes=writes.worded,
)  # fmt: skip
resolve = Step(
    "resolve", _("Record the vote of the round table"), drafted, resolved, who=round_table_board,
    past=_("%(actor)s recorded that the round table resolved the motion."), form=forms.ResolveForm,
    when=(dated("on"), rules.resolved_in_order), writes=writes.noted("resolutions"),
    tell=(Notice("motion_resolved", to=round_table, subject=_("The round table resolved: %(title)s")),),
)  # fmt: skip
give_up = Step(
    "give_up", _("Do not file"), (drafted, resolved), given_up, who=round_table_board,
    past=_("%(actor)s did not file the motion."), kind=possible, form=NoteForm,
    tell=(Notice("motion_given_up", to=round_table, subject=_("Not filed: %(title)s")),),
)  # fmt: skip
file = Step(
    "file", _("File the motion"), resolved, filed, who=round_table_board,
    past=_("%(actor)s filed the motion at the responsible department."), form=forms.FileForm,
    when=(known_organizations("joint_movers"), rules.urgency_has_reason),
    assigns=(Assign("joint_mover", "joint_movers"),), writes=writes.received,
    tell=(Notice("motion_filed", to=offices | movers, subject=_("A motion came in: %(title)s (%(number)s)")),),
    explains=_("The department's stamp is set with it: number and day of receipt. From now on an answer is owed."),
)  # fmt: skip

# ------------------------------------------------------------------ the formal check

admit = Step(
    "admit", _("Admit: it is complete"), filed, admitted, who=lead_department,
    past=_("%(actor)s found the motion complete and admitted it."), when=(rules.is_complete,),
    tell=(Notice("motion_admitted", to=movers | council_office, subject=_("Admitted: %(title)s")),),
)  # fmt: skip
return_incomplete = Step(
    "return_incomplete", _("Return for completion"), filed, incomplete, who=lead_department,
    past=_("%(actor)s returned the motion for completion."), kind=possible, form=NoteForm,
    writes=writes.noted("returns"),
    tell=(Notice("motion_incomplete", to=movers, subject=_("Please complete: %(title)s")),),
)  # fmt: skip
complete = Step(
    "complete", _("Complete the motion"), incomplete, filed, who=round_table_board,
    past=_("%(actor)s completed the motion."), form=forms.WordingForm, writes=writes.worded,
    tell=(Notice("motion_completed", to=lead_department, subject=_("Completed: %(title)s")),),
)  # fmt: skip
propose_inadmissible = Step(
    "propose_inadmissible", _("Propose as inadmissible"), (filed, incomplete), inadmissibility_proposed,
    who=lead_department, past=_("%(actor)s proposed to reject the motion as inadmissible."), kind=possible,
    form=forms.GroundsForm,
    tell=(Notice("motion_inadmissible_proposed", to=movers | council_office,
                 subject=_("Proposed as inadmissible: %(title)s")),),
)  # fmt: skip
decide_admissibility = Step(
    "decide_admissibility", _("Record the decision on admissibility"), inadmissibility_proposed,
    Branch((inadmissible, admitted), _by_verdict), who=council_office,
    past=_("%(actor)s recorded the decision on admissibility."), form=forms.AdmissibilityForm,
    when=(rules.body_exists, dated("on"), rules.verdict_carried), writes=writes.admissibility_decided,
    tell=(Notice("motion_admissibility", to=movers | lead_department,
                 subject=_("Decided on admissibility: %(title)s")),),
    explains=_("The department only proposes; a committee or the council decides."),
)  # fmt: skip
hand_on = Step(
    "hand_on", _("Hand to another department"), (filed, incomplete, *PREPARED), None, who=lead_department,
    past=_("%(actor)s handed the motion to another department."), kind=possible, form=forms.DepartmentForm,
    when=(known_organizations("lead_department"), rules.another_department),
    assigns=(Assign("lead_department", "lead_department"),), writes=writes.department_changed,
    tell=(Notice("motion_handed_on", to=offices | movers, subject=_("Another department has it now: %(title)s")),),
)  # fmt: skip

# ----------------------------------------------------------------------- statements

request_statements = Step(
    "request_statements", _("Request statements"), admitted, statement_requested, who=lead_department,
    past=_("%(actor)s asked for statements."), form=forms.AskForm,
    when=(known_organizations("asked"), rules.somebody_asked), assigns=(Assign("asked_unit", "asked", adds=True),),
    opens=(A_STATEMENT,), writes=lambda case, data, facts: Changes(set={"question": data.get("question")}),
)  # fmt: skip
request_more = Step(
    "request_more", _("Request another statement"), (statement_requested, statement_ready, *BEFORE_BODIES), None,
    who=offices, past=_("%(actor)s asked for another statement."), kind=possible, form=forms.AskForm,
    when=(known_organizations("asked"), rules.somebody_asked), assigns=(Assign("asked_unit", "asked", adds=True),),
    opens=(A_STATEMENT,), writes=lambda case, data, facts: Changes(),
)  # fmt: skip
skip_statements = Step(
    "skip_statements", _("Go on without statements"), admitted, statement_ready, who=lead_department,
    past=_("%(actor)s went on without statements."), kind=possible, form=NoteForm,
    writes=lambda case, data, facts: Changes(set={"missing_note": data.get("note")}),
    explains=_("Where the matter is urgent, or plain to everyone."),
)  # fmt: skip
note_statement = Step(
    "note_statement", _("A statement came in"), (*PREPARED, *BEFORE_BODIES), None, who=clock,
    past=_("A statement came in."), kind=possible, writes=writes.noted("statements"),
    tell=(Notice("motion_statement", to=lead_department | lead_department_head,
                 subject=_("A statement came in: %(title)s")),),
)  # fmt: skip
statements_complete = Step(
    "statements_complete", _("The statements are complete"), statement_requested, statement_ready,
    who=lead_department, past=_("%(actor)s closed the round of statements."), form=forms.StatementsForm,
    when=(rules.statements_there,),
    fires=(Fire("child", "statement", "leave_missing", _("What is missing is noted as missing")),),
    tell=(Notice("motion_statements", to=movers | council_office, subject=_("The statements are ready: %(title)s")),),
)  # fmt: skip

FILING = (
    reword,
    resolve,
    give_up,
    file,
    admit,
    return_incomplete,
    complete,
    propose_inadmissible,
    decide_admissibility,
    hand_on,
)
STATING = (request_statements, request_more, skip_statements, note_statement, statements_complete)
