"""Organizations, for administrators: the bodies, groups, departments and partners of the town."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from workflow_app import people
from workflow_app.access import Viewer
from workflow_app.engine.errors import NotFound
from workflow_app.extensions import db
from workflow_app.forms.base import Context
from workflow_app.forms.fields import NO_CHOICE, translated
from workflow_app.forms.organization import OrganizationForm
from workflow_app.models import Organization
from workflow_app.people import organizations
from workflow_app.queries import organizations as lists

from . import choices
from .by_name import LAST_ID, searched
from .guards import administrator, viewer
from .own import today
from .trying import FormPage, attempt

bp = Blueprint("organizations", __name__, url_prefix="/organizations")
Page = tuple[str, int] | Response
ONE = f"/<int(max={LAST_ID}):organization_id>"


@bp.get("")
@administrator
def index() -> str:
    """All organizations by name."""
    text, after = searched()
    page = lists.organizations(db.session, today(), text=text, after=after)
    return render_template("organizations/index.html", page=page, text=text, from_start=after is not None)


@bp.route("/new", methods=["GET", "POST"])
@administrator
def new() -> Page:
    """A new organization."""
    form, made = _form(None), list[int]()

    def deed() -> None:
        made.append(organizations.add(people.current(), viewer(), *_entered(form)))

    if status := attempt(form, deed):
        return FormPage(_("New organization"), _("Save"), url_for("organizations.index")).show(form, status)
    flash(_("Saved. Now you can say who belongs to it."), "success")
    return redirect(_page_of(made[0]))


@bp.get(ONE)
@administrator
def show(organization_id: int) -> str:
    """One organization: what it is, what belongs to it, and what happened to it."""
    organization = _organization(organization_id)
    above = db.session.get(Organization, organization.parent_id) if organization.parent_id else None
    before = request.args.get("before", type=int)
    standing = lists.standing_of(db.session, organization_id, min(before, LAST_ID) if before else None)
    return render_template(
        "organizations/show.html", organization=organization, above=above, standing=standing, before=before
    )


@bp.route(f"{ONE}/change", methods=["GET", "POST"])
@administrator
def change(organization_id: int) -> Page:
    """Another name, another kind, or another one above it."""
    organization = _organization(organization_id)
    form = _form(organization)

    def deed() -> None:
        organizations.change(people.current(), viewer(), organization_id, *_entered(form))

    if status := attempt(form, deed):
        title = _("Change: %(organization)s", organization=organization.name)
        lead = _("Cases and their histories show the name as it is now. Former names stay in the record here.")
        return FormPage(title, _("Save"), _page_of(organization_id), lead).show(form, status)
    return _done(organization_id, _("Saved."))


@bp.post(f"{ONE}/end")
@administrator
def end(organization_id: int) -> Response:
    """It is offered for nothing new any more."""
    return _do(organizations.end, organization_id, _("The organization has ended. It keeps its place in all cases."))


@bp.post(f"{ONE}/resume")
@administrator
def resume(organization_id: int) -> Response:
    """It goes on after all."""
    return _do(organizations.resume, organization_id, _("The organization goes on."))


def _form(of: Organization | None) -> OrganizationForm:
    """The form, which shows what there is of one to be changed."""
    form = OrganizationForm()
    offered = choices.context(viewer()).offered
    others = [one for one in offered("organizations") if of is None or one[0] != of.id]
    if of is not None and of.parent_id and of.parent_id not in dict(others):
        above = db.session.get_one(Organization, of.parent_id)  # it has ended, and may stay all the same
        others.append((above.id, above.name))
    form.choices(Context(lambda kind: others))
    labels = {key: kind.label for key, kind in organizations.KINDS.items()}
    form.kind.choices = [NO_CHOICE, *translated(labels)]
    if of is not None and not form.is_submitted():
        kind = organizations.kind_of(of.organization_type, of.classification)
        form.fill({"name": of.name, "kind": kind, "parent": of.parent_id})
    return form


def _entered(form: OrganizationForm) -> tuple[str, str, int | None]:
    return form.name.data or "", form.kind.data or "", form.parent.data


def _do(deed: Callable[[people.Store, Viewer, int], None], organization_id: int, text: str) -> Response:
    deed(people.current(), viewer(), organization_id)
    return _done(organization_id, text)


def _done(organization_id: int, text: str) -> Response:
    flash(text, "success")
    return redirect(_page_of(organization_id))


def _page_of(organization_id: int) -> str:
    return url_for("organizations.show", organization_id=organization_id)


def _organization(organization_id: int) -> Organization:
    found = db.session.get(Organization, organization_id)
    if found is None:
        raise NotFound("There is no such organization.")
    return found
