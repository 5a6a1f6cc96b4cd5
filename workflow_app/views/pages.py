"""Pages for everyone: the start, what every public site must say, and whether we are alive."""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, send_from_directory
from sqlalchemy import text

from workflow_app import queries
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY

from .guards import public, viewer

bp = Blueprint("pages", __name__)
KERN = Path(sys.prefix) / "share/static-packages/mkdocs_kern_ux/kern-ux/vendor/kern"
A_WEEK = 7 * 24 * 60 * 60


@bp.get("/")
@public
def start() -> str:
    """What this is, and what is new."""
    newest = queries.case_list(db.session, viewer(), limit=6)
    return render_template("pages/start.html", newest=newest.rows, processes=REGISTRY.newest())


@bp.get("/health")
@public
def health() -> tuple[Response, int]:
    """200 while the database answers."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok"), 200


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """The statement on accessibility."""
    return render_template("pages/accessibility.html")


@bp.get("/imprint")
@public
def imprint() -> str:
    """Who is responsible, and what becomes of personal data."""
    return render_template("pages/imprint.html")


@bp.get("/kern/<path:name>")
@public
def kern(name: str) -> Response:
    """Styles and fonts of the KERN design system, as its package brings them."""
    return send_from_directory(KERN, name, max_age=A_WEEK)
