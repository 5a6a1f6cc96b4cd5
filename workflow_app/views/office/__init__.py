"""The dashboard of staff: what is due, what waits and for whom, who has too much; and the lists behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from workflow_app import cases, queries
from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.queries import office
from workflow_app.views.guards import staff, viewer

from . import exporting, figures, filters, tables
from .saying import load_words, whens

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")


@bp.get("")
@staff
def index() -> str:
    """All figures that this viewer may know, each with the way to its list."""
    return render_template("dashboard/index.html", **figures.context(filters.read(), _me(), _today()))


@bp.get("/deadlines")
@staff
def deadlines() -> str:
    """The deadlines that end in a stretch of time, or that stand still."""
    return _page("deadlines")


@bp.get("/cases")
@staff
def open_cases() -> str:
    """The open cases, of a process and state or of all."""
    return _page("cases")


@bp.get("/steps")
@staff
def steps() -> str:
    """The steps that wait for a unit or a person."""
    return _page("steps")


@bp.get("/<any(deadlines, cases, steps):what>.csv")
@staff
def export(what: str) -> Response:
    """The whole list as a file for a spreadsheet."""
    wanted, me, today = filters.read(), _me(), _today()
    if what == "steps" and not wanted.waits_for:
        abort(404)
    table = tables.TABLES[what]
    return exporting.answer(table, today, lambda after: table.rows(wanted, me, today, after, exporting.CHUNK))


def _page(name: str) -> str:
    """A page of a list; steps are listed only for somebody."""
    wanted, me, today, table = filters.read(), _me(), _today(), tables.TABLES[name]
    page: queries.Page[Any] = queries.Page([])
    if name != "steps" or wanted.waits_for:
        page = table.rows(wanted, me, today, request.args.get("after"), office.ROWS)
    return render_template(
        "dashboard/list.html", name=name, wanted=wanted, page=page, title=table.title(wanted, today),
        columns=table.columns(), rows=tables.cells(table, page.rows, today), whens=whens(today), loads=load_words(),
        offered=figures.offered(wanted, me, today), args=wanted.args(name), from_start="after" in request.args,
    )  # fmt: skip


def _me() -> Viewer:
    """Who looks, without what they may see as a private person only."""
    return office.in_office(viewer())


def _today() -> date:
    return cases.current().store.calendar.local_date(clock.now())
