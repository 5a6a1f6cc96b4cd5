"""What the site offers somebody beyond their inbox: cases to begin, and cases in which everybody may take part."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.engine.definition import Process
from workflow_app.extensions import db
from workflow_app.forms.fields import Choices
from workflow_app.processes import REGISTRY
from workflow_app.wording.telling import is_for_all

from . import choices


def openable(viewer: Viewer) -> list[Process]:
    """The processes of which this viewer may open a case for some organization of theirs."""
    if viewer.person is None:
        return []
    offered = choices.context(viewer).offered
    return [process for process in REGISTRY.newest() if _may_open(process, viewer, offered)]


def _may_open(process: Process, viewer: Viewer, offered: Callable[[str], Choices]) -> bool:
    """Whether one of the organizations that the form offers for a part is one the viewer may open it for."""
    wants = getattr(process.opening_form, "wants", {})
    for seat in process.opened_by.seats if process.opening_form else ():
        if not seat.part:
            return seat.name in viewer.principals
        organizations = offered(wants[seat.part]) if seat.part in wants else ()
        if any(f"{seat.role}@{id_}" in viewer.principals for id_, _name in organizations):
            return True
    return False


def invitations(viewer: Viewer) -> queries.Page[queries.Invitation]:
    """The cases in which everybody who is signed in may take a step now."""
    return queries.open_to_all(db.session, viewer, steps_for_all())


@cache
def steps_for_all() -> tuple[tuple[str, str, str], ...]:
    """Process, state and step of everything that anybody may do."""
    return tuple(
        (process.name, state.name, step.name)
        for process in REGISTRY.newest()
        for step in process.all_steps
        if is_for_all(step.who)
        for state in step.sources
    )
