"""People, for administrators: find, invite, give roles, lock, and read what happened to an account."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from workflow_app import people
from workflow_app.access import Viewer
from workflow_app.engine.errors import NotFound
from workflow_app.extensions import db
from workflow_app.forms.account import InviteForm, RoleForm
from workflow_app.forms.fields import NO_CHOICE, translated
from workflow_app.jobs import tasks
from workflow_app.languages import LANGUAGES
from workflow_app.models import Person
from workflow_app.people import absences, invitations, locking, memberships
from workflow_app.people.links import address_subject
from workflow_app.people.roles import roles_given_by
from workflow_app.queries import accounts
from workflow_app.queries import people as lists
from workflow_app.queries.incidents import has_open_incident

from . import choices
from .by_name import LAST_ID, searched
from .guards import administrator, viewer
from .own import absence_page, today
from .trying import FormPage, attempt

bp = Blueprint("people", __name__, url_prefix="/people")
Page = tuple[str, int] | Response
PERSON = f"/<int(max={LAST_ID}):person_id>"


@bp.get("")
@administrator
def index() -> str:
    """All accounts by name."""
    text, after = searched()
    page = lists.people(db.session, text=text, after=after)
    asked = accounts.asked_in(db.session, None)
    return render_template("people/index.html", page=page, text=text, asked=asked, from_start=after is not None)


@bp.route("/new", methods=["GET", "POST"])
@administrator
def new() -> Page:
    """Invite somebody."""
    form, made = InviteForm(), list[int]()
    if not form.is_submitted():
        form.language.data = "de"

    def deed() -> None:
        entered = form.email.data or "", form.name.data or "", form.language.data
        made.append(invitations.invite(people.current(), viewer(), *entered))

    if status := attempt(form, deed):
        lead = _("They get a mail with a link to choose a password. It works for seven days.")
        return FormPage(_("Invite somebody"), _("Invite"), url_for("people.index"), lead).show(form, status)
    flash(_("The invitation is on its way. Now you can give a role."), "success")
    return redirect(url_for("people.show", person_id=made[0]))


@bp.get(PERSON)
@administrator
def show(person_id: int) -> str:
    """One account: roles, state, record."""
    person = _person(person_id)
    before = request.args.get("before", type=int)
    return render_template(
        "people/show.html",
        person=person,
        state=lists.state_of(person),
        language=LANGUAGES.get(person.language, person.language),
        memberships=accounts.memberships_of(db.session, person_id, today()),
        deputies=accounts.deputies_of(db.session, person_id, today()),
        record=accounts.record_of(db.session, person_id, before),
        before=before,
        today=today(),
        cannot_come_in=has_open_incident(db.session, address_subject(person_id)),
    )


@bp.route(f"{PERSON}/role", methods=["GET", "POST"])
@administrator
def role(person_id: int) -> Page:
    """Give a role."""
    person, form = _person(person_id), RoleForm()
    form.choices(choices.context(viewer()))
    form.role.choices = [NO_CHOICE, *translated(roles_given_by(viewer()))]

    def deed() -> None:
        wanted = form.organization.data, form.role.data, form.start.data, form.end.data
        memberships.assign(people.current(), viewer(), person_id, *wanted)

    if status := attempt(form, deed):
        title = _("Give a role: %(person)s", person=person.name)
        return FormPage(title, _("Save"), _page_of(person_id)).show(form, status)
    return _done(person_id, _("Saved."))


@bp.route(f"{PERSON}/absence", methods=["GET", "POST"])
@administrator
def absence(person_id: int) -> Page:
    """Write down an absence, for somebody who cannot do it, being ill."""
    person = _person(person_id)
    return absence_page(person, _page_of(person_id), _("%(person)s is away:", person=person.name))


@bp.post(f"{PERSON}/absence/end")
@administrator
def back(person_id: int) -> Response:
    """Somebody is back."""
    return _do(absences.end_absence, person_id, _("Saved."))


@bp.post(f"{PERSON}/invite")
@administrator
def invite_again(person_id: int) -> Response:
    """Send another invitation."""
    return _do(invitations.invite_again, person_id, _("The invitation is on its way."))


@bp.post(f"{PERSON}/lock")
@administrator
def lock(person_id: int) -> Response:
    """Lock an account."""
    return _do(locking.lock, person_id, _("The account is locked. Its sign-ins have ended."))


@bp.post(f"{PERSON}/unlock")
@administrator
def unlock(person_id: int) -> Response:
    """Unlock an account."""
    return _do(locking.unlock, person_id, _("The account is unlocked."))


def _do(deed: Callable[[people.Store, Viewer, int], None], person_id: int, text: str) -> Response:
    deed(people.current(), viewer(), person_id)
    tasks.poke()
    return _done(person_id, text)


def _done(person_id: int, text: str) -> Response:
    flash(text, "success")
    return redirect(_page_of(person_id))


def _page_of(person_id: int) -> str:
    return url_for("people.show", person_id=person_id)


def _person(person_id: int) -> Person:
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound("There is no such account.")
    return found
