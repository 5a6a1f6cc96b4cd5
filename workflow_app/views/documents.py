"""Documents of cases: the list, one with its versions, adding, withdrawing, who may see them, and the files."""

from __future__ import annotations

import logging
import secrets
import unicodedata
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import wrap_file

from workflow_app import documents as files
from workflow_app import queries
from workflow_app.access import is_meant, principals_meant, takes_part
from workflow_app.cases import Added, current, papers, rights
from workflow_app.engine.definition import Process, Snapshot
from workflow_app.engine.errors import Refused
from workflow_app.extensions import db
from workflow_app.forms.base import Form
from workflow_app.forms.documents import (
    ALL,
    AudienceForm,
    DocumentForm,
    VersionForm,
    WithdrawForm,
    audience_of,
    choice_of,
)
from workflow_app.jobs import tasks
from workflow_app.models import Case
from workflow_app.processes import REGISTRY
from workflow_app.queries import DocumentRow, VersionRow

from . import uploads
from .cases import repeat_key
from .document_words import is_shown, part_labels
from .guards import public, signed_in, viewer
from .uploads import takes_files
from .words import words

bp = Blueprint("documents", __name__)
log = logging.getLogger(__name__)
Page = str | tuple[str, int] | AnyResponse
CASE = "/cases/<int(max=2147483647):case_id>/documents"
ONE = "/documents/<int(max=2147483647):document_id>"
NOTHING_RUNS = "sandbox; default-src 'none'; frame-ancestors 'none'"
# A browser shows a PDF with a program of its own, which a sandbox would keep out; scripts stay out all the same.
ONLY_SHOWN = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


# ------------------------------------------------------------------------------ reading


@bp.get(CASE)
@public
def index(case_id: int) -> str:
    """All documents of a case that the viewer may see, page by page."""
    case, snapshot = queries.snapshot(db.session, viewer(), case_id)
    after = request.args.get("after", type=int)
    page = queries.documents_of(db.session, viewer(), case_id, after=after)
    return render_template("documents/index.html", page=page, later=after is not None, **_about(case, snapshot))


@bp.get(ONE)
@public
def show(document_id: int) -> str:
    """A document with all its versions."""
    document, case, snapshot = _document(document_id)
    theirs = rights.may_withdraw(viewer(), snapshot.parts, document.added_by, closed=case.closed)
    return render_template("documents/show.html", document=document, changes=theirs, **_about(case, snapshot))


def _document(document_id: int) -> tuple[DocumentRow, Case, Snapshot]:
    """A document with its case. Raises NotFound."""
    document = queries.document(db.session, viewer(), document_id)
    return document, *queries.snapshot(db.session, viewer(), document.case_id)


def _about(case: Case, snapshot: Snapshot) -> dict[str, Any]:
    """What every page about documents says of the case."""
    process = REGISTRY.find(case.process, case.version)
    adds = rights.may_add(viewer(), snapshot.parts, closed=case.closed)
    names = takes_part(process, snapshot.parts, viewer())
    return {"case": case, "process": process, "adds": adds, "names": names}


@bp.get(f"{ONE}/<int(max=32767):number>")
@public
def file(document_id: int, number: int) -> Response:
    """The file of a version, to be kept; or to be shown by the browser, if that is asked for and harmless."""
    version = queries.version(db.session, viewer(), document_id, number)
    if version.withdrawn_at is not None:
        abort(410)
    try:
        stream = files.current().open(version.sha256)
    except FileNotFoundError:
        log.error("the file of document %s, version %s is not there", document_id, number)
        raise files.Unavailable from None
    answer: Response = current_app.response_class(
        wrap_file(request.environ, stream), content_type=version.mime_type, direct_passthrough=True
    )
    answer.call_on_close(stream.close)
    _say_what_it_is(answer, version, shown=is_shown(version) and request.args.get("show") == "1")
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=version.size)
    except RequestedRangeNotSatisfiable:
        answer.close()
        raise
    return answer


def _say_what_it_is(answer: Response, version: VersionRow, *, shown: bool) -> None:
    """Headers that let a browser keep or show it, and nothing else. It asks each time whether it may
    show again what it has kept, because documents are withdrawn."""
    answer.content_length = version.size
    answer.set_etag(version.sha256)
    answer.headers.set("Content-Disposition", "inline" if shown else "attachment", **_names(version.file_name))
    answer.headers["Content-Security-Policy"] = ONLY_SHOWN if shown else NOTHING_RUNS
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-cache"


def _names(name: str) -> dict[str, str]:
    """A name as RFC 6266 wants it: in ASCII for all, and in full."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain} | ({"filename*": f"UTF-8''{quote(name, safe='')}"} if plain != name else {})


# ------------------------------------------------------------------------------ writing


@bp.route(f"{CASE}/new", methods=["GET", "POST"])
@takes_files
@signed_in
def new(case_id: int) -> Page:
    """Add a document to a case."""
    case, snapshot = queries.snapshot(db.session, viewer(), case_id)
    about = _about(case, snapshot)
    _must(about["adds"])
    form = DocumentForm()
    form.offer_parts(_parts(about["process"], snapshot))

    def deed(sent: uploads.Uploads) -> None:
        added = Added(sent.received[0], *audience_of(form.audience.data), form.name.data or "", form.note.data)
        papers.add(current(), case_id, viewer(), added, key=repeat_key())

    title = _("Add a document")
    return _taken(form, title, deed, url_for("cases.show", case_id=case_id, _anchor="documents-title"), about)


def _parts(process: Process, snapshot: Snapshot) -> list[tuple[str, str]]:
    """The parts of a case that organizations hold, with their labels."""
    held = {part for part, holders in snapshot.parts.items() if any(h.organization for h in holders)}
    return [(part, label) for part, label in part_labels(process).items() if part in held]


@bp.route(f"{ONE}/versions/new", methods=["GET", "POST"])
@takes_files
@signed_in
def new_version(document_id: int) -> Page:
    """Add a version to a document."""
    document, case, snapshot = _document(document_id)
    about = _about(case, snapshot) | {"document": document}
    _must(about["adds"])
    form = VersionForm()

    def deed(sent: uploads.Uploads) -> None:
        papers.add_version(current(), document_id, viewer(), sent.received[0], form.note.data, key=repeat_key())

    return _taken(form, _("Add a new version"), deed, url_for("documents.show", document_id=document_id), about)


def _taken(form: Form, title: str, deed: Any, back: str, about: dict[str, Any]) -> Page:
    """The page of a form with one file, or what became of it."""
    sent, status, refused = uploads.read(1, asks=False), 200, None
    if request.method == "POST":
        if not sent.received and not sent.problems:
            sent.problems.append(_("Please choose a file."))
        status = 422
        if form.validate() and sent.is_right():
            try:
                deed(sent)
            except Refused as no:
                status, refused = no.status, words(no.reason)
            else:
                tasks.poke()
                flash(_("The document is there."), "success")
                return redirect(back)
    return render_template(
        "documents/form.html", form=form, title=title, uploads=sent, refused=refused, back=back,
        key=secrets.token_hex(16), **about,
    ), status  # fmt: skip


@bp.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(document_id: int) -> Page:
    """Withdraw a document, or one of its versions: its file goes, the record stays."""
    document, case, snapshot = _document(document_id)
    _must(rights.may_withdraw(viewer(), snapshot.parts, document.added_by, closed=case.closed))
    there = [one.number for one in document.versions if one.withdrawn_at is None]
    form = WithdrawForm(version=ALL if len(there) == 1 else None)
    form.offer_versions([(number, _("Version %(number)s", number=number)) for number in there])
    back, status, refused = url_for("documents.show", document_id=document_id), 200, None
    if request.method == "POST":
        status = 422
        if form.validate():
            number = None if form.version.data == ALL else int(form.version.data)
            try:
                papers.withdraw(current(), document_id, viewer(), form.reason.data or "", number, key=repeat_key())
            except Refused as no:
                status, refused = no.status, words(no.reason)
            else:
                flash(_("It is withdrawn."), "success")
                return redirect(back)
    return render_template(
        "documents/form.html", form=form, title=_("Withdraw"), refused=refused, back=back, document=document,
        lead=_("The file is deleted and cannot be brought back. What it was called, who withdrew it and why stays."),
        key=secrets.token_hex(16), **_about(case, snapshot),
    ), status  # fmt: skip


@bp.route(f"{ONE}/audience", methods=["GET", "POST"])
@signed_in
def change_audience(document_id: int) -> Page:
    """Change who may see a document, with all its versions."""
    document, case, snapshot = _document(document_id)
    about = _about(case, snapshot)
    _must(rights.may_withdraw(viewer(), snapshot.parts, document.added_by, closed=case.closed))
    form = AudienceForm(audience=choice_of(document.audience, document.part))
    form.offer_parts(_parts(about["process"], snapshot))
    back, status, refused = url_for("documents.show", document_id=document_id), 200, None
    if request.method == "POST":
        status = 422
        if form.validate():
            audience, part = audience_of(form.audience.data)
            try:
                papers.change_audience(current(), document_id, viewer(), audience, part, key=repeat_key())
            except Refused as no:
                status, refused = no.status, words(no.reason)
            else:
                tasks.poke()
                flash(_("Saved."), "success")
                theirs = is_meant(viewer(), principals_meant(audience, part, document.added_by, snapshot.parts))
                return redirect(back if theirs else url_for("cases.show", case_id=case.id))
    return render_template(
        "documents/form.html", form=form, title=_("Change who may see it"), refused=refused, back=back,
        document=document, key=secrets.token_hex(16), **about,
        lead=_("This holds for all versions. Who can see the document only now is told of it, as of a new one."),
    ), status  # fmt: skip


def _must(allowed: bool) -> None:
    if not allowed:
        abort(403)
