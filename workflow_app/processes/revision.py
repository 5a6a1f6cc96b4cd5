"""Revision (Fortschreibung): a concept in force gets a new version (domain.md 3.1, P04).

opened → comment round → drafting → approved → in consultation → adopted, rejected, postponed or
withdrawn. The concept stays in force all the time; adoption puts the new version in its place,
tells every measure whether it is kept, changed or dropped, and adopts the new ones, which wait as
proposals of the concept. After a rejection the old version stays and the next regular revision
comes when it is due. Read on in `revision_states` and `revision_steps`; what must be true is in
`revision_rules`, what is written in `revision_writes`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import Deadline, Extension, Field, Notice, Process, Setting
from workflow_app.engine.definition import message as _
from workflow_app.forms import revision as forms
from workflow_app.forms.base import ExtensionForm

from .parties import council_office, lead_department, lead_department_head, office, office_head
from .revision_states import (
    BEFORE_DECISION,
    STATES,
    adopted_with_changes,
    insiders,
    opened,
    postponed,
    public_round,
)
from .revision_steps import STEPS

DEADLINES = (
    Deadline(
        "beginning",
        _("The revision begins"),
        (opened,),
        Setting("revision_beginning", weeks(8), _("Time to begin a revision")),
        warn=(weeks(2),),
        escalate=office_head,
    ),
    Deadline(
        "round",
        _("Comment round"),
        (public_round,),
        Setting("revision_round", weeks(4), _("Comment round of a revision")),
        field="draft_published_on",
        warn=(weeks(1),),
        warns=office,
        then="close_round",
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "back_on_agenda",
        _("The postponed revision comes back"),
        (postponed,),
        field="postponed_to",
        roll=False,
        warn=(weeks(2),),
        escalate=lead_department_head,
        extension=Extension(council_office | lead_department, ExtensionForm, again=lead_department_head),
    ),
    Deadline(
        "owed",
        _("The revision is adopted"),
        BEFORE_DECISION,
        field="revise_by",
        roll=False,
        warn=(weeks(8), weeks(2)),
        warns=office,
        escalate=lead_department_head,
    ),
    Deadline(
        "merging",
        _("The council's changes are in the text"),
        (adopted_with_changes,),
        Setting("revision_merging", weeks(8), _("Time to merge the council's changes")),
        warn=(weeks(2),),
        escalate=office_head,
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
)

FIELDS = (
    Field("reason", _("Reason")),
    Field("reach", _("What the revision does"), kind="choice", choices=forms.REACHES),
    Field("revise_by", _("To be revised by"), kind="date"),
    Field("fields", _("Fields of the version in force"), kind="fields"),
    Field("new_fields", _("Fields of the new version"), kind="fields"),
    Field("verdicts", _("Decisions on measures"), kind="list"),
    Field("draft_published_on", _("Draft published on"), kind="date"),
    Field("no_round_note", _("Why there is no comment round")),
    Field("comments_closed_on", _("Comment round ended on"), kind="date"),
    Field("approvals", _("Votes of the steering group"), kind="list"),
    Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
    Field("paper", _("Number of the paper")),
    Field("consultations", _("Consultations"), kind="consultations"),
    Field("postponed_to", _("Postponed to"), kind="date"),
    Field("resumptions", _("Put on the agenda again"), kind="list"),
    Field("withdrawals", _("Reason for the withdrawal"), kind="list"),
    Field("adopted_on", _("Adopted on"), kind="date"),
    Field("period_to", _("Period to"), kind="date"),
    Field("next_revision_by", _("To be revised again by"), kind="date"),
    Field("living_parts", _("Parts the administration keeps up to date"), kind="list"),
    Field("edition", _("Version of the text")),
    Field("merged_note", _("Where the council's changes stand")),
)

revision = Process(
    "revision",
    _("Revision"),
    _("Revisions"),
    version=1,
    purpose=_("A concept in force is kept up to date: measures are kept, changed, dropped and added."),
    start=opened,
    states=STATES,
    steps=STEPS,
    fields=FIELDS,
    deadlines=DEADLINES,
    number_at="to_council",
    number_prefix="FS",
    opened=_("The revision was opened."),
    tell_at_opening=(Notice("revision_opened", to=office, subject=_("A revision begins: %(title)s")),),
    child_of=("concept",),
)
