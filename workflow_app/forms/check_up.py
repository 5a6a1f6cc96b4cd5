"""What is filled in on the way of a Check Up and in its fields, in the order of their steps."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form, Row, rows
from .consultations import DEPARTMENTS
from .fields import DayField, IdField, IdsField, LineField, TextField

GROUPS = "organizations:Fokusgruppe,AG"
CONSULTANTS = "organizations:Institution,Beraterteam"

STANDINGS = {
    "in_group": message("Still in its focus group"),
    "open": message("Still open"),
    "in_work": message("In work"),
    "done": message("Done"),
    "dropped": message("Not pursued, with the reason"),
    "elsewhere": message("Goes on in another recommendation"),
}
"""How a recommendation stands, as a report on all of them says it."""


class CheckUpForm(Form):
    """What a Check Up asks, and who leads it."""

    wants: ClassVar = {
        "office": DEPARTMENTS,
        "consultants": CONSULTANTS,
        "lead_department": DEPARTMENTS,
        "council_office": DEPARTMENTS,
    }

    title = LineField(_("Title"), required=True)
    guiding_question = TextField(_("Guiding question"), required=True, longest=2_000)
    reason = TextField(_("What gave rise to it"), longest=2_000)
    taken_from = LineField(_("Taken over from elsewhere: where it was tried"))
    office = IdField(_("Coordination office"))
    consultants = IdField(_("Unpaid consultants"), required=False)
    lead_department = IdField(_("Lead department"))
    council_office = IdField(_("Council office"), required=False)


class ConceptCheckUpForm(Form):
    """A Check Up of a concept: its departments are those of the concept, its office may be another one."""

    wants: ClassVar = {"office": DEPARTMENTS, "consultants": CONSULTANTS}

    title = LineField(_("Title"), required=True)
    guiding_question = TextField(_("Guiding question"), required=True, longest=2_000)
    reason = TextField(_("What gave rise to it"), longest=2_000)
    office = IdField(_("Coordination office"))
    consultants = IdField(_("Unpaid consultants"), required=False)


class FocusGroupRow(Row):
    """A field and the focus group that works in it."""

    wants: ClassVar = {"organization": GROUPS}

    name = LineField(_("Field of action"), required=True)
    organization = IdField(_("Focus group"))


class GroupsForm(Form):
    """The focus groups, a field each, and until when they work."""

    started_on = DayField(_("The focus groups begin on"), required=True)
    closes_on = DayField(_("The groups hand in by"), required=True)
    report_by = DayField(
        _("The final report is there by"),
        description=_("Left empty, it is counted from the closing date."),
    )
    groups = rows(FocusGroupRow, _("Fields and their focus groups"))

    def submitted(self) -> dict[str, Any]:
        """The rows as numbered fields, and the groups as the holders of their part."""
        data = super().submitted()
        chosen = data.pop("groups")
        data["fields"] = [{"no": no, "name": r["name"], "group": r["organization"]} for no, r in enumerate(chosen, 1)]
        data["focus_groups"] = list(dict.fromkeys(r["organization"] for r in chosen))
        return data


class AddFieldForm(Form):
    """A field that is added while the others are at work."""

    wants: ClassVar = {"organization": GROUPS}

    name = LineField(_("Field of action"), required=True)
    organization = IdField(_("Focus group"))
    closes_on = DayField(_("The group hands in by"), required=True)
    note = TextField(_("Reason"), required=True, longest=2_000)


class ConsultantsForm(Form):
    """Who consults from now on."""

    wants: ClassVar = {"consultants": CONSULTANTS}

    consultants = IdsField(_("Unpaid consultants (none: the office goes on alone)"))
    note = TextField(_("Reason"), required=True, longest=2_000)


class CloseGroupsForm(Form):
    """The groups have had their time; what becomes of the fields of those that handed in nothing."""

    missing_note = TextField(_("How the fields of silent groups are dealt with"), longest=4_000)


class FinalReportForm(Form):
    """The final report: what the Check Up found; the recommendations stand in it by themselves."""

    begins_filled: ClassVar = True

    summary = TextField(_("What the Check Up found"), required=True)
    published_on = DayField(_("Published on"), required=True)
    missing_note = TextField(_("Why recommendations are still with their groups"), longest=2_000)


class ProgressReportForm(Form):
    """What became of the recommendations; how each of them stands is put together by itself."""

    text = TextField(_("How it stands"), required=True, longest=10_000)


# ------------------------------------------------------------------------------ a field


class GapRow(Row):
    """Something that is needed and not there."""

    gap = LineField(_("Need or gap"), required=True, longest=500)
    source = LineField(_("How we know"))


class AnalysisForm(Form):
    """How a field stands: what is there, what is needed, what is missing, who is responsible."""

    begins_filled: ClassVar = True

    structures = TextField(_("Structures: who works in this field, and how"))
    offers = TextField(_("Offers and initiatives"))
    needs = TextField(_("Needs"))
    gaps = rows(GapRow, _("Needs that nobody meets, and gaps"))
    responsible = TextField(_("Who is responsible"), longest=4_000)
    sources = TextField(_("Where the facts come from"), longest=4_000)


class InterimForm(Form):
    """The analysis as it stands now goes to the public."""

    edition = LineField(_("Version of the text"), required=True)
    note = TextField(_("What is still missing"), longest=2_000)


class ExpertsForm(Form):
    """Who knows the field and looks at the facts."""

    wants: ClassVar = {"experts": "organizations"}

    experts = IdsField(_("Experts of the field"), required=True)


class ConfirmForm(Form):
    """An expert agrees with the facts."""

    wants: ClassVar = {"organization": "holders:expert"}

    organization = IdField(_("For which expert"))
    note = TextField(_("Note"), longest=2_000)


class AgreeFactsForm(Form):
    """The facts stand; where an expert is missing, it is said why."""

    missing_note = TextField(_("Why it goes on without an expert who has not agreed"), longest=2_000)


class OptionRow(Row):
    """Something that could be done."""

    option = LineField(_("Option"), required=True, longest=500)
    note = LineField(_("For and against"), longest=1_000)


class OptionsForm(Form):
    """What could be done about the gaps."""

    begins_filled: ClassVar = True

    options = rows(OptionRow, _("Options"))


class HandOverFieldForm(Form):
    """The group hands over its field."""

    note = TextField(_("Message to those who put it together; or why nothing is recommended"), longest=4_000)


class ReopenFieldForm(Form):
    """The field goes back to its group, with a new closing date."""

    closes_on = DayField(_("The group hands in by"), required=True)
    note = TextField(_("What is missing"), required=True, longest=4_000)


class MergeFieldForm(Form):
    """The field goes on in another field of the same Check Up."""

    wants: ClassVar = {"into": "kin:status_analysis"}

    into = IdField(_("Goes on in"))
    note = TextField(_("Reason"), required=True, longest=2_000)
