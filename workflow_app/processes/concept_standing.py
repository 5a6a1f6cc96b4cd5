"""Concept: published, in force with its reports and revisions, and what ends it."""

from __future__ import annotations

from workflow_app.engine.definition import Child, Fire, Notice, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import concept_standing as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.check_up import ConceptCheckUpForm

from . import concept_children as children
from . import concept_rules as rules
from . import concept_writes as writes
from .check_up_writes import a_check_up
from .concept_states import (
    STATES,
    adopted,
    adopted_with_changes,
    archived,
    expired,
    given_up,
    in_force,
    insiders,
    published,
    rejected,
    replaced,
    withdrawn,
)
from .known import dated, known_organizations
from .parties import clock, council_office, lead_department, office

REPORTED = (in_force, expired, replaced)
ITS_MEASURES_GO_ON = Fire("child", "measure", "note_concept_ended", _("Its measures go on without it"))

# -------------------------------------------------------------------- publish, in force

merge_changes = Step(
    "merge_changes",
    _("Merge the council's changes into the text"),
    adopted_with_changes,
    adopted,
    who=office,
    past=_("%(actor)s merged the council's changes into the text."),
    form=forms.MergeForm,
)
publish = Step(
    "publish",
    _("Publish"),
    adopted,
    published,
    who=office,
    past=_("%(actor)s published the concept."),
    form=forms.PublishForm,
    when=(dated("published_on"),),
    writes=writes.published,
    tell=(Notice("concept_published", to=insiders, subject=_("Published: %(title)s")),),
)
come_into_force = Step(
    "come_into_force",
    _("Put in force"),
    published,
    in_force,
    who=clock | office,
    past=_("The concept came into force."),
    writes=writes.in_force_now,
    tell=(Notice("concept_in_force", to=insiders, subject=_("In force: %(title)s")),),
)
prolong = Step(
    "prolong",
    _("Change the period"),
    in_force,
    None,
    who=council_office | lead_department,
    past=_("%(actor)s recorded a new period."),
    kind=possible,
    form=forms.ProlongForm,
    writes=writes.prolonged,
)

update_living_part = Step(
    "update_living_part",
    _("Keep a living part up to date"),
    in_force,
    None,
    who=office | lead_department,
    past=_("%(actor)s brought a part of the concept up to date."),
    kind=possible,
    form=forms.LivingPartForm,
    when=(rules.has_living_parts, rules.part_is_living),
    writes=writes.part_updated,
    tell=(Notice("part_updated", to=insiders, subject=_("A part was brought up to date: %(title)s")),),
    explains=_("Only what the resolution left to the administration; everything else needs a revision."),
)

# ------------------------------------------------------------------ reports, revisions

a_report = Child("implementation_report", children.a_report, _("Implementation report"), frozenset({"relatives"}))
a_revision = Child("revision", children.a_revision, _("Revision"), frozenset({"relatives"}))
report_due = Step(
    "report_due",
    _("The yearly report is due"),
    REPORTED,
    None,
    who=clock,
    past=_("The yearly report fell due."),
    kind=possible,
    writes=writes.report_fallen_due,
    opens=(a_report,),
)
open_report = Step(
    "open_report",
    _("Open a report"),
    REPORTED,
    None,
    who=office,
    past=_("%(actor)s opened an implementation report."),
    kind=possible,
    form=forms.ReportForm,
    when=(rules.year_not_reported, rules.something_to_report),
    writes=writes.nothing,
    opens=(a_report,),
)
revision_due = Step(
    "revision_due",
    _("The regular revision is due"),
    in_force,
    None,
    who=clock,
    past=_("The regular revision fell due."),
    kind=possible,
    writes=writes.nothing,
    opens=(a_revision,),
    tell=(Notice("revision_due", to=office, subject=_("The regular revision is due: %(title)s")),),
)
begin_owed_revision = Step(
    "begin_owed_revision",
    _("The revision the council asked for must begin"),
    in_force,
    None,
    who=clock,
    past=_("The revision that the council asked for had to begin."),
    kind=possible,
    writes=writes.revision_begun,
    opens=(a_revision,),
    tell=(Notice("revision_owed", to=office, subject=_("The council asked for a revision: %(title)s")),),
)
open_revision = Step(
    "open_revision",
    _("Open a revision"),
    in_force,
    None,
    who=office,
    past=_("%(actor)s opened a revision."),
    kind=possible,
    form=forms.RevisionForm,
    when=(rules.no_revision_running,),
    writes=writes.revision_begun,
    opens=(a_revision,),
)
open_check_up = Step(
    "open_check_up",
    _("Open a Check Up"),
    in_force,
    None,
    who=office | lead_department,
    past=_("%(actor)s opened a Check Up."),
    kind=possible,
    form=ConceptCheckUpForm,
    when=(known_organizations("office", "consultants"),),
    writes=writes.nothing,
    opens=(Child("check_up", a_check_up, _("Check Up")),),
    explains=_("Focus groups look at it field by field; what they recommend becomes measures of this concept."),
)
call_for_revision = Step(
    "call_for_revision",
    _("Begin the revision that a report calls for"),
    in_force,
    None,
    who=clock,
    past=_("An implementation report called for a revision."),
    kind=possible,
    writes=writes.revision_begun,
    opens=(a_revision,),
)
replace_version = Step(
    "replace_version",
    _("Put the revised version in force"),
    (in_force, expired),
    in_force,
    who=clock,
    past=_("A revised version came into force."),
    kind=possible,
    writes=writes.version_replaced,
    fires=(
        Fire("child", "measure", "note_concept_back", _("Its measures belong to it again"), where=children.is_back),
    ),
    tell=(Notice("version_replaced", to=insiders, subject=_("A new version is in force: %(title)s")),),
)

# ------------------------------------------------------------------------------- end

replace = Step(
    "replace",
    _("Replace by the successor"),
    (published, in_force),
    replaced,
    who=clock,
    past=_("The concept was replaced by its successor."),
    kind=possible,
    writes=writes.nothing,
    fires=(ITS_MEASURES_GO_ON, Fire("child", "revision", "lapse", _("A revision of it comes to nothing"))),
    tell=(Notice("concept_replaced", to=insiders, subject=_("Replaced by its successor: %(title)s")),),
)
expire = Step(
    "expire",
    _("End with the period"),
    in_force,
    expired,
    who=clock,
    past=_("The concept expired with its period."),
    kind=possible,
    writes=writes.nothing,
    fires=(ITS_MEASURES_GO_ON,),
    tell=(Notice("concept_expired", to=insiders, subject=_("Expired: %(title)s")),),
)
note_continuation = Step(
    "note_continuation",
    _("Continue after the period"),
    in_force,
    None,
    who=clock,
    past=_("The period is over; the concept continues until it is replaced."),
    kind=possible,
    writes=writes.continues,
    tell=(Notice("concept_continues", to=insiders, subject=_("Continues until replaced: %(title)s")),),
)
archive = Step(
    "archive",
    _("Archive"),
    (rejected, withdrawn, replaced, expired),
    archived,
    who=office,
    past=_("%(actor)s archived the concept."),
    kind=possible,
    form=NoteForm,
    when=(rules.nothing_left,),
)
state_date = Step(
    "state_date",
    _("Note what a source says about a date"),
    tuple(state for state in STATES if state not in (given_up, archived)),
    None,
    who=office,
    past=_("%(actor)s noted what a source says about a date."),
    kind=possible,
    form=forms.DateStatementForm,
    writes=writes.noted("date_statements"),
)

STANDING = (merge_changes, publish, come_into_force, prolong, update_living_part)
FOLLOWING = (
    report_due,
    open_report,
    revision_due,
    begin_owed_revision,
    open_revision,
    open_check_up,
    call_for_revision,
    replace_version,
)
ENDING = (replace, expire, note_continuation, archive, state_date)
