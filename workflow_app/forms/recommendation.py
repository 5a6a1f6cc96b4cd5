"""What is filled in on the way of a recommendation, in the order of its steps."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Context, Form, Row, rows
from .concept import COSTS, VoteForm
from .consultations import ConsultationsForm, OutcomeForm
from .fields import IdField, IdsField, LineField, OneOfField, PickField, TextField, TickField
from .measure import STATUSES

AGREEMENTS = {
    "consensus": message("By consensus"),
    "majority": message("By majority"),
}


class RecommendForm(Form):
    """A first idea of what should be done, and the gap it comes from."""

    title = LineField(_("What is recommended, in a few words"), required=True)
    gap = IdField(_("From which gap of the status analysis"), required=False)
    description = TextField(_("What is recommended"))
    taken_from = LineField(_("Taken over from elsewhere: where it was tried"))

    def choices(self, context: Context) -> None:
        """The gaps that the status analysis names, by their place in it."""
        super().choices(context)
        gaps = enumerate(context.data.get("gaps") or ())
        self.gap.offer([(at, f"{at + 1}. {gap.get('gap')}") for at, gap in gaps])


class DraftRecommendationForm(Form):
    """The recommendation in full."""

    begins_filled: ClassVar = True

    title = LineField(_("Title"), required=True)
    description = TextField(_("What is recommended"), required=True)
    reasons = TextField(_("Reasons"))
    goal = TextField(_("Goal"), required=True)
    participants = TextField(_("All participants"), longest=4_000)
    taken_from = LineField(_("Taken over from elsewhere: where it was tried"))


class AgreementForm(VoteForm):
    """How the focus group agreed in a meeting, and what those say who do not agree."""

    how = OneOfField(_("How the group agreed"), AGREEMENTS)


class ConsolidateForm(Form):
    """Who does it, and what it costs."""

    wants: ClassVar = {"owner": "organizations"}
    begins_filled: ClassVar = True

    owner = IdsField(_("Responsible units (none: not named)"))
    cost = OneOfField(_("Money and staff"), COSTS)
    cost_note = TextField(_("Which money, which staff"), longest=2_000)
    needs_resolution = TickField(_("A body must resolve it, also where it costs nothing"))


class NameOwnerForm(Form):
    """Who is responsible."""

    wants: ClassVar = {"owner": "organizations"}

    owner = IdsField(_("Responsible units"), required=True)
    note = TextField(_("Note"), longest=2_000)


class MergeRecommendationForm(Form):
    """It goes on in another recommendation of the same Check Up."""

    wants: ClassVar = {"into": "kin:recommendation"}

    into = IdField(_("Goes on in"))
    note = TextField(_("Reason"), required=True, longest=2_000)


class MergeRecommendationsForm(DraftRecommendationForm):
    """Several recommendations become one, in its own words."""

    begins_filled: ClassVar = False
    wants: ClassVar = {"recommendations": "kin:recommendation"}

    recommendations = IdsField(_("Recommendations that become one"), required=True)
    note = TextField(_("Reason"), required=True, longest=2_000)


class PartRow(Row):
    """One of several recommendations that one becomes."""

    title = LineField(_("Title"), required=True)
    description = TextField(_("What is recommended"), required=True)


class SplitForm(Form):
    """One recommendation becomes several."""

    parts = rows(PartRow, _("What it becomes"), 5)
    note = TextField(_("Reason"), required=True, longest=2_000)


class ProposeForm(ConsultationsForm):
    """The paper, the bodies it goes through and what they are proposed to resolve."""

    proposed_resolution = TextField(_("Proposed resolution"))


class RecommendationOutcomeForm(OutcomeForm):
    """What one body made of the recommendation."""

    description = TextField(_("Wording as it was adopted (leave empty: as proposed)"))


class BecomeMeasureForm(Form):
    """The measure that it becomes, with goal and participants."""

    begins_filled: ClassVar = True

    title = LineField(_("Title"), required=True)
    field_of_action = LineField(_("Field of action"))
    guiding_principle = LineField(_("Guiding principle of the field"), longest=1_000)
    goal = TextField(_("Goal"), required=True)
    description = TextField(_("Description"), required=True)
    participants = TextField(_("All participants"), required=True, longest=4_000)


class RecommendationProgressForm(Form):
    """How far it is."""

    status = PickField(_("Status"), STATUSES)
    text = TextField(_("How it stands"), required=True, longest=4_000)
    next_step = LineField(_("Next step"))
