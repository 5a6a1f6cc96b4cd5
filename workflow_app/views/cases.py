"""Cases: the list, the page of one, the form of a step, opening and following."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from workflow_app import cases, queries
from workflow_app.cases import following, looking
from workflow_app.engine.definition import Holder, Opening, Process, Snapshot, Step
from workflow_app.engine.errors import Invalid, NotFound, Refused
from workflow_app.extensions import db
from workflow_app.forms.base import Form
from workflow_app.jobs import tasks
from workflow_app.processes import REGISTRY
from workflow_app.searching.typed import LONGEST

from . import case_page, choices, offering, uploads
from .guards import public, signed_in, viewer
from .uploads import Uploads, takes_files
from .words import words

bp = Blueprint("cases", __name__, url_prefix="/cases")
Page = str | tuple[str, int] | Response
LAST_ID = 2**31 - 1


class ConfirmForm(Form):
    """A step that asks for nothing but the decision to take it."""


@bp.get("")
@public
def index() -> str:
    """All cases the viewer may see, with search and filters."""
    wanted = {name: request.args.get(name, "").strip() for name in ("process", "state", "text")}
    wanted["text"] = wanted["text"][:LONGEST]
    known = {process.name: process for process in REGISTRY.newest()}
    if wanted["process"] and wanted["process"] not in known:
        abort(404)
    chosen = known.get(wanted["process"])
    if not chosen or wanted["state"] not in chosen.state_by_name:
        wanted["state"] = ""  # a state of the process that was chosen before
    after = min(request.args.get("after", 0, type=int), LAST_ID) or None
    page = queries.case_list(
        db.session, viewer(), process=wanted["process"] or None, state=wanted["state"] or None,
        text=wanted["text"] or None, open_only=request.args.get("open") == "1", after=after,
    )  # fmt: skip
    return render_template(
        "cases/index.html", page=page, wanted=wanted, processes=known.values(), chosen=chosen,
        openable=offering.openable(viewer()), paging_from_start=after is not None,
        paging={k: v for k, v in request.args.items() if k != "after"},
    )  # fmt: skip


@bp.get("/<int(max=2147483647):case_id>")
@public
def show(case_id: int) -> str:
    """The page of one case; `before` leads to older parts of its history."""
    before = request.args.get("before", type=int)
    return render_template("cases/show.html", before=before, **case_page.context(viewer(), case_id, before))


@bp.route("/<int(max=2147483647):case_id>/steps/<name>", methods=["GET", "POST"])
@takes_files
@signed_in
def step(case_id: int, name: str) -> Page:
    """The form of a step; what was entered stays there when something is wrong."""
    _case, case = queries.snapshot(db.session, viewer(), case_id)
    process = REGISTRY.find(case.process, case.version)
    wanted = process.step_by_name.get(name)
    if wanted is None:
        raise NotFound("There is no such step.")
    form = _form(wanted.form, case)
    if request.method == "POST":
        return _take(case, process, wanted, form)
    for offer in looking.offers(cases.current(), case, viewer().actor):
        if offer.step is wanted and offer.reason:
            return _step_page(case, process, wanted, form, 403, words(offer.reason))
    return _step_page(case, process, wanted, form)


def _form(kind: type | None, case: Snapshot | None) -> Form:
    form: Form = (kind or ConfirmForm)()
    form.choices(choices.context(viewer(), case))
    return form


def _take(case: Snapshot, process: Process, wanted: Step, form: Form) -> Page:
    sent = uploads.read()
    if not all((form.validate(), sent.is_right())):
        return _step_page(case, process, wanted, form, 422, sent=sent)
    try:
        cases.act(
            case.id, wanted.name, viewer().actor, form.submitted(),
            key=repeat_key(), expected=request.form.get("seq", type=int), documents=sent.added(),
        )  # fmt: skip
    except Refused as no:
        return _step_page(case, process, wanted, form, no.status, words(no.reason), sent)
    tasks.poke()
    flash(_("Done: %(step)s", step=_(wanted.label)), "success")
    if queries.may_see(db.session, viewer(), case.id):
        return redirect(url_for("cases.show", case_id=case.id))
    return redirect(url_for("desk.index"))


def repeat_key() -> str | None:
    """The key that makes a double click one step; only the site's own kind is taken."""
    key = request.form.get("key", "")
    return key if len(key) == 32 and key.isalnum() else None


def _step_page(
    case: Snapshot, process: Process, wanted: Step, form: Form, status: int = 200, refused: str | None = None,
    sent: Uploads | None = None,
) -> tuple[str, int]:  # fmt: skip
    shown = request.form.get("seq", type=int)
    return render_template(
        "cases/step.html", case=case, process=process, step=wanted, form=form, refused=refused,
        seq=shown if shown is not None and status == 422 else case.seq,
        key=secrets.token_hex(16), uploads=sent or uploads.read(),
    ), status  # fmt: skip


@bp.route("/new/<name>", methods=["GET", "POST"])
@takes_files
@signed_in
def new(name: str) -> Page:
    """Open a case of a process."""
    process = next((p for p in REGISTRY.newest() if p.name == name and p.opening_form), None)
    if process is None:
        raise NotFound("There is no such process.")
    form, sent = _form(process.opening_form, None), uploads.read()
    if request.method == "POST" and all((form.validate(), sent.is_right())):
        try:
            done = cases.open_case(
                process.name, _opening(process, form), viewer().actor, key=repeat_key(), documents=sent.added()
            )
        except Refused as no:
            return _opening_page(process, form, sent, no.status, words(no.reason))
        tasks.poke()
        flash(_("Opened."), "success")
        return redirect(url_for("cases.show", case_id=done.case_id))
    return _opening_page(process, form, sent, 422 if request.method == "POST" else 200)


def _opening(process: Process, form: Form) -> Opening:
    """What was entered, sorted into title, parts and data."""
    data = form.submitted()
    title = data.pop("title", None)
    if not title:
        raise Invalid("Please fill in this field.")
    parts = {}
    for part in process.opening_parts:
        value = data.pop(part, None)
        ids = value if isinstance(value, list) else [value] if value else []
        parts[part] = tuple(Holder(organization=int(one)) for one in ids)
    return Opening(str(title), data, parts)


def _opening_page(
    process: Process, form: Form, sent: Uploads, status: int, refused: str | None = None
) -> tuple[str, int]:
    return render_template(
        "cases/new.html", process=process, form=form, refused=refused, key=secrets.token_hex(16), uploads=sent
    ), status  # fmt: skip


@bp.post("/<int(max=2147483647):case_id>/follow")
@signed_in
def follow(case_id: int) -> Response:
    """Keep an eye on a case, or stop doing so."""
    queries.snapshot(db.session, viewer(), case_id)
    person = viewer().person
    if person is None:
        abort(403)
    change = following.unfollow if request.form.get("stop") else following.follow
    change(cases.current(), person, case_id)
    return redirect(url_for("cases.show", case_id=case_id))
