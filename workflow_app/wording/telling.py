"""One thing that happened in a case as one sentence, the same on its page and in a mail."""

from __future__ import annotations

from flask_babel import gettext as _

from workflow_app.engine.definition import Party, Process, message
from workflow_app.models.documents import ADDED, CHANGED, NEW_VERSION
from workflow_app.queries import Happened

from .words import label

FOR_ALL = {"account", "public"}
DOCUMENTS = {
    ADDED: message("%(actor)s added a document."),
    NEW_VERSION: message("%(actor)s added a new version of a document."),
    CHANGED: message("%(actor)s changed who may see a document."),
    "withdraw_document": message("%(actor)s withdrew a document."),
}


def told(process: Process, event: Happened, *, names: bool) -> str:
    """An event as a sentence; a deputy is named with the absent member. Without `names` nobody is called by
    name: those who take no part in a case read which party it was (domain.md section 5)."""
    known = by_whom(event.actor, event.represents) if names else _party(process, event)
    actor = _("The clock") if event.by_clock else known or _("Somebody")
    return _past(process, event) % {"actor": actor}


def which_document(name: str) -> str:
    """The document of an event, beside its sentence; for those only who may see it."""
    return _("Document: %(name)s", name=name)


def by_whom(name: str | None, represents: str | None) -> str:
    """Who acted, by name; a deputy together with the absent member. It fits wherever a name does in a sentence."""
    if not name or not represents:
        return name or ""
    return _("%(deputy)s (standing in for %(member)s)", deputy=name, member=represents)


def is_for_all(who: Party) -> bool:
    """Whether this party includes everybody who is signed in."""
    return any(seat.name in FOR_ALL for seat in who.seats)


def _party(process: Process, event: Happened) -> str:
    """Who may have done it, without a name; a resident is somebody."""
    step = process.step_by_name.get(event.step)
    who = process.opened_by if event.kind == "open" else step.who if step else None
    if who is None or is_for_all(who):
        return ""
    parties = [label(seat.label) for seat in who.seats if seat.part]
    return _("Somebody (%(who)s)", who=", ".join(dict.fromkeys(parties))) if parties else ""


def _past(process: Process, event: Happened) -> str:
    if event.kind == "open":
        return label(process.opened) or _("%(actor)s opened the case.", actor="%(actor)s")
    if event.kind == "erase":
        return _("%(actor)s erased personal data.", actor="%(actor)s")
    if event.kind == "migrate":
        return _("The case was moved to a newer version of its process.")
    if event.kind == "document":
        return label(DOCUMENTS[event.step])
    step = process.step_by_name.get(event.step)
    return label(step.past) if step else event.step
