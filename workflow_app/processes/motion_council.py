"""Motion: its way through committees and council, and the ways out of it."""

from __future__ import annotations

from workflow_app.engine.definition import Assign, Branch, Changes, Link, Notice, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import motion as motion_forms
from workflow_app.forms import motion_council as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.consultations import AddConsultationForm

from . import consultations
from . import motion_rules as rules
from . import motion_writes as writes
from .consultation_rules import (
    body_is_known,
    is_waiting,
    list_is_known,
    outcome_fits_role,
    outcome_rules,
    somebody_decides,
)
from .known import dated, known_organizations, takes_part
from .motion_filing import NO_MORE_STATEMENTS
from .motion_states import (
    BEFORE_BODIES,
    BEFORE_DECISION,
    PREPARED,
    decided,
    in_consultation,
    insiders,
    movers,
    offices,
    postponed,
    routed,
    scheduled,
    statement_ready,
    withdrawn,
)
from .parties import council_office, joint_mover, lead_department, round_table_board

PLACES = (routed, scheduled)

route = Step(
    "route", _("Route it to the bodies"), statement_ready, routed, who=offices,
    past=_("%(actor)s routed the motion to the bodies."), form=forms.RouteForm,
    when=(list_is_known, somebody_decides), writes=writes.was_routed,
    tell=(Notice("motion_routed", to=insiders, subject=_("On its way to the bodies: %(title)s")),),
)  # fmt: skip
add_consultation = Step(
    "add_consultation", _("Add a body"), BEFORE_BODIES, None, who=offices,
    past=_("%(actor)s added a body to the consultation list."), kind=possible, form=AddConsultationForm,
    when=(body_is_known,), writes=consultations.added,
)  # fmt: skip
schedule = Step(
    "schedule", _("Put on an agenda"), PLACES, scheduled, who=council_office,
    past=_("%(actor)s put the motion on an agenda."), form=forms.ScheduleForm,
    when=(is_waiting, dated("on"), rules.came_in_time), writes=writes.was_scheduled,
    tell=(Notice("motion_scheduled", to=movers | lead_department, subject=_("On an agenda: %(title)s")),),
    explains=_("The chair sets the agenda. Several bodies may have it on their agendas at a time."),
)  # fmt: skip
vote_on_urgency = Step(
    "vote_on_urgency", _("Record the vote on urgency"), routed, Branch((in_consultation, routed), writes.after_urgency),
    who=council_office, past=_("%(actor)s recorded the vote on urgency."), kind=possible, form=forms.UrgencyForm,
    when=(is_waiting, dated("on"), rules.is_urgent, rules.votes_fit_members), writes=writes.urgency_voted,
    tell=(Notice("motion_urgency", to=movers | lead_department, subject=_("A vote on urgency: %(title)s")),),
    explains=_("Granted, the matter is dealt with in that meeting; otherwise it waits for the next one."),
)  # fmt: skip
call_item = Step(
    "call_item", _("Call the item"), scheduled, in_consultation, who=council_office,
    past=_("The item was called."), form=forms.CallForm,
    when=(is_waiting, rules.is_scheduled, rules.is_quorate), writes=writes.was_called,
)  # fmt: skip
carry_over = Step(
    "carry_over", _("Carry over to the next meeting"), (scheduled, in_consultation), routed,
    who=council_office,
    past=_("The item was carried over to the next meeting."), kind=possible, form=forms.CarryOverForm,
    when=(is_waiting, rules.is_scheduled), writes=writes.carried_over,
    tell=(Notice("motion_carried_over", to=movers | lead_department, subject=_("Not dealt with yet: %(title)s")),),
)  # fmt: skip
note_amendment = Step(
    "note_amendment", _("Note an amendment"), BEFORE_BODIES, None, who=offices,
    past=_("%(actor)s noted an amendment."), kind=possible, form=forms.AmendmentForm,
    writes=writes.noted("amendments"),
    tell=(Notice("motion_amendment", to=movers, subject=_("An amendment to: %(title)s")),),
)  # fmt: skip
open_vote = Step(
    "open_vote", _("The vote begins"), in_consultation, None, who=council_office,
    past=_("The vote began."), kind=possible, writes=lambda case, data, facts: Changes(set={"voting": True}),
    explains=_("From now on the motion can no longer be withdrawn."),
)  # fmt: skip
record_outcome = Step(
    "record_outcome", _("Record the outcome of a body"), in_consultation,
    Branch((routed, scheduled, statement_ready, postponed, withdrawn, decided), writes.after_outcome),
    who=council_office, past=_("%(actor)s recorded what a body made of the motion."), form=forms.MotionOutcomeForm,
    when=(is_waiting, rules.is_called, outcome_fits_role, *outcome_rules[1:], rules.main_paper_named),
    writes=writes.outcome_recorded,
    tell=(Notice("motion_outcome", to=insiders, subject=_("A body has dealt with: %(title)s")),),
)  # fmt: skip
resume = Step(
    "resume", _("Take up again"), postponed, routed, who=offices,
    past=_("%(actor)s took the postponed motion up again."), form=NoteForm, writes=writes.resumed,
    tell=(Notice("motion_resumed", to=movers, subject=_("Taken up again: %(title)s")),),
)  # fmt: skip

# ------------------------------------------------------------------------- ways out

agree_to_withdraw = Step(
    "agree_to_withdraw", _("Agree to a withdrawal"), BEFORE_DECISION, None, who=joint_mover,
    past=_("%(actor)s agreed to withdraw the motion."), kind=possible, form=motion_forms.JointWithdrawalForm,
    when=(takes_part("joint_mover", "mover"), rules.not_agreed_yet), writes=writes.agreed,
    tell=(Notice("motion_withdrawal_agreed", to=round_table_board, subject=_("Agreed to withdraw: %(title)s")),),
)  # fmt: skip
withdraw = Step(
    "withdraw", _("Withdraw"), BEFORE_DECISION, withdrawn, who=round_table_board,
    past=_("%(actor)s withdrew the motion."), kind=possible, form=NoteForm,
    when=(rules.vote_not_begun, rules.movers_agree), writes=writes.was_withdrawn, fires=(NO_MORE_STATEMENTS,),
    tell=(Notice("motion_withdrawn", to=insiders, subject=_("Withdrawn: %(title)s")),),
)  # fmt: skip
absorb = Step(
    "absorb", _("Take into another motion"), (*PREPARED, *BEFORE_BODIES), decided, who=offices,
    past=_("%(actor)s took the motion into another one."), kind=possible, form=motion_forms.AbsorbForm,
    when=(rules.vote_not_begun,), links=(Link("merged_into", "into"),), writes=writes.absorbed,
    fires=(NO_MORE_STATEMENTS,),
    tell=(Notice("motion_absorbed", to=insiders, subject=_("Taken into another motion: %(title)s")),),
)  # fmt: skip
set_audience = Step(
    "set_audience", _("Say who may read it"), (*BEFORE_DECISION, decided), None, who=council_office,
    past=_("%(actor)s said who may read the motion."), kind=possible, form=motion_forms.AudienceForm,
    when=(known_organizations("kept_among"),), assigns=(Assign("kept_among", "kept_among"),),
    writes=writes.noted("audiences"),
    explains=_("Of a matter that is not public, everyone later sees the outcome only."),
)  # fmt: skip

DECIDING = (
    route,
    add_consultation,
    schedule,
    vote_on_urgency,
    call_item,
    carry_over,
    note_amendment,
    open_vote,
    record_outcome,
    resume,
)
WAYS_OUT = (agree_to_withdraw, withdraw, absorb, set_audience)
