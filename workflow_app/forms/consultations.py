"""The consultation list of a paper (Beratungsfolge) and what each body makes of it.

The codes stand here with the words that people choose them by; what follows from an outcome is
said in `workflow_app.processes.consultations`.
"""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Context, Form, Row, rows
from .fields import Choices, CountField, DayField, IdField, IdsField, LineField, PickField, TextField, TickField

DEPARTMENTS = "organizations:Verwaltungsbereich,Fachbereich,Amt"
CONSULTED = ("Parlament", "Ausschuss", "Beirat", "Projektbeirat", "Kommission")
"""The kinds of bodies that papers go through (OParl: classification)."""
BODIES = f"organizations:{','.join(CONSULTED)}"

ROLES = {
    "hearing": message("Hearing"),
    "preliminary": message("Preliminary consultation"),
    "decision": message("Decision"),
    "information": message("For information"),
}

OUTCOMES = {
    "adopted": message("Adopted"),
    "adoptedWithChanges": message("Adopted with changes"),
    "partlyAdopted": message("Adopted in part"),
    "approved": message("Approved"),
    "rejected": message("Rejected"),
    "rejectedTie": message("Rejected by a tie"),
    "preliminaryDone": message("Recommended unchanged"),
    "preliminaryDoneWithChanges": message("Recommended with changes"),
    "takenNote": message("Taken note of"),
    "statementTakenNote": message("Statement taken note of"),
    "referred": message("Referred to another body"),
    "referredBack": message("Referred back"),
    "sentToWorkingBody": message("Sent to a working body"),
    "postponed": message("Postponed"),
    "deferred": message("Deferred"),
    "removedFromAgenda": message("Removed from the agenda"),
    "withdrawn": message("Withdrawn"),
    "absorbedIntoMainPaper": message("Taken into the main paper"),
    "settled": message("Settled"),
    "settledByStatement": message("Settled by a statement"),
    "elected": message("Elected"),
    "noVote": message("No vote"),
    "seeDocument": message("See the document"),
    "none": message("No result recorded"),
}

VOTES = {"unanimous": message("Unanimous"), "majority": message("By majority")}


class ConsultationRow(Row):
    """One body that is asked, in its place in the order."""

    wants: ClassVar = {"organization": BODIES}

    organization = IdField(_("Body"))
    role = PickField(_("Role"), ROLES)
    optional = TickField(_("The decision need not wait for it"))
    closed = TickField(_("Not public"))
    until = DayField(_("The decision waits until"))


class ConsultationsForm(Form):
    """The paper and the bodies it goes through, in order; the same body may stand there twice."""

    paper = LineField(_("Number of the paper"))
    consultations = rows(ConsultationRow, _("Bodies in order"))


class AddConsultationForm(Form):
    """One more body, at the end of the advice and before the decision."""

    wants: ClassVar = {"organization": BODIES}

    organization = IdField(_("Body"))
    role = PickField(_("Role"), ROLES)
    optional = TickField(_("The decision need not wait for it"))
    closed = TickField(_("Not public"))
    until = DayField(_("The decision waits until"))
    note = TextField(_("Reason"), longest=2_000)


def still_to_speak(context: Context) -> Choices:
    """The bodies of the case's own list that have not yet spoken, by their place in it."""
    names = dict(context.offered("organizations"))
    entries = enumerate(context.data.get("consultations") or ())
    waiting = [(at, entry) for at, entry in entries if not entry["outcome"]]
    return [(at, f"{at + 1}. {names.get(e['organization'], e['organization'])}") for at, e in waiting]


class OutcomeForm(Form):
    """What one body made of the paper. Counts are kept; unanimous or majority follows from them."""

    wants: ClassVar = {"refer_to": BODIES, "together_with": BODIES}

    consultation = IdField(_("Body"))
    outcome = PickField(_("Outcome"), OUTCOMES)
    on = DayField(_("Date of the meeting"), required=True)
    yes = CountField(_("Votes for"))
    no = CountField(_("Votes against"))
    abstained = CountField(_("Abstentions"))
    source_label = PickField(_("The minutes call the vote"), VOTES, required=False)
    changed_text = TextField(_("What was changed, in the words of the resolution"))
    refer_to = IdField(_("Referred to"), required=False)
    postponed_to = DayField(_("Postponed to (leave open if no date was set)"))
    together_with = IdsField(_("Next time together with"))
    note = TextField(_("Note"), longest=2_000)

    def choices(self, context: Context) -> None:
        """The bodies of the case's own list that have not yet spoken."""
        super().choices(context)
        self.consultation.offer(still_to_speak(context))


class LivingRow(Row):
    """A part of the text that is not frozen by the resolution."""

    name = LineField(_("Part of the text"), required=True)


class DecisionForm(OutcomeForm):
    """What a body made of a concept or of its revision, and what it tied to the adoption."""

    revise_within_months = CountField(_("To be revised within so many months"), most=240)
    measures_need_resolutions = TickField(_("Money is voted on separately: measures need own resolutions"))
    living_parts = rows(LivingRow, _("Parts the administration may keep up to date without a resolution"), 4)
