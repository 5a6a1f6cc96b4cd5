"""What is filled in for a motion before committees and council, and for what becomes of it."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Context, Form, Row, rows
from .consultations import ConsultationsForm, OutcomeForm, still_to_speak
from .fields import CountField, DayField, IdField, LineField, OneOfField, PickField, TextField, TickField

CARRIED = {
    "inquorate": message("There was no quorum"),
    "late": message("It was too late in the evening"),
    "other": message("For another reason"),
}
FATES = {
    "adopted": message("Adopted"),
    "rejected": message("Rejected"),
    "withdrawn": message("Withdrawn"),
}


class RouteForm(ConsultationsForm):
    """The paper, the bodies it goes through and what they are proposed to resolve."""

    proposed_resolution = TextField(_("Proposed resolution"))
    agenda_by = DayField(
        _("On an agenda at the latest on"),
        description=_("The day of the next meeting but one. Left empty, it is counted from today."),
    )


class OfABodyForm(Form):
    """Something about one of the bodies that have not spoken yet."""

    consultation = IdField(_("Body"))

    def choices(self, context: Context) -> None:
        """The bodies of the case's own list that have not yet spoken."""
        super().choices(context)
        self.consultation.offer(still_to_speak(context))


class ScheduleForm(OfABodyForm):
    """The motion is an item of an agenda."""

    on = DayField(_("Date of the meeting"), required=True)
    agenda_item = LineField(_("Number on the agenda"), longest=20)


class CallForm(OfABodyForm):
    """The item is called."""

    present = CountField(_("Members present"))
    was_quorate = TickField(_("There is a quorum"))
    speaker = LineField(_("Who speaks for the movers"))


class CarryOverForm(OfABodyForm):
    """The item was not dealt with and comes in the next meeting."""

    why = OneOfField(_("Why it was not dealt with"), CARRIED)
    note = TextField(_("Note"), longest=2_000)


class UrgencyForm(OfABodyForm):
    """The vote on the urgency, before the matter itself."""

    on = DayField(_("Date of the meeting"), required=True)
    members = CountField(_("Statutory number of members"), required=True)
    yes = CountField(_("Votes for"), required=True)
    no = CountField(_("Votes against"), required=True)


class MotionOutcomeForm(OutcomeForm):
    """What a body made of the motion."""

    recused = CountField(_("Left the room because of bias"))
    main_paper = LineField(_("Number of the main paper"))


class AmendmentForm(Form):
    """A proposal to change the motion: a paper of its own below it."""

    paper = LineField(_("Number of the paper"))
    mover = LineField(_("Moved by"), required=True)
    text = TextField(_("Wording"), required=True, longest=4_000)
    fate = PickField(_("What became of it"), FATES, required=False)


class MinutesForm(Form):
    """The minutes of the meeting are there."""

    minutes_on = DayField(_("Date of the minutes"), required=True)
    minutes = LineField(_("Where the minutes are"))


class AnswerForm(Form):
    """The answer to those who moved it."""

    answer = TextField(_("Answer to the movers"), required=True)


class TaskForm(Form):
    """A task: what, by whom, until when."""

    wants: ClassVar = {"owner": "organizations"}

    title = LineField(_("Task"), required=True)
    owner = IdField(_("Responsible unit"))
    due_on = DayField(_("To be done by"), required=True)
    description = TextField(_("Description"), longest=4_000)


class TaskRow(Row):
    """One task of the plan."""

    wants: ClassVar = {"owner": "organizations"}

    title = LineField(_("Task"), required=True)
    owner = IdField(_("Responsible unit"))
    due_on = DayField(_("To be done by"), required=True)


class PlanForm(Form):
    """Who does what until when."""

    tasks = rows(TaskRow, _("Tasks"), 6)
    plan_note = TextField(_("How it is carried out"), longest=4_000)


class ProgressForm(Form):
    """The yearly report on the implementation."""

    text = TextField(_("How it stands"), required=True, longest=4_000)
    next_step = LineField(_("Next step"))
