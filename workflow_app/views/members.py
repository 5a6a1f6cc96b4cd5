"""Who belongs to an organization: for its head, for administrators, and deputies for everybody's own part."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from workflow_app import people
from workflow_app.engine.errors import NotFound
from workflow_app.engine.who import message
from workflow_app.extensions import db
from workflow_app.forms.account import DeputyForm, EndForm, MemberForm
from workflow_app.forms.base import Context
from workflow_app.forms.fields import NO_CHOICE, translated
from workflow_app.models import Organization, Person
from workflow_app.people import deputies, memberships
from workflow_app.people.addresses import as_kept
from workflow_app.people.roles import may_manage, roles_given_by
from workflow_app.queries import accounts
from workflow_app.queries.accounts import MembershipRow

from .account import safe_target
from .guards import signed_in, viewer
from .own import today
from .trying import FormPage, attempt

bp = Blueprint("members", __name__)
Page = tuple[str, int] | Response
LARGEST = 2**31 - 1


@bp.get(f"/organizations/<int(max={LARGEST}):organization_id>/members")
@signed_in
def index(organization_id: int) -> str:
    """The members of an organization and their deputies, and wishes for deputies from outside."""
    organization = _managed(organization_id)
    after = request.args.get("after", type=int)
    return render_template(
        "people/members.html",
        organization=organization,
        page=accounts.members_of(db.session, organization_id, today(), after),
        requests=accounts.requests_in(db.session, organization_id),
        roles=roles_given_by(viewer()),
    )


@bp.route(f"/organizations/<int(max={LARGEST}):organization_id>/members/new", methods=["GET", "POST"])
@signed_in
def new(organization_id: int) -> Page:
    """Somebody who has an account becomes a member."""
    organization, form = _managed(organization_id), MemberForm()
    form.role.choices = [NO_CHOICE, *translated(roles_given_by(viewer()))]

    def deed() -> None:
        person = db.session.scalar(select(Person.id).where(Person.email == as_kept(form.email.data or "")))
        if person is None:
            memberships.refuse("email", "There is no such account, or it is locked.")
        memberships.assign(
            people.current(), viewer(), person, organization_id, form.role.data, form.start.data, form.end.data
        )

    there = url_for("members.index", organization_id=organization_id)
    if status := attempt(form, deed):
        title = _("New member: %(organization)s", organization=organization.name)
        lead = _("Whoever has no account yet is invited by an administrator.")
        return FormPage(title, _("Save"), there, lead).show(form, status)
    flash(_("Saved."), "success")
    return redirect(there)


@bp.route(f"/memberships/<int(max={LARGEST}):membership_id>/end", methods=["GET", "POST"])
@signed_in
def end(membership_id: int) -> Page:
    """End a membership."""
    row, form = _membership(membership_id), EndForm()
    if not may_manage(viewer(), row.organization_id):
        raise NotFound("There is no such membership.")
    if status := attempt(form, lambda: memberships.end(people.current(), viewer(), membership_id, form.end.data)):
        title = _("End membership: %(person)s, %(organization)s", person=row.person, organization=row.organization)
        return FormPage(title, _("End it"), _there()).show(form, status)
    return _done(_("The membership is ended."))


@bp.route(f"/memberships/<int(max={LARGEST}):membership_id>/deputy", methods=["GET", "POST"])
@signed_in
def deputy(membership_id: int) -> Page:
    """Name somebody who acts for a member while that one is absent."""
    row, form = _membership(membership_id), DeputyForm()
    if row.person_id != viewer().person and not may_manage(viewer(), row.organization_id):
        raise NotFound("There is no such membership.")
    offered = accounts.colleagues(db.session, row, today())
    form.choices(Context(lambda kind: offered))
    if status := attempt(form, lambda: _name(form, row)):
        title = _("Deputy for %(person)s, %(organization)s", person=row.person, organization=row.organization)
        lead = _("A deputy may do what the member may do, but only on days of absence.")
        return FormPage(title, _("Save"), _there(), lead).show(form, status)
    if form.colleague.data or may_manage(viewer(), row.organization_id):
        return _done(_("Saved."))
    return _done(_("Noted. If there is an account with this address, the head of the organization is asked."))


def _name(form: DeputyForm, row: MembershipRow) -> None:
    who = form.colleague.data or form.email.data
    if not who:
        memberships.refuse("colleague", message("Please choose somebody, or write an address."))
    deputies.name(people.current(), viewer(), row.id, who, form.start.data, form.end.data)


@bp.post(f"/deputies/<int(max={LARGEST}):membership_id>/end")
@signed_in
def end_deputy(membership_id: int) -> Response:
    """Somebody is not a deputy any more."""
    deputies.end(people.current(), viewer(), membership_id)
    return _done(_("Saved."))


@bp.post(f"/deputies/requests/<int(max={LARGEST}):request_id>")
@signed_in
def answer(request_id: int) -> Response:
    """What the head says to a wish for a deputy from outside."""
    deputies.answer(people.current(), viewer(), request_id, request.form.get("answer") == "yes")
    return _done(_("Saved."))


def _managed(organization_id: int) -> Organization:
    """An organization whose members this viewer manages; for everybody else it is not there."""
    found = db.session.get(Organization, organization_id)
    if found is None or not may_manage(viewer(), organization_id):
        abort(404)
    return found


def _membership(membership_id: int) -> MembershipRow:
    found = accounts.membership(db.session, membership_id, today())
    if found is None:
        raise NotFound("There is no such membership.")
    return found


def _there() -> str:
    """The page somebody came from."""
    asked = request.args.get("next")
    return safe_target(asked) if asked else url_for("own.index")


def _done(text: str) -> Response:
    flash(text, "success")
    return redirect(_there())
