"""Incidents, for staff and administrators: what went wrong, another try, or none for a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid
from workflow_app.extensions import db
from workflow_app.forms.incidents import DecisionForm
from workflow_app.incidents.deciding import AT_ONCE, Decided
from workflow_app.jobs import again, tasks
from workflow_app.models import Person
from workflow_app.queries import incidents as lists
from workflow_app.queries.rows import LAST_ID

from .guards import caretaker, viewer
from .incident_words import KINDS
from .words import words

bp = Blueprint("incidents", __name__, url_prefix="/incidents")
Page = tuple[str, int] | Response


@bp.get("")
@caretaker
def index() -> tuple[str, int]:
    """What is not settled."""
    form = DecisionForm()
    form.which.data = "ticked"
    return _page(form, clock.now())


@bp.get("/settled")
@caretaker
def settled() -> str:
    """What was solved or discarded, by whom and why."""
    kind, after = _kind(), request.args.get("after")
    page = lists.settled(db.session, viewer(), kind=kind, after=after)
    return render_template("incidents/settled.html", page=page, kind=kind, kinds=KINDS, after=after)


@bp.post("")
@caretaker
def decide() -> Page:
    """Try again or discard what is ticked, or all that this page and those after it could show."""
    form, kind, until = DecisionForm(), _kind(), _moment(request.form.get("until", ""))
    deed = request.form.get("deed")
    if deed not in ("retry", "discard"):
        abort(400)
    if not form.validate():
        return _again(form, until)
    ids = _chosen(form, kind, until)
    if not ids:
        form.which.errors = [_("Please tick at least one.")]
        return _again(form, until)
    try:
        decided = _decided(deed, ids, form.reason.data or "")
    except Invalid as no:
        form.reason.errors = [words(no.reason)]
        return _again(form, until)
    tasks.poke()
    _tell(deed, decided)
    if form.which.data == "all" and len(ids) == AT_ONCE:
        flash(_("So many are decided at once. If there are more, please do it once more."), "info")
    return redirect(url_for("incidents.index", kind=kind))


def _again(form: DecisionForm, until: datetime) -> tuple[str, int]:
    """The page as it was sent; what is missing is said on top, too, because the form is far below."""
    for field in form:
        for error in field.errors:
            flash(error, "danger")
    return _page(form, until, 422)


def _page(form: DecisionForm, until: datetime, status: int = 200) -> tuple[str, int]:
    kind, after = _kind(), request.args.get("after")
    page = lists.incidents(db.session, viewer(), kind=kind, after=after)
    counts = lists.incident_counts(db.session)
    shown = render_template(
        "incidents/index.html", page=page, counts=counts, total=sum(counts.values()), kind=kind, kinds=KINDS,
        form=form, ticked=set(_ticked()), until=until.isoformat(), after=after,
    )  # fmt: skip
    return shown, status


def _kind() -> str | None:
    """The kind to which the list is narrowed down."""
    found = request.args.get("kind")
    return found if found in KINDS else None


def _moment(text: str) -> datetime:
    """When the page was shown that was sent: what came later nobody has read."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        abort(400)
    return found if found.tzinfo else abort(400)


def _ticked() -> list[int]:
    return [one for one in request.form.getlist("incident", type=int) if 0 < one <= LAST_ID][:AT_ONCE]


def _chosen(form: DecisionForm, kind: str | None, until: datetime) -> Sequence[int]:
    if form.which.data == "all":
        return lists.open_incident_ids(db.session, kind, until, AT_ONCE)
    return _ticked()


def _decided(deed: str, ids: Sequence[int], reason: str) -> Decided:
    me = viewer().person
    assert me is not None
    return again.retry(me, ids) if deed == "retry" else again.discard(me, ids, reason)


# ----------------------------------------------------------------------------- what was done


def _tell(deed: str, decided: Decided) -> None:
    """Say what was done, and of the rest why it was not."""
    if n := len(decided.done):
        done = {
            "retry": ngettext("%(num)s incident is being tried again.", "%(num)s incidents are being tried again.", n),
            "discard": ngettext("%(num)s incident was discarded.", "%(num)s incidents were discarded.", n),
        }[deed]
        flash(done, "success")
    names = _names({one.by for one in decided.left if one.by})
    for (why, by), n in Counter((one.why, one.by) for one in decided.left).items():
        flash(f"{_not_done(n)} {_why(why, names.get(by or 0, ''))}", "info")


def _not_done(n: int) -> str:
    return ngettext("Nothing was done about %(num)s incident:", "Nothing was done about %(num)s incidents:", n)


def _why(why: str, name: str) -> str:
    if why == "discarded":
        return _("already discarded by %(name)s.", name=name)
    if why == "retrying":
        return _("%(name)s has already asked for another try.", name=name)
    return {
        "solved": _("it has gone well in the meantime."),
        "busy": _("it is being tried at this moment. Please look again in a minute."),
        "alone": _("it goes on by itself, or somebody else must do something."),
    }.get(why, _("it is not there any more."))


def _names(ids: set[int]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(query)} if ids else {}
