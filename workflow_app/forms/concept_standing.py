"""What is filled in for a concept from its adoption on."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Context, Form
from .fields import CountField, DayField, IdField, LineField, OneOfField, PickField, TextField

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


class LivingPartForm(Form):
    """A part that the resolution left to the administration, in its new words."""

    part = IdField(_("Which part"))
    text = TextField(_("The part as it reads now"), required=True)
    note = TextField(_("Reason"), required=True, longest=2_000)

    def choices(self, context: Context) -> None:
        """The parts that came with the resolution."""
        super().choices(context)
        parts = enumerate(context.data.get("living_parts") or ())
        self.part.offer([(at, str(part["name"])) for at, part in parts])
