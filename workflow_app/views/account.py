"""Signing in and out, and the language of the site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from workflow_app import people
from workflow_app.extensions import db, login
from workflow_app.forms.account import SignInForm
from workflow_app.languages import LANGUAGES
from workflow_app.people import sign_in as sign_ins
from workflow_app.people.sign_in import Account

from . import throttle
from .guards import public

bp = Blueprint("account", __name__)


@login.user_loader  # type: ignore[untyped-decorator]
def load(token: str) -> Account | None:
    """The account of a session; none where its sign-in has ended or it is locked."""
    return sign_ins.account(people.current(), db.session, token)


def safe_target(target: str | None) -> str:
    """Where to go after signing in: only within this site."""
    parts = urlsplit(target or "")
    if not target or parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("desk.index")
    return target


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@throttle.failures
def sign_in() -> tuple[str, int] | str | Response:
    """Sign in with address and password."""
    if current_user.is_authenticated:
        return redirect(url_for("desk.index"))
    form = SignInForm()
    if request.method == "POST":
        account = None
        if form.validate():
            device = request.user_agent.string
            account = sign_ins.sign_in(people.current(), form.email.data or "", form.password.data or "", device)
        if account:
            return _begin_session(account)
        flash(_("This address and password do not belong together, or the account is locked."), "danger")
        return render_template("account/sign_in.html", form=form), 422
    if notice := session.pop("notice", None):
        flash(notice, "info")
    return render_template("account/sign_in.html", form=form)


def _begin_session(account: Account) -> Response:
    """A new session, so that one known to somebody else before is worth nothing."""
    _forget_session()
    session.permanent = True
    login_user(account)
    return redirect(safe_target(request.args.get("next")))


def _forget_session() -> None:
    """Empty the session; only the chosen language stays."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def leave() -> None:
    """End the sign-in of this browser, if there is one."""
    if current_user.is_authenticated:
        sign_ins.sign_out(people.current(), current_user.sign_in)
    logout_user()
    _forget_session()


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End this sign-in."""
    leave()
    flash(_("You are signed out."), "success")
    return redirect(url_for("pages.start"))


@bp.post("/language")
@public
def language() -> Response:
    """Choose the language of the site."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(safe_target(request.form.get("next")) if request.form.get("next") else url_for("pages.start"))
