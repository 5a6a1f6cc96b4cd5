"""What is filled in on the way of a measure, from the proposal to what became of it."""

from __future__ import annotations

from math import isfinite
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import FloatField
from wtforms.validators import Optional

from workflow_app.engine.definition import message

from .base import Form, Row, rows
from .consultations import BODIES, DEPARTMENTS
from .fields import DayField, IdField, IdsField, LineField, OneOfField, PickField, TextField, TickField

UNITS = "organizations"

KINDS = {
    "concept": message("Measure of a concept"),
    "immediate": message("Immediate measure"),
    "single_project": message("Single project"),
}
ALONE = {name: label for name, label in KINDS.items() if name != "concept"}
STATUSES = {
    "not_started": message("Not started"),
    "running": message("Running"),
    "implemented": message("Implemented"),
    "changed": message("Changed"),
    "stopped": message("Stopped"),
    "not_useful": message("Proved not useful"),
}
LIGHTS = {
    "green": message("Green: on plan"),
    "yellow": message("Yellow: late or changed"),
    "red": message("Red: stopped or far off"),
}
COMPARATORS = {
    ">": message("more than"),
    ">=": message("at least"),
    "~": message("about"),
    "<=": message("at most"),
    "<": message("less than"),
}
VERDICTS = {
    "adopted": message("Adopted"),
    "rejected": message("Rejected"),
}


class NumberField(FloatField):
    """A number as people write it, with a comma or a point; left empty it stays unknown, never nought."""

    def __init__(self, label: Any = None, **more: Any) -> None:
        super().__init__(label, [Optional()], **more)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Whole numbers stay whole; what is no number is refused in words."""
        if not valuelist or not valuelist[0].strip():
            return
        self.data = None
        try:
            entered = float(valuelist[0].strip().replace(",", "."))
        except ValueError:
            raise ValueError(_("Please enter a number such as 12 or 6.8.")) from None
        if not isfinite(entered) or abs(entered) > 1e12:
            raise ValueError(_("Please enter a number such as 12 or 6.8."))
        self.data = int(entered) if entered.is_integer() else entered


class WordsForm(Form):
    """A proposal in its order: first the goal, then the description, then everyone who takes part."""

    title = LineField(_("Title"), required=True)
    field_of_action = LineField(_("Field of action"), required=True)
    guiding_principle = LineField(_("Guiding principle of the field"), required=True, longest=1_000)
    goal = TextField(_("Goal"), required=True)
    description = TextField(_("Description"), required=True)
    participants = TextField(_("All participants"), required=True, longest=4_000)


class ProposalForm(WordsForm):
    """The words of a proposal that is there already."""

    begins_filled: ClassVar = True


class MergeProposalsForm(WordsForm):
    """One proposal that takes the place of several, in its own words."""

    wants: ClassVar = {"measures": "measures"}

    measures = IdsField(_("Proposals that become one"), required=True)
    note = TextField(_("Reason"), required=True, longest=2_000)


class SingleMeasureForm(Form):
    """A measure that belongs to no concept."""

    wants: ClassVar = {"office": DEPARTMENTS, "council_office": DEPARTMENTS, "owner": UNITS}

    kind = OneOfField(_("Kind"), ALONE)
    title = LineField(_("Title"), required=True)
    field_of_action = LineField(_("Field of action"))
    guiding_principle = LineField(_("Guiding principle of the field"), longest=1_000)
    goal = TextField(_("Goal"), required=True)
    description = TextField(_("Description"), required=True)
    participants = TextField(_("All participants"), required=True, longest=4_000)
    office = IdField(_("Coordination office"))
    council_office = IdField(_("Council office"), required=False)
    owner = IdField(_("Responsible unit"), required=False)


class MergeForm(Form):
    """Two proposals become one; this one goes on inside the other."""

    wants: ClassVar = {"into": "measures"}

    into = IdField(_("Goes on in"))
    note = TextField(_("Reason"), required=True, longest=2_000)


class OwnResolutionForm(Form):
    """A resolution that concerns this measure alone."""

    wants: ClassVar = {"body": BODIES}

    body = IdField(_("Body"))
    on = DayField(_("Date of the resolution"), required=True)
    verdict = OneOfField(_("Outcome"), VERDICTS)
    paper = LineField(_("Number of the paper"))
    note = TextField(_("Wording of the resolution"), longest=4_000)


class AdoptionForm(Form):
    """The adoption of a measure that stands alone."""

    wants: ClassVar = {"body": BODIES}

    body = IdField(_("Adopted by (leave empty: by the administration)"), required=False)
    adopted_on = DayField(_("Adopted on"), required=True)
    paper = LineField(_("Number of the paper"))
    needs_resolution = TickField(_("The money needs a resolution of its own"))
    description = TextField(_("Description as it was adopted (leave empty: as proposed)"))
    note = TextField(_("Note"), longest=2_000)


class StartForm(Form):
    """The work begins."""

    starts_on = DayField(_("Begins on"), required=True)
    ends_on = DayField(_("Ends on (leave empty: without an end)"))


class IndicatorRow(Row):
    """One figure that shows whether the measure works; unknown values stay empty."""

    name = LineField(_("Indicator"), required=True)
    comparator = PickField(_("Exactly, or"), COMPARATORS, required=False)
    value = NumberField(_("Value"))
    target = NumberField(_("Target"))
    period = LineField(_("Period"), longest=100)
    formula = LineField(_("Derived from (formula)"))


class PlanForm(Form):
    """Resources, dates, funding and indicators."""

    begins_filled: ClassVar = True

    resources = TextField(_("Resources"), longest=4_000)
    starts_on = DayField(_("Begins on"))
    ends_on = DayField(_("Ends on"))
    duration = LineField(_("Duration, in words"), longest=200)
    funding = TextField(_("Funding"), longest=4_000)
    needs_resolution = TickField(_("The money needs a resolution of its own"))
    indicators = rows(IndicatorRow, _("Indicators"))
    follow_up_on = DayField(_("Look at it again on"))


class ChangeForm(Form):
    """What is changed, and why; a text left empty stays as it is."""

    goal = TextField(_("New goal"))
    description = TextField(_("New description"))
    participants = TextField(_("New participants"), longest=4_000)
    note = TextField(_("Reason"), required=True, longest=2_000)


class OwnersForm(Form):
    """Who is responsible from now on: one unit, two, or none that could be named."""

    wants: ClassVar = {"owner": UNITS}

    owner = IdsField(_("Responsible units (none: not stated)"))
    note = TextField(_("Reason"), required=True, longest=2_000)


class NoteStatusForm(Form):
    """How the measure stands, for one that no report asks about."""

    status = PickField(_("Status"), STATUSES)
    light = OneOfField(_("Traffic light"), LIGHTS)
    text = TextField(_("How it stands"), required=True, longest=4_000)
    indicators = rows(IndicatorRow, _("Indicators"))
    follow_up_on = DayField(_("Look at it again on"))
