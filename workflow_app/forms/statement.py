"""The statement of a unit of the administration on a motion."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form
from .fields import PickField, TextField

RECOMMENDATIONS = {
    "adopt": message("To be adopted"),
    "adopt_changed": message("To be adopted with changes"),
    "reject": message("To be rejected"),
    "settled": message("Already settled"),
    "no_recommendation": message("No recommendation"),
}


class QuestionBackForm(Form):
    """What the unit has to know before it can say something."""

    asked_back = TextField(_("What do you need to know?"), required=True, longest=2_000)


class AnswerToUnitForm(Form):
    """The answer to it."""

    answered_back = TextField(_("Your answer"), required=True, longest=2_000)


class StatementForm(Form):
    """What the unit says to the motion."""

    recommendation = PickField(_("Recommendation"), RECOMMENDATIONS)
    text = TextField(_("Statement"), required=True)
    finance_note = TextField(_("Financial effect"), longest=2_000)
