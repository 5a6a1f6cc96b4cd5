"""Pages for everyone: the start, what every public site must say, and whether we are alive."""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, send_from_directory
from sqlalchemy import text

from workflow_app import cases, queries
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY

from . import offering
from .guards import public, viewer

bp = Blueprint("pages", __name__)
KERN = Path(sys.prefix) / "share/static-packages/mkdocs_kern_ux/kern-ux/vendor/kern"
LOOKED_AT, SHOWN = 40, 8
A_WEEK = 7 * 24 * 60 * 60


@bp.get("/")
@public
def start() -> str:
    """What this is, where one can take part, and what is new."""
    return render_template(
        "pages/start.html",
        newest=_newest(),
        open_to_all=offering.invitations(viewer()),
        processes=REGISTRY.newest(),
        today=cases.current().store.calendar.local_date(clock.now()),
    )


def _newest() -> list[queries.CaseRow]:
    """The newest matters: what has a case number of its own, not the questions and answers within it."""
    rows = queries.case_list(db.session, viewer(), limit=LOOKED_AT).rows
    return [row for row in rows if REGISTRY.find(row.process, row.version).number_prefix][:SHOWN]


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
