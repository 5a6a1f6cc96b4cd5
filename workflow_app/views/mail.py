"""Outgoing mail, for administrators: what was sent to whom, and what waits here because nobody takes it."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from workflow_app.extensions import db
from workflow_app.queries import people as lists

from .guards import administrator

bp = Blueprint("mail", __name__, url_prefix="/mail")


@bp.get("")
@administrator
def index() -> str:
    """The newest mails first; `undelivered` shows those that did not arrive."""
    before, undelivered = request.args.get("before", type=int), request.args.get("undelivered") == "1"
    return render_template(
        "people/mail.html",
        page=lists.mails(db.session, before, undelivered=undelivered),
        dead=lists.dead_letters(db.session) if before is None else (),
        has_server=bool(current_app.config["SMTP"]),
        before=before,
        undelivered=undelivered,
    )
