"""Concept: its places, from the idea to the archive, and who sees it there (domain.md 3.1)."""

from __future__ import annotations

from workflow_app.engine.definition import State
from workflow_app.engine.definition import message as _

from .parties import council_office, everyone, lead_department, office, steering_group, working_group

offices = office | lead_department | council_office
insiders = offices | steering_group | working_group

idea = State("idea", _("Idea"), seen_by=offices)
given_up = State("given_up", _("Not pursued"), seen_by=offices, final=True)
commissioned = State(
    "commissioned",
    _("Commissioned"),
    seen_by=insiders,
    explains=_("A council or committee has ordered the concept; the kick-off is being prepared."),
)
kicked_off = State("kicked_off", _("Kicked off"), seen_by=insiders)
in_groups = State(
    "in_groups",
    _("Working groups propose"),
    seen_by=insiders,
    explains=_("Every group works in its field of action and proposes measures until the closing date."),
)
proposals_due = State("proposals_due", _("Proposals due"), seen_by=insiders)
assembling = State(
    "assembling",
    _("Draft is assembled"),
    seen_by=insiders,
    explains=_("The steering group joins the proposals to one draft and approves it."),
)
internal_draft = State("internal_draft", _("Internal draft"), seen_by=insiders)
public_draft = State(
    "public_draft",
    _("Public draft"),
    seen_by=everyone,
    explains=_("Everyone may read the draft and comment on it until the comment period ends."),
)
consideration = State(
    "consideration",
    _("Comments are weighed"),
    seen_by=insiders,
    explains=_("Every comment gets an answer: taken over, taken over in part or not, with the reason."),
)
in_consultation = State(
    "in_consultation",
    _("In consultation"),
    seen_by=everyone,
    explains=_("Committees and council deal with the concept in the order of the consultation list."),
)
postponed = State("postponed", _("Postponed"), seen_by=everyone)
adopted = State("adopted", _("Adopted"), seen_by=everyone)
adopted_with_changes = State(
    "adopted_with_changes",
    _("Adopted with changes"),
    seen_by=everyone,
    explains=_("The council's changes must be merged into the text before it is published."),
)
rejected = State("rejected", _("Rejected"), seen_by=everyone)
withdrawn = State("withdrawn", _("Withdrawn"), seen_by=everyone)
published = State("published", _("Published"), seen_by=everyone)
in_force = State(
    "in_force",
    _("In force"),
    seen_by=everyone,
    explains=_("It stays in force while its yearly reports and its revisions run as cases of their own."),
)
replaced = State("replaced", _("Replaced"), seen_by=everyone)
expired = State(
    "expired",
    _("Expired"),
    seen_by=everyone,
    explains=_("The period is over. Its measures are followed up all the same."),
)
archived = State("archived", _("Archived"), seen_by=everyone, final=True)

STATES = (
    idea,
    given_up,
    commissioned,
    kicked_off,
    in_groups,
    proposals_due,
    assembling,
    internal_draft,
    public_draft,
    consideration,
    in_consultation,
    postponed,
    adopted,
    adopted_with_changes,
    rejected,
    withdrawn,
    published,
    in_force,
    replaced,
    expired,
    archived,
)
GROUPS_WORK = (in_groups, proposals_due)
BEFORE_DRAFT = (commissioned, kicked_off, in_groups, proposals_due, assembling)
BEFORE_COUNCIL = (*BEFORE_DRAFT, internal_draft, public_draft, consideration)
BEFORE_DECISION = (*BEFORE_COUNCIL, in_consultation, postponed)
