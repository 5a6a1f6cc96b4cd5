"""The processes themselves, for everyone: drawing, table and words."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from workflow_app.processes import REGISTRY

from .drawing import drawing
from .guards import public

bp = Blueprint("processes", __name__, url_prefix="/processes")


@bp.get("")
@public
def index() -> str:
    """All processes and what they are for."""
    return render_template("processes/index.html", processes=REGISTRY.newest())


@bp.get("/<name>")
@public
def show(name: str) -> str:
    """One process: how it goes, who does what, until when."""
    process = next((p for p in REGISTRY.newest() if p.name == name), None)
    if process is None:
        abort(404)
    return render_template("processes/show.html", process=process, drawing=drawing(process))
