"""Implementation report: once a year, how every measure stands (domain.md 3.4).

opened → collecting → drafted → checked → tabled → taken note of → published → done; a report can be
referred back to its draft. Every measure's owner is asked; whoever does not answer is named. Red
measures get a decision: keep, change or drop. It runs also for measures of an expired concept.
"""

from __future__ import annotations

from functools import partial

from workflow_app.engine.calendar import weeks
from workflow_app.engine.definition import (
    Changes,
    Child,
    Deadline,
    Extension,
    Field,
    Fire,
    Notice,
    Process,
    Setting,
    State,
    Step,
    everyone,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import implementation_report as forms
from workflow_app.forms.base import ExtensionForm, NoteForm

from . import report_rules as rules
from .known import known_organizations
from .parties import (
    council_office,
    lead_department,
    lead_department_head,
    office,
    office_head,
    steering_group,
)

insiders = office | lead_department | council_office | steering_group

opened = State("opened", _("Opened"), seen_by=insiders)
collecting = State("collecting", _("Collecting answers"), seen_by=insiders)
drafted = State("drafted", _("Drafted"), seen_by=insiders)
checked = State("checked", _("Checked"), seen_by=insiders)
tabled = State("tabled", _("Tabled"), seen_by=everyone)
taken_note = State("taken_note", _("Taken note of"), seen_by=everyone)
published = State("published", _("Published"), seen_by=everyone, explains=_("Red measures get a decision now."))
done = State("done", _("Done"), seen_by=everyone, final=True)

ask = Step(
    "ask", _("Ask everyone responsible"), opened, collecting, who=office,
    past=_("%(actor)s asked everyone responsible how their measures stand."), form=forms.AskForm,
    when=(rules.cut_off_is_past,), writes=rules.asked,
    opens=(Child("status_request", rules.requests, _("Status requests"), frozenset({"relatives"})),),
)  # fmt: skip
draft = Step(
    "draft", _("Draft the report"), collecting, drafted, who=office, past=_("%(actor)s drafted the report."),
    form=forms.DraftForm, when=(rules.answers_are_in,), writes=rules.drafted,
    fires=(
        Fire("child", "status_request", "accept", _("Answers are accepted")),
        Fire("child", "status_request", "leave_missing", _("Missing answers stay missing")),
    ),
)  # fmt: skip
check = Step(
    "check", _("Check the figures"), drafted, checked, who=office | lead_department,
    past=_("%(actor)s checked the figures."), form=forms.CheckForm,
)  # fmt: skip
redraft = Step(
    "redraft", _("Draft again"), checked, drafted, who=office | lead_department,
    past=_("%(actor)s sent the report back to its draft."), kind=possible, form=NoteForm,
    writes=lambda case, data, facts: Changes(add={"returns": data.get("note")}),
)  # fmt: skip
revise_draft = Step(
    "revise_draft", _("Revise the draft"), drafted, None, who=office, past=_("%(actor)s revised the draft."),
    kind=possible, form=forms.DraftForm, writes=rules.drafted,
    fires=(Fire("child", "status_request", "accept", _("Answers are accepted")),),
    explains=_("Late answers are taken in."),
)  # fmt: skip
table = Step(
    "table", _("Table for information"), checked, tabled, who=lead_department,
    past=_("%(actor)s tabled the report for information."), form=forms.TableForm,
    when=(known_organizations("body"),),
    tell=(Notice("report_tabled", to=council_office | insiders, subject=_("The report is tabled: %(title)s")),),
)  # fmt: skip
take_note = Step(
    "take_note", _("Record that note was taken"), tabled, taken_note, who=council_office | lead_department,
    past=_("The body took note of the report."), form=forms.NoteTakenForm,
    tell=(Notice("report_noted", to=insiders, subject=_("Note was taken of: %(title)s")),),
)  # fmt: skip
refer_back = Step(
    "refer_back", _("Record that it was referred back"), tabled, drafted, who=council_office | lead_department,
    past=_("The body referred the report back."), kind=possible, form=NoteForm,
    writes=lambda case, data, facts: Changes(add={"returns": data.get("note")}),
    tell=(Notice("report_referred_back", to=office, subject=_("Referred back: %(title)s")),),
)  # fmt: skip
publish = Step(
    "publish", _("Publish the report"), taken_note, published, who=office, past=_("%(actor)s published the report."),
    form=forms.PublicationForm,
    tell=(Notice("report_published", to=insiders, subject=_("Published: %(title)s")),),
)  # fmt: skip
decide_red = Step(
    "decide_red", _("Decide on a red measure"), published, None, who=office | steering_group | lead_department,
    past=_("%(actor)s decided on a red measure."), kind=possible, form=forms.RedForm, when=(rules.is_red,),
    writes=rules.red_decided,
    fires=tuple(
        Fire("about", "measure", verdict, label, where=partial(rules.is_chosen, verdict),
             data=lambda case, data, kin: {"note": data.get("note"), "source": case.title})
        for verdict, label in (("keep", _("It is kept")), ("change", _("It is changed")), ("drop", _("It is dropped")))
    ),
)  # fmt: skip
call_for_revision = Step(
    "call_for_revision", _("Call for a revision"), published, None, who=office | steering_group | lead_department,
    past=_("%(actor)s called for a revision of the concept."), kind=possible, form=NoteForm,
    when=(rules.concept_in_force,), writes=lambda case, data, facts: Changes(set={"revision_reason": data.get("note")}),
    fires=(Fire("parent", "concept", "call_for_revision", _("The revision begins"),
                data=lambda case, data, kin: {"reason": data.get("note")}),),
    explains=_("Where the report shows that the concept itself must change, before the next regular revision."),
)  # fmt: skip
finish = Step(
    "finish", _("Finish the report"), published, done, who=office, past=_("%(actor)s finished the report."),
    when=(rules.reds_are_decided,),
    fires=(
        Fire("child", "status_request", "accept", _("Late answers are accepted")),
        Fire("child", "status_request", "close", _("Questions without an answer are closed")),
    ),
)  # fmt: skip

FIELDS = (
    Field("year", _("Year"), kind="number"),
    Field("cut_off", _("Cut-off date of all figures"), kind="date"),
    Field("answers_until", _("Answers until"), kind="date"),
    Field("summary", _("Summary")),
    Field("figures", _("Asked, answered, missing"), kind="figures"),
    Field("statuses", _("Measures by status"), kind="statuses"),
    Field("unanswered", _("No answer for"), kind="list"),
    Field("proven", _("Measures that proved themselves"), kind="list"),
    Field("changed", _("Measures that were changed"), kind="list"),
    Field("not_useful", _("Measures that proved not useful"), kind="list"),
    Field("ended", _("Measures that have ended"), kind="list"),
    Field("reds", _("Red measures"), kind="cases"),
    Field("red_decisions", _("Decisions on red measures"), kind="list"),
    Field("revision_reason", _("Why a revision was called for")),
    Field("check_note", _("What was checked and corrected")),
    Field("body", _("Body"), kind="organizations"),
    Field("paper", _("Number of the paper")),
    Field("meeting_on", _("Date of the meeting"), kind="date"),
    Field("noted_on", _("Note was taken on"), kind="date"),
    Field("wishes", _("What the body wishes to be changed")),
    Field("published_on", _("Published on"), kind="date"),
    Field("returns", _("Sent back because of"), kind="list", seen_by=insiders),
)

implementation_report = Process(
    "implementation_report",
    _("Implementation report"),
    _("Implementation reports"),
    version=1,
    purpose=_("How the measures of a concept stand, once a year, and what is done about the red ones."),
    start=opened,
    states=(opened, collecting, drafted, checked, tabled, taken_note, published, done),
    steps=(ask, draft, check, table, take_note, publish, finish, decide_red, call_for_revision, revise_draft, redraft,
           refer_back),
    fields=FIELDS,
    deadlines=(
        Deadline("asking", _("Everyone responsible is asked"), (opened,),
                 Setting("report_asking", weeks(4), _("Time to begin a report")), warn=(weeks(1),),
                 escalate=office_head),
        Deadline("answers", _("The answers are in"), (collecting,), field="answers_until", roll=False,
                 warn=(weeks(1),), escalate=office_head, extension=Extension(office, ExtensionForm, again=office_head)),
        Deadline("tabling", _("The report is tabled"), (drafted, checked),
                 Setting("report_tabling", weeks(8), _("Time to table a report")), warn=(weeks(2),),
                 escalate=lead_department_head),
        Deadline("red_ones", _("Red measures are decided on"), (published,),
                 Setting("report_red", weeks(12), _("Time to decide on red measures")), warn=(weeks(4),),
                 escalate=lead_department_head),
    ),
    number_at="table",
    number_prefix="UB",
    opened=_("The yearly report was opened."),
    tell_at_opening=(Notice("report_opened", to=office, subject=_("A report is due: %(title)s")),),
    child_of=("concept",),
)  # fmt: skip
