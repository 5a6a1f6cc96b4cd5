"""Concept: a plan of the town made with its people, from the idea to its replacement (domain.md 3.1).

idea → commissioned → kicked off → in groups → proposals due → assembling → internal draft
→ public draft → consideration → internal draft → in consultation → adopted → published → in force
→ replaced, expired → archived; on the way also rejected, postponed, withdrawn and brought in again.

Measures, comments, yearly reports and revisions are cases of their own below it: it stays in force
while they run, and they go on when it ends. Read on in the order of the way: `concept_states`,
`concept_drafting`, `concept_groups`, `concept_comments`, `concept_council`, `concept_standing`; what
must be true is in `concept_rules`, what steps write in `concept_writes`, what they open and set in
motion in `concept_children`.
"""

from __future__ import annotations

from workflow_app.engine.calendar import days, months, weeks, years
from workflow_app.engine.definition import Deadline, Direction, Extension, Field, Notice, Process, Setting
from workflow_app.engine.definition import message as _
from workflow_app.forms.base import ExtensionForm
from workflow_app.forms.concept import COSTS, ConceptForm
from workflow_app.forms.concept_standing import AFTERWARDS

from .concept_comments import COMMENTING
from .concept_council import DECIDING
from .concept_drafting import BEGINNING, DRAFTING
from .concept_groups import GROUPS
from .concept_standing import ENDING, FOLLOWING, REPORTED, STANDING
from .concept_states import (
    STATES,
    adopted,
    adopted_with_changes,
    idea,
    in_force,
    in_groups,
    insiders,
    kicked_off,
    offices,
    postponed,
    public_draft,
    published,
)
from .parties import council_office, lead_department, lead_department_head, office, office_head

comment_period = Setting("comment_period", weeks(4), _("Comment period of a public draft"))
publication_period = Setting("publication_period", months(6), _("Time from adoption to publication"))
report_cadence = Setting("report_cadence", years(1), _("A report comes every"))
revision_cadence = Setting("revision_cadence", years(2), _("A revision comes every"))
revision_lead = Setting("revision_lead", months(6), _("A revision begins so long before it is owed"))

DEADLINES = (
    Deadline(
        "closing_date",
        _("Closing date of the working groups"),
        (kicked_off, in_groups),
        field="groups_close_on",
        roll=False,
        warn=(weeks(4), weeks(1)),
        then="close_groups",
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "comment_period",
        _("Comment period"),
        (public_draft,),
        comment_period,
        field="draft_published_on",
        warn=(weeks(1),),
        warns=office,
        then="close_comments",
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "back_on_agenda",
        _("The postponed concept comes back"),
        (postponed,),
        field="postponed_to",
        roll=False,
        warn=(weeks(2),),
        escalate=lead_department_head,
        extension=Extension(council_office | lead_department, ExtensionForm, again=lead_department_head),
    ),
    Deadline(
        "publication",
        _("The adopted concept is published"),
        (adopted_with_changes, adopted),
        publication_period,
        field="adopted_on",
        warn=(months(2), weeks(2)),
        escalate=office_head,
        extension=Extension(office, ExtensionForm, again=office_head),
    ),
    Deadline(
        "entry_into_force",
        _("Entry into force"),
        (published,),
        field="in_force_on",
        roll=False,
        then="come_into_force",
    ),
    Deadline(
        "yearly_report",
        _("Yearly report"),
        REPORTED,
        report_cadence,
        field="reports_from",
        every=report_cadence,
        warn=(weeks(4),),
        warns=office,
        then="report_due",
    ),
    Deadline(
        "regular_revision",
        _("Regular revision"),
        (in_force,),
        revision_cadence,
        field="revisions_from",
        every=revision_cadence,
        warn=(months(3),),
        warns=office,
        then="revision_due",
    ),
    Deadline(
        "owed_revision_begins",
        _("The revision the council asked for begins"),
        (in_force,),
        revision_lead,
        field="revision_owed_by",
        direction=Direction.BEFORE,
        warn=(weeks(4),),
        warns=office,
        then="begin_owed_revision",
    ),
    Deadline(
        "owed_revision",
        _("The revision the council asked for is adopted"),
        (in_force,),
        field="revise_by",
        roll=False,
        warn=(months(2), weeks(2)),
        warns=office | lead_department,
        escalate=lead_department_head,
        extension=Extension(lead_department, ExtensionForm, again=lead_department_head),
    ),
    Deadline(
        "period_end",
        _("The concept ends"),
        (in_force,),
        field="ends_on",
        roll=False,
        warn=(months(18), months(6), days(30)),
        warns=office | lead_department,
        then="expire",
    ),
    Deadline(
        "period_over",
        _("The period is over, the concept continues"),
        (in_force,),
        field="continues_after",
        roll=False,
        warn=(months(18), months(6)),
        warns=office | lead_department,
        then="note_continuation",
    ),
)

FIELDS = (
    Field("reason", _("Why a concept is needed")),
    Field("commissioned_by", _("Commissioned by"), kind="organizations"),
    Field("commissioned_on", _("Commissioned on"), kind="date"),
    Field("resolution", _("Wording of the resolution")),
    Field("cost", _("Money and staff"), kind="choice", choices=COSTS),
    Field("cost_note", _("Which money, which staff")),
    Field("kicked_off_on", _("Kicked off on"), kind="date"),
    Field("invitation_published_on", _("Invitation published on"), kind="date"),
    Field("attendance", _("People present at the kick-off"), kind="number"),
    Field("groups_close_on", _("Closing date of the groups"), kind="date"),
    Field("steering_group", _("Steering group"), kind="organizations"),
    Field("working_groups", _("Working groups"), kind="organizations"),
    Field("fields", _("Fields of action"), kind="fields"),
    Field("field_changes", _("Changes of the fields of action"), kind="list"),
    Field("handed_over", _("Handed over by"), kind="list"),
    Field("silent_groups", _("Groups that handed in nothing"), kind="organizations"),
    Field("missing_note", _("How the fields of silent groups are dealt with")),
    Field("steering_changes", _("Changes in the steering group"), kind="list", seen_by=insiders),
    Field("returns", _("Returned because of"), kind="list", seen_by=insiders),
    Field("approvals", _("Votes of the steering group"), kind="list"),
    Field("dissents", _("Dissenting opinions"), kind="list", seen_by=insiders),
    Field("guiding_aim", _("Guiding aim")),
    Field("stocktaking", _("Stocktaking")),
    Field("edition", _("Version of the text")),
    Field("draft_published_on", _("Draft published on"), kind="date"),
    Field("easy_language", _("Easy language"), kind="yes_no"),
    Field("translations", _("Translations")),
    Field("access_note", _("Why easy language or translations are missing")),
    Field("comments_closed_on", _("Comment period ended on"), kind="date"),
    Field("considered", _("What the comments changed")),
    Field("no_round_note", _("Why there was no comment round")),
    Field("paper", _("Number of the paper")),
    Field("consultations", _("Consultations"), kind="consultations"),
    Field("postponed_to", _("Postponed to"), kind="date"),
    Field("resumptions", _("Put on the agenda again"), kind="list"),
    Field("withdrawal_reason", _("Reason for the withdrawal")),
    Field("resubmissions", _("Brought in again"), kind="list"),
    Field("adopted_on", _("Adopted on"), kind="date"),
    Field("changed_by_council", _("The council changed the text"), kind="yes_no"),
    Field("merged_note", _("Where the council's changes stand")),
    Field("measures_need_resolutions", _("Measures need own resolutions"), kind="yes_no"),
    Field("predecessor_continues", _("The plan before this one continues"), kind="yes_no"),
    Field("living_parts", _("Parts the administration keeps up to date"), kind="list"),
    Field("living_updates", _("What was brought up to date"), kind="list"),
    Field("published_on", _("Published on"), kind="date"),
    Field("in_force_on", _("In force on"), kind="date"),
    Field("period_from", _("Period from"), kind="date"),
    Field("period_to", _("Period to"), kind="date"),
    Field("afterwards", _("When the period is over"), kind="choice", choices=AFTERWARDS),
    Field("earlier_periods", _("Earlier periods"), kind="list"),
    Field("continued_since", _("Continues since"), kind="date"),
    Field("version", _("Version in force"), kind="number"),
    Field("versions", _("Later versions"), kind="list"),
    Field("reports_ended_on", _("The yearly reports ended on"), kind="date"),
    Field("revise_by", _("To be revised by"), kind="date"),
    Field("date_statements", _("What sources say about dates"), kind="list"),
    Field("note", _("Note"), seen_by=insiders),
)

concept = Process(
    "concept",
    _("Concept"),
    _("Concepts"),
    version=1,
    purpose=_("A plan of the town, made with its people: from the first idea until it is replaced."),
    start=idea,
    states=STATES,
    steps=BEGINNING + GROUPS + DRAFTING + COMMENTING + DECIDING + STANDING + FOLLOWING + ENDING,
    fields=FIELDS,
    deadlines=DEADLINES,
    number_at="commission",
    number_prefix="IK",
    opened_by=offices,
    opening_form=ConceptForm,
    opening_parts=("office", "lead_department", "council_office"),
    opened=_("%(actor)s noted the idea of a concept."),
    tell_at_opening=(Notice("concept_idea", to=offices, subject=_("An idea for a concept: %(title)s")),),
)
