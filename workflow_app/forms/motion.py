"""What is filled in on the way of a motion until it is routed, in the order of its steps."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form
from .consultations import DEPARTMENTS
from .fields import CountField, DayField, IdField, IdsField, LineField, OneOfField, PickField, TextField, TickField

FINANCES = {
    "none": message("No cost"),
    "cost": message("It costs money or staff"),
    "unknown": message("Not known; the administration is asked to say"),
}
GROUNDS = {
    "not_the_towns_task": message("Not a task of the town"),
    "not_the_groups_matter": message("Not a matter of this body"),
    "no_definite_demand": message("No definite demand"),
    "decided_before": message("The same matter was decided not long ago"),
}
VERDICTS = {
    "inadmissible": message("Inadmissible"),
    "admissible": message("Admissible"),
}


class WordingForm(Form):
    """The words of a motion. What is missing is asked for when its form is checked, not here."""

    begins_filled: ClassVar = True

    title = LineField(_("Subject"), required=True)
    demand = TextField(_("What is demanded"), required=True)
    reasons = TextField(_("Reasons"))
    finance = PickField(_("Financial effect"), FINANCES, required=False)
    finance_note = TextField(_("How much, and how it is paid for"), longest=2_000)
    signed_by = LineField(_("Signed by"))


class MotionForm(WordingForm):
    """The draft of a motion, and through which department it goes."""

    begins_filled: ClassVar = False
    wants: ClassVar = {
        "round_table": "organizations:Beirat",
        "round_table_board": "organizations:Vorstand",
        "lead_department": DEPARTMENTS,
        "council_office": DEPARTMENTS,
    }

    round_table = IdField(_("Body that moves it"))
    round_table_board = IdField(_("Its board"))
    lead_department = IdField(_("Responsible department"))
    council_office = IdField(_("Council office"))


class ResolveForm(Form):
    """The vote of the round table on its motion."""

    on = DayField(_("Date of the meeting"), required=True)
    was_public = TickField(_("The meeting was public"))
    was_quorate = TickField(_("There was a quorum under the body's own rules"))
    present = CountField(_("People present"))
    yes = CountField(_("Votes for"), required=True)
    no = CountField(_("Votes against"), required=True)
    abstained = CountField(_("Abstentions"), required=True)
    minutes = LineField(_("Where the minutes are"), required=True)


class FileForm(Form):
    """The motion is handed in; the department's stamp is set by the clock."""

    wants: ClassVar = {"joint_movers": "organizations"}

    joint_movers = IdsField(_("Moved together with"))
    urgent = TickField(_("Urgent: it cannot wait for the next meeting"))
    urgency_reason = TextField(_("Why it is urgent"), longest=2_000)


class DepartmentForm(Form):
    """Another department is responsible."""

    wants: ClassVar = {"lead_department": DEPARTMENTS}

    lead_department = IdField(_("Responsible department"))
    note = TextField(_("Reason"), required=True, longest=2_000)


class GroundsForm(Form):
    """Why the department holds a motion to be inadmissible."""

    ground = PickField(_("Ground"), GROUNDS)
    ground_note = TextField(_("Reasons in writing"), required=True, longest=4_000)


class AdmissibilityForm(Form):
    """What the body decided on the admissibility."""

    wants: ClassVar = {"body": "organizations:Parlament,Ausschuss"}

    body = IdField(_("Decided by"))
    on = DayField(_("Date of the meeting"), required=True)
    verdict = OneOfField(_("The motion is"), VERDICTS)
    yes = CountField(_("Votes for"))
    no = CountField(_("Votes against"))
    note = TextField(_("Reason"), required=True, longest=4_000)


class AskForm(Form):
    """Who is asked for a statement, and what about."""

    wants: ClassVar = {"asked": DEPARTMENTS}

    asked = IdsField(_("Asked for a statement"), required=True)
    question = TextField(_("What they are asked"), longest=4_000)


class StatementsForm(Form):
    """The statements are there; what is done without one is written down."""

    missing_note = TextField(_("Why it goes on without a statement that is missing"), longest=2_000)


class JointWithdrawalForm(Form):
    """One of several movers agrees that the motion is withdrawn."""

    wants: ClassVar = {"mover": "holders:joint_mover"}

    mover = IdField(_("For which mover"))
    note = TextField(_("Note"), longest=2_000)


class AbsorbForm(Form):
    """The motion is taken into another one."""

    wants: ClassVar = {"into": "alike"}

    into = IdField(_("Main motion"))
    note = TextField(_("What of it is taken over"), required=True, longest=2_000)


class AudienceForm(Form):
    """Among whom a motion is kept that must not be dealt with in public."""

    wants: ClassVar = {"kept_among": "organizations"}

    kept_among = IdsField(_("Kept among (nobody chosen: it is public)"))
    note = TextField(_("Reason"), required=True, longest=2_000)
