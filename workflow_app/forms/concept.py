"""What is filled in on the way of a concept, in the order of its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import (
    CountField,
    DayField,
    Form,
    IdField,
    LineField,
    OneOfField,
    PickField,
    Row,
    TextField,
    TickField,
    rows,
)
from .consultations import BODIES, ConsultationsForm, OutcomeForm

DEPARTMENTS = "organizations:Verwaltungsbereich,Fachbereich,Amt"
GROUPS = "organizations:AG,Fokusgruppe"

COSTS = {
    "money": message("Money is named"),
    "staff": message("Staff is named"),
    "none": message("No cost"),
}
AFTERWARDS = {
    "ends": message("It ends with the period"),
    "until_replaced": message("It continues until replaced"),
}
DATES = {
    "commissioned_on": message("Commissioned on"),
    "kicked_off_on": message("Kicked off on"),
    "groups_close_on": message("Closing date of the groups"),
    "adopted_on": message("Adopted on"),
    "in_force_on": message("In force on"),
    "period_from": message("Period from"),
    "period_to": message("Period to"),
}


class ConceptForm(Form):
    """The idea of a concept."""

    wants: ClassVar = {"office": DEPARTMENTS, "lead_department": DEPARTMENTS, "council_office": DEPARTMENTS}

    title = LineField(_("Title"), required=True)
    reason = TextField(_("Why a concept is needed"))
    office = IdField(_("Coordination office"))
    lead_department = IdField(_("Lead department"))
    council_office = IdField(_("Council office"), required=False)
    period_from = DayField(_("Period from"))
    period_to = DayField(_("Period to"))


class CommissionForm(Form):
    """The resolution that orders the concept."""

    wants: ClassVar = {"commissioned_by": BODIES, "council": "organizations:Parlament"}

    commissioned_by = IdField(_("Commissioned by"))
    commissioned_on = DayField(_("Date of the resolution"), required=True)
    resolution = TextField(_("Wording of the resolution"))
    cost = OneOfField(_("Money and staff"), COSTS)
    cost_note = TextField(_("Which money, which staff"), longest=2_000)
    council = IdField(_("Council"), required=False)


class GroupRow(Row):
    """One working group with the field it works in."""

    wants: ClassVar = {"organization": GROUPS}

    organization = IdField(_("Working group"))
    name = LineField(_("Field of action"), required=True)
    guiding_principle = LineField(_("Guiding principle of the field"), longest=1_000)


class KickOffForm(Form):
    """The public kick-off: who works in which field, and until when."""

    wants: ClassVar = {"steering_group": "organizations:Steuerungsgruppe"}

    kicked_off_on = DayField(_("Date of the kick-off"), required=True)
    invitation_published_on = DayField(_("Invitation published on"), required=True)
    attendance = CountField(_("People present"))
    groups_close_on = DayField(_("The groups hand in by"), required=True)
    steering_group = IdField(_("Steering group"))
    groups = rows(GroupRow, _("Working groups and their fields"))

    def submitted(self) -> dict[str, Any]:
        """The rows as numbered fields, and the groups as the holders of their part."""
        data = super().submitted()
        chosen = data.pop("groups")
        data["fields"] = [
            {
                "no": no,
                "name": r["name"],
                "guiding_principle": r["guiding_principle"],
                "group": r["organization"],
            }
            for no, r in enumerate(chosen, start=1)
        ]
        data["working_groups"] = list(dict.fromkeys(r["organization"] for r in chosen))
        return data


class FieldForm(Form):
    """A field of action that is added, or whose name, guiding principle or group changes."""

    wants: ClassVar = {"organization": GROUPS}

    no = CountField(_("Number of the field"), required=True, most=99)
    name = LineField(_("Field of action"), required=True)
    guiding_principle = LineField(_("Guiding principle of the field"), required=True, longest=1_000)
    organization = IdField(_("Working group"), required=False)
    note = TextField(_("Reason"), longest=2_000)


class SteeringForm(Form):
    """A change in the steering group; who its members are is kept with the body itself."""

    wants: ClassVar = {"steering_group": "organizations:Steuerungsgruppe"}

    on = DayField(_("Since"), required=True)
    steering_group = IdField(_("Steering group"))
    note = TextField(_("What changed"), required=True, longest=2_000)


class MeasureForm(Form):
    """A proposed measure: first the goal, then the description, then everyone who takes part."""

    wants: ClassVar = {"working_group": "holders:working_group", "owner": "organizations"}

    title = LineField(_("Title"), required=True)
    field_of_action = LineField(_("Field of action"), required=True)
    guiding_principle = LineField(_("Guiding principle of the field"), required=True, longest=1_000)
    goal = TextField(_("Goal"), required=True)
    description = TextField(_("Description"), required=True)
    participants = TextField(_("All participants"), required=True, longest=4_000)
    working_group = IdField(_("Working group"))
    owner = IdField(_("Responsible unit"), required=False)


class HandOverForm(Form):
    """A working group hands over what it has."""

    wants: ClassVar = {"working_group": "holders:working_group"}

    working_group = IdField(_("Working group"))
    note = TextField(_("Message to the steering group"), longest=4_000)


class ReopenForm(Form):
    """Back to the groups, with a new closing date."""

    groups_close_on = DayField(_("The groups hand in by"), required=True)
    note = TextField(_("What is missing"), required=True, longest=4_000)


class AssembleForm(Form):
    """The steering group starts; what it does without is written down."""

    missing_note = TextField(_("How the fields of silent groups are dealt with"), longest=4_000)


class VoteForm(Form):
    """A vote of the steering group that was held in a meeting."""

    on = DayField(_("Date of the meeting"), required=True)
    yes = CountField(_("Votes for"), required=True)
    no = CountField(_("Votes against"), required=True)
    abstained = CountField(_("Abstentions"), required=True)
    dissent = TextField(_("Dissenting opinion"), longest=4_000)


class DissentForm(Form):
    """An opinion that differs from the draft."""

    note = TextField(_("Dissenting opinion"), required=True, longest=4_000)


class PublishDraftForm(Form):
    """The draft goes to the public."""

    draft_published_on = DayField(_("Published on"), required=True)
    edition = LineField(_("Version of the draft"))
    easy_language = TickField(_("A version in easy language is ready"))
    translations = LineField(_("Translations that are ready"))
    access_note = TextField(_("Why easy language or translations are missing"), longest=2_000)


class SummaryForm(Form):
    """What the comments changed in the draft."""

    considered = TextField(_("What the comments changed"), required=True)


class ToCouncilForm(ConsultationsForm):
    """The paper for the council, and the way it takes."""

    no_round_note = TextField(_("Why there was no comment round"), longest=2_000)


class ResolutionForm(OutcomeForm):
    """What a body made of the concept, and what it tied to the adoption."""

    revise_within_months = CountField(_("To be revised within so many months"), most=240)
    measures_need_resolutions = TickField(_("Money is voted on separately: measures need own resolutions"))
    predecessor_continues = TickField(_("The plan before this one continues"))


class ResumeForm(Form):
    """A postponed concept comes back."""

    on = DayField(_("Date of the meeting"))
    note = TextField(_("Note"), longest=2_000)


AGAIN = {
    "council": message("As it is, to the council"),
    "draft": message("The draft is revised first"),
}


class ResubmitForm(Form):
    """A withdrawn concept is brought in again."""

    how = OneOfField(_("How it goes on"), AGAIN)
    note = TextField(_("What is different now"), required=True, longest=4_000)


class MergeForm(Form):
    """The council's changes are in the text."""

    edition = LineField(_("Version of the text"))
    merged_note = TextField(_("Where the changes stand"), required=True, longest=4_000)


class PublishForm(Form):
    """The adopted concept is printed and published."""

    published_on = DayField(_("Published on"), required=True)
    in_force_on = DayField(_("In force on (leave empty: with the publication)"))
    period_from = DayField(_("Period from"))
    period_to = DayField(_("Period to (leave empty: without an end)"))
    afterwards = OneOfField(_("When the period is over"), AFTERWARDS)
    edition = LineField(_("Version of the text"))


class ProlongForm(Form):
    """The period of a concept in force is changed by resolution."""

    period_to = DayField(_("Period to (leave empty: without an end)"))
    afterwards = OneOfField(_("When the period is over"), AFTERWARDS)
    note = TextField(_("Resolution and reason"), required=True, longest=2_000)


class DateStatementForm(Form):
    """What a source says about a date; sources may disagree, and all of them are shown."""

    what = PickField(_("Which date"), DATES)
    value = LineField(_("Date as the source gives it"), required=True, longest=100)
    source = LineField(_("Source"), required=True)
    note = TextField(_("Note"), longest=2_000)


class ReportForm(Form):
    """A report outside the yearly rhythm, or for an earlier year."""

    year = CountField(_("Year"), required=True, most=2100)


class RevisionForm(Form):
    """Why the concept is revised now."""

    reason = TextField(_("Reason"), required=True, longest=4_000)
