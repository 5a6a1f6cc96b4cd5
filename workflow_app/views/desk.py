"""My desk: what waits for me, what is due, what I follow, what I was told."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request

from workflow_app import cases, queries
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.queries.organizations import is_town_empty

from . import offering
from .guards import signed_in, viewer

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("")
@signed_in
def index() -> str:
    """The first page of everyone who is signed in; `after` leads on through a long inbox."""
    me = viewer()
    return render_template(
        "desk/index.html",
        inbox=(inbox := queries.inbox(db.session, me, after=request.args.get("after"))),
        waiting=[list(tasks) for _case, tasks in groupby(inbox.rows, key=lambda task: task.case.id)],
        due=queries.due_soon(db.session, me),
        following=queries.following(db.session, me),
        news=queries.news(db.session, me),
        openable=offering.openable(me),
        open_to_all=offering.invitations(me),
        first_steps=me.is_administrator and is_town_empty(db.session),
        today=cases.current().store.calendar.local_date(clock.now()),
    )
