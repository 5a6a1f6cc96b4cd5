"""What is filled in on the way of a concept, in the order of its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form, Row, rows
from .consultations import BODIES, DEPARTMENTS, ConsultationsForm, DecisionForm
from .fields import CountField, DayField, IdField, LineField, OneOfField, TextField, TickField
from .measure import WordsForm

GROUPS = "organizations:AG,Fokusgruppe"

COSTS = {
    "money": message("Money is named"),
    "staff": message("Staff is named"),
    "none": message("No cost"),
}
FIELD_CHANGES = {
    "change": message("This field changes, or comes at the end"),
    "insert": message("A new field is put in here; those behind it move on by one"),
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

    how = OneOfField(_("What happens"), FIELD_CHANGES)
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


class MeasureForm(WordsForm):
    """A measure as a working group proposes it."""

    wants: ClassVar = {"working_group": "holders:working_group", "owner": "organizations"}

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


class FrameForm(Form):
    """What a concept says before its goals and measures: where the town wants to go, and where it stands."""

    begins_filled: ClassVar = True

    guiding_aim = TextField(_("Guiding aim"))
    stocktaking = TextField(_("Stocktaking"))


class PredecessorForm(Form):
    """The plan that comes before this one."""

    wants: ClassVar = {"predecessor": "concepts"}

    predecessor = IdField(_("The plan before this one"))
    note = TextField(_("Note"), longest=2_000)


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


class ResolutionForm(DecisionForm):
    """What a body made of the concept, and what it tied to the adoption."""

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
