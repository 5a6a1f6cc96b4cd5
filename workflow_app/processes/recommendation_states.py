"""Recommendation: its places, from the first idea to what became of it, and who sees it there (domain.md 3.3)."""

from __future__ import annotations

from workflow_app.engine.definition import State
from workflow_app.engine.definition import message as _

from .parties import consultants, council_office, everyone, focus_group, lead_department, office, submitter

group = focus_group | submitter
leaders = office | consultants
offices = office | lead_department
insiders = group | leaders
concerned = insiders | lead_department | council_office

collected = State("collected", _("Collected"), seen_by=insiders, explains=_("An idea; its focus group writes it out."))
drafted = State(
    "drafted",
    _("Drafted"),
    seen_by=insiders,
    explains=_("The focus group agrees on it; who sees it otherwise is heard and written down."),
)
agreed = State("agreed", _("Agreed in the focus group"), seen_by=insiders | lead_department)
consolidated = State(
    "consolidated",
    _("Consolidated"),
    seen_by=everyone,
    explains=_("What needs a resolution goes to a body; the administration does the rest at once."),
)
proposed = State("proposed", _("Proposed to the bodies"), seen_by=everyone)
postponed = State("postponed", _("Postponed"), seen_by=everyone)
not_adopted = State(
    "not_adopted",
    _("Not adopted"),
    seen_by=everyone,
    explains=_("A body did not adopt it. It is revised, done in another way, or dropped with the reason."),
)
adopted = State("adopted", _("Adopted"), seen_by=everyone, explains=_("It becomes a measure, or is done at once."))
implementing = State("implementing", _("Being implemented"), seen_by=everyone, explains=_("It has become a measure."))
implemented = State("implemented", _("Implemented"), seen_by=everyone, final=True)
dropped = State("dropped", _("Dropped"), seen_by=everyone, final=True)
withdrawn = State("withdrawn", _("Withdrawn by the focus group"), seen_by=insiders, final=True)
merged = State("merged", _("Merged into another recommendation"), seen_by=everyone, final=True)
split = State("split", _("Became several"), seen_by=everyone, final=True)

STATES = (
    collected,
    withdrawn,
    drafted,
    agreed,
    merged,
    split,
    consolidated,
    not_adopted,
    proposed,
    postponed,
    adopted,
    implementing,
    implemented,
    dropped,
)
IN_THE_GROUP = (collected, drafted)
HANDED_OVER = (agreed, consolidated)
BEFORE_ADOPTION = (*HANDED_OVER, proposed, postponed, not_adopted)
UNDECIDED_ON = (consolidated, proposed, postponed, not_adopted, adopted)
"""Where it is known what it costs, and no measure has been made of it."""
FOLLOWED = (adopted, implementing)
LIVE = (*IN_THE_GROUP, *BEFORE_ADOPTION, *FOLLOWED)
