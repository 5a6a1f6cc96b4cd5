"""What I was told, how I want to be told, and stopping mails without signing in."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from workflow_app import people, queries
from workflow_app.access import takes_part
from workflow_app.engine import reaching
from workflow_app.engine.errors import NotFound
from workflow_app.extensions import csrf, db
from workflow_app.forms.notifications import PreferencesForm
from workflow_app.jobs import tasks
from workflow_app.people import preferences as wanted
from workflow_app.people import reachable, unsubscribe
from workflow_app.people.preferences import Wanted
from workflow_app.processes import REGISTRY
from workflow_app.queries import CaseRow, PaperTold
from workflow_app.wording.telling import told, which_document

from . import throttle
from .guards import public, signed_in, viewer
from .own import today
from .trying import attempt

bp = Blueprint("notifications", __name__)
Page = str | tuple[str, int] | Response
LAST_ID = 2**31 - 1
CASE = f"/cases/<int(max={LAST_ID}):case_id>"


@bp.get("/notifications")
@signed_in
def index() -> str:
    """Everything I was told, the newest first; `unread` shows only what is new, `before` leads to older ones."""
    unread, before = request.args.get("unread") == "1", request.args.get("before", type=int)
    page = queries.notifications(db.session, viewer(), unread_only=unread, before=before)
    papers = {one.id: _about_paper(one.case, one.paper) for one in page.rows if one.case and one.paper}
    return render_template("notifications/index.html", page=page, unread_only=unread, before=before, papers=papers)


def _about_paper(case: CaseRow, paper: PaperTold) -> str:
    """What happened with a document in the sentence of the page of its case, and which one it is."""
    process = REGISTRY.find(case.process, case.version)
    names = takes_part(process, paper.parts, viewer())
    return f"{told(process, paper.event, names=names)} {which_document(paper.name)}"


@bp.get(f"/notifications/<int(max={LAST_ID}):notification_id>")
@signed_in
def show(notification_id: int) -> Response:
    """Go to what a notice is about; it has been read then."""
    case_id = wanted.has_read(people.current(), current_user.id, notification_id)
    if case_id is None:
        raise NotFound("There is no such notice.")
    one = queries.notification(db.session, viewer(), notification_id)
    if one and one.paper:
        return redirect(url_for("documents.show", document_id=one.paper.document))
    if one and one.case:
        return redirect(url_for("cases.show", case_id=case_id))
    flash(_("What this was about cannot be seen by you any more."), "info")
    return redirect(url_for("notifications.index"))


@bp.post("/notifications/read")
@signed_in
def read_all() -> Response:
    """Everything that was on the page, and what is older, has been read."""
    until = min(request.form.get("until", 0, type=int), LAST_ID)
    wanted.has_read_all(people.current(), current_user.id, until)
    return redirect(url_for("notifications.index"))


@bp.route("/account/notifications", methods=["GET", "POST"])
@signed_in
def preferences() -> Page:
    """How I want to be told."""
    form = PreferencesForm()
    has = queries.wishes_of(db.session, [current_user.id], today())[current_user.id]
    if not form.is_submitted():
        form.fill(_shown(has))
    if status := attempt(form, lambda: wanted.save(people.current(), current_user.id, _entered(form))):
        knows_zone = has.knows_its_zone(people.current().calendar)
        muted = queries.muted_cases(db.session, viewer())
        page = render_template("notifications/preferences.html", form=form, muted=muted, knows_zone=knows_zone)
        return page, status
    session.pop("language", None)  # what was chosen for a visit would hide what was chosen for good
    flash(_("Saved."), "success")
    return redirect(url_for("notifications.preferences"))


def _shown(has: reaching.Wishes) -> dict[str, object]:
    ticks = {f"mail_{topic}": topic not in has.not_mailed for topic in reaching.OPTIONAL}
    return {
        "way": has.way, "hour": str(has.hour), "weekday": str(has.weekday), "quiet_from": has.quiet_from,
        "quiet_until": has.quiet_until, "zone": has.zone, "language": current_user.language, **ticks,
    }  # fmt: skip


def _entered(form: PreferencesForm) -> Wanted:
    not_mailed = frozenset(topic for topic in reaching.OPTIONAL if not form[f"mail_{topic}"].data)
    return Wanted(
        form.way.data, int(form.weekday.data), int(form.hour.data), form.quiet_from.data, form.quiet_until.data,
        form.zone.data or "", not_mailed, form.language.data,
    )  # fmt: skip


@bp.post(f"{CASE}/mute")
@signed_in
def mute(case_id: int) -> Response:
    """No news of a case any more, or again."""
    if request.form.get("stop"):
        wanted.unmute(people.current(), current_user.id, case_id)
        flash(_("You get news of this case again."), "success")
        return redirect(url_for("notifications.preferences"))
    queries.snapshot(db.session, viewer(), case_id)
    wanted.mute(people.current(), current_user.id, case_id)
    flash(_("You get no news of this case any more. What waits for you still comes."), "success")
    return redirect(url_for("cases.show", case_id=case_id))


@bp.post("/account/address/confirm")
@signed_in
@throttle.mails
def confirm_address() -> Response:
    """A mail to the present address, to show that mails arrive there."""
    reachable.confirm_again(people.current(), current_user)
    tasks.poke()
    flash(_("A mail is on its way. Please use the link in it."), "success")
    return redirect(url_for("own.index"))


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def stop(token: str) -> str:
    """Stop the mails a link is for: looking at it changes nothing, because mail programs look at links,
    too; their own button and ours send it (RFC 8058). Whose mails they are is said to nobody."""
    person, what = unsubscribe.read(current_app.config["SECRET_KEY"], token)
    done = request.method == "POST"
    if done:
        unsubscribe.stop(people.current(), person, what)
    return render_template("notifications/stop.html", kind=what.partition(":")[0], what=what, done=done)
