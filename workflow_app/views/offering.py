"""What the site offers somebody beyond their inbox: cases to begin, and cases in which everybody may take part."""

from __future__ import annotations

from functools import cache

from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.engine.definition import Process, Step
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY

FOR_ALL = {"account", "public"}


def openable(viewer: Viewer) -> list[Process]:
    """The processes of which this viewer may open a case for some organization of theirs."""
    if viewer.person is None:
        return []
    roles = {principal.partition("@")[0] for principal in viewer.principals if "@" in principal}
    return [
        process
        for process in REGISTRY.newest()
        if process.opening_form and any(seat.role in roles or not seat.part for seat in process.opened_by.seats)
    ]


def invitations(viewer: Viewer) -> queries.Page[queries.Invitation]:
    """The cases in which everybody who is signed in may take a step now."""
    return queries.open_to_all(db.session, viewer, _steps_for_all())


def is_for_all(step: Step) -> bool:
    """Whether anybody who is signed in may take this step."""
    return any(seat.name in FOR_ALL for seat in step.who.seats)


@cache
def _steps_for_all() -> tuple[tuple[str, str, str], ...]:
    """Process, state and step of everything that anybody may do."""
    return tuple(
        (process.name, state.name, step.name)
        for process in REGISTRY.newest()
        for step in process.all_steps
        if is_for_all(step)
        for state in step.sources
    )
