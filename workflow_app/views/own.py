"""My account: what is kept about me, where I am signed in, and what I can change."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from workflow_app import people
from workflow_app.access import HEAD
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.forms.account import AbsenceForm, ChangeEmailForm, ChangePasswordForm, DetailsForm
from workflow_app.languages import LANGUAGES
from workflow_app.models import Person
from workflow_app.people import absences, feeds, sign_in
from workflow_app.people import own as own_account
from workflow_app.queries import accounts

from . import throttle
from .guards import signed_in, viewer
from .trying import FormPage, attempt

bp = Blueprint("own", __name__, url_prefix="/account")
Page = tuple[str, int] | Response
RECORD_SHOWN = 10


def today() -> date:
    """The local date."""
    return people.current().calendar.local_date(clock.now())


@bp.get("")
@signed_in
def index() -> str:
    """Everything about the own account."""
    me, manages = current_user, viewer().organizations_as(HEAD)
    return render_template(
        "account/index.html",
        person=me.person,
        here=me.sign_in,
        language=LANGUAGES.get(me.language, me.language),
        memberships=accounts.memberships_of(db.session, me.id, today()),
        deputies=accounts.deputies_of(db.session, me.id, today()),
        sign_ins=accounts.sign_ins_of(db.session, me.id, people.current().sign_ins_from()),
        record=accounts.record_of(db.session, me.id, limit=RECORD_SHOWN).rows,
        manages=manages,
        asked=accounts.asked_in(db.session, manages) if manages else (),
        today=today(),
        calendar_since=feeds.since(db.session, me.id),
    )


@bp.route("/details", methods=["GET", "POST"])
@signed_in
def details() -> Page:
    """Change name and language."""
    me, form = current_user, DetailsForm()
    if not form.is_submitted():
        form.fill({"name": me.name, "language": me.language})
    change = own_account.change_details
    if status := attempt(form, lambda: change(people.current(), me, form.name.data or "", form.language.data)):
        return FormPage(_("Name and language"), _("Save"), url_for("own.index")).show(form, status)
    session.pop("language", None)  # what was chosen for a visit would hide what was chosen for good
    return _done(_("Saved."))


@bp.route("/password", methods=["GET", "POST"])
@signed_in
@throttle.failures
def password() -> Page:
    """Change the password; everywhere else one is signed out."""
    me, form = current_user, ChangePasswordForm()
    change = own_account.change_password
    deed = lambda: change(people.current(), me, form.present.data or "", form.password.data or "")  # noqa: E731
    if status := attempt(form, deed):
        lead = _("On all other devices you will be signed out.")
        return FormPage(_("Change password"), _("Change password"), url_for("own.index"), lead).show(form, status)
    return _done(_("Your password is changed."))


@bp.route("/address", methods=["GET", "POST"])
@signed_in
@throttle.failures
@throttle.mails
def address() -> Page:
    """Ask for another mail address; it counts when its receiver has confirmed it."""
    me, form = current_user, ChangeEmailForm()
    ask = own_account.ask_for_new_email
    if status := attempt(form, lambda: ask(people.current(), me, form.email.data or "", form.present.data or "")):
        title = _("Change e-mail address")
        return FormPage(title, _("Send the link"), url_for("own.index")).show(form, status)
    return _done(_("A mail is on its way to the new address. Until you confirm it, the present one stays."))


@bp.route("/absence", methods=["GET", "POST"])
@signed_in
def absence() -> Page:
    """Say when one is away."""
    lead = _("On these days your deputies act for you. You can still do everything yourself.")
    return absence_page(current_user.person, url_for("own.index"), lead)


@bp.post("/absence/end")
@signed_in
def back() -> Response:
    """Say that one is back."""
    absences.end_absence(people.current(), viewer(), current_user.id)
    return _done(_("Welcome back."))


@bp.post("/elsewhere")
@signed_in
def sign_out_elsewhere() -> Response:
    """End all other sign-ins."""
    sign_in.sign_out_elsewhere(people.current(), current_user)
    return _done(_("You are signed out everywhere else."))


def absence_page(person: Person, there: str, lead: str) -> Page:
    """The form for the absence of somebody, and what becomes of it."""
    form = AbsenceForm()
    if not form.is_submitted() and person.absent_from:
        form.fill({"start": person.absent_from, "end": person.absent_until})
    store, by = people.current(), viewer()
    if status := attempt(form, lambda: absences.set_absence(store, by, person.id, form.start.data, form.end.data)):
        return FormPage(_("Absence"), _("Save"), there, lead).show(form, status)
    flash(_("Saved."), "success")
    return redirect(there)


def _done(text: str) -> Response:
    flash(text, "success")
    return redirect(url_for("own.index"))
