"""Concept: its way through committees and council."""

from __future__ import annotations

from workflow_app.engine.definition import (
    Branch,
    Data,
    Facts,
    Fire,
    Notice,
    Snapshot,
    State,
    Step,
    possible,
)
from workflow_app.engine.definition import message as _
from workflow_app.forms import concept as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.consultations import AddConsultationForm

from . import concept_children as children
from . import concept_rules as rules
from . import concept_writes as writes
from . import consultations
from .comments import comments_answered
from .concept_states import (
    BEFORE_DECISION,
    BEFORE_DRAFT,
    adopted,
    adopted_with_changes,
    commissioned,
    in_consultation,
    insiders,
    internal_draft,
    postponed,
    rejected,
    withdrawn,
)
from .consultation_rules import body_is_known, list_is_known, outcome_rules, somebody_decides
from .consultations import Standing, standing_after
from .parties import council_office, lead_department

STANDS_IN = {
    Standing.OPEN: in_consultation,
    Standing.SENT_BACK: internal_draft,
    Standing.POSTPONED: postponed,
    Standing.WITHDRAWN: withdrawn,
    Standing.REJECTED: rejected,
    Standing.ADOPTED: adopted,
    Standing.ADOPTED_WITH_CHANGES: adopted_with_changes,
}


def _by_outcome(case: Snapshot, data: Data, facts: Facts) -> State:
    return STANDS_IN[standing_after(case, data)]


def _where_it_was(case: Snapshot, data: Data, facts: Facts) -> State:
    """Back to the council where that is wanted and there is a list; else as far back as it had come."""
    if case.data.get("withdrawn_from") in {state.name for state in BEFORE_DRAFT}:
        return commissioned
    to_council = data.get("how") == "council" and case.data.get("consultations")
    return in_consultation if to_council else internal_draft


# --------------------------------------------------------------------------- council

to_council = Step(
    "to_council",
    _("Bring to the council"),
    internal_draft,
    in_consultation,
    who=lead_department,
    past=_("%(actor)s brought the concept to the council."),
    form=forms.ToCouncilForm,
    when=(rules.public_was_heard, comments_answered, list_is_known, somebody_decides),
    writes=writes.brought_to_council,
    tell=(
        Notice("concept_to_council", to=council_office | insiders, subject=_("On its way to the council: %(title)s")),
    ),
)
add_consultation = Step(
    "add_consultation",
    _("Add a body"),
    (in_consultation, postponed),
    None,
    who=council_office | lead_department,
    past=_("%(actor)s added a body to the consultation list."),
    kind=possible,
    form=AddConsultationForm,
    when=(body_is_known,),
    writes=consultations.added,
)
record_outcome = Step(
    "record_outcome",
    _("Record the outcome of a body"),
    in_consultation,
    Branch(tuple(STANDS_IN.values()), _by_outcome),
    who=council_office | lead_department,
    past=_("%(actor)s recorded what a body made of the concept."),
    form=forms.ResolutionForm,
    when=outcome_rules,
    writes=writes.outcome_recorded,
    fires=(
        Fire("predecessor", "concept", "replace", _("The plan before it is replaced"), where=children.adopts_instead),
        Fire(
            "child",
            "measure",
            "adopt_with_concept",
            _("Its measures are adopted"),
            where=children.adopts,
            data=children.with_resolution,
        ),
        Fire("child", "measure", "release", _("Its measures are released"), where=children.lets_go),
    ),
    tell=(Notice("outcome_recorded", to=insiders, subject=_("A body has dealt with: %(title)s")),),
)
resume = Step(
    "resume",
    _("Put on the agenda again"),
    postponed,
    in_consultation,
    who=council_office | lead_department,
    past=_("%(actor)s put the postponed concept on the agenda again."),
    form=forms.ResumeForm,
    writes=writes.resumed,
)
withdraw = Step(
    "withdraw",
    _("Withdraw"),
    BEFORE_DECISION,
    withdrawn,
    who=lead_department,
    past=_("%(actor)s withdrew the concept."),
    kind=possible,
    form=NoteForm,
    writes=writes.left_off,
    fires=(Fire("child", "measure", "release", _("Its measures are released")),),
    tell=(Notice("concept_withdrawn", to=insiders, subject=_("Withdrawn: %(title)s")),),
)
resubmit = Step(
    "resubmit",
    _("Bring in again"),
    (withdrawn, rejected),
    Branch((commissioned, internal_draft, in_consultation), _where_it_was),
    who=lead_department,
    past=_("%(actor)s brought the concept in again."),
    kind=possible,
    form=forms.ResubmitForm,
    writes=writes.resubmitted,
    tell=(Notice("concept_resubmitted", to=insiders, subject=_("Brought in again: %(title)s")),),
)

DECIDING = (to_council, add_consultation, record_outcome, resume, withdraw, resubmit)
