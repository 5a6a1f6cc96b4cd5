"""The processes themselves, for everyone: drawing, table and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, render_template

from workflow_app.cases import current, looking
from workflow_app.engine.definition import Setting
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
    in_force = _in_force(looking.rule_set(current()))
    return render_template("processes/show.html", process=process, drawing=drawing(process), in_force=in_force)


def _in_force(rules: Mapping[str, Any]) -> Callable[[Setting], Any]:
    """How the page reads a setting: the town's own value, or the default."""
    return lambda setting: setting.read(rules)
