"""Deny by default: a page that does not say who may open it is open to nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from workflow_app import access, cases
from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.extensions import db

GUARDS = ("public", "signed_in", "staff", "caretaker", "administrator")


def _guard(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.guard = name  # type: ignore[attr-defined]
        return view

    return mark


public = _guard("public")
signed_in = _guard("signed_in")
staff = _guard("staff")
caretaker = _guard("caretaker")
administrator = _guard("administrator")


def guard_of(app: Flask, endpoint: str) -> str | None:
    """Who may open a page: one of `GUARDS`, or None for nobody."""
    found: str | None = getattr(app.view_functions[endpoint], "guard", None)
    return found


def check() -> Response | None:
    """Before every request: let through whom the page names."""
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard not in GUARDS:
        abort(403)
    if guard == "public":
        return None
    if not current_user.is_authenticated:
        session["notice"] = _("Please sign in first.")
        if request.method != "GET":
            abort(403)
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    if not _passes(guard):
        abort(403)
    return None


def _passes(guard: str | None) -> bool:
    """Whether somebody who is signed in passes this guard."""
    me = viewer()
    return {
        "signed_in": True, "staff": me.is_staff, "caretaker": me.is_caretaker, "administrator": me.is_administrator,
    }.get(guard or "", False)  # fmt: skip


def viewer() -> Viewer:
    """Who is looking, with everything they are entitled to today; found once per request."""
    if "viewer" not in g:
        person = getattr(current_user, "person", None)
        today = cases.current().store.calendar.local_date(clock.now())
        g.viewer = access.viewer(db.session, person, today)
    found: Viewer = g.viewer
    return found
