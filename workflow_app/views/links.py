"""What people do without being signed in: ask for a new password, and use the link from a mail."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from workflow_app import people
from workflow_app.extensions import db
from workflow_app.forms.account import ConfirmForm, ForgottenForm, PasswordForm
from workflow_app.people import forgotten as forgetting
from workflow_app.people import invitations, links
from workflow_app.people import own as own_account

from . import throttle
from .account import leave
from .guards import public
from .trying import FormPage, attempt

bp = Blueprint("links", __name__, url_prefix="/account")
Page = tuple[str, int] | Response


@bp.route("/forgotten", methods=["GET", "POST"])
@public
@throttle.mails
def forgotten() -> Page:
    """Ask for a link to choose a new password. What comes back never says whether there is an account."""
    form = ForgottenForm()
    if status := attempt(form, lambda: forgetting.ask_for_reset(people.current(), form.email.data or "")):
        page = FormPage(
            _("Forgotten your password?"), _("Send the link"), url_for("account.sign_in"),
            _("We send you a link with which you choose a new one. It works for two hours."),
        )  # fmt: skip
        return page.show(form, status)
    flash(_("If there is an account with this address, a mail is on its way. Please look into your inbox."), "success")
    return redirect(url_for("account.sign_in"))


@bp.route("/link/<secret>", methods=["GET", "POST"])
@public
@throttle.guesses
def show(secret: str) -> Page:
    """What a link from a mail is for. Looking at it changes nothing: mail programs look at links, too."""
    link = links.find(db.session, secret)
    return _confirm(secret, link) if link.purpose == links.MAIL else _choose(secret, link)


def _choose(secret: str, link: links.Link) -> Page:
    """Choose a password."""
    form = PasswordForm()
    deed = lambda: invitations.choose_password(people.current(), secret, form.password.data or "")  # noqa: E731
    if status := attempt(form, deed):
        return render_template("account/choose.html", form=form, wanted=link), status
    leave()
    flash(_("Your password is kept. Please sign in with it."), "success")
    return redirect(url_for("account.sign_in"))


def _confirm(secret: str, link: links.Link) -> Page:
    """Confirm a new mail address."""
    form = ConfirmForm()
    if status := attempt(form, lambda: own_account.confirm_email(people.current(), secret)):
        page = FormPage(
            _("Confirm your new mail address"), _("Confirm"), url_for("pages.start"),
            _("From then on you sign in as %(email)s, and mails go there.", email=link.new_email),
        )  # fmt: skip
        return page.show(form, status)
    flash(_("Your new mail address is confirmed."), "success")
    return redirect(url_for("own.index" if current_user.is_authenticated else "account.sign_in"))
