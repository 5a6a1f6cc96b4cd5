"""How documents are spoken of: kind, size, who may see them. Template globals and filters."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import format_decimal
from flask_babel import gettext as _

from workflow_app.documents.kinds import BY_TYPE
from workflow_app.engine.definition import Process
from workflow_app.forms.documents import AUDIENCES
from workflow_app.queries import DocumentRow, VersionRow
from workflow_app.wording.telling import by_whom

from .words import label

KILO = 1000


def size_words(size: int) -> str:
    """A number of bytes as people say it."""
    if size < KILO:
        return _("%(size)s bytes", size=size)
    if size < KILO * KILO:
        return _("%(size)s KB", size=format_decimal(round(size / KILO)))
    return _("%(size)s MB", size=format_decimal(round(size / KILO / KILO, 1)))


def kind_words(version: VersionRow) -> str:
    """What kind of file it is."""
    kind = BY_TYPE.get(version.mime_type)
    return label(kind.label) if kind else version.mime_type


def is_shown(version: VersionRow) -> bool:
    """Whether a browser may show it in its own window."""
    kind = BY_TYPE.get(version.mime_type)
    return bool(kind and kind.shown)


def part_labels(process: Process) -> Mapping[str, str]:
    """The parts of a case that organizations hold, with their labels."""
    seats = [seat for step in process.all_steps for seat in step.who.seats]
    seats += [seat for state in process.states for seat in state.seen_by.seats]
    return {seat.part: label(seat.label) for seat in seats if seat.part and seat.role == "member"}


def audience_words(document: DocumentRow, process: Process) -> str:
    """Who may see a document."""
    return audience_text(process, document.audience, document.part)


def audience_text(process: Process, audience: str, part: str | None) -> str:
    """An audience in words; a part of the case by its label."""
    if audience == "part":
        part = part or ""
        return _("Only: %(who)s", who=part_labels(process).get(part, part))
    return label(AUDIENCES[audience])


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters["size"] = size_words
    for word in (kind_words, is_shown, audience_words, by_whom):
        app.jinja_env.globals[word.__name__] = word
