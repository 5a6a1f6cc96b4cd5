"""The search over everything that a viewer may see."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from workflow_app import queries
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY
from workflow_app.queries import Hit
from workflow_app.searching import typed
from workflow_app.searching.entries import DOCUMENTS, ISSUES, PARTIES, WORDING

from .guards import public, viewer
from .words import label

bp = Blueprint("search", __name__, url_prefix="/search")


@bp.get("")
@public
def index() -> str:
    """Cases in which the viewer may read what was typed, each with the place where it stands."""
    text, process = request.args.get("text", ""), request.args.get("process", "")
    processes = REGISTRY.newest()
    if process and process not in {one.name for one in processes}:
        abort(404)
    after, open_only = request.args.get("after"), request.args.get("open") == "1"
    page = queries.search(
        db.session, viewer(), text, process=process or None, open_only=open_only, after=after
    )  # fmt: skip
    chosen = {"process": process, "open": "1" if open_only else ""}
    chosen = {name: value for name, value in chosen.items() if value}
    return render_template(
        "search/index.html", page=page, text=text[: typed.LONGEST].strip(), chosen=chosen, processes=processes,
        hint=_hint(text), place=place, is_later=bool(after),
    )  # fmt: skip


def _hint(text: str) -> str:
    """What to say about what was typed, if anything."""
    read = typed.read(text)
    if not text.strip():
        return ""
    if not read.wanted and read.unwanted:
        return _("Please also say what you are looking for, and not only what should be left out.")
    if not read.wanted:
        return _("Please type at least one word or number.")
    if read.cut:
        return _(
            "That was very long: only the first %(words)s words are looked for, in the first %(letters)s characters.",
            words=typed.MOST, letters=typed.LONGEST,
        )  # fmt: skip
    return ""


def place(hit: Hit) -> str:
    """Where it was found, as the page of the case calls it."""
    if hit.excerpt is None:
        return ""
    named = {
        PARTIES: _("Who takes part"), WORDING: _("What has happened"), ISSUES: _("Where the sources disagree"),
        DOCUMENTS: _("Documents"),
    }  # fmt: skip
    field = REGISTRY.find(hit.row.process, hit.row.version).field_by_name.get(hit.excerpt.place)
    return named.get(hit.excerpt.place) or (label(field.label) if field else "")
