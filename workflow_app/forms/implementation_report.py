"""The forms of the yearly implementation report."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form
from .consultations import BODIES
from .fields import DayField, IdField, LineField, OneOfField, TextField

VERDICTS = {"keep": message("Keep"), "change": message("Change"), "drop": message("Drop")}


class AskForm(Form):
    """The cut-off date of the figures, and until when the answers are wanted."""

    cut_off = DayField(_("Cut-off date of all figures"), required=True)
    answers_until = DayField(_("Answers until (leave empty: four weeks)"))


class DraftForm(Form):
    """What the report says as a whole."""

    summary = TextField(_("Summary"), required=True)


class CheckForm(Form):
    """Numbers, percentages and sums were checked; what was found is said."""

    check_note = TextField(_("What was checked and corrected"), required=True, longest=4_000)


class TableForm(Form):
    """The report as a paper for information."""

    wants: ClassVar = {"body": BODIES}

    body = IdField(_("Body"))
    paper = LineField(_("Number of the paper"), required=True)
    meeting_on = DayField(_("Date of the meeting"))


class NoteTakenForm(Form):
    """The body took note."""

    noted_on = DayField(_("Date of the meeting"), required=True)
    wishes = TextField(_("What the body wishes to be changed"), longest=4_000)


class PublicationForm(Form):
    """Since when the report can be read by everyone."""

    published_on = DayField(_("Published on"), required=True)


class RedForm(Form):
    """What becomes of a red measure."""

    wants: ClassVar = {"measure": "red"}

    measure = IdField(_("Measure"))
    verdict = OneOfField(_("Decision"), VERDICTS)
    note = TextField(_("Reason"), required=True, longest=2_000)
