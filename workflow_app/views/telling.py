"""The history of a case in sentences: who did what, and what was written with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.engine.definition import Field, Process
from workflow_app.extensions import db
from workflow_app.queries import Happened
from workflow_app.wording.naming import state_name
from workflow_app.wording.telling import told
from workflow_app.wording.words import day, label

from . import cells, tables, values
from .document_words import audience_text
from .tables import Known

# What a page shows as a table in its newest form; a sentence names only what is new in it.
TABLES = {"consultations", "fields", "indicators", "figures", "statuses", "series", "case", "cases", "gaps", "options",
          "standings", "recommendations"}  # fmt: skip
Detail = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing in the history, as it is told. `dated` is when it happened as a source gives it."""

    text: str
    at: Any
    seq: int
    note: str = ""
    details: Sequence[Detail] = ()
    dated: str = ""
    wording: str = ""
    source: Mapping[str, Any] | None = None


def sentences(
    process: Process, history: Sequence[Happened], fields: Sequence[Field], viewer: Viewer, *, names: bool
) -> list[Sentence]:
    """The events of a page, the newest first. Without `names` nobody is called by name: those who
    take no part in a case read which party it was (domain.md section 5)."""
    written = [{**event.told.get("set", {}), **event.told.get("add", {})} for event in history]
    known = values.knowledge(fields, written)
    papers = queries.named_documents(db.session, viewer, (paper for event in history for paper in event.papers))
    before: Sequence[Mapping[str, Any]] | None = None
    found: list[Sentence] = []
    for event, data in zip(reversed(history), reversed(written), strict=True):
        spoken = _spoken(before, data.get("consultations"), known)
        before = data.get("consultations", before if event.seq > 1 else ())
        said = _said(process, event, papers)
        written_with = (*_fell_due(process, event), *spoken, *_details(fields, data, known), *said)
        details = () if event.kind == "import" else written_with
        if event.kind == "document" and not details and not (event.erased and names):
            continue  # of a document that is not meant for the viewer nothing is told
        found.append(_sentence(process, event, details, names))
    return found[::-1]


def _sentence(process: Process, event: Happened, details: Sequence[Detail], names: bool) -> Sentence:
    if event.kind == "import":
        source = event.told
        return Sentence(
            state_name(process, event.to_state), event.at, event.seq, _note(event),
            dated=day(str(source.get("dated", {}).get("text", ""))), wording=str(source.get("wording", "")),
            source=source.get("source"),
        )  # fmt: skip
    return Sentence(told(process, event, names=names), event.at, event.seq, _note(event), details)


def _note(event: Happened) -> str:
    if event.erased:
        return _("What was written with it has been erased.")
    if event.hands < event.hands_needed:
        return _("%(done)s of %(needed)s have agreed", done=event.hands, needed=event.hands_needed)
    return ""


def _fell_due(process: Process, event: Happened) -> Iterable[Detail]:
    """The deadline because of which the clock took a step, and its last day; the clock may have come late."""
    if due := event.told.get("due"):
        deadline = process.deadline_by_name.get(due["name"])
        name = label(deadline.label) if deadline else due["name"]
        yield name, _("Time was up at the end of %(day)s", day=day(due["on"]))


def _said(process: Process, event: Happened, papers: Mapping[int, str]) -> Iterable[Detail]:
    """The documents that came with an event, were withdrawn by it or are for others since then; only those that
    the viewer may see now."""
    for one in event.told.get("documents", ()):
        if one["document"] in papers:
            number = _("Version %(number)s", number=one["version"])
            yield _("Document"), one["name"] if one["version"] == 1 else f"{one['name']} ({number})"
    for one in event.told.get("withdrawn", ()):
        if one["document"] in papers:
            yield _("Document"), papers[one["document"]]
            yield _("Reason"), one["reason"] or _("not stated")
    for one in event.told.get("audiences", ()):
        if one["document"] in papers:
            yield _("Document"), papers[one["document"]]
            yield _("Who may see it"), audience_text(process, one["audience"], one["part"])


def _details(fields: Sequence[Field], data: Mapping[str, Any], known: Known) -> Iterable[Detail]:
    """What was written with an event, field by field in the order of the process."""
    for field in fields:
        raw = data.get(field.name)
        if raw in values.EMPTY or raw is False or field.kind in TABLES:
            continue
        if isinstance(raw, Mapping):
            words = " · ".join(f"{name}: {text}" if name else text for name, text in cells.row(raw, known))
        else:
            words = values.text(field, raw, known) or ""
        yield label(field.label), words


def _spoken(
    before: Sequence[Mapping[str, Any]] | None, now: Sequence[Mapping[str, Any]] | None, known: Known
) -> Iterable[Detail]:
    """What bodies have said since the event before; nothing where that one is on an older page."""
    if now is None or before is None:
        return
    earlier = [item for item in before if item.get("outcome")]
    for item in now:
        if item.get("outcome") and item not in earlier:
            body = known.organization(item.get("organization"))
            outcome = label(tables.CONSULTATIONS.get(item["outcome"], item["outcome"]))
            yield body, ", ".join(filter(None, (outcome, tables.votes(item, known))))
