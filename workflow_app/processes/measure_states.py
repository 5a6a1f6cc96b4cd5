"""Measure: its places, from the proposal to what became of it, and who sees it there."""

from __future__ import annotations

from workflow_app.engine.definition import State
from workflow_app.engine.definition import message as _

from .parties import everyone, office, steering_group, submitter, working_group

proposers = working_group | submitter
insiders = proposers | steering_group | office

proposed = State("proposed", _("Proposed"), seen_by=insiders)
returned = State(
    "returned",
    _("Returned to the working group"),
    seen_by=insiders,
    explains=_("Something is missing or unclear; the reason stands in the case."),
)
taken_into_draft = State("taken_into_draft", _("Taken into the draft"), seen_by=insiders)
released = State(
    "released",
    _("Kept as an idea"),
    seen_by=insiders,
    explains=_("No concept carries it for now; it may be taken up again or be adopted on its own."),
)
withdrawn = State("withdrawn", _("Withdrawn"), seen_by=insiders, final=True)
merged = State("merged", _("Merged into another measure"), seen_by=insiders, final=True)
adopted = State("adopted", _("Adopted"), seen_by=everyone)
running = State("running", _("Running"), seen_by=everyone)
proven = State("proven", _("Proved itself"), seen_by=everyone)
changed = State("changed", _("Changed"), seen_by=everyone, explains=_("It goes on in another shape."))
dropped = State("dropped", _("Dropped"), seen_by=everyone, final=True)
finished = State("finished", _("Finished"), seen_by=everyone, final=True)

STATES = (
    proposed,
    returned,
    taken_into_draft,
    released,
    withdrawn,
    merged,
    adopted,
    running,
    proven,
    changed,
    dropped,
    finished,
)
IN_THE_GROUPS = (proposed, returned)
BEFORE_ADOPTION = (*IN_THE_GROUPS, taken_into_draft)
FOLLOWED = (adopted, running, proven, changed)
ENDED = (dropped, finished)
