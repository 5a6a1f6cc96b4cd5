"""The questions a report asks about one measure."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from .base import Form, rows
from .fields import IdsField, LineField, OneOfField, PickField, TextField, TickField
from .measure import LIGHTS, STATUSES, IndicatorRow


class StatusForm(Form):
    """How a measure stands: what is not known stays empty and is shown as missing, never as nought."""

    status = PickField(_("Status"), STATUSES)
    light = OneOfField(_("Traffic light"), LIGHTS)
    text = TextField(_("How it stands"), required=True, longest=4_000)
    obstacles = TextField(_("What stands in the way"), longest=4_000)
    next_step = LineField(_("Next step"))
    indicators = rows(IndicatorRow, _("Indicators"), 6)
    partial_year = TickField(_("This covers only a part of the year"))
    series_break = TickField(_("An indicator is counted in another way than before"))
    break_note = LineField(_("What is counted in another way"))


class RequestOwnersForm(Form):
    """Who answers from now on."""

    wants: ClassVar = {"owner": "organizations:Verwaltungsbereich"}

    owner = IdsField(_("Responsible units"))
    note = TextField(_("Reason"), required=True, longest=2_000)
