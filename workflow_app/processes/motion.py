"""Motion: a demand of the round table on its way to the council and back to the people who asked
(domain.md 3.2, R01-R07).

drafted → resolved → filed → admitted → statements requested → statements ready → waiting for an
agenda ⇄ on an agenda → in consultation → decided → communicated → being implemented → implemented →
closed; on the way also returned for completion, inadmissible, postponed, withdrawn, taken into
another motion. Whatever becomes of a motion that was filed, its movers get an answer.

Statements and tasks are cases of their own below it. Read on in the order of the way:
`motion_states`, `motion_filing`, `motion_council`, `motion_answer`; what must be true is in
`motion_rules`, what steps write in `motion_writes`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import days, months, weeks, years
from workflow_app.engine.definition import Deadline, Extension, Field, Notice, Process, Setting
from workflow_app.engine.definition import message as _
from workflow_app.forms.base import ExtensionForm
from workflow_app.forms.consultations import OUTCOMES
from workflow_app.forms.motion import FINANCES, GROUNDS, MotionForm

from .motion_answer import ANSWERING, IMPLEMENTING
from .motion_council import DECIDING, WAYS_OUT
from .motion_filing import FILING, STATING
from .motion_states import (
    STATES,
    UNANSWERED,
    admitted,
    communicated,
    drafted,
    filed,
    implementing,
    inadmissibility_proposed,
    incomplete,
    insiders,
    postponed,
    readers,
    routed,
    statement_ready,
    statement_requested,
)
from .parties import (
    council_office,
    council_office_head,
    lead_department,
    lead_department_head,
    round_table,
)
from .statement import statement_period

_BY_DEPARTMENT = Extension(lead_department, ExtensionForm, again=lead_department_head)
_BY_COUNCIL_OFFICE = Extension(council_office, ExtensionForm, again=council_office_head)

check_period = Setting("motion_check_period", weeks(2), _("Time for the formal check of a motion"))
completion_period = Setting("motion_completion_period", weeks(2), _("Time to complete a motion"))
admissibility_period = Setting("motion_admissibility_period", months(2), _("Time to decide on admissibility"))
routing_period = Setting("motion_routing_period", weeks(2), _("Time to take the next step with an admitted motion"))
communication_period = Setting("motion_communication_period", weeks(2), _("Time from the minutes to the answer"))
planning_period = Setting("motion_planning_period", months(1), _("Time from the answer to the plan"))
implementation_cadence = Setting("motion_implementation_report", years(1), _("The implementation is reported every"))

DEADLINES = (
    Deadline(
        "formal_check", _("The motion is checked"), (filed,), check_period, warn=(days(3),),
        escalate=lead_department_head, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "completion", _("The motion is completed"), (incomplete,), completion_period, warn=(days(3),),
        escalate=lead_department, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "admissibility", _("It is decided whether the motion is admissible"), (inadmissibility_proposed,),
        admissibility_period, warn=(weeks(2),), escalate=council_office_head, extension=_BY_COUNCIL_OFFICE,
    ),
    Deadline(
        "routing", _("The next step is taken"), (admitted, statement_ready), routing_period, warn=(days(3),),
        escalate=lead_department_head, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "statements", _("All statements are there"), (statement_requested,), statement_period, warn=(weeks(1),),
        escalate=lead_department_head, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "on_agenda", _("The motion is on an agenda"), (routed,), field="agenda_by", roll=False, warn=(weeks(2),),
        escalate=council_office_head, extension=_BY_COUNCIL_OFFICE,
    ),
    Deadline(
        "back_on_agenda", _("The postponed motion comes back"), (postponed,), field="back_by", roll=False,
        warn=(weeks(2),), escalate=council_office_head, extension=_BY_COUNCIL_OFFICE,
    ),
    Deadline(
        "communication", _("The movers have their answer"), UNANSWERED, communication_period, field="answer_from",
        warn=(days(5),), escalate=council_office_head | lead_department_head, extension=_BY_COUNCIL_OFFICE,
    ),
    Deadline(
        "planning", _("The implementation is planned"), (communicated,), planning_period, warn=(weeks(1),),
        escalate=lead_department_head, extension=_BY_DEPARTMENT,
    ),
    Deadline(
        "implementation_report", _("Yearly report on the implementation"), (implementing,), implementation_cadence,
        field="reported_from", warn=(weeks(4),), warns=lead_department, escalate=lead_department_head,
        extension=_BY_DEPARTMENT,
    ),
)  # fmt: skip

FIELDS = (
    Field("demand", _("What is demanded"), seen_by=readers),
    Field("reasons", _("Reasons"), seen_by=readers),
    Field("finance", _("Financial effect"), kind="choice", choices=FINANCES, seen_by=readers),
    Field("finance_note", _("How much, and how it is paid for"), seen_by=readers),
    Field("signed_by", _("Signed by"), kind="names", seen_by=insiders),
    Field("resolutions", _("Votes of the round table"), kind="list", seen_by=readers),
    Field("received_on", _("Received on"), kind="date"),
    Field("joint_movers", _("Moved together with"), kind="organizations"),
    Field("urgent", _("Urgent"), kind="yes_no"),
    Field("urgency_reason", _("Why it is urgent"), seen_by=readers),
    Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
    Field("handed_on", _("Departments before"), kind="list", seen_by=insiders),
    Field("ground", _("Ground"), kind="choice", choices=GROUNDS, seen_by=readers),
    Field("ground_note", _("Reasons in writing"), seen_by=readers),
    Field("admissibility", _("Decision on admissibility"), kind="list", seen_by=readers),
    Field("question", _("What the units are asked"), seen_by=insiders),
    Field("statements", _("Statements"), kind="list", seen_by=readers),
    Field("missing_note", _("Why it goes on without a statement"), seen_by=insiders),
    Field("paper", _("Number of the paper")),
    Field("proposed_resolution", _("Proposed resolution"), seen_by=readers),
    Field("consultations", _("Consultations"), kind="consultations", seen_by=readers),
    Field("agenda_by", _("On an agenda at the latest on"), kind="date"),
    Field("amendments", _("Amendments"), kind="list", seen_by=readers),
    Field("carried_over", _("Carried over"), kind="list", seen_by=readers),
    Field("urgency_votes", _("Votes on urgency"), kind="list", seen_by=readers),
    Field("postponed_to", _("Postponed to"), kind="date"),
    Field("resumed", _("Taken up again"), kind="list"),
    Field("withdrawal_agreed", _("Agreed to the withdrawal"), kind="list", seen_by=insiders),
    Field("withdrawal_reason", _("Reason for the withdrawal"), seen_by=readers),
    Field("outcome", _("Outcome"), kind="choice", choices={**OUTCOMES, "inadmissible": _("Inadmissible")}),
    Field("decided_on", _("Decided on"), kind="date"),
    Field("changed_text", _("What was changed, in the words of the resolution"), seen_by=readers),
    Field("main_paper", _("Number of the main paper")),
    Field("merged_into", _("Goes on in"), kind="case"),
    Field("absorbed_note", _("What of it is taken over"), seen_by=readers),
    Field("audiences", _("Who may read it"), kind="list", seen_by=insiders),
    Field("minutes_on", _("Date of the minutes"), kind="date"),
    Field("minutes", _("Where the minutes are"), seen_by=readers),
    Field("answer", _("Answer to the movers"), seen_by=readers),
    Field("answered_on", _("Answered on"), kind="date"),
    Field("plan_note", _("How it is carried out"), seen_by=readers),
    Field("progress", _("How it stood, year by year"), kind="list", seen_by=readers),
    Field("implemented_note", _("How it was implemented"), seen_by=readers),
    Field("not_implemented_because", _("Why it is not implemented"), seen_by=readers),
    Field("note", _("Note"), seen_by=insiders),
)

motion = Process(
    "motion",
    _("Motion"),
    _("Motions"),
    version=1,
    purpose=_("A demand of the round table: to the council and back to the people who asked."),
    start=drafted,
    states=STATES,
    steps=FILING + STATING + DECIDING + WAYS_OUT + ANSWERING + IMPLEMENTING,
    fields=FIELDS,
    deadlines=DEADLINES,
    number_at="file",
    number_prefix="AN",
    opened_by=round_table,
    opening_form=MotionForm,
    opening_parts=("round_table", "round_table_board", "lead_department", "council_office"),
    opened=_("%(actor)s drafted a motion."),
    tell_at_opening=(Notice("motion_drafted", to=round_table, subject=_("The draft of a motion: %(title)s")),),
)
