"""The forms around accounts: sign in, passwords, address, absence, deputies, and those of administrators.

The browser's password manager is helped by naming each field for it (`autocomplete`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import Email, EqualTo, InputRequired, Length, Optional

from workflow_app.languages import LANGUAGES

from .base import Form
from .fields import DayField, IdField, LineField, PickField

LONGEST = 200
LONGEST_EMAIL = 254


def _email(label: Any, autocomplete: str, *, required: bool = True, **more: Any) -> EmailField:
    first = InputRequired(_("Please fill in this field.")) if required else Optional()
    form = Email(_("This is no mail address."))
    return EmailField(label, [first, Length(max=LONGEST_EMAIL), form], render_kw={"autocomplete": autocomplete}, **more)


def _password(label: Any, autocomplete: str, *others: Any, **more: Any) -> PasswordField:
    needed = InputRequired(_("Please fill in this field."))
    limit = Length(max=LONGEST, message=_("Please use at most %(max)d characters."))
    return PasswordField(label, [needed, limit, *others], render_kw={"autocomplete": autocomplete}, **more)


def _again() -> PasswordField:
    return _password(_("New password once more"), "new-password", EqualTo("password", _("These are not the same.")))


WHAT_IS_GOOD = _("At least 12 characters. Several words in a row are easy to remember and hard to guess.")


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Address and password."""

    email = EmailField(
        _("E-mail address"),
        [InputRequired(_("Please fill in this field.")), Length(max=LONGEST_EMAIL)],
        render_kw={"autocomplete": "username"},
    )
    password = _password(_("Password"), "current-password")


class ForgottenForm(Form):
    """To which address the link for a new password shall go."""

    email = _email(_("E-mail address"), "username")


class PasswordForm(Form):
    """The first password, or another one after the old was forgotten."""

    password = _password(_("New password"), "new-password", description=WHAT_IS_GOOD)
    again = _again()


class ConfirmForm(Form):
    """Nothing but the decision to do it."""


class ChangePasswordForm(Form):
    """Another password, by somebody who knows the present one."""

    present = _password(_("Present password"), "current-password")
    password = _password(_("New password"), "new-password", description=WHAT_IS_GOOD)
    again = _again()


class ChangeEmailForm(Form):
    """Another mail address."""

    email = _email(_("New e-mail address"), "email", description=_("We send a link there, to confirm it."))
    present = _password(_("Present password"), "current-password")


class DetailsForm(Form):
    """Name and language."""

    name = LineField(_("Name"), required=True, longest=200, render_kw={"autocomplete": "name"})
    language = PickField(_("Language"), LANGUAGES)


class AbsenceForm(Form):
    """From when to when somebody is away."""

    start = DayField(_("First day"), required=True)
    end = DayField(_("Last day"), description=_("Leave this empty if you do not know it yet."))


class DeputyForm(Form):
    """Who stands in for a member: a colleague, or somebody from outside."""

    wants: ClassVar = {"colleague": "colleagues"}

    colleague = IdField(_("Somebody from the same organization"), required=False)
    email = _email(
        _("Or somebody else, by e-mail address"), "off", required=False,
        description=_("For somebody from outside the head of the organization has to agree."),
    )  # fmt: skip
    start = DayField(_("From"), description=_("Leave this empty for: from now on."))
    end = DayField(_("Until"), description=_("Leave this empty for: without an end."))


class InviteForm(Form):
    """Who is invited."""

    email = _email(_("E-mail address"), "off")
    name = LineField(_("Name"), required=True, longest=200)
    language = PickField(_("Language"), LANGUAGES)


class RoleForm(Form):
    """A role in an organization, from when to when. The view hands in the roles that may be given."""

    wants: ClassVar = {"organization": "organizations"}

    organization = IdField(_("Organization"))
    role = PickField(_("Role there"), {})
    start = DayField(_("From"), description=_("Leave this empty for: from now on."))
    end = DayField(_("Until"), description=_("Leave this empty for: without an end."))


class MemberForm(Form):
    """A new member of one organization, whom its head knows by the mail address."""

    email = _email(_("E-mail address of the account"), "off")
    role = PickField(_("Role there"), {})
    start = DayField(_("From"), description=_("Leave this empty for: from now on."))
    end = DayField(_("Until"), description=_("Leave this empty for: without an end."))


class EndForm(Form):
    """When a membership ends."""

    end = DayField(_("Last day"), description=_("Leave this empty to end it at once."))
