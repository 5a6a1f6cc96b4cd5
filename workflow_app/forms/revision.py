"""The forms of a revision (Fortschreibung)."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form, Row, rows
from .consultations import DecisionForm
from .fields import DayField, IdField, LineField, OneOfField, TextField
from .measure import WordsForm

DECISIONS = {"keep": message("Keep"), "change": message("Change"), "drop": message("Drop")}
REACHES = {
    "extends": message("Extends the concept: old fields stay"),
    "replaces": message("Replaces the concept's text"),
}


class ScopeForm(Form):
    """How far the revision goes, and how the public takes part."""

    reach = OneOfField(_("What the revision does"), REACHES)
    draft_published_on = DayField(_("Comment period begins on"), required=True)


class SkipForm(Form):
    """A revision without a comment round of its own."""

    reach = OneOfField(_("What the revision does"), REACHES)
    no_round_note = TextField(_("Why there is no comment round"), required=True, longest=2_000)


class MeasureDecisionForm(Form):
    """What becomes of one measure in force."""

    wants: ClassVar = {"measure": "measures"}

    measure = IdField(_("Measure"))
    verdict = OneOfField(_("Decision"), DECISIONS)
    goal = TextField(_("New goal"))
    description = TextField(_("New description"))
    participants = TextField(_("New participants"), longest=4_000)
    note = TextField(_("Reason"), required=True, longest=2_000)


class NewMeasureForm(WordsForm):
    """A measure that the revision adds: field, guiding principle, goal, text, participants (R08, R09)."""

    wants: ClassVar = {"working_group": "holders:working_group", "owner": "organizations"}

    working_group = IdField(_("Working group"), required=False)
    owner = IdField(_("Responsible unit"), required=False)


class FieldRow(Row):
    """One field of action of the revised version."""

    name = LineField(_("Field of action"), required=True)
    guiding_principle = LineField(_("Guiding principle of the field"), required=True, longest=1_000)


class FieldsForm(Form):
    """All fields of the revised version, in order; there may be more or fewer than before."""

    rows = rows(FieldRow, _("Fields of action"), 12)

    def submitted(self) -> dict[str, Any]:
        """The rows as numbered fields."""
        data = super().submitted()
        return {"new_fields": [{"no": no, **row} for no, row in enumerate(data["rows"], start=1)]}


class RevisionOutcomeForm(DecisionForm):
    """What a body made of the revision."""

    edition = LineField(_("Version of the text"))
    period_to = DayField(_("The new version lasts until (leave empty: as before)"))
